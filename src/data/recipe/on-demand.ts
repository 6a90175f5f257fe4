import { createRequire } from "node:module";
import type { parse, walk_ast } from "arquero";
import type { Matrix, SVD } from "ml-matrix";

// Packages that few recipes need and that take a third of the time in which this room is loaded: each is read when a step first
// computes with it. In a bundle `createRequire(import.meta.url)` is esbuild's own `require` (esbuild.mjs).

/** For step_mutate: arquero's parser of functions. */
export const arquero = () =>
  createRequire(import.meta.url)("arquero") as { parse: typeof parse; walk_ast: typeof walk_ast };

/** For step_pca. */
export const mlMatrix = () =>
  createRequire(import.meta.url)("ml-matrix") as { Matrix: typeof Matrix; SVD: typeof SVD };
