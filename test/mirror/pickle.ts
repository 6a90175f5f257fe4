/** What CIFAR's batches hold. A string is Python 2's: bytes. */
export type Plain =
  string | number | Uint8Array | PlainArray | readonly Plain[] | { readonly [key: string]: Plain };

/** A NumPy array of unsigned bytes. */
export class PlainArray {
  readonly shape: readonly [number, number];
  readonly values: Uint8Array;
  constructor(shape: readonly [number, number], values: Uint8Array) {
    this.shape = shape;
    this.values = values;
  }
}

/** A pickle as Python 2's `cPickle.dump(…, protocol=2)` writes it, without the memo that it never reads again. */
export function pickle(value: Plain): Buffer {
  return Buffer.concat([Buffer.from([0x80, 2]), ...pieces(value), Buffer.from(".")]);
}

function pieces(value: Plain): Buffer[] {
  if (typeof value === "number") return [Buffer.from("J"), int32(value)];
  if (typeof value === "string") return bytes(Buffer.from(value, "latin1"));
  if (value instanceof Uint8Array) return bytes(value);
  if (value instanceof PlainArray) return array(value);
  if (Array.isArray(value))
    return [Buffer.from("]("), ...(value as readonly Plain[]).flatMap(pieces), Buffer.from("e")];
  const entries = Object.entries(value as Readonly<Record<string, Plain>>);
  return [
    Buffer.from("}("),
    ...entries.flatMap(([key, one]) => [...pieces(key), ...pieces(one)]),
    Buffer.from("u"),
  ];
}

function bytes(value: Uint8Array): Buffer[] {
  return [
    Buffer.from("T"),
    int32(value.length),
    Buffer.from(value.buffer, value.byteOffset, value.byteLength),
  ];
}

/** `numpy.core.multiarray._reconstruct(numpy.ndarray, (0,), "b")`, then its state: shape, type, order, bytes. */
function array({ shape, values }: PlainArray): Buffer[] {
  return [
    Buffer.from("cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n"),
    ...pieces(0), Buffer.from([0x85]), ...pieces("b"), Buffer.from([0x87]), Buffer.from("R"),
    Buffer.from("("), ...pieces(1), ...pieces(shape[0]), ...pieces(shape[1]), Buffer.from([0x86]),
    Buffer.from("cnumpy\ndtype\n"), ...pieces("u1"), ...pieces(0), ...pieces(1), Buffer.from([0x87]), Buffer.from("R"),
    Buffer.from("("), ...pieces(3), ...pieces("|"), Buffer.from("NNN"), ...pieces(-1), ...pieces(-1), ...pieces(0), Buffer.from("tb"),
    Buffer.from([0x89]), ...bytes(values), Buffer.from("tb"),
  ]; // prettier-ignore
}

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32LE(value);
  return buffer;
}
