import { randomStream, type RandomStream } from "../../data/random.ts";
import type { ParameterValue, ParameterValues, TunedParameter } from "../../protocol/index.ts";
import { candidate } from "./candidate.ts";
import { fromUnit, wholeEnds } from "../parameters/unit.ts";

/**
 * Candidates drawn at random (dials' `grid_random`), evenly in units of the transformations; whole numbers without one are all
 * equally likely.
 */
export function randomGrid(
  parameters: readonly TunedParameter[],
  size: number,
  seed: number,
): ParameterValues[] {
  const random = randomStream(seed, "grid_random");
  return Array.from({ length: size }, () => candidate(parameters, (parameter) => drawn(parameter, random)));
}

/**
 * Candidates of which no two lie in the same of `size` parts of any parameter's range (dials' `grid_latin_hypercube`; McKay, Beckman
 * and Conover 1979), each anywhere in its part.
 */
export function latinHypercube(
  parameters: readonly TunedParameter[],
  size: number,
  seed: number,
): ParameterValues[] {
  const random = randomStream(seed, "grid_latin_hypercube");
  const parts = parameters.map(() => random.shuffle(new Int32Array(size).map((_, part) => part)));
  return Array.from({ length: size }, (_, row) =>
    candidate(parameters, (parameter, i) => fromUnit(parameter, (parts[i]![row]! + random.uniform()) / size)),
  );
}

function drawn(parameter: TunedParameter, random: RandomStream): ParameterValue {
  if (parameter.scale === "integer" && parameter.values === undefined && parameter.transform === undefined) {
    const [low, high] = wholeEnds(parameter);
    return low + random.below(high - low + 1);
  }
  return fromUnit(parameter, random.uniform());
}
