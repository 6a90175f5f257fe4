import protobuf from "protobufjs/light.js";

/**
 * The messages of ONNX that KSpec writes and reads, with the field numbers of ONNX's own definition. Fields that
 * it does neither with are left out: a reader takes them as absent.
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
    functions: repeated("FunctionProto", 25),
  }),
  FunctionProto: message({ name: field("string", 1), domain: field("string", 10) }),
  OperatorSetIdProto: message({ domain: field("string", 1), version: field("int64", 2) }),
  StringStringEntryProto: message({ key: field("string", 1), value: field("string", 2) }),
  GraphProto: message({
    node: repeated("NodeProto", 1),
    name: field("string", 2),
    initializer: repeated("TensorProto", 5),
    input: repeated("ValueInfoProto", 11),
    output: repeated("ValueInfoProto", 12),
    sparse_initializer: repeated("SparseTensorProto", 15),
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
    t: field("TensorProto", 5),
    g: field("GraphProto", 6),
    floats: repeated("float", 7),
    ints: repeated("int64", 8),
    strings: repeated("bytes", 9),
    tensors: repeated("TensorProto", 10),
    graphs: repeated("GraphProto", 11),
    tp: field("TypeProto", 14),
    type_protos: repeated("TypeProto", 15),
    type: field("int32", 20),
    ref_attr_name: field("string", 21),
    sparse_tensor: field("SparseTensorProto", 22),
    sparse_tensors: repeated("SparseTensorProto", 23),
  }),
  SparseTensorProto: message({
    values: field("TensorProto", 1),
    indices: field("TensorProto", 2),
    dims: repeated("int64", 3),
  }),
  TensorProto: message({
    dims: repeated("int64", 1),
    data_type: field("int32", 2),
    float_data: repeated("float", 4),
    int32_data: repeated("int32", 5),
    string_data: repeated("bytes", 6),
    int64_data: repeated("int64", 7),
    name: field("string", 8),
    raw_data: field("bytes", 9),
    double_data: repeated("double", 10),
    uint64_data: repeated("uint64", 11),
    external_data: repeated("StringStringEntryProto", 13),
    data_location: field("int32", 14),
  }),
  ValueInfoProto: message({ name: field("string", 1), type: field("TypeProto", 2) }),
  TypeProto: message({
    tensor_type: field("TensorType", 1),
    sequence_type: field("ContainerType", 4),
    optional_type: field("ContainerType", 9),
  }),
  ContainerType: message({ elem_type: field("TypeProto", 1) }),
  TensorType: message({ elem_type: field("int32", 1), shape: field("TensorShapeProto", 2) }),
  TensorShapeProto: message({ dim: repeated("Dimension", 1) }),
  Dimension: message({ dim_value: field("int64", 1), dim_param: field("string", 2) }),
};

const root = protobuf.Root.fromJSON({ nested });

export const ModelProto: protobuf.Type = root.lookupType("ModelProto");
export const AttributeProto: protobuf.Type = root.lookupType("AttributeProto");

/** A ModelProto without the fields that are not named here: comments, and what exporters know of values in between. */
export function decodeModel(bytes: Uint8Array): protobuf.Message {
  const reader = protobuf.Reader.create(bytes);
  reader.discardUnknown = true;
  return ModelProto.decode(reader);
}

/** `TensorProto.DataType`. */
export const DATA_TYPE = { float32: 1, int64: 7, string: 8, bool: 9, float64: 11 } as const;

/** `AttributeProto.AttributeType`. */
export const ATTRIBUTE_TYPE = { float: 1, int: 2, text: 3, graph: 5, floats: 6, ints: 7, texts: 8 } as const;

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
