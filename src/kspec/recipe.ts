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
