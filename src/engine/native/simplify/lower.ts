import type { Attribute, Graph, Node } from "../onnx/graph.ts";
import { lowerNormalizedBatch } from "./lower-normalized-batch.ts";

/** Writes what is left of KSpec's own operations, "Affine", "ZeroPad" and "NormalizedBatch", as ONNX's. */
export function lower(graph: Graph): void {
  const nodes = graph.nodes.splice(0, graph.nodes.length);
  for (const node of nodes)
    if (node.op === "Affine") lowerAffine(graph, node);
    else if (node.op === "ZeroPad") graph.nodes.push(padded(graph, node));
    else if (node.op === "NormalizedBatch") lowerNormalizedBatch(graph, node);
    else graph.nodes.push(node);
}

function lowerAffine(graph: Graph, node: Node): void {
  const [input, scaleName, shiftName] = node.inputs as [string, string, string];
  const axis = (node.attributes["axis"] as { int: number }).int;
  const rank = (node.attributes["rank"] as { int: number }).int;
  const extent = graph.constants.get(scaleName)!.shape[0]!;
  if (axis === 1 && rank > 2) {
    // With a mean of 0 and a variance of 1 it is a scale and a shift, and ONNX Runtime keeps its own layout through it.
    const zeros = graph.constant(`zeros ${extent}`, [extent], () => new Float32Array(extent));
    const ones = graph.constant(`ones ${extent}`, [extent], () => new Float32Array(extent).fill(1));
    graph.nodes.push({
      ...node,
      op: "BatchNormalization",
      inputs: [input, scaleName, shiftName, zeros, ones],
      attributes: { epsilon: { float: 0 } },
    });
    return;
  }
  const shape = [extent, ...Array<number>(rank - 1 - axis).fill(1)];
  const spread = (name: string) => {
    const constant = graph.constants.get(name)!;
    return graph.constant(`${name} ${shape.join("×")}`, shape, constant.values);
  };
  const product = graph.freshName(`${node.name}/Mul`);
  graph.nodes.push(
    { op: "Mul", name: product, inputs: [input, spread(scaleName)], output: product, attributes: {} },
    { ...node, op: "Add", inputs: [product, spread(shiftName)], attributes: {} },
  );
}

/**
 * Naming the axes says nothing that is not so without them. But ONNX Runtime 1.30 takes a Pad without them into a
 * MaxPool behind it, whose padding is the smallest number and not 0.
 */
function padded(graph: Graph, node: Node): Node {
  const pads = (node.attributes["pads"] as Extract<Attribute, { ints: unknown }>).ints;
  const axes = Array.from({ length: pads.length / 2 }, (_, i) => i);
  const whole = (name: string, list: readonly number[]) =>
    graph.constant(`${name} ${list.join(" ")}`, [list.length], () => BigInt64Array.from(list, BigInt));
  const inputs = [node.inputs[0]!, whole("padding", pads), "", whole("axes", axes)];
  return { ...node, op: "Pad", inputs, attributes: {} };
}
