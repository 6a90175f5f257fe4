import { applications, type Applications } from "./applications.ts";
import type { RecipeDescription, RoleChange, SelectorDescription, StepDescription } from "./description.ts";
import { advice, readOptions, type KnownOptions, type OptionTable } from "./known-options.ts";
import { lock, named } from "./layer.ts";
import { SpecError } from "./spec-error.ts";
import type { Tune } from "./tune.ts";

/** A choice of columns by what they are: `all_numeric_predictors()`. */
export interface Selector extends SelectorDescription {
  readonly kind: "selector";
}

/** A column's name, or a selector. */
export type Term = string | Selector;

/** Options of a step: each may be `tune()`. */
export type OptionsOfStep<Options> = { [Name in keyof Options]: Options[Name] | Tune } & SkipOption;

/** Columns, and options after them. */
export type TermsAnd<Options> = [...terms: Term[]] | [...terms: Term[], options: OptionsOfStep<Options>];

export interface SkipOption {
  /** True: the step is done to the training rows alone. Default false; of step_naomit and step_augment true. */
  skip?: boolean;
}

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
  /** Keeps the column beside them, for a later step. Default false. */
  keep_original_cols?: boolean;
}
export interface ScaleOptions {
  /** How many standard deviations become 1. Default 1. */
  factor?: number;
}
export interface RangeOptions {
  /** What the least value of the training rows becomes. Default 0. */
  min?: number;
  /** What the greatest value of the training rows becomes. Default 1. */
  max?: number;
  /** Brings values outside of the training rows' to the ends. Default true. */
  clipping?: boolean;
}
export interface LevelOptions {
  /** The class that is put in the place of others. */
  new_level?: string;
}
export interface OtherOptions {
  /** Rarer classes are joined: a share of the rows, or from 1 a number of rows. Default 0.05. */
  threshold?: number;
  /** What they become. Default "other". */
  other?: string;
}
export interface ImputeMeanOptions {
  /** Share of the values that is left out at each end, up to 0.5. Default 0. */
  trim?: number;
}
export interface NzvOptions {
  /** The most frequent value comes more than so many times as often as the next one. Default 95 / 5. */
  freq_cut?: number;
  /** Different values are at most so many percent of the rows. Default 10. */
  unique_cut?: number;
}
export interface CorrOptions {
  /** The greatest correlation that is left, either way. Default 0.9. */
  threshold?: number;
  /** Of values, or of their ranks. Default "pearson". */
  method?: "pearson" | "spearman";
}
export interface PcaOptions {
  /** How many components are kept. Default 5. */
  num_comp?: number;
  /** Keeps as many components as make this share of the variance, instead of `num_comp`. */
  threshold?: number;
  /** Names are PC1, PC2, … Default "PC". */
  prefix?: string;
  /** Keeps the columns beside them. Default false. */
  keep_original_cols?: boolean;
}
export interface LogOptions {
  /** Default e. */
  base?: number;
  /** Added before. Default 0. */
  offset?: number;
  /** The logarithm of |x| with x's sign, and 0 where |x| is below 1. Default false. */
  signed?: boolean;
}
export interface CollapseOptions {
  /** The new column's name, which the network's input block has too where there are several. Default "predictor_matrix". */
  new_col?: string;
}

/** One row, by column: numbers are NaN and classes null where they are missing. */
// Which columns are numbers is in the data, which types do not see.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Row = Readonly<Record<string, any>>;

/** Makes one cell of a row's others: `(d) => d.length / d.width`. */
export type RowFunction = (d: Row) => number | string | boolean | null;

export interface RoleOptions {
  /** "id", "weight", any word; columns that are neither predictor nor outcome do not reach the network. */
  new_role: string;
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
  step_rescale(...terms_and_options: [...terms: Term[], options: OptionsOfStep<RescaleOptions>]): Recipe;
  /**
   * Brings images to one size: bilinear, as TensorFlow resizes.
   *
   * ```ts
   * recipe("label ~ image").step_resize("image", { height: 160, width: 160 })
   * ```
   */
  step_resize(...terms_and_options: [...terms: Term[], options: OptionsOfStep<ResizeOptions>]): Recipe;
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
  step_augment(...terms_and_options: [...terms: Term[], options: OptionsOfStep<AugmentOptions>]): Recipe;
  /**
   * Brings numeric columns to mean 0 and standard deviation 1, as measured in the training rows.
   *
   * ```ts
   * recipe("species ~ .").step_normalize(all_numeric_predictors())
   * ```
   */
  step_normalize(...terms_and_options: TermsAnd<object>): Recipe;
  /**
   * Replaces a class column by columns of 0 and 1, one a level but for the first.
   *
   * ```ts
   * recipe("price ~ .").step_dummy(all_nominal_predictors())
   * ```
   */
  step_dummy(...terms: Term[]): Recipe;
  step_dummy(...terms_and_options: [...terms: Term[], options: OptionsOfStep<DummyOptions>]): Recipe;
  /** Brings numeric columns to mean 0, as measured in the training rows. */
  step_center(...terms_and_options: TermsAnd<object>): Recipe;
  /** Brings numeric columns to standard deviation 1, as measured in the training rows. */
  step_scale(...terms_and_options: TermsAnd<ScaleOptions>): Recipe;
  /** Brings numeric columns to 0–1, or from `min` to `max`, by the least and the greatest value of the training rows. */
  step_range(...terms_and_options: TermsAnd<RangeOptions>): Recipe;
  /**
   * Puts "new", or `new_level`, in the place of classes that the training rows do not have, so that new data may have them.
   *
   * ```ts
   * recipe("price ~ .").step_novel(all_nominal_predictors()).step_dummy(all_nominal_predictors())
   * ```
   */
  step_novel(...terms_and_options: TermsAnd<LevelOptions>): Recipe;
  /** Makes missing classes a class of their own, "unknown", or `new_level`. */
  step_unknown(...terms_and_options: TermsAnd<LevelOptions>): Recipe;
  /** Joins classes that are rare in the training rows to one. */
  step_other(...terms_and_options: TermsAnd<OtherOptions>): Recipe;
  /** Puts the training rows' mean in the place of missing numbers. */
  step_impute_mean(...terms_and_options: TermsAnd<ImputeMeanOptions>): Recipe;
  /** Puts the training rows' median in the place of missing numbers. */
  step_impute_median(...terms_and_options: TermsAnd<object>): Recipe;
  /** Puts the training rows' most frequent class in the place of missing ones. */
  step_impute_mode(...terms_and_options: TermsAnd<object>): Recipe;
  /** Takes columns out that have one value only in the training rows. */
  step_zv(...terms_and_options: TermsAnd<object>): Recipe;
  /** Takes columns out that hardly vary in the training rows. */
  step_nzv(...terms_and_options: TermsAnd<NzvOptions>): Recipe;
  /** Takes numeric columns out until no two are correlated by more than `threshold` in the training rows. */
  step_corr(...terms_and_options: TermsAnd<CorrOptions>): Recipe;
  /**
   * Turns numeric columns into their principal components. Put step_normalize before it.
   *
   * ```ts
   * recipe("species ~ .").step_normalize(all_numeric_predictors()).step_pca(all_numeric_predictors(), { num_comp: 2 })
   * ```
   */
  step_pca(...terms_and_options: TermsAnd<PcaOptions>): Recipe;
  /** The logarithm of numeric columns; of an outcome too, and then the model predicts it on that scale. */
  step_log(...terms_and_options: TermsAnd<LogOptions>): Recipe;
  /**
   * Computes columns from the others of the row. The functions are kept as text and run without the rest of the file: they may use
   * the row, operators, constants and Math's functions.
   *
   * ```ts
   * recipe("species ~ .").step_mutate({ ratio: (d) => d.bill_length_mm / d.bill_depth_mm })
   * ```
   */
  step_mutate(expressions: Readonly<Record<string, RowFunction>>, options?: SkipOption): Recipe;
  /** Takes columns out. */
  step_rm(...terms_and_options: TermsAnd<object>): Recipe;
  /** Keeps these columns and the outcomes, and takes all others out. */
  step_select(...terms_and_options: TermsAnd<object>): Recipe;
  /**
   * Leaves training rows out in which one of these columns is missing; with `{ skip: false }` also rows that are tested or predicted.
   *
   * ```ts
   * recipe("species ~ .").step_naomit(all_predictors(), all_outcomes())
   * ```
   */
  step_naomit(...terms_and_options: TermsAnd<object>): Recipe;
  /**
   * Makes one input of several numeric columns: rows of shape [1, k]. Several of these make several inputs, by name.
   *
   * ```ts
   * recipe("price ~ .")
   *   .step_dummy(all_nominal_predictors())
   *   .step_collapse(starts_with("zone_"), { new_col: "zone" })
   *   .step_collapse("area", "rooms", { new_col: "size" })
   * ```
   */
  step_collapse(...terms_and_options: TermsAnd<CollapseOptions>): Recipe;
  /**
   * Gives columns another role: they stay in the table, and those that are neither predictor nor outcome do not reach the network.
   * Wherever it stands in the chain, it holds before the first step.
   *
   * ```ts
   * recipe("species ~ .").update_role("id", { new_role: "id" })
   * ```
   */
  update_role(...terms_and_options: [...terms: Term[], options: RoleOptions & { old_role?: string }]): Recipe;
  /** Gives columns one more role. */
  add_role(...terms_and_options: [...terms: Term[], options: RoleOptions]): Recipe;
  /** Takes a role from columns. */
  remove_role(...terms_and_options: [...terms: Term[], options: { old_role: string }]): Recipe;
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
  return new Steps(formula, [], []);
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
  dummy: { one_hot: "optional", keep_original_cols: "optional" } satisfies KnownOptions<DummyOptions>,
  center: {},
  scale: { factor: "optional" } satisfies KnownOptions<ScaleOptions>,
  range: { min: "optional", max: "optional", clipping: "optional" } satisfies KnownOptions<RangeOptions>,
  novel: { new_level: "optional" } satisfies KnownOptions<LevelOptions>,
  unknown: { new_level: "optional" } satisfies KnownOptions<LevelOptions>,
  other: { threshold: "optional", other: "optional" } satisfies KnownOptions<OtherOptions>,
  impute_mean: { trim: "optional" } satisfies KnownOptions<ImputeMeanOptions>,
  impute_median: {},
  impute_mode: {},
  zv: {},
  nzv: { freq_cut: "optional", unique_cut: "optional" } satisfies KnownOptions<NzvOptions>,
  corr: { threshold: "optional", method: "optional" } satisfies KnownOptions<CorrOptions>,
  pca: {
    num_comp: "optional",
    threshold: "optional",
    prefix: "optional",
    keep_original_cols: "optional",
  } satisfies KnownOptions<PcaOptions>,
  log: { base: "optional", offset: "optional", signed: "optional" } satisfies KnownOptions<LogOptions>,
  rm: {},
  select: {},
  naomit: {},
  collapse: { new_col: "optional" } satisfies KnownOptions<CollapseOptions>,
} as const satisfies Record<string, OptionTable>;

/** Every step has it. */
const skipOption = { skip: "optional" } satisfies KnownOptions<SkipOption>;

class Steps implements Recipe {
  readonly kind = "recipe";
  readonly formula: string;
  readonly steps: readonly StepDescription[];
  declare readonly roles?: readonly RoleChange[];
  constructor(formula: string, steps: readonly StepDescription[], roles: readonly RoleChange[]) {
    this.formula = formula;
    this.steps = Object.freeze([...steps]);
    if (roles.length > 0) this.roles = Object.freeze([...roles]);
    lock(this, ["kind", "formula", "steps", ...(roles.length > 0 ? (["roles"] as const) : [])]);
  }
  step_rescale(...args: Given): Recipe {
    return this.#with("rescale", args);
  }
  step_resize(...args: Given): Recipe {
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
  step_augment(...args: Given): Recipe {
    return this.#with("augment", args);
  }
  step_normalize(...args: Given): Recipe {
    return this.#with("normalize", args);
  }
  step_dummy(...args: Given): Recipe {
    return this.#with("dummy", args);
  }
  step_center(...args: Given): Recipe {
    return this.#with("center", args);
  }
  step_scale(...args: Given): Recipe {
    return this.#with("scale", args);
  }
  step_range(...args: Given): Recipe {
    return this.#with("range", args);
  }
  step_novel(...args: Given): Recipe {
    return this.#with("novel", args);
  }
  step_unknown(...args: Given): Recipe {
    return this.#with("unknown", args);
  }
  step_other(...args: Given): Recipe {
    return this.#with("other", args);
  }
  step_impute_mean(...args: Given): Recipe {
    return this.#with("impute_mean", args);
  }
  step_impute_median(...args: Given): Recipe {
    return this.#with("impute_median", args);
  }
  step_impute_mode(...args: Given): Recipe {
    return this.#with("impute_mode", args);
  }
  step_zv(...args: Given): Recipe {
    return this.#with("zv", args);
  }
  step_nzv(...args: Given): Recipe {
    return this.#with("nzv", args);
  }
  step_corr(...args: Given): Recipe {
    return this.#with("corr", args);
  }
  step_pca(...args: Given): Recipe {
    return this.#with("pca", args);
  }
  step_log(...args: Given): Recipe {
    return this.#with("log", args);
  }
  step_mutate(expressions: Readonly<Record<string, RowFunction>>, given?: SkipOption): Recipe {
    const options = readOptions("step_mutate", skipOption, given);
    const texts = textsOf(expressions);
    return this.#and({
      step: "mutate",
      terms: Object.freeze([]),
      options: Object.freeze({ ...options, expressions: texts }),
    });
  }
  step_rm(...args: Given): Recipe {
    return this.#with("rm", args);
  }
  step_select(...args: Given): Recipe {
    return this.#with("select", args);
  }
  step_naomit(...args: Given): Recipe {
    return this.#with("naomit", args);
  }
  step_collapse(...args: Given): Recipe {
    return this.#with("collapse", args);
  }
  update_role(...args: Given): Recipe {
    return this.#role("update", args, { new_role: "required", old_role: "optional" });
  }
  add_role(...args: Given): Recipe {
    return this.#role("add", args, { new_role: "required" });
  }
  remove_role(...args: Given): Recipe {
    return this.#role("remove", args, { old_role: "required" });
  }

  #with(step: keyof typeof options, args: readonly unknown[]): Recipe {
    const name = `step_${step}`;
    const { terms, last } = termsAndOptions(name, args);
    return this.#and({ step, terms, options: readOptions(name, { ...options[step], ...skipOption }, last) });
  }

  #and(description: StepDescription): Recipe {
    return new Steps(this.formula, [...this.steps, Object.freeze(description)], this.roles ?? []);
  }

  #role(change: RoleChange["change"], args: readonly unknown[], table: OptionTable): Recipe {
    const name = `${change}_role`;
    const { terms, last } = termsAndOptions(name, args);
    const roles = readOptions(name, table, last);
    for (const [option, role] of Object.entries(roles))
      if (typeof role !== "string" || role === "")
        throw new SpecError(
          "bad-role",
          `${name}(): ${option} is a word such as "id", and got ${named(role)}.`,
        );
    return new Steps(this.formula, this.steps, [
      ...(this.roles ?? []),
      Object.freeze({ change, terms, ...roles }),
    ]);
  }
}

/** As someone without types may write it. */
type Given = readonly unknown[];

function termsAndOptions(name: string, args: Given): { terms: readonly Term[]; last: unknown } {
  const last = args.at(-1);
  const hasOptions = args.length > 0 && !isTerm(last) && typeof last === "object";
  const terms = hasOptions ? args.slice(0, -1) : args;
  if (terms.length === 0)
    throw new SpecError("no-columns", `${name}() needs columns: names such as "image", or all_predictors().`);
  return { terms: checkedTerms(name, terms), last: hasOptions ? last : undefined };
}

function checkedTerms(name: string, terms: Given): readonly Term[] {
  for (const term of terms)
    if (!isTerm(term))
      throw new SpecError(
        "not-a-column",
        `${name}() takes names of columns and selectors such as all_predictors(), and got ${named(term)}.`,
      );
  return Object.freeze([...terms] as Term[]);
}

/** Functions as their own text, which is what a recipe keeps of them. */
function textsOf(expressions: unknown): Readonly<Record<string, string>> {
  if (typeof expressions !== "object" || expressions === null || Object.keys(expressions).length === 0)
    throw new SpecError(
      "no-columns",
      "step_mutate() takes one object with a function for each column: step_mutate({ ratio: (d) => d.length / d.width }).",
    );
  return Object.freeze(
    Object.fromEntries(
      Object.entries(expressions).map(([name, value]) => {
        if (typeof value === "function") return [name, Function.prototype.toString.call(value)];
        throw new SpecError(
          "not-a-function",
          `step_mutate(): "${name}" is a function of one row, such as (d) => d.length / d.width, and got ${named(value)}.`,
        );
      }),
    ),
  );
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

/** Every column that is a number, whatever its role: outcomes too. */
export function all_numeric(): Selector {
  return selector("all_numeric");
}
/** Every column that is a class, whatever its role: outcomes too. */
export function all_nominal(): Selector {
  return selector("all_nominal");
}
/** Every column. */
export function everything(): Selector {
  return selector("everything");
}
/** Columns of this role: "predictor", "outcome", or one that update_role gave. */
export function has_role(...roles: (string | readonly string[])[]): Selector {
  return selector("has_role", { match: textsGiven("has_role", roles) });
}
/** Columns of this type: "numeric", "nominal", "image", or "tensor", which step_collapse makes. */
export function has_type(...types: (ColumnType | readonly ColumnType[])[]): Selector {
  const match = textsGiven("has_type", types);
  const known = ["numeric", "nominal", "image", "tensor"];
  const wrong = match.find((type) => !known.includes(type));
  if (wrong === undefined) return selector("has_type", { match });
  throw new SpecError("bad-selector", `has_type() knows no type "${wrong}". ${advice(wrong, known)}`);
}
/** Columns whose name begins with this text, or with one of these. Capitals do not matter unless `ignore_case` is false. */
export function starts_with(match: string | readonly string[], options?: MatchOptions): Selector {
  return matching("starts_with", match, options);
}
/** Columns whose name ends with this text, or with one of these. Capitals do not matter unless `ignore_case` is false. */
export function ends_with(match: string | readonly string[], options?: MatchOptions): Selector {
  return matching("ends_with", match, options);
}
/** Columns whose name has this text in it, or one of these. Capitals do not matter unless `ignore_case` is false. */
export function contains(match: string | readonly string[], options?: MatchOptions): Selector {
  return matching("contains", match, options);
}
/** Columns whose name goes with this regular expression, written as a text: `matches("^bill_.*mm$")`. */
export function matches(match: string | readonly string[], options?: MatchOptions): Selector {
  const found = matching("matches", match, options);
  for (const pattern of found.match ?? [])
    try {
      new RegExp(pattern, "u");
    } catch (error) {
      throw new SpecError(
        "bad-selector",
        `matches(): "${pattern}" is no regular expression. ${(error as Error).message}.`,
      );
    }
  return found;
}
/** Columns of these names; each must be there. */
export function all_of(...names: (string | readonly string[])[]): Selector {
  return selector("all_of", { match: textsGiven("all_of", names) });
}
/** Those of these names that are there. */
export function any_of(...names: (string | readonly string[])[]): Selector {
  return selector("any_of", { match: textsGiven("any_of", names) });
}
/** Those of these names that are there: `any_of` by its older name. */
export function one_of(...names: (string | readonly string[])[]): Selector {
  return selector("one_of", { match: textsGiven("one_of", names) });
}
/**
 * Takes columns out of what the terms before it chose, or of all columns where it comes first: R's minus.
 *
 * ```ts
 * recipe("price ~ .").step_normalize(all_numeric_predictors(), not("year", starts_with("is_")))
 * ```
 */
export function not(...terms: Term[]): Selector {
  if (terms.length === 0)
    throw new SpecError("no-columns", 'not() needs columns: not("id"), or not(all_outcomes()).');
  return selector("not", { terms: checkedTerms("not", terms) });
}

export type ColumnType = "numeric" | "nominal" | "image" | "tensor";

export interface MatchOptions {
  /** Whether capitals are like small letters. Default true. */
  ignore_case?: boolean;
}

function matching(
  select: SelectorDescription["select"],
  match: string | readonly string[],
  options: MatchOptions | undefined,
): Selector {
  const { ignore_case } = readOptions(select, { ignore_case: "optional" }, options);
  return selector(select, {
    match: textsGiven(select, [match]),
    ...(ignore_case === undefined ? {} : { ignore_case: ignore_case !== false }),
  });
}

function textsGiven(where: string, given: readonly (string | readonly string[])[]): readonly string[] {
  const texts = given.flat();
  for (const text of texts)
    if (typeof text !== "string" || text === "")
      throw new SpecError("bad-selector", `${where}() takes texts, and got ${named(text)}.`);
  if (texts.length === 0) throw new SpecError("bad-selector", `${where}() takes a text: ${where}("bill_").`);
  return Object.freeze(texts);
}

function selector(
  select: SelectorDescription["select"],
  more: Pick<SelectorDescription, "match" | "ignore_case" | "terms"> = {},
): Selector {
  return Object.freeze({ kind: "selector", select, ...more });
}
