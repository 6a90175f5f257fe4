import type { ParameterDescription } from "./tuning-description.ts";

/** How the values of a parameter are spaced: evenly in units of the transformation. */
export type Transform = NonNullable<ParameterDescription["transform"]>;

/** Names of transformations (those of R's scales that dials takes), and what they do. */
export const TRANSFORMS: Readonly<
  Record<Transform, { forward(value: number): number; inverse(value: number): number }>
> = {
  log10: { forward: Math.log10, inverse: (value) => 10 ** value },
  log2: { forward: Math.log2, inverse: (value) => 2 ** value },
  log: { forward: Math.log, inverse: Math.exp },
  log1p: { forward: Math.log1p, inverse: Math.expm1 },
  sqrt: { forward: Math.sqrt, inverse: (value) => value * value },
  reciprocal: { forward: (value) => 1 / value, inverse: (value) => 1 / value },
  logit: {
    forward: (value) => Math.log(value / (1 - value)),
    inverse: (value) => 1 / (1 + Math.exp(-value)),
  },
};
