import { IDENTITY, type Affine } from "../data/recipe/affine.ts";
import { rotate, translate, type Range } from "../data/recipe/draw-view.ts";
import type { RandomStream } from "./random.ts";

/** How the pixels of images of one size may be moved, as one of Keras's random layers does it. */
export type Moves = Size &
  (
    | { readonly flip: "horizontal" | "vertical" | "horizontal_and_vertical" }
    /** Shares of a whole turn. */
    | { readonly rotation: Range }
    /** What is added to 1; above 0 things become smaller. Without a width, as the height. */
    | { readonly zoom: { readonly height: Range; readonly width: Range | null } }
    /** Shares of height and width. */
    | { readonly translation: { readonly height: Range; readonly width: Range } }
  );
interface Size {
  readonly height: number;
  readonly width: number;
}

/**
 * Draws a move: where each pixel of the result comes from, as `[x, y, 1]` · a matrix of 3 × 2, row by row. What that gives are places
 * in the image as ONNX's GridSample has them: −1 and 1 are the rims of the first and the last pixel.
 */
export function drawMove(moves: Moves, stream: RandomStream): readonly number[] {
  const { height, width } = moves;
  const [ax, bx, cx, ay, by, cy] = drawn(moves, stream);
  // Pixels' centres lie at whole numbers, half a pixel from their rims.
  return [
    ...[(2 * ax) / width, (2 * ay) / height],
    ...[(2 * bx) / width, (2 * by) / height],
    ...[(2 * cx + 1) / width - 1, (2 * cy + 1) / height - 1],
  ];
}

function drawn(moves: Moves, stream: RandomStream): Affine {
  const { height, width } = moves;
  const between = ([least, most]: Range) => least + (most - least) * stream();
  if ("flip" in moves) {
    // Keras flips in both directions, or in none.
    if (stream() > 0.5) return IDENTITY;
    const [across, down] = [moves.flip !== "vertical", moves.flip !== "horizontal"];
    return [across ? -1 : 1, 0, across ? width - 1 : 0, 0, down ? -1 : 1, down ? height - 1 : 0];
  }
  if ("rotation" in moves) return rotate(between(moves.rotation), height, width);
  if ("translation" in moves) {
    const down = between(moves.translation.height);
    return translate(down, between(moves.translation.width), height, width);
  }
  const down = 1 + between(moves.zoom.height);
  const across = moves.zoom.width === null ? down : 1 + between(moves.zoom.width);
  return [across, 0, ((width - 1) / 2) * (1 - across), 0, down, ((height - 1) / 2) * (1 - down)];
}
