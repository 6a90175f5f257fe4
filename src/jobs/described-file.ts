import type { RecipeDescription, SpecDescription, WorkflowDescription } from "../kspec/description.ts";
import type {
  FinalizedDescription,
  GridDescription,
  LastFitDescription,
  ParametersDescription,
  ResamplesDescription,
  SelectionDescription,
  TuningDescription,
  WorkflowMapDescription,
} from "../kspec/tuning-description.ts";
import {
  graphOfDescription,
  LEVELS,
  modelOfDescription,
  valueOf,
  type ArgumentsOf,
  type BlockGraph,
  type Export,
  type GivenArgument,
  type Grid,
  type ParameterInfo,
  type Parameters,
  type Recipe,
  type Selection,
  type SpecFile,
  type Tuning,
  type Workflow,
} from "../spec/index.ts";
import type { LoadedSpec } from "./load-spec.ts";

/** A spec's exports as the rules read them. Each spec, workflow and tuning is one, however many exports use it. */
export function describedFile(spec: LoadedSpec, argumentsOf: ArgumentsOf): SpecFile {
  const describer = new Describer(argumentsOf);
  const exports = Object.entries(spec.exports).map(([name, value]) => describer.export(name, value));
  return { ...describer.file(), exports, complete: true };
}

class Describer {
  readonly #argumentsOf: ArgumentsOf;
  readonly #graphs = new Map<SpecDescription, BlockGraph>();
  readonly #workflows = new Map<WorkflowDescription, { -readonly [Key in keyof Workflow]: Workflow[Key] }>();
  readonly #tunings = new Map<TuningDescription, Tuning>();
  readonly #selections = new Map<SelectionDescription, Selection>();

  constructor(argumentsOf: ArgumentsOf) {
    this.#argumentsOf = argumentsOf;
  }

  file(): Omit<SpecFile, "exports" | "complete"> {
    const workflows = [...this.#workflows.values()];
    return {
      specs: [...this.#graphs.values()],
      models: workflows.flatMap(({ model }) => model ?? []),
      workflows,
      tunings: [...this.#tunings.values()],
      selections: [...this.#selections.values()],
    };
  }

  export(name: string, value: unknown): Export {
    const kind = kindOf(value);
    switch (kind) {
      case "workflow":
        return { name, kind, workflow: this.#workflow(value as WorkflowDescription) };
      case "tuning":
        return { name, kind, tunings: [this.#tuning(value as TuningDescription)] };
      case "workflow_map": {
        const { tunings } = value as WorkflowMapDescription;
        return { name, kind, tunings: Object.values(tunings).map((one) => this.#tuning(one)) };
      }
      case "finalized":
        this.#finalized(value as FinalizedDescription);
        return { name, kind };
      case "last_fit": {
        const { workflow } = value as LastFitDescription;
        return workflow.kind === "workflow"
          ? { name, kind, workflow: this.#workflow(workflow) }
          : { name, kind, tunings: [this.#finalized(workflow)] };
      }
      default:
        return { name, kind };
    }
  }

  #graph(description: SpecDescription): BlockGraph {
    let graph = this.#graphs.get(description);
    if (graph === undefined)
      this.#graphs.set(description, (graph = graphOfDescription(description, this.#argumentsOf)));
    return graph;
  }

  #workflow(description: WorkflowDescription) {
    const before = this.#workflows.get(description);
    if (before !== undefined) return before;
    const { model, recipe, data, metrics } = description;
    const described = {
      model: model && modelOfDescription(model, this.#graph(model.spec)),
      outcomes: undefined,
      predictors: undefined,
      classes: data?.name === "digits" ? (data.options.classes?.length ?? 10) : undefined,
      recipe: recipe === undefined ? ("absent" as const) : recipeOf(recipe),
      metrics: metrics?.metrics ?? ("absent" as const),
      handed_on: false,
    };
    this.#workflows.set(description, described);
    return described;
  }

  #tuning(description: TuningDescription): Tuning {
    const before = this.#tunings.get(description);
    if (before !== undefined) return before;
    const { method, grid, param_info, metrics, resamples } = description;
    const workflow = this.#workflow(description.workflow);
    workflow.handed_on = true;
    const tuning: Tuning = {
      method,
      workflow,
      grid: grid === undefined ? "absent" : this.#grid(grid),
      param_info: this.#parameters(param_info),
      resamples: countOf(resamples),
      metrics: metrics?.metrics ?? workflow.metrics,
    };
    this.#tunings.set(description, tuning);
    return tuning;
  }

  #finalized({ workflow, selection }: FinalizedDescription): Tuning {
    this.#workflow(workflow).handed_on = true;
    const tuning = this.#tuning(selection.results);
    const { metric, order = [] } = selection;
    this.#selections.set(selection, {
      tuning,
      metric: metric === undefined ? undefined : { name: metric },
      order: order.map(({ parameter }) => ({ id: parameter })),
    });
    return tuning;
  }

  #grid(grid: GridDescription | number): Grid {
    if (typeof grid === "number") return { kind: "sized", size: grid, parameters: "absent" };
    if (grid.method === "table")
      return {
        kind: "table",
        rows: grid.rows.map((row) => ({ values: givenIn(row), complete: true })),
        complete: true,
      };
    const parameters = this.#parameters(grid.parameters);
    const { levels = LEVELS, size = 5, filter } = grid.options;
    if (grid.method !== "regular")
      return { kind: "sized", size: typeof size === "number" ? size : undefined, parameters };
    return {
      kind: "regular",
      levels:
        filter !== undefined
          ? undefined
          : typeof levels === "number"
            ? levels
            : typeof levels === "object" && levels !== null && !Array.isArray(levels)
              ? givenIn(levels as Readonly<Record<string, unknown>>)
              : undefined,
      parameters,
    };
  }

  #parameters(description: ParametersDescription | undefined): Parameters | "absent" {
    if (description === undefined) return "absent";
    const { workflow, parameters } = description;
    const list = Object.entries(parameters).map(
      ([id, { scale, range, transform, values }]): ParameterInfo => {
        const plain = transform === undefined ? range : undefined;
        const whole =
          plain && scale === "integer" ? Math.floor(plain[1]) - Math.ceil(plain[0]) + 1 : undefined;
        return { id, values: values?.length ?? whole, range: plain };
      },
    );
    return { workflow: workflow && this.#workflow(workflow), list, complete: true };
  }
}

function recipeOf({ steps }: RecipeDescription): Recipe {
  return {
    complete: true,
    steps: steps.map(({ step, options }) => ({
      name: step,
      // Selectors and roles are not worked out again.
      columns: undefined,
      options: givenIn(options),
      complete: true,
    })),
  };
}

function givenIn(values: Readonly<Record<string, unknown>>): GivenArgument[] {
  return Object.entries(values).map(([name, value]) => ({ name, value: valueOf(value) }));
}

/** How many resamples, where the options alone say it. */
function countOf({ method, options }: ResamplesDescription): number | undefined {
  const { v, repeats = 1, times = 25 } = options as Readonly<Record<string, number | undefined>>;
  switch (method) {
    case "vfold_cv":
      return (v ?? 10) * repeats;
    case "group_vfold_cv":
      return v === undefined ? undefined : v * repeats;
    case "mc_cv":
    case "bootstraps":
      return times;
    case "validation_split":
      return 1;
    default:
      return undefined;
  }
}

const KINDS: ReadonlySet<unknown> = new Set<Export["kind"]>([
  "workflow",
  "tuning",
  "last_fit",
  "workflow_map",
  "finalized",
  "model",
  "spec",
]);

function kindOf(value: unknown): Export["kind"] {
  // What makes models of a spec is a function that carries the spec.
  if (typeof value === "function") return "spec" in value ? "spec" : "function";
  const kind = (value as { kind?: unknown } | null | undefined)?.kind;
  return KINDS.has(kind) ? (kind as Export["kind"]) : "other";
}
