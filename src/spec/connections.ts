import type { Block, BlockArgument, BlockGraph, Reference, Span } from "./block-graph.ts";
import { closestName } from "./closest-name.ts";

/** What KSpec itself hands to a block; none of these is an argument of the model. */
export const SUPPLIED: ReadonlySet<string> = new Set(["input_shape", "num_classes", "model"]);

/** One block reading another: the argument that receives it, and the name that is written there. */
export interface Edge {
  readonly reader: Block;
  /** undefined where the block's arguments are unknown. */
  readonly argument: string | undefined;
  readonly upstream: string;
  /** Where that name is written. */
  readonly span: Span | undefined;
  /** undefined when no block has that name. */
  readonly block: Block | undefined;
  /** What a name without a block most likely means. */
  readonly closest: string | undefined;
}

export interface Connections {
  readonly byName: ReadonlyMap<string, Block>;
  readonly edges: readonly Edge[];
  /** Edges by the block that reads. */
  readonly reads: ReadonlyMap<Block, readonly Edge[]>;
  /** Names of the blocks that are read, or most likely meant by a misspelt name. */
  readonly read: ReadonlySet<string>;
  /** Some block may read any other: its wiring could not be followed, is not finished, or names a block that is not there. */
  readonly open: boolean;
  /** Blocks that take `input_shape` and are wired to nothing. */
  readonly inputs: readonly Block[];
  /** Blocks that nothing reads. Not to be trusted where `open`. */
  readonly ends: readonly Block[];
}

const known = new WeakMap<BlockGraph, Connections>();

/** Who reads whom. Worked out once a graph. */
export function connectionsOf(graph: BlockGraph): Connections {
  let connections = known.get(graph);
  if (!connections) known.set(graph, (connections = connect(graph)));
  return connections;
}

function connect(graph: BlockGraph): Connections {
  const byName = new Map(graph.blocks.map((block) => [block.name, block]));
  const blocks = [...byName.values()];
  const edges: Edge[] = [];
  const reads = new Map<Block, Edge[]>();
  const read = new Set<string>();
  let open = !graph.complete;

  const add = (reader: Block, argument: string | undefined, upstream: Reference) => {
    const { name } = upstream;
    if (name === undefined) {
      open = true;
      return;
    }
    const block = byName.get(name);
    const closest = block ? undefined : closestName(name, othersFirst(reader, byName.keys()));
    const edge = { reader, argument, upstream: name, span: upstream.span, block, closest };
    edges.push(edge);
    const own = reads.get(reader);
    if (own) own.push(edge);
    else reads.set(reader, [edge]);
    if (block ?? closest) read.add(closest ?? name);
    else open = true;
  };

  if (graph.api === "functional")
    for (const block of graph.blocks) {
      const { wiring } = block;
      const tensors = tensorArguments(block, graph);
      if (wiring.kind === "one") {
        if (tensors.length > 1) open = true;
        add(block, tensors[0]?.name, wiring.upstream);
      } else if (wiring.kind === "mapping") {
        const mapped = new Set(wiring.entries.map(({ argument }) => argument.name));
        const missing = tensors.filter(({ name }) => !mapped.has(name)).length;
        // A key that the block does not take was meant for a tensor that is missing, and says what that one reads.
        const invented = wiring.entries.filter(
          ({ argument }) => !tensors.some(({ name }) => name === argument.name),
        );
        if (!wiring.complete || missing > invented.length) open = true;
        for (const { argument, upstream } of wiring.entries) add(block, argument.name, upstream);
      } else if (wiring.kind === "names") {
        if (tensors.length === 0 && !isInput(block)) open = true;
        for (const argument of tensors)
          if (byName.has(argument.name) || closestBlock(argument, block, byName.keys()) !== undefined)
            add(block, argument.name, { name: argument.name, span: argument.span });
          else if (argument.optional !== true) open = true;
      } else open = true;
    }

  return {
    byName,
    edges,
    reads,
    read,
    open,
    inputs: blocks.filter((block) => isInput(block)),
    ends: graph.api === "functional" ? blocks.filter(({ name }) => !read.has(name)) : blocks.slice(-1),
  };
}

/** A block that takes `input_shape` and is wired to nothing is an input. */
export function isInput(block: Block): boolean {
  return block.wiring.kind === "names" && takes(block, "input_shape");
}

export function takes(block: Block, argument: string): boolean {
  return (
    block.arguments.kind === "known" &&
    block.arguments.list.some(({ name, type }) => name === argument && type !== "tensor")
  );
}

/**
 * The arguments through which a block receives other blocks' outputs: those whose type says `Tensor`; without
 * `inp_spec` those named like another block; and where types cannot tell, those that are mapped, and `tensor`.
 * Empty where arguments are unknown.
 */
export function tensorArguments(block: Block, graph: BlockGraph): readonly BlockArgument[] {
  let tensors = knownTensors.get(block);
  if (!tensors) knownTensors.set(block, (tensors = findTensors(block, graph)));
  return tensors;
}

/** A block belongs to one graph. */
const knownTensors = new WeakMap<Block, readonly BlockArgument[]>();

function findTensors(block: Block, graph: BlockGraph): readonly BlockArgument[] {
  if (block.arguments.kind !== "known" || graph.api === "sequential") return [];
  const { wiring } = block;
  const mapped = wiring.kind === "mapping" ? wiring.entries.map(({ argument }) => argument.name) : [];
  const candidates = block.arguments.list.filter(({ name }) => !SUPPLIED.has(name));
  const sure = candidates.filter(
    ({ name, type }) =>
      type === "tensor" ||
      (wiring.kind === "names" && name !== block.name && blockNames(graph).has(name)) ||
      (type === "unknown" && (name === "tensor" || mapped.includes(name))),
  );
  if (sure.length > 0 || wiring.kind !== "one") return sure;
  // `inp_spec(block, "upstream")` of a block without types: the first argument takes the tensor, as in kerasnip.
  const first = candidates.find(({ type, optional }) => type === "unknown" && optional !== true);
  return first ? [first] : [];
}

const knownNames = new WeakMap<BlockGraph, ReadonlySet<string>>();

function blockNames(graph: BlockGraph): ReadonlySet<string> {
  let names = knownNames.get(graph);
  if (!names) knownNames.set(graph, (names = new Set(graph.blocks.map(({ name }) => name))));
  return names;
}

/** The arguments that become the model's: neither supplied nor tensors. Empty where they are unknown. */
export function hyperparameters(block: Block, graph: BlockGraph): readonly BlockArgument[] {
  if (block.arguments.kind !== "known") return [];
  const tensors = tensorArguments(block, graph);
  return block.arguments.list.filter(
    (argument) => !SUPPLIED.has(argument.name) && argument.type !== "tensor" && !tensors.includes(argument),
  );
}

/** The block that a tensor argument without `inp_spec` most likely means; `tensor` is a convention, no misspelling. */
export function closestBlock(
  argument: BlockArgument,
  reader: Block,
  names: Iterable<string>,
): string | undefined {
  return argument.name === "tensor" ? undefined : closestName(argument.name, othersFirst(reader, names));
}

/** A block seldom means itself. */
function* othersFirst(reader: Block, names: Iterable<string>): Iterable<string> {
  for (const name of names) if (name !== reader.name) yield name;
}
