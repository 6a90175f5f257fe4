import protobuf from "protobufjs/light.js";

/**
 * The messages of ONNX that KSpec writes, with the field numbers of ONNX's own definition. Fields that
 * it never fills are left out: a reader takes them as absent.
 */
const nested = {
  ModelProto: message({
    ir_version: field("int64", 1),
    producer_name: field("string", 2),
    producer_version: field("string", 3),
    doc_string: field("string", 6),
    graph: field("GraphProto", 7),
    opset_import: repeated("OperatorSetIdProto", 8),
    metadata_props: repeated("StringStringEntryProto", 14),
  }),
  OperatorSetIdProto: message({ domain: field("string", 1), version: field("int64", 2) }),
  StringStringEntryProto: message({ key: field("string", 1), value: field("string", 2) }),
  GraphProto: message({
    node: repeated("NodeProto", 1),
    name: field("string", 2),
    initializer: repeated("TensorProto", 5),
    input: repeated("ValueInfoProto", 11),
    output: repeated("ValueInfoProto", 12),
  }),
  NodeProto: message({
    input: repeated("string", 1),
    output: repeated("string", 2),
    name: field("string", 3),
    op_type: field("string", 4),
    attribute: repeated("AttributeProto", 5),
    domain: field("string", 7),
  }),
  AttributeProto: message({
    name: field("string", 1),
    f: field("float", 2),
    i: field("int64", 3),
    s: field("bytes", 4),
    ints: repeated("int64", 8),
    strings: repeated("bytes", 9),
    type: field("int32", 20),
  }),
  TensorProto: message({
    dims: repeated("int64", 1),
    data_type: field("int32", 2),
    string_data: repeated("bytes", 6),
    name: field("string", 8),
    raw_data: field("bytes", 9),
  }),
  ValueInfoProto: message({ name: field("string", 1), type: field("TypeProto", 2) }),
  TypeProto: message({ tensor_type: field("TensorType", 1) }),
  TensorType: message({ elem_type: field("int32", 1), shape: field("TensorShapeProto", 2) }),
  TensorShapeProto: message({ dim: repeated("Dimension", 1) }),
  Dimension: message({ dim_value: field("int64", 1), dim_param: field("string", 2) }),
};

export const ModelProto: protobuf.Type = protobuf.Root.fromJSON({ nested }).lookupType("ModelProto");

/** `TensorProto.DataType`. */
export const DATA_TYPE = { float32: 1, int64: 7, string: 8, float64: 11 } as const;

/** `AttributeProto.AttributeType`. */
export const ATTRIBUTE_TYPE = { float: 1, int: 2, text: 3, ints: 7, texts: 8 } as const;

function message(fields: Record<string, protobuf.IField>): protobuf.IType {
  return { fields };
}

function field(type: string, id: number): protobuf.IField {
  return { type, id };
}

function repeated(type: string, id: number): protobuf.IField & { rule: string } {
  // ONNX is proto2: lists of numbers are not packed unless it says so.
  return { type, id, rule: "repeated", options: { packed: false } };
}
