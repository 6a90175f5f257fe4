import type { Range } from "../data/recipe/draw-view.ts";
import { UserError } from "../protocol/index.ts";
import type { Moves } from "./moves.ts";
import type { TensorMath } from "./tensor-math.ts";

/** Options of Keras's random layers of images, under Keras's names. */
export interface AugmentationOptions {
  readonly mode?: string;
  readonly factor?: Factor;
  readonly height_factor?: Factor;
  readonly width_factor?: Factor | null;
  readonly fill_mode?: string;
  readonly fill_value?: number;
  readonly interpolation?: string;
  readonly value_range?: Range;
  readonly data_format?: string | null;
}
type Factor = number | readonly number[];

/** Keras's random layers of images, by their class. In prediction they change nothing. */
export const MOVING: readonly string[] = ["RandomFlip", "RandomRotation", "RandomTranslation", "RandomZoom"];
export const RECOLOURING: readonly string[] = ["RandomContrast", "RandomBrightness"];

/** How a layer moves the pixels of images of this size. */
export function movesOf(
  class_name: string,
  options: AugmentationOptions,
  height: number,
  width: number,
): Moves {
  const size = { height, width };
  const range = (name: "factor" | "height_factor" | "width_factor") =>
    rangeOf(class_name, name, options[name] ?? 0);
  if (class_name === "RandomRotation") return { ...size, rotation: range("factor") };
  if (class_name === "RandomTranslation")
    return { ...size, translation: { height: range("height_factor"), width: range("width_factor") } };
  if (class_name === "RandomZoom") {
    const across = options.width_factor == null ? null : range("width_factor");
    return { ...size, zoom: { height: range("height_factor"), width: across } };
  }
  const { mode = "horizontal_and_vertical" } = options;
  if (mode !== "horizontal" && mode !== "vertical" && mode !== "horizontal_and_vertical")
    throw new UserError(
      "layer-option",
      `RandomFlip has the mode ${mode}: give it horizontal, vertical or horizontal_and_vertical.`,
    );
  return { ...size, flip: mode };
}

/** Pixels that come from outside of the image. */
export interface Filling {
  readonly mode: "reflect" | "nearest" | "constant";
  /** Of those that are constant. */
  readonly value: number;
  /** Between four pixels, or the nearest. */
  readonly bilinear: boolean;
}

export function fillingOf(class_name: string, options: AugmentationOptions): Filling {
  const { fill_mode: mode = "reflect", fill_value: value = 0, interpolation = "bilinear" } = options;
  if (mode !== "reflect" && mode !== "nearest" && mode !== "constant")
    throw new UserError(
      "layer-option",
      `${class_name} has the fill mode ${mode}, which KSpec does not compute: give it reflect, nearest or constant.`,
    );
  return { mode, value, bilinear: interpolation !== "nearest" };
}

/**
 * What a layer makes of the values of images.
 *
 * @param drawn One number in [0, 1) for each image, `[rows, 1, 1, 1]`.
 * @param places The axes of height and width.
 */
export function recoloured<T>(
  math: TensorMath<T>,
  class_name: string,
  options: AugmentationOptions,
  x: T,
  drawn: T,
  places: readonly number[],
): T {
  const [least, most] = options.value_range ?? [0, 255];
  const [from, to] = rangeOf(class_name, "factor", options.factor ?? 0);
  const clipped = (value: T) => math.min(math.max(value, least), most);
  if (class_name === "RandomBrightness") {
    const share = math.add(math.mul(drawn, to - from), from);
    return clipped(math.add(x, math.mul(share, most - least)));
  }
  // Keras's factor lies between 1 − the first and 1 + the second, which is 0 and the factor where one is given.
  const lower = 1 - (Array.isArray(options.factor) ? from : 0);
  const factor = math.add(math.mul(drawn, 1 + to - lower), lower);
  const mean = math.mean(x, places, true);
  return clipped(math.add(math.mul(math.sub(x, mean), factor), mean));
}

/** Two numbers, or one: as much to both sides. */
function rangeOf(class_name: string, option: string, given: Factor): Range {
  const [first, second, ...more] = [given].flat() as number[];
  const range: Range = second === undefined ? [-Math.abs(first!), Math.abs(first!)] : [first!, second];
  if (more.length > 0 || range.some((one) => typeof one !== "number" || !Number.isFinite(one)))
    throw new UserError(
      "layer-option",
      `${class_name} has the option ${option} = ${JSON.stringify(given)}: give it one number, or the least and the most.`,
    );
  return range[0] <= range[1] ? range : [range[1], range[0]];
}
