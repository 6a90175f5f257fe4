/**
 * The place in a box where a function is least, as far as going downhill from `start` finds it: resilient propagation (Riedmiller and
 * Braun 1993; the variant that takes back a step that made it worse, Igel and Hüsken 2003), which needs no scale and no line search.
 *
 * @param cost value and gradient; null where there is none.
 * @returns null where there is none at `start`.
 */
export function minimise(
  cost: (place: readonly number[]) => { readonly value: number; readonly gradient: readonly number[] } | null,
  start: readonly number[],
  lower: readonly number[],
  upper: readonly number[],
): readonly number[] | null {
  let place = start.map((value, i) => Math.min(upper[i]!, Math.max(lower[i]!, value)));
  let here = cost(place);
  if (here === null) return null;
  let best = { place, value: here.value };
  let sinceBetter = 0;
  const steps = place.map(() => FIRST_STEP);
  let slopes = place.map(() => 0);
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    const { gradient } = here;
    const before = slopes;
    slopes = gradient.map((slope, i) => {
      // Against a wall there is no way down.
      if ((slope > 0 && place[i]! <= lower[i]!) || (slope < 0 && place[i]! >= upper[i]!)) return 0;
      const turn = slope * before[i]!;
      if (turn > 0) steps[i] = Math.min(LONGEST_STEP, steps[i]! * 1.2);
      if (turn < 0) steps[i] = steps[i]! * 0.5;
      return turn < 0 ? 0 : slope;
    });
    const next = place.map((value, i) =>
      Math.min(upper[i]!, Math.max(lower[i]!, value - Math.sign(slopes[i]!) * steps[i]!)),
    );
    const there = cost(next);
    if (there === null || there.value > here.value + 1) {
      steps.forEach((step, i) => (steps[i] = step * 0.5));
      slopes = place.map(() => 0);
    } else {
      place = next;
      here = there;
      if (here.value < best.value - ENOUGH) sinceBetter = 0;
      if (here.value < best.value) best = { place, value: here.value };
    }
    if (steps.every((step) => step < SHORTEST_STEP) || ++sinceBetter > PATIENCE) break;
  }
  return best.place;
}

/** Of logarithms. */
const FIRST_STEP = 0.1;
const LONGEST_STEP = 1;
const SHORTEST_STEP = 1e-6;
const MOST_ITERATIONS = 150;
/** It ends when the best value has not become less by so much in so many iterations. */
const ENOUGH = 1e-4;
const PATIENCE = 15;
