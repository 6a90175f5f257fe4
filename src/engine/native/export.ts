import { activityPenalty } from "../penalties.ts";
import { activityRegularizer } from "../weight-options.ts";
import { NESTED, type KerasConfig, type WeightValues } from "../../model/network.ts";
import { graphOfConfig, type GraphLayer, type KerasGraph, type Reference } from "./keras-graph.ts";
import { layerRules } from "./layers/index.ts";
import {
  LayerCall,
  UnsupportedLayer,
  type InnerLayer,
  type Variables,
  type WeightLookup,
} from "./layers/layer-call.ts";
import { throughMask } from "./layers/masks.ts";
import { Graph, type Port, type WholeGraph } from "./onnx/graph.ts";
import { simplify } from "./simplify/index.ts";
import { trainingRules } from "./training/layers/index.ts";
import { Layouts, type Shape, type Value } from "./value.ts";

/** A network as ONNX, or which of its layers has no form in it. */
export type Export = Exported | Unsupported;

export interface Exported extends WholeGraph {
  readonly supported: true;
  /** Which of the network's inputs each port of `inputs` is; one that no output depends on is left out. */
  readonly reads: readonly number[];
  readonly load: Load;
  /** One row of what each of the network's own layers gives at its first application. */
  readonly shapes: ReadonlyMap<string, Shape>;
}

/** What one row asks of a machine. */
export interface Load {
  /** Values that are in memory at once: the most that one layer reads and gives. */
  values: number;
  /** Multiplications of weights. */
  multiplications: number;
}

export interface Unsupported {
  readonly supported: false;
  readonly layer: string;
  readonly class_name: string;
  /** One sentence. */
  readonly reason: string;
}

/**
 * Writes a network as ONNX operations, in inference mode: nested networks become part of it, layers that are
 * applied several times share their weights, batch normalisation disappears in the convolution before it.
 *
 * Inputs and outputs are float32 `[rows, …shape]` in Keras's order of axes, named after their layers.
 *
 * @param weights Finds a trained weight by its layer's name and its own.
 */
export function exportGraph(name: string, network: KerasGraph, weights: WeightLookup): Export {
  const written = writeGraph(name, network, weights);
  if (written.supported) simplify(written);
  return written;
}

/** The same before it is simplified, which is what first reads the weights' values: it costs next to nothing. */
export function writeGraph(name: string, network: KerasGraph, weights: WeightLookup): Export {
  return writeGraphWithin(name, network, weights, plainBorder(network));
}

/** What stands before and behind a network in its graph. */
export interface Border {
  /** @param reads The network's inputs that an output depends on, by number. @returns What each of them reads, in that order. */
  before(
    graph: Graph,
    layouts: Layouts,
    reads: readonly number[],
  ): { readonly ports: readonly Port[]; readonly values: readonly Value[] };
  /** @param results The network's outputs. */
  behind(graph: Graph, layouts: Layouts, results: readonly Value[]): readonly Port[];
}

/**
 * A network with more around it: what its inputs are made from, and what is made of its outputs.
 *
 * @param variables Where its weights are no constants: in training.
 */
export function writeGraphWithin(
  name: string,
  network: KerasGraph,
  weights: WeightLookup,
  border: Border,
  variables?: Variables,
): Export {
  const graph = variables?.extents.graph ?? new Graph();
  const layouts = new Layouts(graph);
  try {
    const needed = layersBehind(network);
    const reads = network.inputs.flatMap(({ layer }, i) => (needed.has(layer) ? [i] : []));
    const { ports, values } = border.before(graph, layouts, reads);
    const given = network.inputs.map((_, i) => values[reads.indexOf(i)]);
    const load = { values: 0, multiplications: 0 };
    const shapes = new Map<string, Shape>();
    const writing = { graph, layouts, weights, load, ...(variables === undefined ? {} : { variables }) };
    const results = writeNetwork(network, given, writing, shapes);
    const outputs = border.behind(graph, layouts, results);
    return { supported: true, name, graph, inputs: ports, outputs, reads, load, shapes };
  } catch (error) {
    if (!(error instanceof UnsupportedLayer)) throw error;
    const { layer, class_name, reason } = error;
    return { supported: false, layer, class_name, reason };
  }
}

/** The network's own inputs and outputs, named after their layers. */
function plainBorder(network: KerasGraph): Border {
  return {
    before(graph, _, reads) {
      const ports = reads.map((i) => inputPort(graph, network.layers.get(network.inputs[i]!.layer)!));
      return { ports, values: ports.map((port) => ({ ...port, channelsFirst: false })) };
    },
    behind: (graph, layouts, results) =>
      results.map((value, i): Port => {
        const output = graph.freshName(network.outputs[i]!.layer);
        // Outputs have names of their own, also where two are one tensor or one is an input.
        graph.nodes.push({
          op: "Identity",
          name: output,
          inputs: [layouts.asInKeras(value).name],
          output,
          attributes: {},
        });
        return { name: output, shape: value.shape };
      }),
  };
}

/** Looks weights up in a map with Keras's names: `conv1/kernel`, with or without TensorFlow's `:0`. */
export function weightsByName(weights: ReadonlyMap<string, WeightValues>): WeightLookup {
  return Object.assign(
    (layer: string, weight: string) =>
      weights.get(`${layer}/${weight}`) ?? weights.get(`${layer}/${weight}:0`),
    { names: (layer: string) => namesWithin(layer, weights.keys()) },
  );
}

/** Names of one layer's weights, without its own in front and TensorFlow's number behind. */
export function namesWithin(layer: string, names: Iterable<string>): string[] {
  const start = `${layer}/`;
  return [...names]
    .filter((name) => name.startsWith(start))
    .map((name) => name.slice(start.length).replace(/:0$/, ""));
}

interface Writing {
  readonly graph: Graph;
  readonly layouts: Layouts;
  readonly weights: WeightLookup;
  readonly load: Load;
  readonly variables?: Variables;
  /** Another layer holds what is written, and asks for its penalty itself. */
  readonly held?: boolean;
}

/** Writes every layer that an output depends on, each after those that it reads; gives the outputs. */
function writeNetwork(
  network: KerasGraph,
  inputs: readonly (Value | undefined)[],
  writing: Writing,
  shapes?: Map<string, Shape>,
): readonly Value[] {
  const key = ({ layer, call }: Reference) => `${call}:${layer}`;
  const done = new Map<string, readonly Value[]>();
  network.inputs.forEach((input, i) => {
    const value = inputs[i];
    if (value === undefined) return;
    done.set(key(input), [value]);
    shapes?.set(input.layer, value.shape);
  });

  // An explicit stack: a network of ten thousand layers is deeper than JavaScript's own.
  const stack = network.outputs.toReversed();
  while (stack.length > 0) {
    const top = stack.at(-1)!;
    const layer = layerOf(network, top);
    const reads = layer.calls[top.call] ?? [];
    const missing = done.has(key(top)) ? undefined : reads.find((from) => !done.has(key(from)));
    if (missing !== undefined) {
      stack.push(missing);
      continue;
    }
    stack.pop();
    if (done.has(key(top))) continue;
    const given = reads.map((from) => tensorOf(done.get(key(from))!, from));
    const results = writeLayer(layer, given, writing);
    done.set(key(top), results);
    if (top.call === 0) shapes?.set(layer.name, results[0]!.shape);
  }
  return network.outputs.map((from) => tensorOf(done.get(key(from))!, from));
}

function writeLayer(layer: GraphLayer, inputs: readonly Value[], writing: Writing): readonly Value[] {
  if (NESTED.has(layer.class_name))
    return writeNetwork(graphOfConfig(layer.class_name, layer.config), inputs, writing);
  const { variables } = writing;
  const rule =
    (variables === undefined ? undefined : trainingRules.get(layer.class_name)) ??
    layerRules.get(layer.class_name);
  if (rule === undefined)
    throw new UnsupportedLayer(layer.name, layer.class_name, "has no form in ONNX that KSpec knows.");
  const { graph, layouts, weights, load } = writing;
  const before = graph.nodes.length;
  const inner: InnerLayer = (described, input) => {
    const costs = { values: 0, multiplications: 0 };
    const named = { ...described, name: layer.name, calls: [] };
    const [output] = writeLayer(named, [input], {
      ...writing,
      load: costs,
      // What it holds is applied to all steps at once, and asks for its penalty for each row.
      held: layer.class_name === "TimeDistributed",
    });
    return { output: output!, costs };
  };
  const own = layer.held === true ? variables?.still() : variables;
  const call = new LayerCall(layer, inputs, graph, layouts, weights, inner, own);
  const output = throughMask(call, rule);
  if (variables !== undefined && writing.held !== true) addActivityPenalty(layer, output, variables);
  if (call.costs === undefined) measure(call, load, before, output);
  else {
    load.values = Math.max(load.values, call.costs.values);
    load.multiplications += call.costs.multiplications;
  }
  return [output];
}

/** What the regularizer of a layer's output adds to the loss. */
function addActivityPenalty(layer: GraphLayer, { name }: Value, variables: Variables): void {
  const penalty = activityPenalty(variables.math, activityRegularizer(layer), name);
  if (penalty !== undefined) variables.penalty(penalty);
}

/** Adds what a layer costs; an extent that nobody knows yet counts as one. */
function measure({ graph, inputs, asked }: LayerCall, load: Load, before: number, output: Value): void {
  const count = (shape: Shape) => shape.reduce<number>((size, extent) => size * (extent ?? 1), 1);
  load.values = Math.max(
    load.values,
    [...inputs, output].reduce((sum, { shape }) => sum + count(shape), 0),
  );
  // Each weight of a matrix or kernel is multiplied once at each place of the output.
  const places = count(output.shape.slice(0, -1));
  for (const node of graph.nodes.slice(before))
    for (const name of node.inputs) {
      const shape = graph.constants.get(name)?.shape ?? asked.get(name) ?? [];
      if (shape.length > 1) load.multiplications += places * count(shape);
    }
}

function tensorOf(values: readonly Value[], { layer, tensor }: Reference): Value {
  const value = values[tensor];
  if (value === undefined) throw new Error(`The layer ${layer} has no output ${tensor}.`);
  return value;
}

function layerOf(network: KerasGraph, { layer }: Reference): GraphLayer {
  const found = network.layers.get(layer);
  if (found === undefined) throw new Error(`The network has no layer ${layer}.`);
  return found;
}

/** Names of all layers that an output depends on, not those inside nested networks. */
function layersBehind(network: KerasGraph): ReadonlySet<string> {
  const found = new Set<string>();
  const stack = network.outputs.map(({ layer }) => layer);
  while (stack.length > 0) {
    const name = stack.pop()!;
    if (found.has(name)) continue;
    found.add(name);
    const layer = layerOf(network, { layer: name, call: 0, tensor: 0 });
    for (const { layer: from } of layer.calls.flat()) stack.push(from);
  }
  return found;
}

function inputPort(graph: Graph, { name, class_name, config }: GraphLayer): Port {
  const shape = inputShape(config);
  if (shape === undefined) throw new UnsupportedLayer(name, class_name, "does not say its shape.");
  return { name: graph.freshName(name), shape };
}

function inputShape(config: KerasConfig): Shape | undefined {
  const shape = config["batch_input_shape"] ?? config["batch_shape"];
  return Array.isArray(shape) ? (shape as Shape).slice(1) : undefined;
}
