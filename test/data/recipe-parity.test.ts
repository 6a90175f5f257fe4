import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { bakeColumns } from "../../src/data/recipe/bake.ts";
import { prepRecipe } from "../../src/data/recipe/prep.ts";
import type { StepDescription } from "../../src/kspec/description.ts";
import type { Column, Table } from "../../src/data/table.ts";
import { parityFixtures } from "../parity-fixtures.ts";

/** Recipes that R's package learnt and baked: scripts/parity/recipes.R. */
interface Case {
  readonly name: string;
  readonly formula: string;
  readonly steps: readonly StepDescription[];
  readonly training: Columns;
  readonly new: Columns;
  readonly baked_training: Columns;
  readonly baked_new: Columns;
}
type Columns = Readonly<Record<string, Numbers | Classes>>;
type Numbers = readonly (number | null)[];
interface Classes {
  readonly levels: readonly string[];
  readonly values: readonly (string | null)[];
}

const file = path.join(parityFixtures, "recipes.json");
const { cases, versions } = JSON.parse(readFileSync(file, "utf8")) as {
  cases: readonly Case[];
  versions: Record<string, string>;
};

describe(`recipes ${versions["recipes"]} makes the same of the same rows, to 1e-8`, () => {
  test.each(cases)("$name", ({ formula, steps, training, new: unseen, ...baked }) => {
    // As it is read from a run's folder: plain JSON.
    const learnt = prepRecipe({ kind: "recipe", formula, steps }, tableOf(training));
    const prepped = JSON.parse(JSON.stringify(learnt)) as typeof learnt;
    const rows = (table: Table, asTraining: boolean) =>
      bakeColumns(prepped, table, { outcomes: true, training: asTraining }).columns;
    expectSame(rows(tableOf(training), true), baked.baked_training);
    expectSame(rows(tableOf(unseen), false), baked.baked_new);
  });
});

function tableOf(columns: Columns): Table {
  const entries = Object.entries(columns).map(([name, column]): [string, Column] => [
    name,
    "levels" in column
      ? {
          kind: "nominal",
          levels: column.levels,
          codes: Int32Array.from(column.values, (value) =>
            value === null ? -1 : column.levels.indexOf(value),
          ),
        }
      : { kind: "numeric", values: Float64Array.from(column, (value) => value ?? NaN) },
  ]);
  const [first] = Object.values(columns) as [Numbers | Classes];
  const rows = "levels" in first ? first.values.length : first.length;
  return { rows, columns: new Map(entries) };
}

function expectSame(own: ReadonlyMap<string, unknown>, wanted: Columns): void {
  expect([...own.keys()].sort()).toEqual(Object.keys(wanted).sort());
  for (const [name, column] of Object.entries(wanted)) {
    const mine = own.get(name) as Column;
    if ("levels" in column) {
      if (mine.kind !== "nominal") throw new Error(`${name} holds no classes.`);
      expect(mine.levels).toEqual(column.levels);
      expect(Array.from(mine.codes, (code) => mine.levels[code] ?? null)).toEqual(column.values);
      continue;
    }
    if (mine.kind !== "numeric") throw new Error(`${name} holds no numbers.`);
    expect(mine.values).toHaveLength(column.length);
    const apart = column.flatMap((value, row) =>
      closeTo(mine.values[row]!, value) ? [] : [`${name}[${row}]: ${mine.values[row]}, and not ${value}`],
    );
    expect(apart).toEqual([]);
  }
}

function closeTo(own: number, wanted: number | null): boolean {
  if (wanted === null) return Number.isNaN(own);
  return Math.abs(own - wanted) <= 1e-8 * Math.max(1, Math.abs(wanted));
}
