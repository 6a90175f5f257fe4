import { UserError } from "../../protocol/index.ts";
import type { RandomStream } from "../random.ts";
import type { ResamplingOptions } from "./resampling-options.ts";
import { numbered, otherRows, rowsByFold, type Resampling } from "./resampling.ts";
import type { Strata } from "./strata.ts";

/** `mc_cv`: a share of the rows, drawn anew each time, is learnt from; the others are predicted (Monte Carlo cross-validation). */
export const mcCv: Resampling = {
  label(options) {
    const times = options.whole("times", 25, 1);
    return `Monte Carlo cross-validation (${Math.round(options.share("prop", 0.75) * 100)} % learnt from, ${times === 1 ? "once" : `${times} times`})${options.words}`;
  },
  deal(options) {
    const prop = options.share("prop", 0.75);
    const strata = options.strata();
    return numbered("Resample", options.whole("times", 25, 1)).map((id) => ({
      id,
      ...drawShare(options, prop, strata, options.random(id)),
    }));
  },
};

/**
 * A share of the rows, of each stratum where there are some (rounded down, as in rsample), in random order, so that the last ones are no
 * stratum of their own; and the others, ascending.
 *
 * @throws UserError where the one or the other would be empty.
 */
export function drawShare(
  options: ResamplingOptions,
  prop: number,
  strata: Strata | undefined,
  random: RandomStream,
): { readonly analysis: Int32Array; readonly assessment: Int32Array } {
  options.needRows(2, "rows are learnt from and others predicted, so it takes two at least");
  const all = new Int32Array(options.rows).map((_, row) => row);
  const groups = strata === undefined ? [all] : rowsByFold(strata.of, strata.count);
  const drawn = groups.flatMap((rows) => [
    ...random.shuffle(rows).subarray(0, Math.floor(rows.length * prop)),
  ]);
  if (drawn.length === 0)
    throw new UserError(
      "too-few-rows",
      `${options.method}: prop is ${prop}, and of ${options.rows} rows that is none. Ask for a larger share.`,
    );
  const analysis = random.shuffle(Int32Array.from(drawn));
  return { analysis, assessment: otherRows(analysis, options.rows) };
}
