/**
 * Reads the pickles that CIFAR's batches are: dictionaries, lists, numbers, strings, and NumPy arrays of bytes.
 * A pickle is a program for a small stack machine; Python's runs whatever it names. This one knows a few
 * instructions that build data, four names of NumPy's, and refuses all else, so nothing can be executed.
 */
export type Pickled =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | PickledArray
  | readonly Pickled[]
  | PickledTuple
  | ReadonlyMap<string, Pickled>
  | Named
  | DType;

/** A NumPy array of unsigned bytes. */
export class PickledArray {
  shape: readonly number[] = [];
  values: Uint8Array = new Uint8Array();
}

class PickledTuple {
  readonly items: readonly Pickled[];
  constructor(items: readonly Pickled[]) {
    this.items = items;
  }
}
class Named {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}
class DType {
  readonly code: string;
  constructor(code: string) {
    this.code = code;
  }
}
class Mark {}

const ALLOWED: ReadonlySet<string> = new Set([
  "numpy.core.multiarray._reconstruct",
  "numpy._core.multiarray._reconstruct",
  "numpy.ndarray",
  "numpy.dtype",
  "_codecs.encode",
]);

type Item = Pickled | Mark;

/** @throws Error saying what the pickle holds that is not read. */
export function readPickle(bytes: Uint8Array): Pickled {
  return new Machine(bytes).run();
}

class Machine {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #stack: Item[] = [];
  readonly #memo = new Map<number, Item>();
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  run(): Pickled {
    for (;;) {
      const code = this.#take(1)[0]!;
      if (code === 0x2e) return this.#pop();
      const instruct = INSTRUCTIONS.get(code);
      if (!instruct)
        throw new Error(`it has the instruction 0x${code.toString(16)}, which builds more than plain data`);
      instruct(this.#tools);
    }
  }

  readonly #take = (count: number): Uint8Array => {
    if (count < 0 || this.#at + count > this.#bytes.length) throw new Error("it is cut short");
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  };

  readonly #pop = (): Pickled => {
    const item = this.#stack.pop();
    if (item === undefined || item instanceof Mark) throw new Error("its stack is empty");
    return item;
  };

  readonly #tools: Tools = {
    push: (item: Item) => void this.#stack.push(item),
    pop: this.#pop,
    top: (): Item => {
      const item = this.#stack.at(-1);
      if (item === undefined) throw new Error("its stack is empty");
      return item;
    },
    sinceMark: (): Pickled[] => {
      const mark = this.#stack.findLastIndex((item) => item instanceof Mark);
      if (mark === -1) throw new Error("its stack has no mark");
      return this.#stack.splice(mark).slice(1) as Pickled[];
    },
    remember: (key: number, item: Item) => void this.#memo.set(key, item),
    recall: (key: number): Item => {
      const item = this.#memo.get(key);
      if (item === undefined) throw new Error("it recalls what it never stored");
      return item;
    },
    memoSize: () => this.#memo.size,
    bytes: this.#take,
    byte: () => this.#take(1)[0]!,
    uint16: () => (this.#take(2), this.#view.getUint16(this.#at - 2, true)),
    int32: () => (this.#take(4), this.#view.getInt32(this.#at - 4, true)),
    uint32: () => (this.#take(4), this.#view.getUint32(this.#at - 4, true)),
    uint64: () => (this.#take(8), Number(this.#view.getBigUint64(this.#at - 8, true))),
    line: (): string => {
      const end = this.#bytes.indexOf(0x0a, this.#at);
      if (end === -1) throw new Error("it is cut short");
      const text = latin1(this.#take(end - this.#at));
      this.#at++;
      return text;
    },
  };
}

/** What an instruction may do. */
interface Tools {
  push(item: Item): void;
  pop(): Pickled;
  top(): Item;
  sinceMark(): Pickled[];
  remember(key: number, item: Item): void;
  recall(key: number): Item;
  memoSize(): number;
  bytes(count: number): Uint8Array;
  byte(): number;
  uint16(): number;
  int32(): number;
  uint32(): number;
  uint64(): number;
  line(): string;
}

/** By code, named as in Python's `pickletools`. */
const INSTRUCTIONS: ReadonlyMap<number, (tools: Tools) => void> = new Map<number, (tools: Tools) => void>([
  [0x80, (t) => void t.byte()], // PROTO
  [0x95, (t) => void t.uint64()], // FRAME
  [0x28, (t) => t.push(new Mark())], // MARK
  [0x4e, (t) => t.push(null)], // NONE
  [0x88, (t) => t.push(true)], // NEWTRUE
  [0x89, (t) => t.push(false)], // NEWFALSE
  [0x4b, (t) => t.push(t.byte())], // BININT1
  [0x4d, (t) => t.push(t.uint16())], // BININT2
  [0x4a, (t) => t.push(t.int32())], // BININT
  [0x55, (t) => t.push(stringOf(t.bytes(t.byte())))], // SHORT_BINSTRING
  [0x54, (t) => t.push(stringOf(t.bytes(t.int32())))], // BINSTRING
  [0x43, (t) => t.push(stringOf(t.bytes(t.byte())))], // SHORT_BINBYTES
  [0x42, (t) => t.push(stringOf(t.bytes(t.uint32())))], // BINBYTES
  [0x8e, (t) => t.push(stringOf(t.bytes(t.uint64())))], // BINBYTES8
  [0x8c, (t) => t.push(utf8(t.bytes(t.byte())))], // SHORT_BINUNICODE
  [0x58, (t) => t.push(utf8(t.bytes(t.uint32())))], // BINUNICODE
  [0x5d, (t) => t.push([])], // EMPTY_LIST
  [0x7d, (t) => t.push(new Map())], // EMPTY_DICT
  [0x29, (t) => t.push(new PickledTuple([]))], // EMPTY_TUPLE
  [0x74, (t) => t.push(new PickledTuple(t.sinceMark()))], // TUPLE
  [0x85, (t) => t.push(tupleOf(t, 1))], // TUPLE1
  [0x86, (t) => t.push(tupleOf(t, 2))], // TUPLE2
  [0x87, (t) => t.push(tupleOf(t, 3))], // TUPLE3
  [0x61, (t) => append(t, [t.pop()])], // APPEND
  [0x65, (t) => append(t, t.sinceMark())], // APPENDS
  [0x73, (t) => setItems(t, tupleOf(t, 2).items)], // SETITEM
  [0x75, (t) => setItems(t, t.sinceMark())], // SETITEMS
  [0x71, (t) => t.remember(t.byte(), t.top())], // BINPUT
  [0x72, (t) => t.remember(t.uint32(), t.top())], // LONG_BINPUT
  [0x94, (t) => t.remember(t.memoSize(), t.top())], // MEMOIZE
  [0x68, (t) => t.push(t.recall(t.byte()))], // BINGET
  [0x6a, (t) => t.push(t.recall(t.uint32()))], // LONG_BINGET
  [0x63, (t) => t.push(named(`${t.line()}.${t.line()}`))], // GLOBAL
  [0x93, (t) => t.push(named(tupleOf(t, 2).items.map(textOf).join(".")))], // STACK_GLOBAL
  [0x52, (t) => t.push(call(tupleOf(t, 2).items))], // REDUCE
  [0x62, (t) => setState(t)], // BUILD
]);

function tupleOf(t: Tools, count: number): PickledTuple {
  const items: Pickled[] = [];
  for (let index = 0; index < count; index++) items.unshift(t.pop());
  return new PickledTuple(items);
}

function append(t: Tools, items: readonly Pickled[]): void {
  const list = t.top();
  if (!Array.isArray(list)) throw new Error("it appends to what is no list");
  for (const item of items) list.push(item);
}

function setItems(t: Tools, items: readonly Pickled[]): void {
  const dictionary = t.top();
  if (!(dictionary instanceof Map)) throw new Error("it sets items of what is no dictionary");
  for (let index = 0; index + 1 < items.length; index += 2)
    (dictionary as Map<string, Pickled>).set(textOf(items[index]!), items[index + 1]!);
}

function named(name: string): Named {
  if (!ALLOWED.has(name)) throw new Error(`it names ${name}, which is not data`);
  return new Named(name);
}

/** The only calls there are: an empty array, a data type, and Python 3's way to write bytes down. */
function call([callee, given]: readonly Pickled[]): Pickled {
  if (!(callee instanceof Named) || !(given instanceof PickledTuple))
    throw new Error("it calls what is no function");
  const [first] = given.items;
  if (callee.name.endsWith("._reconstruct")) return new PickledArray();
  if (callee.name === "numpy.dtype") return new DType(textOf(first!));
  if (callee.name === "_codecs.encode") return Buffer.from(textOf(first!), "latin1");
  throw new Error(`it calls ${callee.name}`);
}

/** `BUILD` fills an array: (version, shape, data type, Fortran order, bytes). A data type's own state is its byte order. */
function setState(t: Tools): void {
  const state = t.pop();
  const target = t.top();
  if (!(state instanceof PickledTuple)) throw new Error("it sets a state that is no tuple");
  if (target instanceof DType) return;
  if (!(target instanceof PickledArray)) throw new Error("it sets the state of what has none");
  const [, shape, type, fortran, data] = state.items;
  if (!(type instanceof DType) || type.code !== "u1" || fortran !== false)
    throw new Error("it has an array that is not of bytes in C order");
  if (!(shape instanceof PickledTuple)) throw new Error("it has an array without a shape");
  target.shape = shape.items.map(Number);
  target.values = data instanceof Uint8Array ? data : Buffer.from(textOf(data!), "latin1");
  if (target.values.length !== target.shape.reduce((product, length) => product * length, 1))
    throw new Error("it has an array that is cut short");
}

function textOf(item: Pickled): string {
  if (typeof item === "string") return item;
  if (item instanceof Uint8Array) return latin1(item);
  throw new Error("it has something else where a text should be");
}

/** Long byte strings stay bytes: they are pixels. */
function stringOf(bytes: Uint8Array): string | Uint8Array {
  return bytes.length > 4096 ? bytes : latin1(bytes);
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}
