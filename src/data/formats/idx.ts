import { gunzipSync } from "node:zlib";

/**
 * An array of bytes as MNIST's publishers write it (`.gz` of the IDX format): two zeros, the type (8: unsigned bytes), the number of
 * dimensions, each dimension as a big-endian number of four bytes, the values.
 *
 * @throws Error saying what is wrong with it.
 */
export function readIdx(file: Uint8Array): { shape: number[]; values: Uint8Array } {
  const bytes = gunzipSync(file, { maxOutputLength: LONGEST });
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0) throw new Error("it is no IDX file");
  if (bytes[2] !== 8) throw new Error("its values are not unsigned bytes");
  const start = 4 + 4 * bytes[3]!;
  if (bytes.length < start) throw new Error("it is cut short");
  const shape = Array.from({ length: bytes[3]! }, (_, at) => bytes.readUInt32BE(4 + 4 * at));
  const values = bytes.subarray(start);
  const length = shape.reduce((product, extent) => product * extent, 1);
  if (values.length !== length) throw new Error("it is cut short, or longer than it says");
  return { shape, values };
}

/** More than this none of these files unpacks to; a small file may claim to be enormous. */
const LONGEST = 200_000_000;
