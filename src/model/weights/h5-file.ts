import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../protocol/index.ts";
import type { WeightValues } from "../network.ts";
import type * as hdf5 from "./hdf5.ts";

/**
 * An HDF5 file, read as data that others made: it is opened inside a file system of its own in which nothing else can be
 * reached (links to other files lead nowhere), nothing is read that is larger than the file can hold, and whatever the library
 * throws becomes a message that names the file.
 */
export interface H5File {
  /** What messages call it. */
  readonly label: string;
  /** Texts, numbers or lists of them; undefined: there is none. */
  attribute(group: string, name: string): unknown;
  /** Names of the groups and data sets in a group; none where there is no such group. */
  children(group: string): readonly string[];
  dataset(place: string): H5Dataset | undefined;
  close(): void;
}

export interface H5Dataset {
  readonly shape: readonly number[];
  /** Numbers, as float32 or int32. Shapes are to be checked first: what is read here is allocated. */
  read(): Pick<WeightValues, "values" | "dtype">;
}

/** Compression cannot make trained weights smaller than by this; a data set that claims more is no weight. */
const MOST_COMPRESSED = 1000;
/** Of what is read in one piece: WebAssembly's memory never shrinks. */
const PIECE_BYTES = 16e6;

/**
 * Opens a file by its path, or one that is in memory.
 *
 * @param label what messages call it; by default its path
 * @throws UserError when it is no HDF5 file or cannot be read.
 */
export async function openH5(source: string | Uint8Array, label?: string): Promise<H5File> {
  const library = await load();
  const shown = label ?? (typeof source === "string" ? source : "The file");
  const bytes = typeof source === "string" ? fileBytes(source) : memoryBytes(source);
  const name = `/kspec-${++opened}.h5`;
  try {
    mount(library, name, bytes);
    const file = new library.hdf5.File(name, "r");
    // A file that cannot be opened shows itself at the first question.
    file.keys();
    return new Opened(library, file, shown, name, bytes);
  } catch (error) {
    unmount(library, name);
    bytes.close();
    throw damaged(shown, error);
  }
}

export function damaged(label: string, cause: unknown): UserError {
  return new UserError(
    "weights-damaged",
    `${label} cannot be read: it is no HDF5 file, or it is damaged or incomplete. Copy, download or save it again.`,
    { cause },
  );
}

class Opened implements H5File {
  readonly label: string;
  readonly #library: Library;
  readonly #file: hdf5.File;
  readonly #name: string;
  readonly #bytes: Bytes;

  constructor(library: Library, file: hdf5.File, label: string, name: string, bytes: Bytes) {
    this.#library = library;
    this.#file = file;
    this.label = label;
    this.#name = name;
    this.#bytes = bytes;
  }

  attribute(group: string, name: string): unknown {
    return this.#guarded(() => {
      const place = this.#group(group);
      const found = place?.attrs[name];
      if (found === undefined) return undefined;
      const { size, total_size } = found.metadata;
      this.#checkSize(size * total_size, `the attribute ${name}`);
      return found.value ?? undefined;
    });
  }

  children(group: string): readonly string[] {
    return this.#guarded(() => this.#group(group)?.keys() ?? []);
  }

  dataset(place: string): H5Dataset | undefined {
    return this.#guarded(() => {
      const found = this.#file.get(place);
      if (!(found instanceof this.#library.hdf5.Dataset)) return undefined;
      const { shape, metadata } = found;
      if (shape === null || (metadata.type !== 0 && metadata.type !== 1))
        throw new Error(`${place} holds no numbers`);
      return { shape, read: () => this.#guarded(() => this.#read(found, shape, metadata.size, place)) };
    });
  }

  close(): void {
    try {
      this.#file.close();
    } finally {
      unmount(this.#library, this.#name);
      this.#bytes.close();
    }
  }

  #group(place: string): hdf5.Group | undefined {
    if (place === "/") return this.#file;
    const found = this.#file.get(place);
    return found instanceof this.#library.hdf5.Group ? found : undefined;
  }

  #read(found: hdf5.Dataset, shape: readonly number[], width: number, place: string) {
    const size = shape.reduce((product, extent) => product * extent, 1);
    this.#checkSize(size * width, place);
    const integers = found.metadata.type === 0;
    const values = integers ? new Int32Array(size) : new Float32Array(size);
    if (size === 0) return typed(values);
    const rows = shape[0];
    if (rows === undefined) {
      fill(values, 0, found.value);
      return typed(values);
    }
    const row = size / rows;
    const step = Math.max(1, Math.floor(PIECE_BYTES / (row * width)));
    for (let start = 0; start < rows; start += step)
      fill(values, start * row, found.slice([[start, Math.min(rows, start + step)]]));
    return typed(values);
  }

  #checkSize(bytes: number, what: string): void {
    if (bytes <= this.#bytes.size * MOST_COMPRESSED && bytes <= 2 ** 32) return;
    throw new UserError(
      "weights-damaged",
      `${this.label} is damaged: ${what} claims to hold ${bytes.toExponential(1)} bytes, in a file of ${this.#bytes.size}. Copy, download or save it again.`,
    );
  }

  #guarded<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw error instanceof UserError ? error : damaged(this.label, error);
    }
  }
}

function typed(values: Float32Array | Int32Array): Pick<WeightValues, "values" | "dtype"> {
  return { values, dtype: values instanceof Int32Array ? "int32" : "float32" };
}

/** The library gives typed arrays of the file's own type; a scalar comes bare. */
function fill(values: Float32Array | Int32Array, at: number, piece: unknown): void {
  if (typeof piece === "number" || typeof piece === "bigint") values[at] = Number(piece);
  else if (piece instanceof BigInt64Array || piece instanceof BigUint64Array)
    for (const [i, value] of piece.entries()) values[at + i] = Number(value);
  else if (ArrayBuffer.isView(piece)) values.set(piece as unknown as Float32Array, at);
  else throw new Error("numbers of an unknown type");
}

// ---------------------------------------------------------------- the library and its file system

interface Library {
  readonly hdf5: typeof hdf5;
  readonly FS: FileSystem;
}
/** What is used of Emscripten's file system. */
interface FileSystem {
  writeFile(path: string, content: Uint8Array): void;
  unlink(path: string): void;
  lookupPath(path: string): { node: FileNode };
  open(path: string, flags: string): unknown;
  close(stream: unknown): void;
  getStream(descriptor: number): unknown;
}
interface FileNode {
  stream_ops: Record<string, unknown>;
  node_ops: Record<string, unknown>;
}

let library: Promise<Library> | undefined;
let opened = 0;

function load(): Promise<Library> {
  library ??= import("./hdf5.ts").then(async (loaded) => {
    const { FS } = (await loaded.ready) as unknown as { FS: FileSystem };
    // The library prints its own stack of errors on standard error, which tells people nothing.
    FS.close(FS.getStream(2));
    FS.open("/dev/null", "w");
    return { hdf5: loaded, FS };
  });
  return library;
}

interface Bytes {
  readonly size: number;
  read(buffer: Uint8Array, offset: number, length: number, position: number): number;
  close(): void;
}

function fileBytes(file: string): Bytes {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === "ENOENT"
      ? new UserError("model-missing", `There is no file ${path.resolve(file)}.`, { cause: error })
      : new UserError("unreadable-file", `${file} cannot be read (${code}).`, { cause: error });
  }
  return {
    size: fstatSync(descriptor).size,
    read: (buffer, offset, length, position) => readSync(descriptor, buffer, offset, length, position),
    close: () => closeSync(descriptor),
  };
}

function memoryBytes(bytes: Uint8Array): Bytes {
  return {
    size: bytes.length,
    read(buffer, offset, length, position) {
      const part = bytes.subarray(position, position + length);
      buffer.set(part, offset);
      return part.length;
    },
    close: () => undefined,
  };
}

/** A file in the library's own file system whose bytes are asked for as they are read, and never copied as a whole. */
function mount({ FS }: Library, name: string, { size, read }: Bytes): void {
  FS.writeFile(name, new Uint8Array(0));
  const { node } = FS.lookupPath(name);
  const attributes = node.node_ops["getattr"] as (node: FileNode) => object;
  node.node_ops = { ...node.node_ops, getattr: (one: FileNode) => ({ ...attributes(one), size }) };
  node.stream_ops = {
    ...node.stream_ops,
    read: (_: unknown, buffer: Uint8Array, offset: number, length: number, position: number) => {
      const left = Math.min(length, size - position);
      return left > 0 ? read(buffer, offset, left, position) : 0;
    },
    llseek: (stream: { position: number }, offset: number, whence: number) =>
      offset + (whence === 1 ? stream.position : whence === 2 ? size : 0),
  };
}

function unmount({ FS }: Library, name: string): void {
  try {
    FS.unlink(name);
  } catch {
    // It was never there.
  }
}
