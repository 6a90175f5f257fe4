import path from "node:path";
import type { PreppedRecipe } from "../../data/baked.ts";
import { innerLayers, type KerasConfig } from "../../model/network.ts";
import { readModelFiles } from "../../model/tfjs-files.ts";
import { UserError } from "../../protocol/index.ts";
import { weightsByName, writeGraphWithin, type Exported } from "../native/export.ts";
import { graphOfConfig } from "../native/keras-graph.ts";
import { encodeModel } from "../native/onnx/encode.ts";
import type { Port } from "../native/onnx/graph.ts";
import { simplify } from "../native/simplify/index.ts";
import { openSavedBases } from "../onnx-base/index.ts";
import type { FittedMetadata } from "../predictions.ts";
import type { OnnxFile, OnnxInput, OnnxOutput } from "./onnx-file.ts";
import { writeOutcomes } from "./outcomes.ts";
import { writeRecipe } from "./recipe.ts";

/** What the file says of where it is from. */
export interface Origin {
  /** KSpec's version. */
  readonly version: string;
  readonly run: string;
  /** The model's name. */
  readonly model: string;
}

/**
 * Writes a fitted model as one ONNX file that takes what the spec's data are and gives what `predict` gives: the recipe's steps
 * stand in the graph before the network, and what makes probabilities of its outputs behind.
 *
 * @param folder A run's `model/`.
 * @throws UserError for a layer or a step that has no form in ONNX, a model above ONNX's 2 GB, a damaged folder.
 */
export async function exportOnnx(folder: string, recipe: PreppedRecipe, origin: Origin): Promise<OnnxFile> {
  const file = path.join(folder, "model.json");
  const { topology, weights, metadata } = await readModelFiles(file);
  const fitted = metadata as FittedMetadata | null | undefined;
  if (fitted?.kspec !== 1)
    throw new UserError(
      "not-a-run",
      `${file} was not written by a fit of this version of KSpec: it does not say what its outputs are. Fit the spec again.`,
    );
  const config = topology["config"] as KerasConfig;
  await openSavedBases(innerLayers(config), folder);
  const network = graphOfConfig(String(topology["class_name"]), config);
  let inputs: OnnxInput[] = [];
  let outputs: OnnxOutput[] = [];
  const written = writeGraphWithin(origin.model, network, weightsByName(weights), {
    before(graph, layouts, reads) {
      const plans = reads.map((i) => fitted.inputs[i]!);
      const made = writeRecipe({ graph, layouts }, recipe, plans);
      ({ inputs } = made);
      return made;
    },
    behind(graph, layouts, results) {
      const made = writeOutcomes({ graph, layouts }, fitted.outputs, recipe.outcomes, results);
      ({ outputs } = made);
      return made.ports;
    },
  });
  if (!written.supported) {
    const { layer, class_name, reason } = written;
    throw new UserError(
      "cannot-export",
      `The model cannot be written as ONNX: its layer ${layer} (${class_name}) ${reason.replace(/\.$/, "")}. Export it for TensorFlow.js (--to tfjs), which keeps every layer.`,
    );
  }
  simplify(written);
  checkSize(written);
  // A column that nothing depends on need not be fed.
  const read = new Set(written.graph.nodes.flatMap(({ inputs, captured = [] }) => [...inputs, ...captured]));
  const isRead = ({ name }: { readonly name: string }) => read.has(name);
  inputs = inputs.filter(isRead);
  const bytes = encodeModel(
    { ...written, inputs: written.inputs.filter(isRead) satisfies readonly Port[] },
    about(recipe, origin, inputs, outputs),
  );
  return { bytes, inputs, outputs };
}

/** What protobuf can hold. */
const LARGEST = 2 ** 31 - 1;

function checkSize({ graph }: Exported): void {
  let bytes = 0;
  for (const { shape } of graph.constants.values()) bytes += shape.reduce((a, b) => a * b, 4);
  if (bytes > LARGEST)
    throw new UserError(
      "too-large",
      `The model's weights take ${(bytes / 1e9).toFixed(1)} GB, and an ONNX file ends at 2 GB. Export it for TensorFlow.js (--to tfjs).`,
    );
}

function about(
  recipe: PreppedRecipe,
  { version, run, model }: Origin,
  inputs: readonly OnnxInput[],
  outputs: readonly OnnxOutput[],
) {
  const levels = recipe.outcomes.flatMap(({ name, levels }) =>
    levels === undefined ? [] : [[name, levels]],
  );
  const takes = inputs.map(({ name, type, shape }) => `${name} (${type} ${shapeText(shape)})`).join(", ");
  const gives = outputs.map(({ name, kind }) => `${name} (${kind})`).join(", ");
  return {
    version,
    description: `${model}: ${recipe.formula}, fitted with KSpec. It takes raw data: its preprocessing is part of the graph. Inputs: ${takes}. Outputs: ${gives}.`,
    metadata: {
      "kspec.version": version,
      "kspec.run": run,
      "kspec.model": model,
      "kspec.formula": recipe.formula,
      "kspec.levels": JSON.stringify(Object.fromEntries(levels)),
      "kspec.inputs": JSON.stringify(inputs),
      "kspec.outputs": JSON.stringify(outputs),
    },
  };
}

function shapeText(shape: readonly (number | null)[]): string {
  return `[${shape.map((extent, i) => extent ?? (i === 0 ? "rows" : "any")).join(", ")}]`;
}
