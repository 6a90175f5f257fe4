import { applications, type Applications } from "./applications.ts";
import type { RecipeDescription, SelectorDescription, StepDescription } from "./description.ts";
import { advice, readOptions, type KnownOptions, type OptionTable } from "./known-options.ts";
import { lock, named } from "./layer.ts";
import { SpecError } from "./spec-error.ts";

/** A choice of columns by what they are: `all_numeric_predictors()`. */
export interface Selector extends SelectorDescription {
  readonly kind: "selector";
}

/** A column's name, or a selector. */
export type Term = string | Selector;

export interface RescaleOptions {
  /** Factor: 1 / 255 brings pixels to 0–1. */
  scale: number;
  /** Added after it. Default 0. */
  offset?: number;
}
export interface ResizeOptions {
  /** Height of the result in pixels. */
  height: number;
  /** Width of the result in pixels. */
  width: number;
}
export interface AugmentOptions {
  /** Random views of each training image, made once; each epoch draws among them. Default 4. */
  views?: number;
  /** Mirrors every second view, on average. Default none. */
  flip?: "horizontal" | "vertical" | "horizontal_and_vertical";
  /** Turns by up to this share of a whole turn, either way; two numbers are the least and the most, above 0 counter-clockwise. */
  rotation?: number | readonly [least: number, most: number];
  /** Zooms by up to this share, in and out; of two numbers, those above 0 zoom out. */
  zoom?: number | readonly [least: number, most: number];
  /** Shifts by up to this share of the height and of the width; of two numbers, those above 0 shift down and right. */
  translation?: number | readonly [least: number, most: number];
  /** Adds up to this share of the range of values, or takes it away. */
  brightness?: number | readonly [least: number, most: number];
  /** Brings pixels nearer to their channel's mean or further from it, by up to this share; two numbers are how much less and how much more. */
  contrast?: number | readonly [less: number, more: number];
  /** The values a pixel can have where the step stands, for brightness and contrast. Default 0 to 255. */
  value_range?: readonly [least: number, most: number];
  /** Other seeds draw other views. Default 1. */
  seed?: number;
}
export interface DummyOptions {
  /** One column for every level, instead of none for the first. Default false. */
  one_hot?: boolean;
}

/** Which columns are outcomes and predictors, and what happens to them before they reach the model. */
export interface Recipe extends RecipeDescription {
  readonly kind: "recipe";
  /**
   * value × scale + offset, for numbers and pixels.
   *
   * ```ts
   * recipe("label ~ image").step_rescale("image", { scale: 1 / 255 })
   * ```
   */
  step_rescale(...terms_and_options: [...terms: Term[], options: RescaleOptions]): Recipe;
  /**
   * Brings images to one size: bilinear, as TensorFlow resizes.
   *
   * ```ts
   * recipe("label ~ image").step_resize("image", { height: 160, width: 160 })
   * ```
   */
  step_resize(...terms_and_options: [...terms: Term[], options: ResizeOptions]): Recipe;
  /**
   * Gives a pretrained base the pixels it was trained with: the images of 0–255 are changed as Keras's `preprocess_input` of that
   * network changes them. The network's name comes last; the columns before it may be left out, and then it is every image predictor.
   *
   * ```ts
   * recipe("label ~ image").step_resize("image", { height: 96, width: 96 }).step_preprocess_input("mobilenet")
   * ```
   */
  step_preprocess_input(
    ...terms_and_application: [...terms: Term[], application: keyof Applications]
  ): Recipe;
  /**
   * Puts random views in the place of each training image. Validation, test and new images stay as they are. Ranges as in Keras's
   * RandomFlip, RandomRotation, RandomZoom, RandomTranslation, RandomBrightness and RandomContrast; what comes from outside the image
   * is its reflection. Best written after step_resize, and before steps that change the scale of pixels.
   *
   * ```ts
   * recipe("label ~ image")
   *   .step_resize("image", { height: 96, width: 96 })
   *   .step_augment("image", { flip: "horizontal", rotation: 0.05, zoom: 0.1 })
   *   .step_preprocess_input("mobilenet")
   * ```
   */
  step_augment(...terms_and_options: [...terms: Term[], options: AugmentOptions]): Recipe;
  /**
   * Brings numeric columns to mean 0 and standard deviation 1, as measured in the training rows.
   *
   * ```ts
   * recipe("species ~ .").step_normalize(all_numeric_predictors())
   * ```
   */
  step_normalize(...terms: Term[]): Recipe;
  /**
   * Replaces a class column by columns of 0 and 1, one a level but for the first.
   *
   * ```ts
   * recipe("price ~ .").step_dummy(all_nominal_predictors())
   * ```
   */
  step_dummy(...terms: Term[]): Recipe;
  step_dummy(...terms_and_options: [...terms: Term[], options: DummyOptions]): Recipe;
}

/**
 * A recipe: a formula, then steps in the order they are run.
 *
 * @param formula `outcome ~ predictor + predictor`; `.` is every other column, `- x` leaves one out, and
 *   several outcomes are joined with `+`.
 */
export function recipe(formula: string): Recipe {
  if (typeof formula !== "string" || !formula.includes("~"))
    throw new SpecError(
      "bad-formula",
      `recipe() takes a formula such as "label ~ image", and got ${named(formula)}.`,
    );
  return new Steps(formula, []);
}

const options = {
  rescale: { scale: "required", offset: "optional" } satisfies KnownOptions<RescaleOptions>,
  resize: { height: "required", width: "required" } satisfies KnownOptions<ResizeOptions>,
  preprocess_input: { application: "required" },
  augment: {
    views: "optional",
    flip: "optional",
    rotation: "optional",
    zoom: "optional",
    translation: "optional",
    brightness: "optional",
    contrast: "optional",
    value_range: "optional",
    seed: "optional",
  } satisfies KnownOptions<AugmentOptions>,
  normalize: {},
  dummy: { one_hot: "optional" } satisfies KnownOptions<DummyOptions>,
} as const satisfies Record<string, OptionTable>;

class Steps implements Recipe {
  readonly kind = "recipe";
  readonly formula: string;
  readonly steps: readonly StepDescription[];
  constructor(formula: string, steps: readonly StepDescription[]) {
    this.formula = formula;
    this.steps = Object.freeze([...steps]);
    lock(this, ["kind", "formula", "steps"]);
  }
  step_rescale(...args: [...Term[], RescaleOptions]): Recipe {
    return this.#with("rescale", args);
  }
  step_resize(...args: [...Term[], ResizeOptions]): Recipe {
    return this.#with("resize", args);
  }
  step_preprocess_input(...args: [...Term[], keyof Applications]): Recipe {
    const application = args.at(-1);
    if (typeof application !== "string" || !Object.hasOwn(applications, application))
      throw new SpecError(
        "unknown-application",
        `step_preprocess_input() takes the name of a pretrained network last, and got ${named(application)}. ${advice(String(application), Object.keys(applications))}`,
      );
    const terms = args.length > 1 ? args.slice(0, -1) : [all_image_predictors()];
    return this.#with("preprocess_input", [...terms, { application }]);
  }
  step_augment(...args: [...Term[], AugmentOptions]): Recipe {
    return this.#with("augment", args);
  }
  step_normalize(...terms: Term[]): Recipe {
    return this.#with("normalize", terms);
  }
  step_dummy(...args: Term[] | [...Term[], DummyOptions]): Recipe {
    return this.#with("dummy", args);
  }

  #with(step: keyof typeof options, args: readonly unknown[]): Recipe {
    const last = args.at(-1);
    const hasOptions = args.length > 0 && !isTerm(last) && typeof last === "object";
    const terms = hasOptions ? args.slice(0, -1) : args;
    const name = `step_${step}`;
    if (terms.length === 0)
      throw new SpecError(
        "no-columns",
        `${name}() needs columns: names such as "image", or all_predictors().`,
      );
    for (const term of terms)
      if (!isTerm(term))
        throw new SpecError(
          "not-a-column",
          `${name}() takes names of columns and selectors such as all_predictors(), and got ${named(term)}.`,
        );
    const description = Object.freeze({
      step,
      terms: Object.freeze(terms as Term[]),
      options: readOptions(name, options[step], hasOptions ? last : undefined),
    });
    return new Steps(this.formula, [...this.steps, description]);
  }
}

function isTerm(value: unknown): value is Term {
  if (typeof value === "string") return value !== "";
  return typeof value === "object" && value !== null && (value as { kind?: unknown }).kind === "selector";
}

/** Every predictor. */
export function all_predictors(): Selector {
  return selector("all_predictors");
}
/** Every predictor that is a number. */
export function all_numeric_predictors(): Selector {
  return selector("all_numeric_predictors");
}
/** Every predictor that is a class. */
export function all_nominal_predictors(): Selector {
  return selector("all_nominal_predictors");
}
/** Every predictor that holds images. */
export function all_image_predictors(): Selector {
  return selector("all_image_predictors");
}
/** Every outcome. */
export function all_outcomes(): Selector {
  return selector("all_outcomes");
}

function selector(select: SelectorDescription["select"]): Selector {
  return Object.freeze({ kind: "selector", select });
}
