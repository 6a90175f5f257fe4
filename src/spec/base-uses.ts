import type { AppliedLayer, Block, BlockGraph, Flow } from "./block-graph.ts";
import { connectionsOf } from "./connections.ts";

/** A pretrained base at its place in the network. */
export interface BaseUse {
  readonly base: AppliedLayer;
  readonly block: Block;
  /** What it is applied to, in the terms of its block. */
  readonly inputs: readonly Flow[];
}

/** A layer somewhere below a base. */
export interface LayerUse {
  readonly layer: AppliedLayer;
  readonly block: Block;
}

/** Every use of `applications.*` and `load_model`, as far as the blocks' texts say it. A base that is applied twice is here twice. */
export function basesOf(graph: BlockGraph): readonly BaseUse[] {
  let uses = known.get(graph);
  if (!uses) known.set(graph, (uses = findBases(graph)));
  return uses;
}

const known = new WeakMap<BlockGraph, readonly BaseUse[]>();

function findBases(graph: BlockGraph): BaseUse[] {
  const uses: BaseUse[] = [];
  for (const block of connectionsOf(graph).byName.values())
    if (block.flow)
      for (const { layer, inputs } of appliedIn(block.flow))
        if (layer.kind !== "layer") uses.push({ base: layer, block, inputs });
  return uses;
}

type Applied = Extract<Flow, { kind: "applied" }>;

/** All that is applied on the way to a tensor inside of one block; what two ways share is here once. */
function appliedIn(flow: Flow): Applied[] {
  const found = new Set<Applied>();
  const stack = [flow];
  for (let next = stack.pop(); next; next = stack.pop()) {
    if (next.kind !== "applied" || found.has(next)) continue;
    found.add(next);
    stack.push(...next.inputs);
  }
  return [...found];
}

/** The layers that a base reads, through any number of blocks, the nearest first. */
export function layersBelow(graph: BlockGraph, { block, inputs }: BaseUse): LayerUse[] {
  const found: LayerUse[] = [];
  const seen = new Set<Flow>();
  let level = inputs.map((flow) => ({ flow, block }));
  while (level.length > 0) {
    const next: typeof level = [];
    for (const { flow, block } of level) {
      if (seen.has(flow)) continue;
      seen.add(flow);
      if (flow.kind === "applied") {
        found.push({ layer: flow.layer, block });
        next.push(...flow.inputs.map((input) => ({ flow: input, block })));
      } else if (flow.kind === "argument") {
        const upstream = upstreamOf(graph, block, flow.name);
        if (upstream?.flow) next.push({ flow: upstream.flow, block: upstream });
      }
    }
    level = next;
  }
  return found;
}

/**
 * The way of the rows to a base that reads them as the recipe leaves them, with no layer between: the blocks on it, the input first
 * and the base's last. undefined where a layer comes before it, or the text does not say.
 */
export function routeFromInput(graph: BlockGraph, { block, inputs }: BaseUse): Block[] | undefined {
  const [input] = inputs;
  if (!input || inputs.length !== 1) return undefined;
  const route = [block];
  let flow: Flow | undefined = input;
  while (flow?.kind === "argument") {
    const upstream = upstreamOf(graph, route[0]!, flow.name);
    // Blocks that read each other in a circle have no input.
    if (!upstream || route.includes(upstream)) return undefined;
    route.unshift(upstream);
    flow = upstream.flow;
  }
  return flow?.kind === "input" ? route : undefined;
}

function upstreamOf(graph: BlockGraph, block: Block, argument: string): Block | undefined {
  if (graph.api === "sequential") {
    const at = graph.blocks.indexOf(block);
    return argument === "model" ? graph.blocks[at - 1] : undefined;
  }
  const edges = connectionsOf(graph).reads.get(block) ?? [];
  return edges.find((edge) => edge.argument === argument)?.block;
}
