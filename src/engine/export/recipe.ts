import type { PreppedRecipe } from "../../data/baked.ts";
import { MATRIX } from "../../data/recipe/assemble.ts";
import { stepNamed } from "../../data/recipe/steps/index.ts";
import { UserError } from "../../protocol/index.ts";
import type { InputPlan } from "../inputs.ts";
import type { Port } from "../native/onnx/graph.ts";
import { DATA_TYPE } from "../native/onnx/schema.ts";
import type { Value } from "../native/value.ts";
import type { OnnxInput } from "./onnx-file.ts";
import type { GraphColumn, Writing } from "./graph-column.ts";
import { exportedSteps } from "./steps/index.ts";

/** The recipe in the graph: what is fed, and what the network's inputs read. */
export interface WrittenRecipe {
  readonly ports: readonly Port[];
  readonly inputs: OnnxInput[];
  readonly values: readonly Value[];
}

/**
 * Writes a prepped recipe, from one graph input for each predictor, named as its column, to the inputs of a network: numbers
 * become one matrix, an image or what step_collapse makes becomes an input of its own, as `bakeTable` has it.
 *
 * @throws UserError for a step that has no form in ONNX.
 */
export function writeRecipe(
  writing: Writing,
  recipe: PreppedRecipe,
  plans: readonly InputPlan[],
): WrittenRecipe {
  const { graph } = writing;
  const inputs: OnnxInput[] = [];
  const predictors = recipe.predictors.map((predictor): [string, GraphColumn] => {
    const input = inputOf(predictor, recipe, graph.freshName(predictor.name));
    inputs.push(input);
    return [predictor.name, columnOf(input)];
  });
  let columns: ReadonlyMap<string, GraphColumn> = new Map(predictors);
  for (const { step, columns: all, options, learnt, skip } of recipe.steps) {
    if (skip ?? stepNamed(step).skip ?? false) continue;
    const write = exportedSteps.get(step);
    if (write === undefined)
      throw new UserError(
        "cannot-export",
        `The recipe's step_${step} has no form in ONNX. Export the model for TensorFlow.js (--to tfjs), and prepare its inputs by yourself.`,
      );
    // A step may name outcomes, and a prediction has none.
    const named = all.filter((name) => columns.has(name));
    columns = write({ ...writing, label: `step_${step}`, columns, named, options, learnt });
  }
  const network = networkInputs(writing, columns);
  return {
    inputs,
    ports: inputs.map(({ name, type, shape }) => ({ name, type, shape: shape.slice(1) })),
    values: plans.map(({ column }) => {
      // A network's only input may have another name: what was fitted had no recipe's.
      const found = network.get(column) ?? (network.size === 1 ? [...network.values()][0] : undefined);
      if (found === undefined)
        throw new UserError(
          "model-damaged",
          `The model reads ${column}, and its recipe gives ${[...network.keys()].join(", ")}. Fit the spec again.`,
        );
      return found;
    }),
  };
}

function inputOf(
  { name: column, kind, shape }: PreppedRecipe["predictors"][number],
  { steps }: PreppedRecipe,
  name: string,
): OnnxInput {
  if (kind === "numeric") return { name, kind, type: "float64", shape: [null, 1] };
  if (kind === "nominal") return { name, kind, type: "string", shape: [null, 1] };
  const [height = null, width = null, channels = null] = shape ?? [];
  const resized = steps.some(({ step, columns }) => step === "resize" && columns.includes(column));
  return {
    name,
    kind,
    type: "float32",
    shape: resized ? [null, null, null, channels] : [null, height, width, channels],
  };
}

function columnOf({ name, kind, shape }: OnnxInput): GraphColumn {
  return kind === "image"
    ? { kind, value: { name, shape: shape.slice(1), channelsFirst: false } }
    : { kind, name };
}

function networkInputs({ graph }: Writing, columns: ReadonlyMap<string, GraphColumn>): Map<string, Value> {
  const inputs = new Map<string, Value>();
  const numeric = [...columns.values()].filter((column) => column.kind === "numeric");
  if (numeric.length > 0) {
    const names = numeric.map(({ name }) => name);
    const matrix = names.length === 1 ? names[0]! : graph.add("Concat", MATRIX, names, { axis: { int: 1 } });
    const name = graph.add("Cast", MATRIX, [matrix], { to: { int: DATA_TYPE.float32 } });
    inputs.set(MATRIX, { name, shape: [names.length], channelsFirst: false });
  }
  for (const [name, column] of columns)
    if (column.kind === "image" || column.kind === "tensor") inputs.set(name, column.value);
  return inputs;
}
