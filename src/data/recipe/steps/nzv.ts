import { withoutColumns, type WorkingTable } from "../working-table.ts";
import { frequencies } from "./distinct-values.ts";
import { readOptions, type OptionRule, type Step } from "./step.ts";

interface Nzv {
  readonly freq_cut: number;
  readonly unique_cut: number;
}

const fromZero: OptionRule<number> = {
  must: "a number from 0",
  accepts: (value) => typeof value === "number" && value >= 0,
};

/**
 * `step_nzv(…, { freq_cut = 95 / 5, unique_cut = 10 })`: takes columns out that hardly vary in the training rows: the most frequent
 * value comes more than `freq_cut` times as often as the next one, and different values are no more than `unique_cut` percent of the
 * rows. As recipes has it.
 */
export const nzv: Step<Nzv, readonly string[]> = {
  name: "nzv",
  options: (given) =>
    readOptions<Nzv>("nzv", given, {
      freq_cut: { ...fromZero, otherwise: 95 / 5 },
      unique_cut: { ...fromZero, otherwise: 10 },
    }),
  prep: (table, columns, options) => columns.filter((name) => hardlyVaries(table, name, options)),
  bake: (table, _columns, _options, removed) => withoutColumns(table, removed),
};

function hardlyVaries(table: WorkingTable, name: string, { freq_cut, unique_cut }: Nzv): boolean {
  const counts = [...frequencies("nzv", table, name).values()].sort((a, b) => b - a);
  if (counts.length < 2) return true;
  return counts[0]! / counts[1]! > freq_cut && (100 * counts.length) / table.rows <= unique_cut;
}
