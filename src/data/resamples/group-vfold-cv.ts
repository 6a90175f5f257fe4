import { UserError } from "../../protocol/index.ts";
import type { RandomStream } from "../random.ts";
import type { ResamplingOptions } from "./resampling-options.ts";
import type { Resampling } from "./resampling.ts";
import { repeated } from "./vfold-cv.ts";

/**
 * `group_vfold_cv`: groups of rows are dealt to `v` folds whole, so that a fit never predicts a group that it has learnt from. Without
 * `v` each group is a fold. `balance` says what folds have equally many of: "groups" or "observations".
 */
export const groupVfoldCv: Resampling = {
  label(options) {
    const group = groupOf(options);
    const repeats = options.whole("repeats", 1, 1);
    return `${options.whole("v", group.count, 2)}-fold cross-validation of groups by ${group.name}${repeats > 1 ? `, repeated ${repeats} times` : ""}`;
  },
  deal(options) {
    const group = groupOf(options);
    const v = options.whole("v", group.count, 2);
    const repeats = options.whole("repeats", 1, 1);
    if (group.count < 2 || group.count < v)
      throw new UserError(
        "too-few-groups",
        `group_vfold_cv: v asks for ${Math.max(v, 2)} folds, and \`${group.name}\` has ${group.count === 1 ? "1 group" : `${group.count} groups`}. ${group.count < 2 ? "Name a column that has more." : "Ask for fewer folds."}`,
      );
    if (repeats > 1 && v === group.count)
      throw new UserError(
        "resampling-option",
        `group_vfold_cv: with as many folds as groups (${v}) every repeat is the same. Leave repeats out, or ask for fewer folds.`,
      );
    const balance = options.choice("balance", ["groups", "observations"]);
    return repeated(repeats, "Resample", v, (repeat) => {
      const random = options.random(repeat);
      const foldOf =
        balance === "groups"
          ? dealGroups(group.count, v, random)
          : dealRows(group.of, group.count, v, random);
      return group.of.map((number) => foldOf[number]!);
    });
  },
};

function groupOf(options: ResamplingOptions) {
  const group = options.group();
  if (group === undefined)
    throw new UserError(
      "group",
      `${options.method}: no column is named that says which rows belong together. Write group_vfold_cv({ group: "patient" }).`,
    );
  return group;
}

/** The fold of each group: equally many groups each. */
function dealGroups(groups: number, v: number, random: RandomStream): Int32Array {
  const folds = new Int32Array(groups);
  random.shuffle(folds.map((_, group) => group)).forEach((group, i) => (folds[group] = i % v));
  return folds;
}

/**
 * The fold of each group: about equally many rows each. Groups come in random order; the first `v` are a fold's first, and each
 * other one goes where it brings a fold nearest to its share (rsample's `balance = "observations"`).
 */
function dealRows(of: Int32Array, groups: number, v: number, random: RandomStream): Int32Array {
  const sizes = new Int32Array(groups);
  for (const group of of) sizes[group]!++;
  const folds = new Int32Array(groups);
  const filled = new Int32Array(v);
  const share = of.length / v;
  random.shuffle(sizes.map((_, group) => group)).forEach((group, i) => {
    let best = i;
    if (i >= v) {
      const worse = Array.from(
        filled,
        (rows) => Math.abs(rows + sizes[group]! - share) - Math.abs(rows - share),
      );
      best = worse.indexOf(Math.min(...worse));
    }
    folds[group] = best;
    filled[best]! += sizes[group]!;
  });
  return folds;
}
