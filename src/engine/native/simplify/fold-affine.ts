import type { Attribute, Constant, Graph, Node, WholeGraph } from "../onnx/graph.ts";
import { uses } from "./uses.ts";

/**
 * Takes a scale and shift of each channel (batch normalisation, mostly) into the weights and bias of the
 * convolution, dense layer or other scale and shift before it, where nothing else reads that one's output.
 */
export function foldAffine(whole: WholeGraph): void {
  const { graph } = whole;
  const { maker, readers } = uses(whole);
  const replaced = new Map<string, string>();
  for (const node of graph.nodes) {
    node.inputs = node.inputs.map((name) => replaced.get(name) ?? name);
    if (node.op !== "Affine" || node.asRead) continue;
    const [input, scaleName, shiftName] = node.inputs as [string, string, string];
    const before = maker.get(input);
    if (before === undefined || before.asRead || readers.get(input) !== 1) continue;
    const scale = graph.constants.get(scaleName)!;
    const shift = graph.constants.get(shiftName)!;
    if (foldInto(graph, before, node, scale, shift)) {
      replaced.set(node.output, before.output);
      // Whoever reads the scaled values now reads the node that makes them; it takes over their readers.
      (readers as Map<string, number>).set(before.output, readers.get(node.output) ?? 0);
    }
  }
  if (replaced.size > 0)
    graph.nodes.splice(0, graph.nodes.length, ...graph.nodes.filter(({ output }) => !replaced.has(output)));
}

function foldInto(graph: Graph, before: Node, affine: Node, scale: Constant, shift: Constant): boolean {
  const axis = whole(affine.attributes["axis"]);
  if (before.op === "Affine") {
    if (whole(before.attributes["axis"]) !== axis) return false;
    const [input, first, second] = before.inputs as [string, string, string];
    const [firstScale, firstShift] = [graph.constants.get(first)!, graph.constants.get(second)!];
    before.inputs = [
      input,
      own(graph, affine, "scale", scale.shape, () => product(scale, firstScale)),
      own(graph, affine, "shift", shift.shape, () => combined(firstShift, scale, shift)),
    ];
    return true;
  }
  const channelAxis = CHANNEL_OF_WEIGHTS[before.op];
  // The channels of what these make lie behind the batch.
  if (channelAxis === undefined || axis !== 1) return false;
  const [input, weightsName, biasName] = before.inputs as [string, string, string | undefined];
  const weights = graph.constants.get(weightsName);
  if (weights?.shape[channelAxis] !== scale.shape[0]) return false;
  const bias = biasName === undefined ? undefined : graph.constants.get(biasName)!;
  before.inputs = [
    input,
    own(graph, affine, "kernel", weights!.shape, () => scaled(weights!, channelAxis, floats(scale))),
    own(graph, affine, "bias", shift.shape, () => combined(bias, scale, shift)),
  ];
  return true;
}

function product(scale: Constant, first: Constant): Float32Array {
  const before = floats(first);
  return each(scale, (by, i) => by * before[i]!);
}

/** The shift of both together: first · scale + shift. */
function combined(first: Constant | undefined, scale: Constant, shift: Constant): Float32Array {
  if (first === undefined) return floats(shift);
  const [before, by] = [floats(first), floats(scale)];
  return each(shift, (one, i) => before[i]! * by[i]! + one);
}

function each(constant: Constant, value: (one: number, i: number) => number): Float32Array {
  return Float32Array.from(floats(constant), value);
}

/** Which axis of an operation's weights is its output's channel. Gemm's are [in, out]. */
const CHANNEL_OF_WEIGHTS: Readonly<Record<string, number>> = { Conv: 0, Gemm: 1, ConvTranspose: 1 };

function scaled(weights: Constant, axis: number, scale: Float32Array): Float32Array {
  const values = floats(weights);
  const inner = weights.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const result = new Float32Array(values.length);
  for (let from = 0, channel = 0; from < result.length; from += inner, channel++) {
    const factor = scale[channel % scale.length]!;
    for (let i = from; i < from + inner; i++) result[i] = values[i]! * factor;
  }
  return result;
}

/** A constant of one folded node's own: weights that layers share are not changed for the others. */
function own(
  graph: Graph,
  { name }: Node,
  kind: string,
  shape: readonly number[],
  values: () => Float32Array,
): string {
  return graph.constant(graph.freshName(`${name}/folded ${kind}`), shape, values);
}

function floats(constant: Constant): Float32Array {
  return constant.values() as Float32Array;
}

function whole(attribute: Attribute | undefined): number {
  return (attribute as { int: number }).int;
}
