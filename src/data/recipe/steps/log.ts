import { UserError } from "../../../protocol/index.ts";
import { changeNumbers } from "./numeric-columns.ts";
import { aNumber, readOptions, trueOrFalse, type Step } from "./step.ts";

interface Log {
  readonly base: number;
  readonly offset: number;
  readonly signed: boolean;
}

/**
 * `step_log(…, { base = e, offset = 0, signed = false })`: the logarithm of x + offset; with `signed` that of |x| with x's sign, and 0
 * where |x| is below 1. Of an outcome too: the model then learns and predicts it on that scale. As recipes has it; a number that has no
 * logarithm is an error, where recipes makes it missing.
 */
export const log: Step<Log, null> = {
  name: "log",
  options(given) {
    const options = readOptions<Log>("log", given, {
      base: {
        otherwise: Math.E,
        must: "a number above 0, and not 1",
        accepts: (value) => typeof value === "number" && Number.isFinite(value) && value > 0 && value !== 1,
      },
      offset: { ...aNumber, otherwise: 0 },
      signed: { ...trueOrFalse, otherwise: false },
    });
    if (!options.signed || options.offset === 0) return options;
    throw new UserError("step-option", "step_log takes either `signed` or `offset`: leave one of them out.");
  },
  prep: () => null,
  bake: (table, columns, { base, offset, signed }) =>
    changeNumbers("log", table, columns, (name) => (value, row) => {
      if (signed)
        return Math.abs(value) < 1 ? 0 : (Math.sign(value) * Math.log(Math.abs(value))) / Math.log(base);
      if (value + offset <= 0)
        throw new UserError(
          "log",
          `step_log: \`${name}\` is ${value} in ${table.rowName(row)}${offset === 0 ? "" : `, and with the offset ${value + offset}`}, which has no logarithm. Give a larger offset, { offset: ${Math.ceil(1 - value)} }, or { signed: true }.`,
        );
      return Math.log(value + offset) / Math.log(base);
    }),
};
