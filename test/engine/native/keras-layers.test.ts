import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { exportGraph, weightsByName } from "../../../src/engine/native/export.ts";
import { graphOfConfig } from "../../../src/engine/native/keras-graph.ts";
import { layerRules } from "../../../src/engine/native/layers/index.ts";
import { camelCased } from "../../../src/engine/realise.ts";
import type { Rows } from "../../../src/engine/rows.ts";
import { startTensorFlow, tf, type LayersModel, type Tensor } from "../../../src/engine/tensorflow/index.ts";
import { innerLayers, NESTED, type KerasConfig, type WeightValues } from "../../../src/model/network.ts";
import { toKeras2 } from "../../../src/model/weights/keras3-config.ts";
import { parityFixtures } from "../../parity-fixtures.ts";
import { uniform } from "../../model/applications/formula.ts";
import { expectClose, runNatively } from "./compare.ts";

// Every layer and activation that is written as ONNX, with options, against numbers of Keras's (scripts/parity/layers.py); and the
// same layer of TensorFlow.js, where it has one. Weights and inputs are the formula's.

interface Case {
  readonly class_name: string;
  readonly config: KerasConfig;
  readonly inputs: readonly (readonly number[])[];
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly output: { readonly shape: readonly number[]; readonly values: readonly number[] };
}
const file = path.join(parityFixtures, "layers.json");
const cases = JSON.parse(readFileSync(file, "utf8")) as Record<string, Case>;
const ROWS = 2;
const count = (shape: readonly number[]) => shape.reduce((size, extent) => size * extent, 1);

beforeAll(() => startTensorFlow("wasm", { specFolder: import.meta.dirname }).then(() => undefined));

/** A network with the layer and nothing else, as load_model reads it. */
function networkOf({ class_name, config, inputs }: Case): KerasConfig {
  const names = inputs.map((_, i) => `input_${i}`);
  return toKeras2(
    {
      name: "network",
      layers: [
        ...inputs.map((shape, i) => ({
          name: names[i]!,
          class_name: "InputLayer",
          config: { name: names[i], batch_input_shape: [null, ...shape] },
          inbound_nodes: [],
        })),
        {
          name: "layer",
          class_name,
          config: { ...config, name: "layer" },
          inbound_nodes: [names.map((name) => [name, 0, 0, {}])],
        },
      ],
      input_layers: names.map((name) => [name, 0, 0]),
      // A network's own graph is its application 0.
      output_layers: [["layer", NESTED.has(class_name) ? 1 : 0, 0]],
    },
    { file: "layers.json", keras3: true },
  );
}

/** The layer, or the layers of a network in its place. */
function layersIn({ class_name, config }: Case): string[] {
  if (!NESTED.has(class_name)) return [class_name];
  return innerLayers(config).map((layer) => layer.class_name);
}

function rowsOf(name: string, one: Case): Rows[] {
  const { inputs } = one;
  const isIndex = layersIn(one).some((inner) => inner === "Embedding" || inner === "CategoryEncoding");
  return inputs.map((shape, i) => {
    const size = ROWS * count(shape);
    const at = uniform(`${name}/input ${i}`, size);
    const values = Float32Array.from({ length: size }, (_, j) => at(j) * 2);
    // An embedding reads places in a table.
    return {
      shape,
      values: isIndex ? values.map((one) => Math.floor(((one + 2) / 4) * 9.99)) : values,
    };
  });
}

function weightsOf(name: string, { weights }: Case): WeightValues[] {
  return weights.map(({ name: weight, shape }, i) => {
    const at = uniform(`${name}/${i}`, count(shape));
    const values = Float32Array.from({ length: count(shape) }, (_, j) =>
      weight.includes("variance") ? 1 + 0.35 * at(j) : 0.7 * at(j),
    );
    return { shape, dtype: "float32", values };
  });
}

describe("what Keras computes", () => {
  it.each(Object.entries(cases))("%s", async (name, one) => {
    const values = weightsOf(name, one);
    const lookup = weightsByName(
      new Map(
        values.map((weight, i) => {
          const { name: own } = one.weights[i]!;
          return [NESTED.has(one.class_name) ? own : `layer/${own}`, weight];
        }),
      ),
    );
    const model = exportGraph("test", graphOfConfig("Functional", networkOf(one)), lookup);
    if (!model.supported) throw new Error(model.reason);
    const [output] = await runNatively(model, rowsOf(name, one), ROWS);
    expect(output!.shape).toEqual(one.output.shape);
    expectClose(output!.values, one.output.values);
  });

  it("of every layer that there is a rule for", () => {
    const tried = new Set(Object.values(cases).flatMap(layersIn));
    // A model from an .onnx file has no counterpart in Keras: test/engine/onnx-base.
    expect([...layerRules.keys()].filter((name) => !tried.has(name) && name !== "OnnxModel")).toEqual([
      "ThresholdedReLU",
    ]);
  });
});

describe("the same on TensorFlow.js", () => {
  it.each(Object.entries(cases))("%s", (name, one) => {
    const { classNameMap } = tf.serialization.SerializationMap.getMap();
    if (classNameMap[one.class_name] === undefined) return expect(WITHOUT).toContain(one.class_name);
    const [constructor, fromConfig] = classNameMap["Functional"]!;
    const config = camelCased({ ...networkOf(one), customObjects: {} });
    const model = fromConfig(constructor, config as never) as unknown as LayersModel;
    const values = weightsOf(name, one).map(({ values, shape }) => tf.tensor(values, [...shape]));
    if (values.length > 0) model.setWeights(values);
    const inputs = rowsOf(name, one).map((rows) => tf.tensor(rows.values, [ROWS, ...rows.shape]));
    const output = model.apply(inputs.length === 1 ? inputs[0]! : inputs) as Tensor;
    expect(output.shape.slice(1)).toEqual(one.output.shape);
    expectClose(output.dataSync<"float32">(), one.output.values);
  });
});

/** Classes of Keras that TensorFlow.js has none for: load_model refuses them, applications do without. */
const WITHOUT: readonly string[] = ["DepthwiseConv1D", "SeparableConv1D", "Conv1DTranspose"];
