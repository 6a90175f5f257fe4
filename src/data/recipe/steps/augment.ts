import { UserError } from "../../../protocol/index.ts";
import { moveBilinear } from "../affine.ts";
import { drawView, type Changes, type Range } from "../draw-view.ts";
import { changeBrightness, changeContrast } from "../recolour.ts";
import { replaceColumn, type ImageOperation } from "../working-table.ts";
import { columnOf, readOptions, type OptionRule, type Step } from "./step.ts";

/** Plain JSON, saved with the model. */
export interface Augment extends Changes {
  /** Variants of each training image. */
  readonly views: number;
  readonly seed: number;
  /** The values a pixel can have where the step stands; null: nothing was said of it, and 0–255 is meant. */
  readonly value_range: Range | null;
}

/**
 * `step_augment(…, { views = 4, flip, rotation, zoom, translation, brightness, contrast, value_range, seed = 1 })`: so many random
 * views take the place of each training image. Other rows stay as they are, as with `skip = TRUE` in recipes. Ranges as in Keras's
 * random layers (`drawView`); one number means both ways, two are the least and the most.
 */
export const augment: Step<Augment, null> = {
  name: "augment",
  skip: true,
  options(given) {
    const { rotation, zoom, translation, brightness, contrast, ...others } = readOptions<GivenOptions>(
      "augment",
      given,
      {
        views: { ...aCount, otherwise: 4 },
        flip: { ...aFlip, otherwise: null },
        rotation: { ...bothWays, otherwise: null },
        zoom: { ...aZoom, otherwise: null },
        translation: { ...bothWays, otherwise: null },
        brightness: { ...bothWays, otherwise: null },
        contrast: { ...aContrast, otherwise: null },
        value_range: { ...aRange, otherwise: null },
        seed: { ...aSeed, otherwise: 1 },
      },
    );
    const around = (given: Given) =>
      given === null ? null : typeof given === "number" ? ([-given, given] as const) : inOrder(given);
    const changes: Changes = {
      flip: others.flip,
      rotation: around(rotation),
      zoom: around(zoom),
      translation: around(translation),
      brightness: around(brightness),
      contrast: contrastFactors(contrast),
    };
    if (Object.values(changes).every((change) => change === null))
      throw new UserError(
        "step-option",
        'step_augment changes nothing. Give it one of flip, rotation, zoom, translation, brightness and contrast, as in { flip: "horizontal", rotation: 0.1 }.',
      );
    return { ...others, ...changes };
  },
  prep(_table, columns) {
    if (columns.length > 0) return null;
    throw new UserError(
      "step-column",
      'step_augment finds no predictor that holds images. Name an image column in the formula: recipe("label ~ image").',
    );
  },
  bake(table, columns, options) {
    for (const name of columns) {
      const column = columnOf("augment", table, name, ["image"], "Name the image column.");
      if (column.operations.some(({ views }) => views !== undefined))
        throw new UserError(
          "augment-twice",
          `step_augment comes twice for \`${name}\`. Put all that it shall change into one: step_augment("${name}", { flip: "horizontal", rotation: 0.1 }).`,
        );
      const recoloured = options.brightness !== null || options.contrast !== null;
      const changed = column.operations.some(({ keepsRange }) => keepsRange !== true);
      if (recoloured && changed && options.value_range === null)
        throw new UserError(
          "augment-range",
          "step_augment: brightness and contrast are shares of 0–255, and a step before it brings pixels to another scale. Put step_augment before that step, or say the scale: value_range: [0, 1].",
        );
      table = replaceColumn(table, name, [
        [name, { ...column, operations: [...column.operations, operationOf(options)] }],
      ]);
    }
    return table;
  },
};

function operationOf({ views, seed, value_range, ...changes }: Augment): ImageOperation {
  const range = value_range ?? [0, 255];
  const { flip, rotation, zoom, translation, brightness, contrast } = changes;
  return {
    // The number of views is not in it: the first four of eight are the four of four.
    key: `augment ${JSON.stringify([seed, flip, rotation, zoom, translation, brightness, contrast, range])}`,
    views,
    keepsRange: true,
    shape: (shape) => shape,
    apply(pixels, shape, into, variant = "") {
      const view = drawView(changes, `${seed} ${variant}`, shape);
      let result = pixels;
      if (view.move) {
        result = into ?? new Float32Array(pixels.length);
        moveBilinear(pixels, shape, view.move, result);
      }
      if (contrast) changeContrast(result, shape, view.contrast, range);
      if (brightness) changeBrightness(result, view.brightness, range);
      return result;
    },
  };
}

// ---------------------------------------------------------------- options

type Given = number | Range | null;

interface GivenOptions {
  readonly views: number;
  readonly flip: Changes["flip"];
  readonly rotation: Given;
  readonly zoom: Given;
  readonly translation: Given;
  readonly brightness: Given;
  readonly contrast: Given;
  readonly value_range: Range | null;
  readonly seed: number;
}

const aCount: OptionRule<number> = {
  must: "a whole number of views of each image, 1 or more",
  accepts: (value) => Number.isInteger(value) && (value as number) >= 1,
};
const aSeed: OptionRule<number> = {
  must: "a whole number",
  accepts: (value) => Number.isSafeInteger(value),
};
const aFlip: OptionRule<Changes["flip"]> = {
  must: '"horizontal", "vertical" or "horizontal_and_vertical"',
  accepts: (value) =>
    value === null || ["horizontal", "vertical", "horizontal_and_vertical"].includes(value as string),
};
const aRange: OptionRule<Range | null> = {
  must: "the least and the most a pixel can be, such as [0, 1]",
  accepts: (value) => value === null || (isPair(value) && value[0] < value[1]),
};

const bothWays = oneOrTwo(
  "a number from 0 to 1, or two from -1 to 1 such as [-0.1, 0.2]",
  (bound) => bound >= -1 && bound <= 1,
);
const aZoom = oneOrTwo(
  "a number from 0 to less than 1, or two above -1 and up to 1 such as [-0.1, 0.2]",
  (bound) => bound > -1 && bound <= 1,
);
const aContrast: OptionRule<Given> = {
  must: "a number from 0 to 1, or two such as [0.1, 0.3]: how much less and how much more contrast there may be",
  accepts: (value) =>
    value === null ||
    (typeof value === "number" ? [value] : isPair(value) ? value : [NaN]).every(
      (bound) => bound >= 0 && bound <= 1,
    ),
};

/** One number stands for as much either way. */
function oneOrTwo(must: string, within: (bound: number) => boolean): OptionRule<Given> {
  return {
    must,
    accepts: (value) =>
      value === null ||
      (typeof value === "number"
        ? value >= 0 && within(value) && within(-value)
        : isPair(value) && value.every(within)),
  };
}

function isPair(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((bound) => Number.isFinite(bound));
}

function inOrder([one, other]: Range): Range {
  return [Math.min(one, other), Math.max(one, other)];
}

/** From the shares that contrast may lose and gain, as RandomContrast documents its `factor`. */
function contrastFactors(given: Given): Range | null {
  if (given === null) return null;
  const [less, more] = typeof given === "number" ? [given, given] : given;
  return [1 - less, 1 + more];
}
