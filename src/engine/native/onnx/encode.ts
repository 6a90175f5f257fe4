import type { Attribute, Constant, ElementType, Port, WholeGraph } from "./graph.ts";
import { ATTRIBUTE_TYPE, DATA_TYPE, ModelProto } from "./schema.ts";

/** Operations mean what they mean in this version of ONNX; ONNX Runtime 1.14 and later know it. */
export const OPSET = 18;
/** The same of ONNX's operations on classes and text, which an import names only where there are some. */
const ML_OPSET = { domain: "ai.onnx.ml", version: 3 };

/** What a file says of itself. */
export interface AboutModel {
  /** KSpec's version. */
  readonly version?: string;
  /** For people. */
  readonly description?: string;
  /** Key → value. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The bytes of an ONNX model. */
export function encodeModel(
  { name, graph, inputs, outputs }: WholeGraph,
  { version, description, metadata = {} }: AboutModel = {},
): Uint8Array {
  const opset = Math.max(OPSET, graph.opsets.get("") ?? 0);
  const imports = new Map(graph.opsets).set("", opset);
  if (graph.nodes.some(({ domain }) => domain === ML_OPSET.domain))
    imports.set(ML_OPSET.domain, Math.max(ML_OPSET.version, imports.get(ML_OPSET.domain) ?? 0));
  return ModelProto.encode({
    ir_version: irVersion(opset),
    producer_name: "KSpec",
    ...(version === undefined ? {} : { producer_version: version }),
    ...(description === undefined ? {} : { doc_string: description }),
    opset_import: [...imports].map(([domain, version]) => ({ domain, version })),
    metadata_props: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph: graphOf({ name, graph, inputs, outputs }),
  }).finish();
}

function graphOf({ name, graph, inputs, outputs }: WholeGraph): object {
  return {
    name,
    node: graph.nodes.map((node) => ({
      name: node.name,
      op_type: node.op,
      ...(node.domain === undefined ? {} : { domain: node.domain }),
      input: node.inputs,
      output: [node.output, ...(node.furtherOutputs ?? [])],
      attribute: Object.entries(node.attributes).map(([key, value]) => attribute(key, value)),
    })),
    initializer: [...graph.constants].map(([key, constant]) => tensor(key, constant)),
    input: inputs.map(port),
    output: outputs.map(port),
  };
}

/** Which version of the file format came with these operations. */
function irVersion(opset: number): number {
  if (opset <= 18) return 8;
  if (opset <= 20) return 9;
  if (opset <= 22) return 10;
  return opset <= 23 ? 11 : 12;
}

function attribute(name: string, value: Attribute): object {
  if ("asRead" in value) return value.asRead;
  if ("graph" in value) return { name, type: ATTRIBUTE_TYPE.graph, g: graphOf(value.graph) };
  if ("int" in value) return { name, type: ATTRIBUTE_TYPE.int, i: value.int };
  if ("float" in value) return { name, type: ATTRIBUTE_TYPE.float, f: value.float };
  if ("floats" in value) return { name, type: ATTRIBUTE_TYPE.floats, floats: value.floats };
  if ("ints" in value) return { name, type: ATTRIBUTE_TYPE.ints, ints: value.ints };
  if ("texts" in value) return { name, type: ATTRIBUTE_TYPE.texts, strings: value.texts.map(utf8) };
  return { name, type: ATTRIBUTE_TYPE.text, s: utf8(value.text) };
}

function tensor(name: string, constant: Constant): object {
  const values = constant.values();
  const dims = constant.shape;
  if (!ArrayBuffer.isView(values))
    return { name, dims, data_type: DATA_TYPE.string, string_data: values.map(utf8) };
  return {
    name,
    dims,
    data_type: constant.type ?? DATA_TYPE[typeOf(values)],
    // ONNX stores little-endian numbers, and so does every processor that Node runs on.
    raw_data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  };
}

function typeOf(values: Float32Array | Float64Array | BigInt64Array | Uint8Array): ElementType {
  if (values instanceof Float32Array) return "float32";
  if (values instanceof Float64Array) return "float64";
  if (values instanceof BigInt64Array) return "int64";
  throw new Error("A constant given as bytes says its type.");
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function port({ name, shape, exact, type = "float32" }: Port): object {
  const dim = shape.map((extent, i) =>
    extent === null ? { dim_param: `${name}_${i + 1}` } : { dim_value: extent },
  );
  return {
    name,
    type: {
      tensor_type: {
        elem_type: DATA_TYPE[type],
        shape: { dim: exact ? dim : [{ dim_param: "rows" }, ...dim] },
      },
    },
  };
}
