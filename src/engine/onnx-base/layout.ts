import type { FileNode, FileValue } from "../native/onnx/read.ts";
import type { Cut } from "./cut.ts";

/** Where channels are: directly behind the batch, as ONNX's own operations have them, or last, as in Keras. */
export type Layout = "channels_first" | "channels_last";

/**
 * Tells an input's layout: by the operations that read it, since ONNX's convolutions take channels first and a model whose
 * channels are last transposes them; where they do not tell, by the axis that has 1 or 3 channels.
 */
export function inputLayout({ nodes }: Cut, { name, shape }: FileValue): Layout {
  if (shape !== undefined && (shape.length < 3 || shape.length > 5)) return "channels_last";
  const same = new Set([name]);
  for (const node of nodes) {
    const reads = node.inputs.filter((input) => same.has(input));
    if (reads.length === 0) continue;
    if (CHANNELS_FIRST.has(node.op) && same.has(node.inputs[0]!)) return "channels_first";
    if (node.op === "Transpose") return "channels_last";
    if (EACH_VALUE.has(node.op)) for (const output of node.outputs) same.add(output);
  }
  if (shape?.length !== 4) return "channels_last";
  const few = (extent: number | null | undefined) => extent === 1 || extent === 3;
  return few(shape[1]) && !few(shape[3]) ? "channels_first" : "channels_last";
}

/**
 * Tells the layout of a value from what made it; where that does not tell, a value of as many axes as the images that come in lies
 * as they do.
 *
 * @param axes of the value, its rows included
 */
export function outputLayout(
  { nodes, output, inputs }: Cut,
  layouts: readonly Layout[],
  axes: number,
): Layout {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const given = new Map(inputs.map(({ name }, i) => [name, layouts[i]!]));
  const seen = new Set<string>();
  // From the value back, as far as axes stay where they are. What moves or joins them says nothing of what is before it.
  const queue = [output];
  for (const name of queue) {
    const input = given.get(name);
    if (input !== undefined) return input;
    const node: FileNode | undefined = makers.get(name);
    if (node === undefined || seen.has(name)) continue;
    seen.add(name);
    if (CHANNELS_FIRST.has(node.op)) return "channels_first";
    if (node.op === "Transpose") return "channels_last";
    if (EACH_VALUE.has(node.op) || node.op === "Concat") queue.push(...node.inputs);
  }
  const like = inputs.findIndex(({ shape }) => shape?.length === axes);
  return axes >= 4 && like >= 0 ? layouts[like]! : "channels_last";
}

/** ONNX's operations that know channels, and have them behind the batch. */
const CHANNELS_FIRST = new Set(
  (
    "Conv ConvTranspose ConvInteger QLinearConv DeformConv MaxPool AveragePool LpPool GlobalAveragePool GlobalMaxPool GlobalLpPool " +
    "BatchNormalization InstanceNormalization GroupNormalization LRN DepthToSpace SpaceToDepth GridSample"
  ).split(" "),
);

/** What leaves axes where they are. */
const EACH_VALUE = new Set(
  (
    "Add Sub Mul Div Pow Max Min Sum Mean Relu LeakyRelu PRelu Elu Selu Celu Gelu Sigmoid HardSigmoid HardSwish Mish Softplus Softsign " +
    "Tanh Exp Log Sqrt Abs Neg Erf Clip Cast CastLike Identity Dropout Pad Resize Upsample Slice Split ReduceMean ReduceMax Where " +
    "QuantizeLinear DequantizeLinear"
  ).split(" "),
);
