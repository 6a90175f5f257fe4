import type { Optimizer, StepNumbers, Updated } from "../../optimizer.ts";
import type { GradientWriter } from "./gradient-writer.ts";

/** A weight that is moved, by names in the graph. */
export interface MovedWeight {
  readonly weight: string;
  readonly gradient: string;
  readonly slots: Readonly<Record<string, string>>;
}

/**
 * Writes the optimizer's step of every weight. Short vectors (biases, scales of normalisations) are moved together: an operation takes longer
 * to begin than to compute a hundred numbers, and a deep network has many of them.
 *
 * @returns In the order of `weights`.
 */
export function updateWeights(
  write: GradientWriter,
  optimizer: Optimizer,
  weights: readonly MovedWeight[],
  numbers: StepNumbers<string>,
): Updated<string>[] {
  const alone = ({ weight, gradient, slots }: MovedWeight) =>
    optimizer.update(write.math, weight, gradient, slots, numbers);
  const short = weights.filter(({ weight }) => isShortVector(write, weight));
  if (short.length < FEWEST) return weights.map(alone);

  const join = (parts: readonly string[]) => write.add("Concat", parts, { axis: { int: 0 } });
  const slots = Object.keys(optimizer.slots);
  const together = alone({
    weight: join(short.map(({ weight }) => weight)),
    gradient: join(short.map(({ gradient }) => gradient)),
    slots: Object.fromEntries(slots.map((slot) => [slot, join(short.map((one) => one.slots[slot]!))])),
  });
  const sizes = write.whole(short.map(({ weight }) => write.extents.of(weight)[0]!));
  const divide = (whole: string) =>
    write.addSeveral("Split", short.length, [whole, sizes], { axis: { int: 0 } });
  const moved = divide(together.weight);
  const carried = slots.map((slot) => [slot, divide(together.slots[slot]!)] as const);
  return weights.map((one) => {
    const at = short.indexOf(one);
    if (at === -1) return alone(one);
    return {
      weight: moved[at]!,
      slots: Object.fromEntries(carried.map(([slot, parts]) => [slot, parts[at]!])),
    };
  });
}

/** Fewer are not worth being put together and taken apart. */
const FEWEST = 4;
/** Of longer ones, computing takes longer than beginning to. */
const LONGEST = 4096;

function isShortVector({ extents }: GradientWriter, name: string): boolean {
  const [length, ...more] = extents.of(name);
  return more.length === 0 && typeof length === "number" && length <= LONGEST;
}
