import { OPSET } from "../native/onnx/encode.ts";
import type {
  AttributeMessage,
  FileNode,
  GraphMessage,
  NodeMessage,
  OnnxModel,
} from "../native/onnx/read.ts";
import { whole } from "../native/onnx/read-tensor.ts";
import { AttributeProto, DATA_TYPE } from "../native/onnx/schema.ts";
import { UserError } from "../../protocol/index.ts";

/** Versions of ONNX's operations that are read; ONNX Runtime knows none before. */
const OLDEST = 7;
const NEWEST = 25;

/** Whose operations ONNX Runtime has, beside ONNX's own. */
const DOMAINS = new Set(["", "ai.onnx.ml", "com.microsoft"]);

/**
 * Looks whether a model's operations are of versions and makers that are known.
 *
 * @throws UserError naming the file, the node, and what to do.
 */
export function checkOperations({ label, opsets, nodes, constants }: OnnxModel): void {
  const version = opsets.get("");
  if (
    version === undefined ? nodes.some(({ domain }) => domain === "") : version < OLDEST || version > NEWEST
  )
    throw new UserError(
      "onnx-version",
      `${label} is written in version ${version ?? "(none said)"} of ONNX's operations, and KSpec reads ${OLDEST} to ${NEWEST}. Export it with opset_version=${OPSET}.`,
    );
  for (const node of nodes) refuseEnormous(label, node, constants);
  for (const { name, op, domain } of everyNode(nodes))
    if (!DOMAINS.has(domain))
      throw new UserError(
        "unknown-operation",
        `${label}: its node ${name} is a ${domain}.${op}, an operation of its author's that ONNX Runtime does not have. Export the model without it, or cut before it with up_to.`,
      );
}

/** What is made as large as a constant says, and which input says it. */
const MAKES_AS_LARGE: Readonly<Record<string, number>> = { ConstantOfShape: 0, Expand: 1, Tile: 1 };
const MOST_VALUES = 2 ** 28;

/** @throws UserError for a value of some words that would fill the memory. */
function refuseEnormous(label: string, node: FileNode, constants: OnnxModel["constants"]): void {
  const input = node.domain === "" ? MAKES_AS_LARGE[node.op] : undefined;
  const constant = input === undefined ? undefined : constants.get(node.inputs[input] ?? "");
  if (constant?.type !== DATA_TYPE.int64) return;
  const bytes = Uint8Array.from(constant.values() as Uint8Array);
  const size = new BigInt64Array(bytes.buffer).reduce(
    (product, extent) => product * Math.abs(Number(extent)),
    1,
  );
  if (size > MOST_VALUES)
    throw new UserError(
      "onnx-too-large",
      `${label}: its node ${node.name} (${node.op}) makes ${size} values, which no memory holds. The file is damaged, or no base.`,
    );
}

function* everyNode(nodes: readonly FileNode[]): Generator<Pick<FileNode, "name" | "op" | "domain">> {
  for (const node of nodes) {
    yield node;
    for (const attribute of node.attributes)
      for (const graph of graphsOf(attribute)) yield* everyNode(graph.node.map(fromMessage));
  }
}

/** Operations whose meaning or form changed after the version that KSpec writes, and in which. */
const CHANGED: Readonly<Record<string, number>> = {
  DFT: 20,
  GridSample: 20,
  GroupNormalization: 21,
  Attention: 24,
};

export function changedBetween(op: string, older: number, newer: number): boolean {
  const version = CHANGED[op];
  return version !== undefined && older < version && version <= newer;
}

/** Nodes of an older version, in the form that they have in the version that KSpec writes. Newer ones stay as they are. */
export function upgraded(nodes: readonly FileNode[], version: number): readonly FileNode[] {
  if (version >= OPSET) return nodes;
  return nodes.flatMap((node) => {
    const attributes = node.attributes.map((one) => withinUpgraded(one, version));
    const inside = { ...node, attributes };
    const upgrade = node.domain === "" ? UPGRADES[node.op] : undefined;
    return upgrade === undefined ? [inside] : upgrade(new Rewriting(inside), version);
  });
}

function withinUpgraded(attribute: AttributeMessage, version: number): AttributeMessage {
  const inner = (graph: GraphMessage): GraphMessage => ({
    ...graph,
    node: upgraded(graph.node.map(fromMessage), version).map(toMessage),
  });
  return {
    ...attribute,
    ...(attribute.g ? { g: inner(attribute.g) } : {}),
    ...(attribute.graphs.length > 0 ? { graphs: attribute.graphs.map(inner) } : {}),
  };
}

function graphsOf({ g, graphs }: AttributeMessage): readonly GraphMessage[] {
  return g ? [g, ...graphs] : graphs;
}

function fromMessage({ name, op_type: op, domain, input, output, attribute }: NodeMessage): FileNode {
  const own = domain === "ai.onnx" ? "" : domain;
  return {
    name: name || op,
    op,
    domain: own,
    inputs: input,
    outputs: output,
    attributes: attribute,
    captured: [],
  };
}

function toMessage({ name, op, domain, inputs, outputs, attributes }: FileNode): NodeMessage {
  return { name, op_type: op, domain, input: [...inputs], output: [...outputs], attribute: [...attributes] };
}

/** What an operation of version 7 to 17 is in version 18. */
type Upgrade = (node: Rewriting, version: number) => readonly FileNode[];

/** A node while it is written anew, with the constants that go before it. */
class Rewriting {
  readonly node: FileNode;
  readonly #before: FileNode[] = [];

  constructor(node: FileNode) {
    this.node = node;
  }

  attribute(name: string): AttributeMessage | undefined {
    return this.node.attributes.find((one) => one.name === name);
  }
  ints(name: string): number[] | undefined {
    return this.attribute(name)?.ints.map(whole);
  }
  int(name: string, fallback: number): number {
    const found = this.attribute(name);
    return found === undefined ? fallback : whole(found.i);
  }
  float(name: string): number | undefined {
    return this.attribute(name)?.f;
  }

  /** A name that only this node's own constants have. */
  #name(kind: string): string {
    return `${this.node.outputs.find((one) => one !== "") ?? this.node.name}/${kind}`;
  }
  add(
    op: string,
    kind: string,
    inputs: readonly string[],
    attributes: readonly AttributeMessage[] = [],
  ): string {
    const name = this.#name(kind);
    this.#before.push({ name, op, domain: "", inputs, outputs: [name], attributes, captured: [] });
    return name;
  }
  wholes(kind: string, values: readonly number[]): string {
    const raw = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    return this.#constant(kind, 7, [values.length], raw);
  }
  /** One number, of the type that the node's first input has. */
  number(kind: string, value: number): string {
    const constant = this.#constant(`${kind} as float`, 1, [], new Uint8Array(Float32Array.of(value).buffer));
    return this.add("CastLike", kind, [constant, this.node.inputs[0]!]);
  }
  numbers(kind: string, values: readonly number[]): string {
    return this.#constant(kind, 1, [values.length], new Uint8Array(Float32Array.from(values).buffer));
  }
  #constant(kind: string, type: number, dims: readonly number[], raw_data: Uint8Array): string {
    return this.add(
      "Constant",
      kind,
      [],
      [attribute({ name: "value", type: 4, t: { dims, data_type: type, raw_data } })],
    );
  }

  /** The node with these changes, behind what was added. */
  as(changes: Partial<FileNode> & { readonly without?: readonly string[] }): readonly FileNode[] {
    const { without = [], ...rest } = changes;
    const attributes = (rest.attributes ?? this.node.attributes).filter(
      ({ name }) => !without.includes(name),
    );
    return [...this.#before, { ...this.node, ...rest, attributes }];
  }
}

function int(name: string, value: number): AttributeMessage {
  return attribute({ name, type: 2, i: value });
}
function text(name: string, value: string): AttributeMessage {
  return attribute({ name, type: 3, s: new TextEncoder().encode(value) });
}
function attribute(fields: object): AttributeMessage {
  return AttributeProto.create(fields) as unknown as AttributeMessage;
}

/** An attribute that became an input, at its place among them. */
const wholesAsInput =
  (attribute: string, until: number, place = 1): Upgrade =>
  (node, version) => {
    const values = version < until ? node.ints(attribute) : undefined;
    if (values === undefined) return node.as({});
    const inputs = [...node.node.inputs];
    while (inputs.length < place) inputs.push("");
    inputs[place] = node.wholes(attribute, values);
    return node.as({ inputs, without: [attribute] });
  };

const reduction = wholesAsInput("axes", 18);

/** Until version 12 it normalised all axes from `axis` on as one. */
const oneLongAxis: Upgrade = (node, version) => {
  if (version >= 13) return node.as({});
  const { inputs, op, outputs } = node.node;
  const shape = node.add("Shape", "shape", inputs);
  const flat = node.add("Flatten", "flat", inputs, [int("axis", node.int("axis", 1))]);
  const computed = node.add(op, "computed", [flat], [int("axis", -1)]);
  return node.as({ op: "Reshape", inputs: [computed, shape], outputs, attributes: [] });
};

const resize: Upgrade = (node, version) => {
  const { op, inputs } = node.node;
  if (op === "Resize" && version >= 11) return node.as({});
  // Until version 10 there was one way to place pixels.
  const scales = inputs[1] ?? node.numbers("scales", node.attribute("scales")?.floats ?? []);
  return node.as({
    op: "Resize",
    inputs: [inputs[0]!, "", scales],
    attributes: [
      ...node.node.attributes.filter(({ name }) => name === "mode"),
      text("coordinate_transformation_mode", "asymmetric"),
      text("nearest_mode", "floor"),
    ],
  });
};

const UPGRADES: Readonly<Record<string, Upgrade>> = {
  ReduceMean: reduction,
  ReduceMax: reduction,
  ReduceMin: reduction,
  ReduceProd: reduction,
  ReduceL1: reduction,
  ReduceL2: reduction,
  ReduceLogSum: reduction,
  ReduceLogSumExp: reduction,
  ReduceSumSquare: reduction,
  ReduceSum: wholesAsInput("axes", 13),
  Squeeze: wholesAsInput("axes", 13),
  Unsqueeze: wholesAsInput("axes", 13),
  Softmax: oneLongAxis,
  LogSoftmax: oneLongAxis,
  Hardmax: oneLongAxis,
  Upsample: resize,
  Resize: resize,
  Scatter: (node) => node.as({ op: "ScatterElements" }),
  Split: (node, version) => {
    const sizes = version < 13 ? node.ints("split") : undefined;
    if (sizes !== undefined)
      return node.as({ inputs: [node.node.inputs[0]!, node.wholes("split", sizes)], without: ["split"] });
    if (node.node.inputs.length > 1 && node.node.inputs[1] !== "") return node.as({});
    return node.as({ attributes: [...node.node.attributes, int("num_outputs", node.node.outputs.length)] });
  },
  Clip: (node, version) => {
    if (version >= 11) return node.as({});
    const bound = (name: string) => {
      const value = node.float(name);
      return value === undefined ? "" : node.number(name, value);
    };
    return node.as({ inputs: [node.node.inputs[0]!, bound("min"), bound("max")], without: ["min", "max"] });
  },
  Pad: (node, version) => {
    if (version >= 11) return node.as({});
    const pads = node.wholes("pads", node.ints("pads") ?? []);
    const value = node.number("value", node.float("value") ?? 0);
    return node.as({ inputs: [node.node.inputs[0]!, pads, value], without: ["pads", "value"] });
  },
  Slice: (node, version) => {
    if (version >= 10) return node.as({});
    const starts = node.ints("starts") ?? [];
    const axes = node.ints("axes") ?? starts.map((_, i) => i);
    // Ends may be the largest number there is, which JavaScript does not have: what is that far is the end.
    const ends = (node.ints("ends") ?? []).map((end) => Math.min(end, 2 ** 31 - 1));
    const inputs = [
      node.node.inputs[0]!,
      node.wholes("starts", starts),
      node.wholes("ends", ends),
      node.wholes("axes", axes),
    ];
    return node.as({ inputs, without: ["starts", "ends", "axes"] });
  },
  TopK: (node, version) =>
    version >= 10
      ? node.as({})
      : node.as({ inputs: [node.node.inputs[0]!, node.wholes("k", [node.int("k", 1)])], without: ["k"] }),
  Dropout: (node, version) => (version >= 12 ? node.as({}) : node.as({ without: ["ratio"] })),
  BatchNormalization: (node, version) =>
    // Its other outputs are of training.
    version >= 14 ? node.as({}) : node.as({ outputs: node.node.outputs.slice(0, 1), without: ["spatial"] }),
  RoiAlign: (node, version) =>
    version >= 16
      ? node.as({})
      : node.as({
          attributes: [...node.node.attributes, text("coordinate_transformation_mode", "output_half_pixel")],
        }),
};
