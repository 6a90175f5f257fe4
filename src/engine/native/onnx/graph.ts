/**
 * A graph of ONNX operations while it is being written: nodes in an order in which they can run, and the
 * constants that they read. Values have names; `""` in a node's inputs leaves an optional one out.
 */
export class Graph {
  readonly nodes: Node[] = [];
  /** Versions of operations that nodes from files need, by domain; "" is ONNX's own. KSpec's own nodes have theirs. */
  readonly opsets = new Map<string, number>();
  readonly constants = new Map<string, Constant>();
  readonly #taken = new Set<string>();

  /** Adds an operation and gives the name of its output. `label` is the Keras layer that it belongs to. */
  add(
    op: string,
    label: string,
    inputs: readonly string[],
    attributes: Attributes = {},
    domain?: Node["domain"],
  ): string {
    const output = this.freshName(`${label}/${op}`);
    const node = { op, name: output, inputs: [...inputs], output, attributes };
    this.nodes.push(domain === undefined ? node : { ...node, domain });
    return output;
  }

  /** A constant. One name stands for one content: a layer that is applied twice shares its weights. */
  constant(name: string, shape: readonly number[], values: Constant["values"]): string {
    return this.typedConstant(name, { shape, values });
  }

  typedConstant(name: string, constant: Constant): string {
    if (!this.constants.has(name)) {
      this.#taken.add(name);
      this.constants.set(name, constant);
    }
    return name;
  }

  freshName(wanted: string): string {
    let name = wanted;
    for (let i = 1; this.#taken.has(name); i++) name = `${wanted}_${i}`;
    this.#taken.add(name);
    return name;
  }
}

/** One operation; all that KSpec writes have one output, those from files may have more. */
export interface Node {
  op: string;
  readonly name: string;
  inputs: string[];
  readonly output: string;
  attributes: Attributes;
  /** Whose operation it is; absent: ONNX's own. */
  readonly domain?: string;
  /** Outputs behind the first; "" leaves an optional one out. */
  furtherOutputs?: readonly string[];
  /** Values that graphs within its attributes read from around it. */
  readonly captured?: readonly string[];
  /** It was taken over from a file as it stands: nothing is simplified in it. */
  readonly asRead?: true;
}

export type Attributes = Readonly<Record<string, Attribute>>;

/** ONNX tells whole numbers from others, which JavaScript does not. */
export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly ints: readonly number[] }
  | { readonly text: string }
  | { readonly texts: readonly string[] }
  /** The body of a loop: what its ports are is said by the operation. It may read values of the graph around it. */
  | { readonly graph: WholeGraph }
  /** An AttributeProto as it was read, its name included. */
  | { readonly asRead: object };

export interface Constant {
  readonly shape: readonly number[];
  /** Makes them: weights are copied when they are written, and not kept twice. */
  readonly values: () => Float32Array | Float64Array | BigInt64Array | Uint8Array | readonly string[];
  /** `TensorProto.DataType` of what `values` gives as bytes; absent: what the array says. */
  readonly type?: number;
}

/** A graph with what goes in and comes out. The first axis of each is the batch, unless a port says otherwise. */
export interface WholeGraph {
  readonly name: string;
  readonly graph: Graph;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

export interface Port {
  readonly name: string;
  /** Of one row; null where any extent is taken. */
  readonly shape: readonly (number | null)[];
  /** `shape` is the whole of it, and no axis of rows stands in front. */
  readonly exact?: true;
  /** Default "float32". */
  readonly type?: ElementType;
}

export type ElementType = "float32" | "float64" | "int64" | "string" | "bool";
