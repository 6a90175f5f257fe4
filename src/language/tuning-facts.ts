import type { CallExpression } from "typescript";
import type {
  GivenArgument,
  Grid,
  GridRow,
  ParameterInfo,
  Parameters,
  Selection,
  Span,
  Tuning,
  Workflow,
} from "../spec/index.ts";
import { LEVELS, marksOf } from "../spec/index.ts";
import type { Evaluator, Member, Value } from "./evaluate.ts";
import { givenOptions, givenValue } from "./given-options.ts";
import { ts } from "./typescript.ts";

/** What the functions of tuning give, as far as a text says. */
export type TuningValue =
  /** How many there are; undefined where only the rows tell. */
  | { readonly kind: "resamples"; readonly count: number | undefined }
  | { readonly kind: "grid"; readonly grid: Grid }
  | { readonly kind: "parameter"; readonly values?: number; readonly range?: readonly [number, number] }
  | { readonly kind: "parameters"; readonly parameters: Parameters }
  | { readonly kind: "metric_set"; readonly names: readonly string[] | undefined }
  /** `metric_tweak("f2_meas", "f_meas", { beta: 2 })`, by the name it is reported by */
  | { readonly kind: "metric_tweak"; readonly name: string | undefined }
  | { readonly kind: "tuning"; readonly tuning: Tuning }
  | { readonly kind: "selection"; readonly selection: Selection }
  | { readonly kind: "finalized"; readonly tuning: Tuning | undefined }
  /** Of a workflow as it is, or of a tuning's candidate. */
  | {
      readonly kind: "last_fit";
      readonly workflow: Workflow | undefined;
      readonly tuning: Tuning | undefined;
      /** Where it makes one itself, as fit_best does. */
      readonly selection?: Selection;
    }
  | { readonly kind: "workflow_set"; readonly workflows: readonly Workflow[] | undefined }
  | { readonly kind: "workflow_map"; readonly tunings: readonly Tuning[] | undefined };

/** Functions whose calls make tunings. */
export const TUNINGS: ReadonlySet<string> = new Set([
  "fit_resamples",
  "tune_grid",
  "tune_race_anova",
  "tune_race_win_loss",
  "tune_bayes",
  "tune_sim_anneal",
  "tune_successive_halving",
]);

/** What a call of one of these functions stands for; undefined for every other function. */
export function tuningValueOf(
  name: string,
  node: CallExpression,
  given: readonly (Value | undefined)[],
  evaluator: Evaluator,
): TuningValue | Extract<Value, { kind: "workflow" }> | undefined {
  const span = evaluator.spanOf(calleeName(node));
  const call = new Call(node, given, evaluator);
  if (TUNINGS.has(name)) {
    const [workflow] = given;
    if (workflow?.kind === "workflow") workflow.workflow.handed_on = true;
    const tried = workflow?.kind === "workflow" ? workflow.workflow : undefined;
    return { kind: "tuning", tuning: tuningOf(name, tried, call.options(1), span) };
  }
  const grid = gridOf(name, call, span);
  if (grid) return { kind: "grid", grid };
  if (Object.hasOwn(RESAMPLES, name))
    return { kind: "resamples", count: RESAMPLES[name]?.(call.options(-1)) };
  if (Object.hasOwn(PARAMETERS, name)) return parameterOf(PARAMETERS[name] ?? "other", given, evaluator);
  switch (name) {
    case "metric_set":
      return { kind: "metric_set", names: metricNames(given) };
    case "metric_tweak":
      return { kind: "metric_tweak", name: literalName(given[0], evaluator)?.name };
    case "parameters":
    case "extract_parameter_set_dials": {
      const [first] = given;
      if (first?.kind === "workflow")
        return {
          kind: "parameters",
          parameters: { workflow: first.workflow, ...parametersIn(call.options(1)) },
        };
      if (first?.kind !== "object") return { kind: "parameters", parameters: { list: [], complete: false } };
      return { kind: "parameters", parameters: parametersIn(call.options(0)) };
    }
    case "select_best": {
      const [results, metric] = given;
      const named = metric?.kind === "object" ? call.options(1).get("metric") : undefined;
      return {
        kind: "selection",
        selection: {
          tuning: tuningIn(results),
          metric: named ? metricIn(named) : literalName(metric, evaluator),
          order: [],
          span,
        },
      };
    }
    case "select_by_one_std_err":
    case "select_by_pct_loss": {
      const options = given.at(-1)?.kind === "object" ? call.options(-1) : undefined;
      return {
        kind: "selection",
        selection: {
          tuning: tuningIn(given[0]),
          metric: metricIn(options?.get("metric")),
          order: given.slice(1).flatMap((one) => {
            const named =
              one?.kind === "order" ? { name: one.parameter, span: one.span } : literalName(one, evaluator);
            return named ? { id: named.name, span: named.span } : [];
          }),
          span,
        },
      };
    }
    case "finalize_workflow":
      return finalizedOf(given, call);
    case "last_fit": {
      const [fitted] = given;
      return {
        kind: "last_fit",
        workflow: fitted?.kind === "workflow" ? fitted.workflow : undefined,
        tuning: fitted?.kind === "finalized" ? fitted.tuning : undefined,
      };
    }
    case "fit_best": {
      const tuning = tuningIn(given[0]);
      const metric = metricIn(call.options(1).get("metric"));
      return {
        kind: "last_fit",
        workflow: undefined,
        tuning,
        selection: { tuning, metric, order: [], span },
      };
    }
    case "workflow_set":
      return { kind: "workflow_set", workflows: workflowsIn(call, span) };
    case "workflow_map": {
      const [set, method] = given;
      const fn = method?.kind === "literal" && typeof method.value === "string" ? method.value : undefined;
      const workflows = set?.kind === "workflow_set" ? set.workflows : undefined;
      if (workflows === undefined || (fn === undefined && method?.kind !== "object"))
        return { kind: "workflow_map", tunings: undefined };
      const options = call.options(fn === undefined ? 1 : 2);
      const tunings = workflows.map((workflow) => {
        // What has nothing to tune is resampled, as workflowsets does it.
        const marks = marksOf(workflow);
        const plain = marks.complete && marks.list.length === 0;
        return tuningOf(plain ? "fit_resamples" : (fn ?? "tune_grid"), workflow, options, span);
      });
      return { kind: "workflow_map", tunings };
    }
    default:
      return undefined;
  }
}

/** A set of parameters after `.update({ dense_units: hidden_units([16, 128]) })`. */
export function updatedParameters(
  { parameters }: Extract<TuningValue, { kind: "parameters" }>,
  node: CallExpression,
  given: readonly (Value | undefined)[],
  evaluator: Evaluator,
): TuningValue {
  const { list, complete } = parametersIn(new Call(node, given, evaluator).options(0));
  return {
    kind: "parameters",
    parameters: {
      ...parameters,
      list: [...parameters.list.filter(({ id }) => list.every((one) => one.id !== id)), ...list],
      complete: parameters.complete && complete,
    },
  };
}

// ---------------------------------------------------------------- options

/** An object of options as it is written. */
class Options {
  readonly members: readonly Member[];
  readonly complete: boolean;
  readonly #evaluator: Evaluator;

  constructor(value: Value | undefined, evaluator: Evaluator) {
    const read = value === undefined ? { members: [], complete: true } : evaluator.members(value);
    this.members = read.members;
    this.complete = read.complete;
    this.#evaluator = evaluator;
  }
  get evaluator(): Evaluator {
    return this.#evaluator;
  }
  /** The last one of a name counts. */
  get(name: string): Member | undefined {
    return this.members.findLast((member) => member.name === name);
  }
  /** A number that is written; `otherwise` where there surely is none. */
  number(name: string, otherwise: number | undefined): number | undefined {
    const value = this.get(name)?.value;
    if (value === undefined) return this.complete ? otherwise : undefined;
    return value.kind === "literal" && typeof value.value === "number" ? value.value : undefined;
  }
}

class Call {
  readonly #node: CallExpression;
  readonly #given: readonly (Value | undefined)[];
  readonly #evaluator: Evaluator;

  constructor(node: CallExpression, given: readonly (Value | undefined)[], evaluator: Evaluator) {
    this.#node = node;
    this.#given = given;
    this.#evaluator = evaluator;
  }
  /** The argument at a place as an object of options; -1: the last one, where that is an object. */
  options(at: number): Options {
    const value = this.#given.at(at);
    const none =
      at < 0 ? value?.kind !== "object" && value?.kind !== "unknown" : this.#node.arguments.length <= at;
    return new Options(none ? undefined : (value ?? { kind: "unknown" }), this.#evaluator);
  }
  find<Kind extends Value["kind"]>(kind: Kind): Extract<Value, { kind: Kind }> | undefined {
    return this.#given.find((one): one is Extract<Value, { kind: Kind }> => one?.kind === kind);
  }
  get length(): number {
    return this.#node.arguments.length;
  }
  /** Every argument that is not the object of options. */
  get before(): readonly (Value | undefined)[] {
    return this.#given.filter((one) => one?.kind !== "object");
  }
}

// ---------------------------------------------------------------- parts

function tuningOf(method: string, workflow: Workflow | undefined, options: Options, span: Span): Tuning {
  const [grid, param_info, metrics, resamples] = ["grid", "param_info", "metrics", "resamples"].map((name) =>
    options.get(name),
  );
  return {
    method,
    workflow,
    grid: grid ? gridIn(grid, options.evaluator) : options.complete ? "absent" : undefined,
    param_info:
      param_info?.value.kind === "parameters"
        ? param_info.value.parameters
        : param_info === undefined && options.complete
          ? "absent"
          : undefined,
    resamples: resamples?.value.kind === "resamples" ? resamples.value.count : undefined,
    metrics:
      metrics === undefined && options.complete
        ? workflow?.metrics
        : metrics?.value.kind === "metric_set"
          ? metrics.value.names
          : undefined,
    span,
  };
}

/** The option `grid`: a made grid, a number of candidates, or a table. */
function gridIn({ value, value_span: span }: Member, evaluator: Evaluator): Grid | undefined {
  if (value.kind === "grid") return value.grid;
  if (value.kind === "literal" && typeof value.value === "number")
    return { kind: "sized", size: value.value, parameters: "absent", span };
  if (value.kind !== "array") return undefined;
  const rows: GridRow[] = [];
  let complete = true;
  for (const element of value.node.elements) {
    const row = ts.isSpreadElement(element) ? undefined : evaluator.evaluate(element, value.scope);
    if (row?.kind !== "object") {
      complete = false;
      continue;
    }
    const { list, complete: whole } = givenOptions(evaluator.members(row));
    rows.push({ values: list, complete: whole, span: evaluator.spanOf(element) });
  }
  return { kind: "table", rows, complete, span };
}

const SIZED: ReadonlySet<string> = new Set(["grid_random", "grid_latin_hypercube", "grid_space_filling"]);
/** dials' default. */
const SIZE = 5;

function gridOf(name: string, call: Call, callee: Span): Grid | undefined {
  if (name !== "grid_regular" && !SIZED.has(name)) return undefined;
  const options = call.options(-1);
  const of = call.find("parameters");
  const parameters = of ? of.parameters : call.before.length === 0 ? ("absent" as const) : undefined;
  if (SIZED.has(name)) {
    const span = options.get("size")?.value_span ?? callee;
    return { kind: "sized", size: options.number("size", SIZE), parameters, span };
  }
  const levels = options.get("levels");
  return {
    kind: "regular",
    // What a filter leaves is known only when it has been run.
    levels: options.get("filter")
      ? undefined
      : levels?.value.kind === "object"
        ? levelsIn(options.evaluator.members(levels.value))
        : options.number("levels", LEVELS),
    parameters,
    span: levels?.value_span ?? callee,
  };
}

function levelsIn(members: ReturnType<Evaluator["members"]>): readonly GivenArgument[] | undefined {
  const { list, complete } = givenOptions(members);
  return complete ? list : undefined;
}

/** How many resamples each function makes. */
const RESAMPLES: Readonly<Record<string, (options: Options) => number | undefined>> = {
  vfold_cv: (options) => product(options.number("v", 10), options.number("repeats", 1)),
  group_vfold_cv: (options) => product(options.number("v", undefined), options.number("repeats", 1)),
  mc_cv: (options) => options.number("times", 25),
  bootstraps: (options) => options.number("times", 25),
  validation_split: () => 1,
  loo_cv: () => undefined,
  sliding_window: () => undefined,
  rolling_origin: () => undefined,
};

const product = (a: number | undefined, b: number | undefined) =>
  a === undefined || b === undefined ? undefined : a * b;

/** dials' functions: what a pair of numbers in their first argument is. */
const PARAMETERS: Readonly<Record<string, "whole" | "plain" | "other">> = {
  hidden_units: "whole",
  filters: "whole",
  kernel_size: "whole",
  pool_size: "whole",
  num_terms: "whole",
  num_comp: "whole",
  epochs: "whole",
  dropout: "plain",
  momentum: "plain",
  threshold: "plain",
  freq_cut: "plain",
  unique_cut: "plain",
  trim_amount: "plain",
  batch_size: "other",
  learn_rate: "other",
  penalty: "other",
  weight_decay: "other",
  activation: "other",
  optimizer_function: "other",
  loss_function_keras: "other",
  new_quant_param: "other",
  new_qual_param: "other",
  parameter: "other",
};

function parameterOf(
  what: "whole" | "plain" | "other",
  given: readonly (Value | undefined)[],
  evaluator: Evaluator,
): Extract<TuningValue, { kind: "parameter" }> {
  const [first] = given;
  const options = new Options(given[1], evaluator);
  const values = options.get("values")?.value;
  if (values?.kind === "array") return { kind: "parameter", values: values.node.elements.length };
  if (first?.kind !== "array" || !options.complete) return { kind: "parameter" };
  const trans = options.get("trans")?.value;
  if (trans)
    what = trans.kind === "literal" && trans.value === null ? (what === "whole" ? what : "plain") : "other";
  const elements = first.node.elements.map((element) => evaluator.evaluate(element, first.scope));
  const numbers = elements.flatMap((one) =>
    one.kind === "literal" && typeof one.value === "number" ? one.value : [],
  );
  const [least, most] = numbers;
  if (numbers.length !== elements.length)
    // Values that are no numbers are all that it may be.
    return first.node.elements.some((one) => ts.isSpreadElement(one))
      ? { kind: "parameter" }
      : { kind: "parameter", values: elements.length };
  if (what === "other" || numbers.length !== 2 || least === undefined || most === undefined)
    return { kind: "parameter" };
  return {
    kind: "parameter",
    range: [least, most],
    ...(what === "whole" && most >= least ? { values: Math.floor(most) - Math.ceil(least) + 1 } : {}),
  };
}

function parametersIn(options: Options): Pick<Parameters, "list" | "complete"> {
  const list = options.members.map(({ name, span, value_span, value }): ParameterInfo => ({
    id: name,
    ...(value.kind === "parameter" ? { values: value.values, range: value.range } : {}),
    span,
    value_span,
  }));
  return { list, complete: options.complete };
}

function tuningIn(value: Value | undefined): Tuning | undefined {
  return value?.kind === "tuning" ? value.tuning : undefined;
}

function metricIn(member: Member | undefined): Selection["metric"] {
  const { value, value_span } = member ?? {};
  return value?.kind === "literal" && typeof value.value === "string"
    ? { name: value.value, span: value_span }
    : undefined;
}

function literalName(
  value: Value | undefined,
  evaluator: Evaluator,
): { readonly name: string; readonly span: Span } | undefined {
  return value?.kind === "literal" && typeof value.value === "string"
    ? { name: value.value, span: evaluator.spanOf(value.node) }
    : undefined;
}

function finalizedOf(
  [first, chosen]: readonly (Value | undefined)[],
  call: Call,
): TuningValue | Extract<Value, { kind: "workflow" }> {
  if (first?.kind === "workflow") first.workflow.handed_on = true;
  if (chosen?.kind === "selection") return { kind: "finalized", tuning: chosen.selection.tuning };
  if (first?.kind !== "workflow" || call.length < 2) return { kind: "finalized", tuning: undefined };
  return { kind: "workflow", workflow: { ...withValues(first.workflow, call.options(1)), handed_on: false } };
}

/** A workflow whose marks have got values; what may have got one is unknown. */
function withValues(workflow: Workflow, values: Options): Workflow {
  const given = (argument: GivenArgument): GivenArgument => {
    if (argument.value.type !== "tune") return argument;
    const id = argument.value.id === null ? undefined : (argument.value.id ?? argument.name);
    const member = id === undefined ? undefined : values.get(id);
    if (member) return { ...argument, value: givenValue(member.value) };
    return values.complete && id !== undefined ? argument : { ...argument, value: { type: "unknown" } };
  };
  const { model, recipe } = workflow;
  return {
    ...workflow,
    model: model && { ...model, arguments: model.arguments.map(given) },
    recipe:
      recipe === undefined || recipe === "absent"
        ? recipe
        : { ...recipe, steps: recipe.steps.map((step) => ({ ...step, options: step.options.map(given) })) },
  };
}

/** Those given by id, or every recipe with every model; undefined where they cannot be followed. */
function workflowsIn(call: Call, span: Span): readonly Workflow[] | undefined {
  const options = call.options(0);
  if (!options.complete) return undefined;
  const whole = options.members.map(({ value }) => value);
  if (whole.length > 0 && whole.every((value) => value.kind === "workflow"))
    return whole.map((value) => {
      value.workflow.handed_on = true;
      return value.workflow;
    });
  const parts = (name: string) => {
    const { members, complete } = options.evaluator.members(options.get(name)?.value);
    return complete ? members.map(({ value }) => value) : undefined;
  };
  const [recipes, models, metrics] = [parts("recipes"), parts("models"), options.get("metrics")?.value];
  // Which recipe goes with which model is not followed where not all go with all.
  if (recipes === undefined || models === undefined || options.get("cross")) return undefined;
  return recipes.flatMap((recipe) =>
    models.map((model): Workflow => ({
      model: model.kind === "model" ? model.model : undefined,
      ...(recipe.kind === "recipe"
        ? { ...recipe.formula, recipe: recipe.recipe }
        : { outcomes: undefined, predictors: undefined, recipe: undefined }),
      classes: undefined,
      metrics: metricsPart(metrics, true),
      handed_on: true,
      span,
    })),
  );
}

/** The part of a workflow that its metrics are. */
export function metricsPart(value: Value | undefined, complete: boolean): Workflow["metrics"] {
  if (value === undefined) return complete ? "absent" : undefined;
  return value.kind === "metric_set" ? value.names : undefined;
}

function metricNames(given: readonly (Value | undefined)[]): readonly string[] | undefined {
  const names = given.flatMap((value) => {
    if (value?.kind === "metric_tweak") return value.name ?? [];
    return value?.kind === "literal" && typeof value.value === "string" ? value.value : [];
  });
  return names.length === given.length ? names : undefined;
}

function calleeName({ expression }: CallExpression) {
  return ts.isPropertyAccessExpression(expression) ? expression.name : expression;
}
