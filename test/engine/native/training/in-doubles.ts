import {
  Graph,
  type Attributes,
  type Constant,
  type Port,
  type WholeGraph,
} from "../../../../src/engine/native/onnx/graph.ts";

/** The same graph in double precision, its inputs and outputs too. Attributes of operations stay in single, as ONNX has them. */
export function inDoubles<Whole extends WholeGraph>(whole: Whole): Whole {
  const graph = new Graph();
  for (const [domain, version] of whole.graph.opsets) graph.opsets.set(domain, version);
  for (const [name, constant] of whole.graph.constants) graph.typedConstant(name, inDouble(constant));
  graph.nodes.push(
    ...whole.graph.nodes.map((node) => ({
      ...node,
      attributes: attributesOf(node.op, node.attributes),
    })),
  );
  return { ...whole, graph, inputs: whole.inputs.map(port), outputs: whole.outputs.map(port) };
}

function inDouble(constant: Constant): Constant {
  const values = constant.values();
  return values instanceof Float32Array ? { ...constant, values: () => Float64Array.from(values) } : constant;
}

function attributesOf(op: string, attributes: Attributes): Attributes {
  const entries = Object.entries(attributes).map(([name, attribute]): [string, Attributes[string]] => {
    if ("graph" in attribute) return [name, { graph: inDoubles(attribute.graph) }];
    return [name, op === "Cast" && "int" in attribute && attribute.int === 1 ? { int: 11 } : attribute];
  });
  return Object.fromEntries(entries);
}

function port<One extends Port>(one: One): One {
  return (one.type ?? "float32") === "float32" ? { ...one, type: "float64" } : one;
}
