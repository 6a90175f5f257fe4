import { UserError } from "../../protocol/index.ts";
import { didYouMean, listNames } from "../names.ts";
import { randomStream, type RandomStream } from "../random.ts";
import { rowName } from "../rows.ts";
import type { Column, Table } from "../table.ts";
import { makeStrata, type Strata } from "./strata.ts";

/** Which rows belong together. */
export interface Group {
  /** The column that says it. */
  readonly name: string;
  /** Group of each row, counted from 0 in the order in which they appear. */
  readonly of: Int32Array;
  readonly count: number;
}

/** What a resampling is asked for, checked as it is read; and the rows that it is asked of. */
export class ResamplingOptions {
  /** rsample's function, for messages and as the name of random numbers. */
  readonly method: string;
  readonly table: Table;
  /** Said to the user: strata that were pooled. */
  readonly notes: string[] = [];
  readonly #options: Readonly<Record<string, unknown>>;
  readonly #seed: number;

  /** @param seed Used where the options have none. */
  constructor(method: string, options: Readonly<Record<string, unknown>>, table: Table, seed: number) {
    this.method = method;
    this.table = table;
    this.#options = options;
    this.#seed = options["seed"] === undefined ? seed : this.whole("seed", 0);
  }

  get rows(): number {
    return this.table.rows;
  }

  has(name: string): boolean {
    return this.#options[name] !== undefined;
  }

  /** Random numbers of their own for each purpose: `Repeat2`. */
  random(purpose: string): RandomStream {
    return randomStream(this.#seed, `${this.method}/${purpose}`);
  }

  /** @param least Absent: negative numbers too. */
  whole(name: string, otherwise: number, least?: number): number {
    const value = this.#options[name];
    if (value === undefined) return otherwise;
    if (Number.isSafeInteger(value) && (least === undefined || (value as number) >= least))
      return value as number;
    return this.#refuse(name, value, `a whole number${least === undefined ? "" : ` from ${least} on`}`);
  }

  /** A whole number, or Infinity for as many as there are. */
  wholeOrAll(name: string, otherwise: number, least: number): number {
    return this.#options[name] === Infinity ? Infinity : this.whole(name, otherwise, least);
  }

  /** Above 0 and below 1. */
  share(name: string, otherwise: number): number {
    const value = this.#options[name];
    if (value === undefined) return otherwise;
    if (typeof value === "number" && value > 0 && value < 1) return value;
    return this.#refuse(name, value, "a share between 0 and 1");
  }

  flag(name: string, otherwise: boolean): boolean {
    const value = this.#options[name];
    if (value === undefined) return otherwise;
    return typeof value === "boolean" ? value : this.#refuse(name, value, "true or false");
  }

  choice<Choice extends string>(name: string, choices: readonly [Choice, ...Choice[]]): Choice {
    const value = this.#options[name];
    if (value === undefined) return choices[0];
    const chosen = choices.find((choice) => choice === value);
    return chosen ?? this.#refuse(name, value, choices.map((choice) => `"${choice}"`).join(" or "));
  }

  /** The strata of the column that `strata` names; undefined where it names none. Notes say what was pooled. */
  strata(): Strata | undefined {
    const named = this.#column("strata");
    if (named === undefined) return undefined;
    const [name, column] = named;
    if (column.kind !== "numeric" && column.kind !== "nominal")
      throw new UserError(
        "strata",
        `${this.method}: strata names \`${name}\`, which holds ${column.kind === "image" ? "images" : "arrays"}. Name a column of classes or numbers.`,
      );
    const pool = this.#options["pool"] ?? 0.1;
    if (!(typeof pool === "number" && pool >= 0 && pool < 1))
      this.#refuse("pool", pool, "a share from 0 on, below 1");
    const strata = makeStrata(
      column,
      { breaks: this.whole("breaks", 4, 2), pool: pool as number },
      this.random("strata"),
    );
    this.notes.push(...strata.notes.map((note) => `${this.method}, strata \`${name}\`: ${note}`));
    return strata;
  }

  /** Undefined where `group` names no column. */
  group(): Group | undefined {
    const named = this.#column("group");
    if (named === undefined) return undefined;
    const [name, column] = named;
    if (column.kind !== "numeric" && column.kind !== "nominal")
      throw new UserError(
        "group",
        `${this.method}: group names \`${name}\`, which holds ${column.kind === "image" ? "images" : "arrays"}. Name a column of classes or numbers.`,
      );
    const keys = column.kind === "numeric" ? column.values : column.codes;
    const numbers = new Map<number, number>();
    const of = new Int32Array(this.rows);
    for (let row = 0; row < this.rows; row++) {
      const key = keys[row]!;
      if (column.kind === "numeric" ? Number.isNaN(key) : key === -1)
        throw new UserError(
          "group",
          `${this.method}: \`${name}\` is missing in ${rowName(this.table, row)}, so it is in no group. Fill it in, or leave the row out.`,
        );
      let number = numbers.get(key);
      if (number === undefined) numbers.set(key, (number = numbers.size));
      of[row] = number;
    }
    return { name, of, count: numbers.size };
  }

  /** How a label says what rows were balanced by: ", stratified by species". */
  get words(): string {
    const strata = this.#options["strata"];
    return typeof strata === "string" ? `, stratified by ${strata}` : "";
  }

  /** @throws UserError where there are fewer rows than it takes. */
  needRows(least: number, why: string): void {
    if (this.rows < least)
      throw new UserError(
        "too-few-rows",
        `${this.method}: ${why}, and there ${this.rows === 1 ? "is 1 row" : `are ${this.rows} rows`}.`,
      );
  }

  #column(option: string): readonly [name: string, column: Column] | undefined {
    const name = this.#options[option];
    if (name === undefined || name === null) return undefined;
    if (typeof name !== "string") this.#refuse(option, name, "the name of a column");
    const column = this.table.columns.get(name as string);
    const names = [...this.table.columns.keys()];
    if (column === undefined)
      throw new UserError(
        "unknown-column",
        `${this.method}: ${option} names the column \`${String(name)}\`, and the data have no such column.${didYouMean(name as string, names)} The columns are ${listNames(names)}.`,
      );
    return [name as string, column];
  }

  #refuse(name: string, value: unknown, wanted: string): never {
    const given = typeof value === "object" ? (JSON.stringify(value) ?? "no value") : String(value);
    throw new UserError("resampling-option", `${this.method}: ${name} is ${given}. Give ${wanted}.`);
  }
}
