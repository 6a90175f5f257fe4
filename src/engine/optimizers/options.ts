import { UserError } from "../../protocol/index.ts";

/** Options of an optimizer as its author wrote them; what is absent has Keras's default. */
export class Options {
  /** Keras's class name, for messages. */
  readonly optimizer: string;
  readonly #given: Readonly<Record<string, unknown>>;

  constructor(optimizer: string, given: Readonly<Record<string, unknown>>) {
    this.optimizer = optimizer;
    this.#given = given;
  }

  given(name: string): unknown {
    return this.#given[name] ?? undefined;
  }

  /** A finite number from 0 on. */
  number(name: string, fallback: number): number {
    return this.optional(name) ?? fallback;
  }

  /** A finite number from 0 on, or nothing. */
  optional(name: string): number | undefined {
    return this.#check(name, "a number from 0 on", (value) => value >= 0);
  }

  /** How much of a running mean is kept at each step: from 0 up to, not with, 1. */
  decay(name: string, fallback: number): number {
    return (
      this.#check(name, "a number from 0 up to, not with, 1", (value) => value >= 0 && value < 1) ?? fallback
    );
  }

  /** How much of the last step is kept: from 0 to 1. */
  momentum(name: string): number {
    return this.#check(name, "a number from 0 to 1", (value) => value >= 0 && value <= 1) ?? 0;
  }

  /** A finite number that is 0 or less. */
  negative(name: string, fallback: number): number {
    return this.#check(name, "0 or a number below", (value) => value <= 0) ?? fallback;
  }

  flag(name: string): boolean {
    const value = this.given(name) ?? false;
    if (typeof value !== "boolean") throw this.wrong(name, "true or false");
    return value;
  }

  wrong(name: string, words: string): UserError {
    const value = this.given(name);
    return new UserError(
      "optimizer-option",
      `compile_optimizer: ${name} of ${this.optimizer} must be ${words}, and it is ${JSON.stringify(value) ?? String(value)}.`,
    );
  }

  /** Several are given of which only one can be. */
  exclusive(names: readonly string[], why: string): UserError {
    return new UserError(
      "optimizer-option",
      `compile_optimizer: ${names.join(" and ")} of ${this.optimizer} ${why}: give one of them.`,
    );
  }

  #check(name: string, words: string, accepts: (value: number) => boolean): number | undefined {
    const value = this.given(name);
    if (value === undefined) return undefined;
    if (typeof value !== "number" || !Number.isFinite(value) || !accepts(value))
      throw this.wrong(name, words);
    return value;
  }
}
