import type { Attribute, Constant, Port, WholeGraph } from "./graph.ts";
import { ATTRIBUTE_TYPE, DATA_TYPE, ModelProto } from "./schema.ts";

/** Operations mean what they mean in this version of ONNX; ONNX Runtime 1.14 and later know it. */
const OPSET = 18;
const IR_VERSION = 8;

/** The bytes of an ONNX model. */
export function encodeModel(
  { name, graph, inputs, outputs }: WholeGraph,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  return ModelProto.encode({
    ir_version: IR_VERSION,
    producer_name: "KSpec",
    opset_import: [{ domain: "", version: OPSET }],
    metadata_props: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph: {
      name,
      node: graph.nodes.map((node) => ({
        name: node.name,
        op_type: node.op,
        input: node.inputs,
        output: [node.output],
        attribute: Object.entries(node.attributes).map(([key, value]) => attribute(key, value)),
      })),
      initializer: [...graph.constants].map(([key, constant]) => tensor(key, constant)),
      input: inputs.map(port),
      output: outputs.map(port),
    },
  }).finish();
}

function attribute(name: string, value: Attribute): object {
  if ("int" in value) return { name, type: ATTRIBUTE_TYPE.int, i: value.int };
  if ("float" in value) return { name, type: ATTRIBUTE_TYPE.float, f: value.float };
  if ("ints" in value) return { name, type: ATTRIBUTE_TYPE.ints, ints: value.ints };
  return { name, type: ATTRIBUTE_TYPE.text, s: new TextEncoder().encode(value.text) };
}

function tensor(name: string, constant: Constant): object {
  const values = constant.values();
  return {
    name,
    dims: constant.shape,
    data_type: values instanceof Float32Array ? DATA_TYPE.float32 : DATA_TYPE.int64,
    // ONNX stores little-endian numbers, and so does every processor that Node runs on.
    raw_data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  };
}

function port({ name, shape }: Port): object {
  const dim = shape.map((extent, i) =>
    extent === null ? { dim_param: `${name}_${i + 1}` } : { dim_value: extent },
  );
  return {
    name,
    type: { tensor_type: { elem_type: DATA_TYPE.float32, shape: { dim: [{ dim_param: "rows" }, ...dim] } } },
  };
}
