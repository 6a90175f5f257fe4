import type { Attribute, Graph, Node } from "../native/onnx/graph.ts";
import { OPSET } from "../native/onnx/encode.ts";
import type { AttributeMessage, FileNode, GraphMessage, NodeMessage } from "../native/onnx/read.ts";
import type { Cut } from "./cut.ts";
import { changedBetween, upgraded } from "./opset.ts";

/**
 * Writes the operations of a model from a file into a graph, under names of their own.
 *
 * @param label what the names start with; a second application under one label shares its constants
 * @param inputs values in the graph that stand for the model's inputs, in the layout and type that they have in the file
 * @returns the name of the output in the graph, or why the graph cannot take the model: one sentence's end
 */
export function inline(
  graph: Graph,
  label: string,
  cut: Cut,
  inputs: readonly string[],
): { readonly output: string } | { readonly reason: string } {
  const { model } = cut;
  const opset = Math.max(OPSET, model.opsets.get("") ?? OPSET);
  const before = graph.opsets.get("") ?? OPSET;
  const clash =
    graph.nodes.some(({ asRead }) => asRead) && opset !== before
      ? [
          ...cut.nodes.map(({ op }) => op),
          ...graph.nodes.flatMap((node) => (node.asRead ? [node.op] : [])),
        ].find((op) => changedBetween(op, Math.min(before, opset), Math.max(before, opset)))
      : undefined;
  if (clash !== undefined)
    return {
      reason: `has operations of version ${opset}, and another .onnx base of version ${before}, between which ${clash} changed: export both with the same opset_version.`,
    };
  graph.opsets.set("", Math.max(opset, before));
  for (const { domain } of cut.nodes)
    if (domain !== "")
      graph.opsets.set(domain, Math.max(model.opsets.get(domain) ?? 1, graph.opsets.get(domain) ?? 1));

  const names = new Map<string, string>([["", ""]]);
  for (const [i, { name }] of cut.inputs.entries()) names.set(name, inputs[i]!);
  for (const name of cut.constants) {
    const constant = cut.replaced?.get(name) ?? model.constants.get(name)!;
    names.set(name, graph.typedConstant(`${label}/${name}`, constant));
  }
  for (const node of upgraded(cut.nodes, model.opsets.get("") ?? OPSET))
    graph.nodes.push(renamed(graph, label, node, names));
  return { output: names.get(cut.output)! };
}

function renamed(graph: Graph, label: string, node: FileNode, names: Map<string, string>): Node {
  const inputs = node.inputs.map((name) => names.get(name)!);
  const captured = node.captured.map((name) => names.get(name)!);
  const attributes = node.attributes.map((one): [string, Attribute] => [
    one.name,
    { asRead: withNames(graph, label, one, names) },
  ]);
  const [first = "", ...further] = node.outputs.map((name) => {
    if (name === "") return "";
    const fresh = graph.freshName(`${label}/${name}`);
    names.set(name, fresh);
    return fresh;
  });
  return {
    op: node.op,
    name: graph.freshName(`${label}/${node.name}`),
    inputs,
    // One whose first output is left out still has a name of its own to be told by.
    output: first,
    attributes: Object.fromEntries(attributes),
    ...(node.domain === "" ? {} : { domain: node.domain }),
    ...(further.length === 0 ? {} : { furtherOutputs: further }),
    ...(captured.length === 0 ? {} : { captured }),
    asRead: true,
  };
}

/** An attribute whose graphs read from the graph around them by its names, and have names that nothing else has. */
function withNames(
  graph: Graph,
  label: string,
  attribute: AttributeMessage,
  names: ReadonlyMap<string, string>,
): AttributeMessage {
  const inner = (one: GraphMessage) => innerGraph(graph, label, one, names);
  return {
    ...attribute,
    ...(attribute.g ? { g: inner(attribute.g) } : {}),
    ...(attribute.graphs.length > 0 ? { graphs: attribute.graphs.map(inner) } : {}),
  };
}

function innerGraph(
  graph: Graph,
  label: string,
  message: GraphMessage,
  around: ReadonlyMap<string, string>,
): GraphMessage {
  const names = new Map(around);
  const fresh = (name: string): string => {
    if (name === "") return "";
    names.set(name, graph.freshName(`${label}/${name}`));
    return names.get(name)!;
  };
  const input = message.input.map((value) => ({ ...value, name: fresh(value.name) }));
  const initializer = message.initializer.map((tensor) => ({ ...tensor, name: fresh(tensor.name) }));
  const node = message.node.map((one): NodeMessage => ({
    ...one,
    input: one.input.map((name) => names.get(name)!),
    attribute: one.attribute.map((attribute) => withNames(graph, label, attribute, names)),
    output: one.output.map(fresh),
  }));
  const output = message.output.map((value) => ({ ...value, name: names.get(value.name)! }));
  return { ...message, input, initializer, node, output };
}
