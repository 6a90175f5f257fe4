import { statSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../protocol/index.ts";
import { stamp, type FileStamp } from "./file-range.ts";
import { DATA_TYPE } from "./schema.ts";

/** protobufjs's 64-bit whole numbers. */
export type Whole = number | { toNumber(): number };

export function whole(value: Whole): number {
  return typeof value === "number" ? value : value.toNumber();
}

/** A TensorProto, as protobufjs gives it. */
export interface TensorMessage {
  name: string;
  readonly dims: readonly Whole[];
  readonly data_type: number;
  readonly float_data: readonly number[];
  readonly int32_data: readonly number[];
  readonly string_data: readonly Uint8Array[];
  readonly int64_data: readonly Whole[];
  readonly double_data: readonly number[];
  readonly uint64_data: readonly Whole[];
  readonly raw_data: Uint8Array;
  readonly external_data: readonly { readonly key: string; readonly value: string }[];
  /** 1: in another file. */
  readonly data_location: number;
}

/** A tensor's shape and where its numbers are, as they lie in memory. */
export interface TensorBytes {
  readonly shape: readonly number[];
  /** `TensorProto.DataType`. */
  readonly type: number;
  readonly bytes: number;
  readonly at:
    | { readonly file: FileStamp; readonly offset: number }
    | { readonly memory: Uint8Array }
    | { readonly texts: readonly string[] };
}

/** Where a tensor was found. */
export interface TensorSource {
  readonly label: string;
  readonly itself: FileStamp;
  readonly whole: Buffer;
  /** Files beside it that were needed so far, by the location that the tensors name. */
  readonly beside: Map<string, FileStamp>;
}

/** Bits of one element, by `TensorProto.DataType`. */
const BITS: Readonly<Record<number, number>> = {
  1: 32, // float32
  2: 8, // uint8
  3: 8, // int8
  4: 16, // uint16
  5: 16, // int16
  6: 32, // int32
  7: 64, // int64
  9: 8, // bool
  10: 16, // float16
  11: 64, // float64
  12: 32, // uint32
  13: 64, // uint64
  16: 16, // bfloat16
  17: 8, // float8e4m3fn
  18: 8, // float8e4m3fnuz
  19: 8, // float8e5m2
  20: 8, // float8e5m2fnuz
  21: 4, // uint4
  22: 4, // int4
};

/** What is smaller is kept in memory: shapes, axes, numbers. */
const SMALL_BYTES = 4096;
const MOST_AXES = 32;

/**
 * Looks whether a tensor's numbers are all there.
 *
 * @param where what messages call it: "its constant w1"
 * @throws UserError when its shape and its bytes differ, and for a type or a place that is not read.
 */
export function readTensor(tensor: TensorMessage, where: string, source: TensorSource): TensorBytes {
  const { label } = source;
  const shape = tensor.dims.map(whole);
  if (shape.length > MOST_AXES || shape.some((extent) => !Number.isSafeInteger(extent) || extent < 0))
    damaged(label, `${where} has the shape [${shape.slice(0, MOST_AXES).join(", ")}]`);
  const count = shape.reduce((size, extent) => size * extent, 1);
  const type = tensor.data_type;
  if (type === DATA_TYPE.string) return texts(tensor, where, source, shape, count);
  const bits = BITS[type];
  if (bits === undefined)
    throw new UserError(
      "onnx-type",
      `${label}: ${where} is of a type (${type}) that KSpec does not read. Export the model with float32 weights.`,
    );
  const bytes = Math.ceil((count * bits) / 8);
  const wrong = (found: number, what = "bytes"): never =>
    damaged(
      label,
      `${where} has the shape [${shape.join(", ")}] and ${found} ${what} instead of ${what === "bytes" ? bytes : count}`,
    );

  if (tensor.data_location === 1) return { shape, type, bytes, at: external(tensor, where, source, bytes) };
  const { raw_data: raw } = tensor;
  if (raw.length > 0) {
    if (raw.length !== bytes) wrong(raw.length);
    // protobufjs gives windows of the file's bytes.
    const inFile = raw.buffer === source.whole.buffer && bytes > SMALL_BYTES;
    const at = inFile
      ? { file: source.itself, offset: raw.byteOffset - source.whole.byteOffset }
      : { memory: Uint8Array.from(raw) };
    return { shape, type, bytes, at };
  }
  const list = listed(tensor, type);
  // Those of four bits lie two in a number.
  if (list.length !== count || (bits < 8 && count > 0)) wrong(list.length, "numbers");
  return { shape, type, bytes, at: { memory: packed(list, type, bits, bytes) } };
}

function texts(
  { string_data }: TensorMessage,
  where: string,
  { label }: TensorSource,
  shape: readonly number[],
  count: number,
): TensorBytes {
  if (string_data.length !== count)
    damaged(label, `${where} has ${string_data.length} texts instead of ${count}`);
  const list = string_data.map((one) => new TextDecoder().decode(one));
  return { shape, type: DATA_TYPE.string, bytes: list.join("").length, at: { texts: list } };
}

/** The field that numbers of a type are listed in, when they are not given as bytes. */
function listed(tensor: TensorMessage, type: number): readonly Whole[] {
  if (type === 1) return tensor.float_data;
  if (type === 11) return tensor.double_data;
  if (type === 7) return tensor.int64_data;
  if (type === 12 || type === 13) return tensor.uint64_data;
  return tensor.int32_data;
}

function packed(list: readonly Whole[], type: number, bits: number, bytes: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(bytes));
  for (const [i, one] of list.entries()) {
    if (type === 1) view.setFloat32(i * 4, one as number, true);
    else if (type === 11) view.setFloat64(i * 8, one as number, true);
    else if (bits === 64) view.setBigInt64(i * 8, BigInt.asIntN(64, BigInt(String(one))), true);
    else if (bits === 32) view.setInt32(i * 4, whole(one), true);
    else if (bits === 16) view.setInt16(i * 2, whole(one), true);
    else if (bits === 8) view.setInt8(i, whole(one));
  }
  return new Uint8Array(view.buffer);
}

/** Weights in a file beside the model: it must be there, in the model's own folder or below, and long enough. */
function external(
  tensor: TensorMessage,
  where: string,
  { label, beside }: TensorSource,
  bytes: number,
): { file: FileStamp; offset: number } {
  const said = new Map(tensor.external_data.map(({ key, value }) => [key, value]));
  const location = said.get("location") ?? "";
  const folder = path.dirname(label);
  const steps = location.split(/[\\/]/);
  if (location === "" || path.isAbsolute(location) || path.win32.isAbsolute(location) || steps.includes(".."))
    throw new UserError(
      "onnx-external-data",
      `${label}: ${where} lies in "${location}", and the weights of a model must lie beside it. Save it with Python: onnx.save_model(model, "model.onnx", save_as_external_data=True).`,
    );
  let file = beside.get(location);
  if (file === undefined) {
    const place = path.join(folder, ...steps);
    if (!statSync(place, { throwIfNoEntry: false })?.isFile())
      throw new UserError(
        "weights-missing",
        `${label} keeps weights in ${location} beside it, and it is not there. Copy both files.`,
      );
    file = { label: place, path: place, ...stamp(place) };
    beside.set(location, file);
  }
  const offset = Number(said.get("offset") ?? 0);
  const length = Number(said.get("length") ?? bytes);
  if (!Number.isSafeInteger(offset) || offset < 0 || length !== bytes || offset + bytes > file.size)
    damaged(label, `${where} needs ${bytes} bytes at ${offset} of ${location}, which has ${file.size}`);
  return { file, offset };
}

export function damaged(file: string, what: string): never {
  throw new UserError("model-damaged", `${file} is damaged: ${what}. Copy, download or export it again.`);
}
