import { UserError } from "../../protocol/index.ts";
import type { RandomStream } from "../random.ts";
import type { ResamplingOptions } from "./resampling-options.ts";
import { crossValidated, numbered, rowsByFold, type Resample, type Resampling } from "./resampling.ts";
import type { Strata } from "./strata.ts";

/**
 * `vfold_cv`: rows are dealt to `v` folds, each of which is predicted once by a fit on the others. With strata those of each stratum
 * are dealt from the first fold on, as in rsample, so sizes of folds differ by at most the number of strata.
 */
export const vfoldCv: Resampling = {
  label(options) {
    const repeats = options.whole("repeats", 1, 1);
    return `${options.whole("v", 10, 2)}-fold cross-validation${repeats > 1 ? ` repeated ${repeats} times` : ""}${options.words}`;
  },
  deal(options) {
    const v = options.whole("v", 10, 2);
    const repeats = options.whole("repeats", 1, 1);
    options.needRows(2, "one row is learnt from and another predicted, so it takes two at least");
    options.needRows(v, `v asks for ${v} folds`);
    if (repeats > 1 && v === options.rows)
      throw new UserError(
        "resampling-option",
        `vfold_cv: with as many folds as rows (${v}) every repeat is the same. Leave repeats out, or ask for fewer folds.`,
      );
    const strata = options.strata();
    return repeated(repeats, "Fold", v, (repeat) => dealOut(options, v, strata, options.random(repeat)));
  },
};

/** Cross-validations by repeat, with the ids of both. */
export function repeated(
  repeats: number,
  prefix: string,
  v: number,
  folds: (repeat: string) => Int32Array,
): Resample[] {
  return numbered("Repeat", repeats).flatMap((repeat) =>
    crossValidated(
      folds(repeat),
      numbered(prefix, v).map((id) => (repeats === 1 ? id : `${repeat}/${id}`)),
    ),
  );
}

/** The fold of each row, counted from 0. */
function dealOut(
  options: ResamplingOptions,
  v: number,
  strata: Strata | undefined,
  random: RandomStream,
): Int32Array {
  const folds = new Int32Array(options.rows);
  const groups = strata === undefined ? [folds.map((_, row) => row)] : rowsByFold(strata.of, strata.count);
  for (const rows of groups) random.shuffle(rows).forEach((row, i) => (folds[row] = i % v));
  if (groups.every((rows) => rows.length < v))
    throw new UserError(
      "too-few-rows",
      `${options.method}: v asks for ${v} folds, and no stratum has as many rows. Ask for fewer folds, or leave strata out.`,
    );
  return folds;
}
