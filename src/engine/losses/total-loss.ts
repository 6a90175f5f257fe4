import { UserError } from "../../protocol/index.ts";
import type { Operand, TensorMath } from "../tensor-math.ts";
import type { Loss } from "./loss.ts";

/** One output's loss, and what its value is multiplied with in the total. */
export interface WeightedLoss<T> {
  readonly loss: Loss;
  readonly weight: Operand<T>;
}

/**
 * Keras's loss of a batch: that of each output, averaged over rows, and the sum of these, each times its weight.
 *
 * @param truths Of each output, rows first; estimates alike.
 * @param rowWeights What each row's loss is multiplied with, `[rows]`; the sum is divided by the number of rows all the same. Null: 1.
 * @returns Values without axes. `parts` are before their weights, as in Keras's log.
 * @throws UserError when rows have weights and a loss gives no value a row.
 */
export function totalLoss<T>(
  math: TensorMath<T>,
  outputs: readonly WeightedLoss<T>[],
  truths: readonly T[],
  estimates: readonly T[],
  rowWeights: T | null,
): { readonly total: T; readonly parts: readonly T[] } {
  const parts = outputs.map(({ loss }, i) => meanLoss(math, loss, truths[i]!, estimates[i]!, rowWeights));
  const weighted = parts.map((part, i) => {
    const { weight } = outputs[i]!;
    return weight === 1 ? part : math.mul(part, weight);
  });
  return { total: weighted.reduce((sum, part) => math.add(sum, part)), parts };
}

function meanLoss<T>(math: TensorMath<T>, loss: Loss, truth: T, estimate: T, rowWeights: T | null): T {
  const given = loss.perRow(math, truth, estimate);
  const { length: rank } = math.shape(given);
  if (rowWeights === null) return math.mean(given);
  if (rank === 0 || loss.ofBatch === true)
    throw new UserError(
      "class-weight",
      `Weights of classes or rows need a loss that gives one value a row, and ${loss.name} gives one for the batch. Choose another loss, or leave out fit_class_weight and fit_sample_weight.`,
    );
  const axes = Array.from({ length: rank - 1 }, (_, i) => i + 1);
  const perRow = rank > 1 ? math.mean(given, axes) : given;
  return math.mean(math.mul(perRow, rowWeights));
}
