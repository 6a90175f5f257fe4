import type { Attribute, Node, WholeGraph } from "../onnx/graph.ts";
import { uses } from "./uses.ts";

/**
 * Takes zeros around an image into the padding of the convolution behind them, and into that of a largest-value
 * pooling where no value is below zero: ONNX's pooling pads with the smallest number there is.
 */
export function foldPadding(whole: WholeGraph): void {
  const { maker } = uses(whole);
  for (const node of whole.graph.nodes) {
    const before = maker.get(node.inputs[0] ?? "");
    if (before?.op !== "ZeroPad" || node.asRead) continue;
    const zeros = ints(before.attributes["pads"]);
    const dimensions = zeros.length / 2 - 2;
    const own = node.attributes["pads"];
    if (node.attributes["auto_pad"] !== undefined || zeros.some((one) => one < 0)) continue;
    const pads = [...zeros.slice(2, 2 + dimensions), ...zeros.slice(4 + dimensions)];
    const both = own === undefined ? pads : pads.map((one, i) => one + ints(own)[i]!);
    const takes =
      node.op === "Conv" ||
      (node.op === "MaxPool" && neverNegative(maker.get(before.inputs[0]!)) && fits(node, both));
    if (!takes) continue;
    node.inputs = [before.inputs[0]!, ...node.inputs.slice(1)];
    node.attributes = { ...node.attributes, pads: { ints: both } };
  }
}

function neverNegative(node: Node | undefined): boolean {
  if (node === undefined) return false;
  return ["Relu", "Sigmoid", "HardSigmoid", "Softmax"].includes(node.op);
}

/** ONNX Runtime refuses padding that is as wide as the window. */
function fits(node: Node, pads: readonly number[]): boolean {
  const size = ints(node.attributes["kernel_shape"]);
  return pads.every((pad, i) => pad < size[i % size.length]!);
}

function ints(attribute: Attribute | undefined): readonly number[] {
  return (attribute as { ints: readonly number[] }).ints;
}
