import { createHash } from "node:crypto";
import { compose, IDENTITY, type Affine } from "./affine.ts";

/** Least and most of what is drawn evenly between them. */
export type Range = readonly [least: number, most: number];

/** How a view may differ from its image; null changes nothing. */
export interface Changes {
  readonly flip: "horizontal" | "vertical" | "horizontal_and_vertical" | null;
  /** Shares of a whole turn, counter-clockwise above 0. */
  readonly rotation: Range | null;
  /** Above 0 things become smaller, below 0 larger, as in Keras. */
  readonly zoom: Range | null;
  /** Shares of height and of width, drawn for each; above 0 down and right. */
  readonly translation: Range | null;
  /** Added, as shares of the range of values. */
  readonly brightness: Range | null;
  /** Factors of each pixel's distance from its channel's mean. */
  readonly contrast: Range | null;
}

/** One view, drawn. */
export interface View {
  /** Where its pixels come from; null: from where they are. */
  readonly move: Affine | null;
  readonly brightness: number;
  readonly contrast: number;
}

/**
 * Draws one view. What is drawn depends on the names alone, never on what was drawn before, so that an image has the same views in
 * every subset, order and process; and each change has its own draw, so that adding one leaves the others as they were.
 *
 * Ranges mean what they mean in Keras's RandomFlip, RandomRotation, RandomZoom, RandomTranslation, RandomBrightness and
 * RandomContrast. There, each layer interpolates what the one before it made; here all moves are one, which blurs less.
 *
 * @param name What tells this view from all others: the step's seed, the image's digest, the view's number.
 */
export function drawView(
  { flip, rotation, zoom, translation, brightness, contrast }: Changes,
  name: string,
  [height, width]: readonly [number, number, number],
): View {
  const words = createHash("sha512").update(name).digest();
  const share = (draw: number) => words.readUInt32LE(4 * draw) / 2 ** 32;
  const between = ([least, most]: Range, draw: number) => least + (most - least) * share(draw);
  let move = IDENTITY;
  if (flip !== null && flip !== "vertical" && share(0) < 0.5)
    move = compose(move, [-1, 0, width - 1, 0, 1, 0]);
  if (flip !== null && flip !== "horizontal" && share(1) < 0.5)
    move = compose(move, [1, 0, 0, 0, -1, height - 1]);
  if (rotation) move = compose(move, rotate(between(rotation, 2), height, width));
  if (zoom) move = compose(move, zoomBy(between(zoom, 3), height, width));
  if (translation)
    move = compose(move, translate(between(translation, 4), between(translation, 5), height, width));
  return {
    move: move === IDENTITY ? null : move,
    brightness: brightness ? between(brightness, 6) : 0,
    contrast: contrast ? between(contrast, 7) : 1,
  };
}

/** @param turn Share of a whole turn. */
export function rotate(turn: number, height: number, width: number): Affine {
  const cos = Math.cos(turn * 2 * Math.PI);
  const sin = Math.sin(turn * 2 * Math.PI);
  const x = (width - 1) / 2;
  const y = (height - 1) / 2;
  return [cos, -sin, x - x * cos + y * sin, sin, cos, y - x * sin - y * cos];
}

export function zoomBy(change: number, height: number, width: number): Affine {
  const scale = 1 + change;
  return [scale, 0, ((width - 1) / 2) * (1 - scale), 0, scale, ((height - 1) / 2) * (1 - scale)];
}

/** @param down Share of the height. @param right Share of the width. */
export function translate(down: number, right: number, height: number, width: number): Affine {
  return [1, 0, -right * width, 0, 1, -down * height];
}
