import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import * as tfc from "@tensorflow/tfjs-core";
import {
  constraints as tfConstraints,
  initializers as tfInitializers,
  layers as tfLayers,
} from "@tensorflow/tfjs-layers";
import { describe, expect, test } from "vitest";
import { constraints, initializers, layers, ops } from "kspec";
import type { LayerDescription } from "../../src/kspec/description.ts";

/** Exports of tfjs-layers' `layers` that are classes to derive from, not layers. */
const classes = ["Layer", "RNN", "RNNCell"];

/** Layers of Keras that tfjs-layers lacks, and the engine has; their names are made in its manner. */
const beyond = [
  ...["groupNormalization", "unitNormalization"],
  ...["spatialDropout2d", "spatialDropout3d", "activityRegularization"],
  ...["multiHeadAttention", "attention", "additiveAttention"],
  ...[
    "randomFlip",
    "randomRotation",
    "randomTranslation",
    "randomZoom",
    "randomContrast",
    "randomBrightness",
  ],
];
const shared = Object.keys(layers).filter((name) => !beyond.includes(name));

/** Options that make a layer of each function that cannot do without some. */
const needed: Record<string, object> = {
  input: { shape: [2] },
  inputLayer: { inputShape: [2] },
  dense: { units: 1 },
  activation: { activation: "relu" },
  dropout: { rate: 0.5 },
  spatialDropout1d: { rate: 0.5 },
  reshape: { targetShape: [2] },
  permute: { dims: [1] },
  repeatVector: { n: 2 },
  embedding: { inputDim: 2, outputDim: 2 },
  dot: { axes: 1 },
  cropping2D: { cropping: 1 },
  gaussianNoise: { stddev: 1 },
  gaussianDropout: { rate: 0.5 },
  alphaDropout: { rate: 0.5 },
  rescaling: { scale: 1 },
  resizing: { height: 2, width: 2 },
  centerCrop: { height: 2, width: 2 },
  categoryEncoding: { numTokens: 2 },
  randomWidth: { factor: 0.2 },
  depthwiseConv2d: { kernelSize: 1 },
};
const convolution = { filters: 1, kernelSize: 1 };
for (const name of [
  "conv1d",
  "conv2d",
  "conv3d",
  "conv2dTranspose",
  "conv3dTranspose",
  "separableConv2d",
  "convLstm2d",
  "convLstm2dCell",
])
  needed[name] = convolution;
for (const name of ["simpleRNN", "gru", "lstm", "simpleRNNCell", "gruCell", "lstmCell"])
  needed[name] = { units: 1 };

function make(name: string): LayerDescription {
  const inner: Record<string, object> = {
    rnn: { cell: layers.gruCell({ units: 1 }) },
    stackedRNNCells: { cells: [layers.gruCell({ units: 1 })] },
    bidirectional: { layer: layers.lstm({ units: 1 }) },
    timeDistributed: { layer: layers.dense({ units: 1 }) },
  };
  const made = (
    layers as never as Record<string, (options?: object) => LayerDescription | { layer: LayerDescription }>
  )[name]!(needed[name] ?? inner[name]);
  return "layer" in made ? made.layer : made;
}

describe("names are TensorFlow.js's", () => {
  test("every layer of tfjs-layers is here, and no other but those that it lacks", () => {
    const theirs = Object.keys(tfLayers).filter((name) => !classes.includes(name));
    expect(shared.sort()).toEqual(theirs.sort());
    expect(theirs.filter((name) => beyond.includes(name))).toEqual([]);
  });

  test("every layer's Keras class is one that tfjs-layers reads", () => {
    const known = Object.keys(tfc.serialization.SerializationMap.getMap().classNameMap);
    for (const name of shared) expect(known, name).toContain(make(name).class_name);
  });

  test("every option of a layer is one that the tfjs-layers function of that name declares", () => {
    const declared = declaredOptions();
    for (const name of shared) {
      const theirs = declared(name);
      for (const option of optionNames(name)) expect(theirs, `${name} ${option}`).toContain(option);
    }
  });

  test("initializers and constraints", () => {
    expect(Object.keys(initializers).sort()).toEqual(Object.keys(tfInitializers).sort());
    expect(Object.keys(constraints).sort()).toEqual(Object.keys(tfConstraints).sort());
  });

  test("every typed operation is one of TensorFlow.js", () => {
    const source = readFileSync(path.resolve("src/kspec/ops.ts"), "utf8");
    const body = source.slice(source.indexOf("export interface Ops {"), source.indexOf("let provided"));
    const typed = [...body.matchAll(/^ {2}(\w+)\(/gm)].map(([, name]) => name!);
    expect(typed.length).toBeGreaterThan(90);
    for (const name of typed) expect(typeof (tfc as Record<string, unknown>)[name], name).toBe("function");
    expect(typeof ops.mean).toBe("function");
  });

  test("every typed method of a tensor is an operation too, so that the engine can chain it", () => {
    const source = readFileSync(path.resolve("src/kspec/ops.ts"), "utf8");
    const body = source.slice(
      source.indexOf("export interface NumericTensor {"),
      source.indexOf("export interface Ops {"),
    );
    const typed = [...body.matchAll(/^ {2}(\w+)\(/gm)].map(([, name]) => name!);
    expect(typed.length).toBeGreaterThan(60);
    const own = ["flatten", "toFloat"];
    for (const name of typed.filter((name) => !own.includes(name)))
      expect(typeof (tfc as Record<string, unknown>)[name], name).toBe("function");
  });
});

/** The names that `layers.{name}` takes, as its message for a wrong one lists them. */
function optionNames(name: string): string[] {
  try {
    (layers as never as Record<string, (options: object) => unknown>)[name]!({ "no such option": 1 });
  } catch (error) {
    return (error as Error).message
      .replace(/^.*There are: /, "")
      .replace(/\.$/, "")
      .split(", ");
  }
  throw new Error(`layers.${name} takes anything.`);
}

/** Option names of tfjs-layers' declarations: interfaces with what they extend. */
function declaredOptions(): (name: string) => Set<string> {
  const folder = path.dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-layers/package.json"));
  const files = [
    "exports_layers",
    "engine/topology",
    "engine/input_layer",
    "engine/base_random_layer",
    "layers/advanced_activations",
    "layers/convolutional",
    "layers/convolutional_depthwise",
    "layers/convolutional_recurrent",
    "layers/core",
    "layers/embeddings",
    "layers/merge",
    "layers/noise",
    "layers/normalization",
    "layers/padding",
    "layers/pooling",
    "layers/recurrent",
    "layers/wrappers",
    "layers/preprocessing/category_encoding",
    "layers/preprocessing/center_crop",
    "layers/preprocessing/image_preprocessing",
    "layers/preprocessing/image_resizing",
    "layers/preprocessing/random_width",
    "keras_format/topology_config",
  ];
  const text = files
    .map((file) => readFileSync(path.join(folder, `dist/${file}.d.ts`), "utf8"))
    .join("\n")
    .replace(/\/\*[\s\S]*?\*\//g, "");
  const interfaces = new Map(
    [...text.matchAll(/interface (\w+)(?: extends ([^{]+))? \{([^}]*)\}/g)].map(
      ([, name, parents = "", body]) => [
        name!,
        {
          parents: [...parents.matchAll(/\b([A-Z]\w+(?:Args|Config))\b/g)].map(([parent]) => parent),
          own: [...body!.matchAll(/^\s*(?:readonly )?(\w+)\??:/gm)].map(([, own]) => own!),
        },
      ],
    ),
  );
  const all = (name: string): string[] => {
    const found = interfaces.get(name);
    // One layer's options are declared by the type of a saved configuration instead.
    const parents = found?.parents.map((parent) => (parent === "LayerConfig" ? "LayerArgs" : parent)) ?? [];
    return [...(found?.own ?? []), ...parents.flatMap(all)];
  };
  const functions = new Map(
    [...text.matchAll(/export declare function (\w+)\(args\??: (\w+)\)/g)].map(([, name, args]) => [
      name!,
      args!,
    ]),
  );
  for (const [, alias, target] of text.matchAll(/export declare const (\w+): typeof (\w+);/g))
    functions.set(alias!, functions.get(target!)!);
  functions.set("input", "InputConfig");
  return (name) => new Set(all(functions.get(name)!));
}
