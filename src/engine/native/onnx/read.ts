import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../../protocol/index.ts";
import { readRange, stamp, type FileStamp } from "./file-range.ts";
import type { Constant } from "./graph.ts";
import {
  damaged,
  readTensor,
  whole,
  type TensorBytes,
  type TensorMessage,
  type TensorSource,
  type Whole,
} from "./read-tensor.ts";
import { AttributeProto, decodeModel } from "./schema.ts";

/** What an ONNX file holds, of what is needed to take it over into another graph. Weights stay on the disk until they are asked for. */
export interface OnnxModel {
  /** What messages call it: its path. */
  readonly label: string;
  /** Hexadecimal SHA-256 of the file, and of those that hold weights beside it. */
  readonly sha256: string;
  /** The files that it consists of: the model itself first, then those it names, by paths from its folder. */
  readonly files: readonly { readonly name: string; readonly path: string }[];
  /** Versions of operations, by domain; "" is ONNX's own. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly inputs: readonly FileValue[];
  readonly outputs: readonly FileValue[];
  /** As the file lists them. */
  readonly nodes: readonly FileNode[];
  readonly constants: ReadonlyMap<string, FileConstant>;
}

/** An input or output. */
export interface FileValue {
  readonly name: string;
  /** `TensorProto.DataType`; undefined: it does not say, or it is no tensor. */
  readonly type: number | undefined;
  /** The batch included; null is any extent. Undefined: it does not say. */
  readonly shape: readonly (number | null)[] | undefined;
}

export interface FileNode {
  readonly name: string;
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: readonly AttributeMessage[];
  /** Values that graphs within its attributes read from around it. */
  readonly captured: readonly string[];
}

export interface FileConstant extends Constant {
  /** `TensorProto.DataType`. */
  readonly type: number;
  readonly bytes: number;
}

/** An AttributeProto, as protobufjs gives it. */
export interface AttributeMessage {
  readonly name: string;
  readonly f: number;
  readonly i: Whole;
  readonly s: Uint8Array;
  readonly t?: TensorMessage | null;
  readonly g?: GraphMessage | null;
  readonly floats: readonly number[];
  readonly ints: readonly Whole[];
  readonly strings: readonly Uint8Array[];
  readonly tensors: readonly TensorMessage[];
  readonly graphs: readonly GraphMessage[];
  readonly ref_attr_name: string;
  readonly sparse_tensor?: object | null;
}
export interface NodeMessage {
  name: string;
  op_type: string;
  domain: string;
  input: string[];
  output: string[];
  attribute: AttributeMessage[];
}
export interface GraphMessage {
  node: NodeMessage[];
  initializer: TensorMessage[];
  sparse_initializer: unknown[];
  input: ValueMessage[];
  output: ValueMessage[];
}
interface ValueMessage {
  name: string;
  type?: { tensor_type?: { elem_type: number; shape?: { dim: DimensionMessage[] } | null } | null } | null;
}
interface DimensionMessage {
  dim_value: Whole;
  dim_param: string;
}
interface ModelMessage {
  ir_version: Whole;
  opset_import: { domain: string; version: Whole }[];
  graph?: GraphMessage | null;
  functions: { name: string; domain: string }[];
}
/** ONNX's own limit of a file, and what KSpec reads of the weights beside it. */
const MOST_BYTES = 2 ** 31 - 1;
/** The names that ONNX's own operations go by. */
const OWN_DOMAINS = new Set(["", "ai.onnx"]);

/**
 * Reads an ONNX file and looks whether what it says of itself can be so: names, references, types, shapes and bytes.
 *
 * @throws UserError naming the file, when it is missing, too large, damaged, or not ONNX.
 */
export async function readOnnx(file: string): Promise<OnnxModel> {
  const bytes = await wholeFile(file);
  const model = decode(file, bytes);
  const { graph } = model;
  if (graph === undefined || graph === null || graph.node.length === 0 || whole(model.ir_version) < 1)
    throw new UserError(
      "model-format",
      `${file} is no ONNX model, or one without operations. Export the model again.`,
    );
  if (model.functions.length > 0)
    throw new UserError(
      "onnx-functions",
      `${file} defines operations of its own (${model.functions[0]!.name}), which KSpec does not take over. Write them out with Python: onnx.save(onnx.inliner.inline_local_functions(onnx.load("model.onnx")), "model.onnx").`,
    );

  const hash = createHash("sha256").update(bytes);
  const beside = new Map<string, FileStamp>();
  const itself: FileStamp = { label: file, path: file, ...stamp(file) };
  const source = { label: file, itself, whole: bytes, beside };
  const constants = new Map<string, FileConstant>();
  const add = (name: string, tensor: TensorMessage): void => {
    if (constants.has(name)) damaged(file, `it has two constants named ${name}`);
    constants.set(name, constantOf(readTensor(tensor, `its constant ${name}`, source)));
  };
  if (graph.sparse_initializer.length > 0)
    throw new UserError(
      "onnx-type",
      `${file} has sparse weights, which KSpec does not read. Export it with dense ones.`,
    );
  for (const tensor of graph.initializer) add(tensor.name, tensor);

  const nodes: FileNode[] = [];
  for (const [i, node] of graph.node.entries()) {
    const label = node.name === "" ? `${node.op_type} ${i}` : node.name;
    if (node.op_type === "") damaged(file, `its node ${label} has no operation`);
    const value =
      node.op_type === "Constant" ? node.attribute.find(({ name }) => name === "value")?.t : undefined;
    // A constant is a constant, however it is written; these hold the weights of some exporters.
    if (value && OWN_DOMAINS.has(node.domain)) add(node.output[0] ?? "", value);
    else nodes.push(fileNode(node, label, source));
  }
  checkNames(file, graph, nodes, constants);
  const total = [...constants.values()].reduce((sum, one) => sum + one.bytes, 0);
  if (total > MOST_BYTES)
    throw new UserError(
      "onnx-too-large",
      `${file} has weights of ${(total / 1e9).toFixed(1)} GB; KSpec takes up to 2 GB. Export it with float16 weights, or use a smaller base.`,
    );

  const others = [...beside.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const { path: other } of others) await hashInto(hash, other);
  return {
    label: file,
    sha256: hash.digest("hex"),
    files: [itself, ...others].map((one, i) => ({
      name: i === 0 ? path.basename(file) : path.relative(path.dirname(file), one.path),
      path: one.path,
    })),
    opsets: new Map(
      model.opset_import.map(({ domain, version }) => [
        OWN_DOMAINS.has(domain) ? "" : domain,
        whole(version),
      ]),
    ),
    inputs: graph.input.filter(({ name }) => !constants.has(name)).map(fileValue),
    outputs: graph.output.map(fileValue),
    nodes,
    constants,
  };
}

function decode(file: string, bytes: Buffer): ModelMessage {
  try {
    return decodeModel(bytes) as unknown as ModelMessage;
  } catch (error) {
    throw new UserError(
      "model-damaged",
      `${file} is no ONNX model, or it is damaged or incomplete. Copy, download or export it again.`,
      { cause: error },
    );
  }
}

async function wholeFile(file: string): Promise<Buffer> {
  try {
    const about = await stat(file);
    if (about.size > MOST_BYTES)
      throw new UserError(
        "onnx-too-large",
        `${file} is larger than 2 GB, which no ONNX file can be. Export the model again.`,
      );
    return await readFile(file);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw code === "ENOENT"
      ? new UserError(
          "model-missing",
          `There is no model at ${file}. Check the path: it starts at the spec's folder.`,
        )
      : new UserError("unreadable-file", `${file} cannot be read (${code ?? message}).`, { cause: error });
  }
}

function constantOf({ shape, type, at, bytes }: TensorBytes): FileConstant {
  if ("texts" in at) return { shape, type, bytes, values: () => at.texts };
  if ("memory" in at) return { shape, type, bytes, values: () => at.memory };
  return { shape, type, bytes, values: () => readRange(at.file, at.offset, bytes) };
}

async function hashInto(hash: Hash, file: string): Promise<void> {
  for await (const part of createReadStream(file)) hash.update(part as Buffer);
}

// ---------------------------------------------------------------- structure

function fileNode(node: NodeMessage, label: string, source: TensorSource): FileNode {
  const captured = new Set<string>();
  for (const attribute of node.attribute) checkAttribute(attribute, label, source, captured);
  return {
    name: label,
    op: node.op_type,
    domain: OWN_DOMAINS.has(node.domain) ? "" : node.domain,
    inputs: node.input,
    outputs: node.output,
    // Copies: what protobufjs gives are windows of the whole file, which would stay in memory with them.
    attributes: node.attribute.map(
      (one) => AttributeProto.decode(AttributeProto.encode(one).finish()) as unknown as AttributeMessage,
    ),
    captured: [...captured],
  };
}

function checkAttribute(
  attribute: AttributeMessage,
  node: string,
  source: TensorSource,
  captured: Set<string>,
): void {
  const where = `the attribute ${attribute.name} of its node ${node}`;
  if (attribute.ref_attr_name !== "") damaged(source.label, `${where} stands for one of a function`);
  if (attribute.sparse_tensor)
    throw new UserError(
      "onnx-type",
      `${source.label}: ${where} is sparse, which KSpec does not read. Export it otherwise.`,
    );
  for (const tensor of [attribute.t, ...attribute.tensors])
    if (tensor) {
      if (tensor.data_location === 1) damaged(source.label, `${where} lies in another file`);
      readTensor(tensor, where, source);
    }
  for (const graph of [attribute.g, ...attribute.graphs])
    if (graph) for (const name of checkInner(graph, node, source)) captured.add(name);
}

/** A graph within an attribute: what it reads that it does not make itself. */
function checkInner(graph: GraphMessage, node: string, source: TensorSource): Set<string> {
  const inner = new Set<string>();
  const own = new Set([...graph.input, ...graph.initializer].map(({ name }) => name));
  for (const tensor of graph.initializer) {
    if (tensor.data_location === 1)
      damaged(source.label, `a constant within its node ${node} lies in another file`);
    readTensor(tensor, `the constant ${tensor.name} within its node ${node}`, source);
  }
  for (const one of graph.node) {
    const captured = new Set<string>();
    for (const attribute of one.attribute)
      checkAttribute(attribute, one.name || one.op_type, source, captured);
    for (const name of [...one.input, ...captured]) if (name !== "" && !own.has(name)) inner.add(name);
    for (const name of one.output) own.add(name);
  }
  for (const { name } of graph.output) if (!own.has(name)) inner.add(name);
  return inner;
}

function checkNames(
  file: string,
  graph: GraphMessage,
  nodes: readonly FileNode[],
  constants: ReadonlyMap<string, FileConstant>,
): void {
  const made = new Set([...graph.input.map(({ name }) => name), ...constants.keys()]);
  const inputs = new Set(graph.input.map(({ name }) => name));
  if (inputs.size < graph.input.length) damaged(file, "it has two inputs of one name");
  if (made.has("")) damaged(file, "an input or constant has no name");
  for (const { name, outputs } of nodes)
    for (const output of outputs) {
      if (output === "") continue;
      if (made.has(output)) damaged(file, `its node ${name} makes ${output}, which there is already`);
      made.add(output);
    }
  for (const { name, inputs: reads, captured } of nodes)
    for (const input of [...reads, ...captured])
      if (input !== "" && !made.has(input))
        damaged(file, `its node ${name} reads ${input}, which nothing makes`);
  if (graph.output.length === 0) damaged(file, "it has no output");
  for (const { name } of graph.output) if (!made.has(name)) damaged(file, `nothing makes its output ${name}`);
}

function fileValue({ name, type }: ValueMessage): FileValue {
  const tensor = type?.tensor_type;
  const dims = tensor?.shape?.dim.map(({ dim_value, dim_param }) => {
    const extent = whole(dim_value);
    return dim_param !== "" || !(extent > 0) ? null : extent;
  });
  return { name, type: tensor?.elem_type || undefined, shape: dims };
}
