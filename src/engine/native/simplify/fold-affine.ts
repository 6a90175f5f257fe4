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
    if (node.op !== "Affine") continue;
    const [input, scaleName, shiftName] = node.inputs as [string, string, string];
    const before = maker.get(input);
    if (before === undefined || readers.get(input) !== 1) continue;
    const scale = floats(graph, scaleName);
    const shift = floats(graph, shiftName);
    if (foldInto(graph, before, node, scale, shift)) {
      replaced.set(node.output, before.output);
      // Whoever reads the scaled values now reads the node that makes them; it takes over their readers.
      (readers as Map<string, number>).set(before.output, readers.get(node.output) ?? 0);
    }
  }
  if (replaced.size > 0)
    graph.nodes.splice(0, graph.nodes.length, ...graph.nodes.filter(({ output }) => !replaced.has(output)));
}

function foldInto(
  graph: Graph,
  before: Node,
  affine: Node,
  scale: Float32Array,
  shift: Float32Array,
): boolean {
  const axis = whole(affine.attributes["axis"]);
  if (before.op === "Affine") {
    if (whole(before.attributes["axis"]) !== axis) return false;
    const [input, first, second] = before.inputs as [string, string, string];
    const firstScale = floats(graph, first);
    const firstShift = floats(graph, second);
    before.inputs = [
      input,
      own(
        graph,
        affine,
        "scale",
        [scale.length],
        firstScale.map((one, i) => one * scale[i]!),
      ),
      own(
        graph,
        affine,
        "shift",
        [scale.length],
        firstShift.map((one, i) => one * scale[i]! + shift[i]!),
      ),
    ];
    return true;
  }
  const channelAxis = CHANNEL_OF_WEIGHTS[before.op];
  // The channels of what these make lie behind the batch.
  if (channelAxis === undefined || axis !== 1) return false;
  const [input, weightsName, biasName] = before.inputs as [string, string, string | undefined];
  const weights = graph.constants.get(weightsName);
  if (weights === undefined || !(weights.values instanceof Float32Array)) return false;
  const at = typeof channelAxis === "number" ? channelAxis : weights.shape.length - 1;
  if (weights.shape[at] !== scale.length) return false;
  const bias = biasName === undefined ? undefined : floats(graph, biasName);
  before.inputs = [
    input,
    own(graph, affine, "kernel", weights.shape, scaled(weights, at, scale)),
    own(
      graph,
      affine,
      "bias",
      [scale.length],
      scale.map((one, i) => (bias?.[i] ?? 0) * one + shift[i]!),
    ),
  ];
  return true;
}

/** Which axis of an operation's weights is its output's channel. Gemm's are [in, out]. */
const CHANNEL_OF_WEIGHTS: Readonly<Record<string, number>> = { Conv: 0, Gemm: 1, ConvTranspose: 1 };

function scaled({ shape, values }: Constant, axis: number, scale: Float32Array): Float32Array {
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const result = new Float32Array(values.length);
  for (let from = 0, channel = 0; from < result.length; from += inner, channel++) {
    const factor = scale[channel % scale.length]!;
    for (let i = from; i < from + inner; i++) result[i] = (values as Float32Array)[i]! * factor;
  }
  return result;
}

/** A constant of one folded node's own: weights that layers share are not changed for the others. */
function own(
  graph: Graph,
  { name }: Node,
  kind: string,
  shape: readonly number[],
  values: Float32Array,
): string {
  return graph.constant(graph.freshName(`${name}/folded ${kind}`), shape, () => values);
}

function floats(graph: Graph, name: string): Float32Array {
  return graph.constants.get(name)!.values as Float32Array;
}

function whole(attribute: Attribute | undefined): number {
  return (attribute as { int: number }).int;
}
