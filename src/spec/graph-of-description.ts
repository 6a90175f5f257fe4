import type { BlockArgument, BlockGraph, Wiring } from "./block-graph.ts";
import { connectionsOf } from "./connections.ts";
import type { GivenValue, Model } from "./spec-file.ts";

/** A spec that has been run, in the shape of `SpecDescription`. */
export interface DescribedSpec {
  readonly api: "functional" | "sequential";
  readonly model_name: string;
  readonly layer_blocks: Readonly<Record<string, DescribedFunction | DescribedWiredBlock>>;
  readonly mode: "classification" | "regression";
}
interface DescribedFunction {
  (args: never): unknown;
  readonly block_arguments?: readonly DescribedArgument[];
}
interface DescribedWiredBlock {
  readonly block: DescribedFunction;
  readonly upstream: string | Readonly<Record<string, string>>;
}
type DescribedArgument = Omit<BlockArgument, "span">;
/** What a function takes that carries no `block_arguments`; null where nobody can tell. */
export type ArgumentsOf = (block: (args: never) => unknown) => readonly DescribedArgument[] | null;

/** The graph of a spec that has been run, without spans: for specs that the analyser of texts could not follow. */
export function graphOfDescription(spec: DescribedSpec, argumentsOf: ArgumentsOf): BlockGraph {
  return {
    api: spec.api,
    model_name: spec.model_name,
    mode: spec.mode,
    complete: true,
    blocks: Object.entries(spec.layer_blocks).map(([name, given]) => {
      const [block, wiring] =
        typeof given === "function" ? [given, NAMES] : [given.block, wiringOf(given.upstream)];
      const list = block.block_arguments ?? argumentsOf(block);
      return {
        name,
        wiring,
        arguments: list
          ? { kind: "known", list }
          : {
              kind: "untellable",
              reason: `its function ${block.name ? `"${block.name}" ` : ""}does not name them`,
            },
      };
    }),
  };
}

/** A model that has been made, in the shape of `ModelDescription`; `spec` is its spec's graph. */
export function modelOfDescription(
  model: { readonly arguments: Readonly<Record<string, unknown>> },
  spec: BlockGraph,
): Model {
  return {
    spec,
    complete: true,
    arguments: Object.entries(model.arguments)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => ({ name, value: valueOf(value) })),
  };
}

/** Upstream and reader of every wire whose two ends are there, in the order of the text. */
export function wiresOf(
  graph: BlockGraph,
): { readonly from: string; readonly to: string; readonly argument: string | undefined }[] {
  return connectionsOf(graph).edges.flatMap(({ reader, upstream, block, argument }) =>
    block ? { from: upstream, to: reader.name, argument } : [],
  );
}

const NAMES: Wiring = { kind: "names" };

function wiringOf(upstream: string | Readonly<Record<string, string>>): Wiring {
  if (typeof upstream === "string") return { kind: "one", upstream: { name: upstream } };
  return {
    kind: "mapping",
    complete: true,
    entries: Object.entries(upstream).map(([argument, name]) => ({
      argument: { name: argument },
      upstream: { name },
    })),
  };
}

/** A value as rules see it. */
export function valueOf(value: unknown): GivenValue {
  if (value === null) return { type: "null" };
  if (Array.isArray(value)) return { type: "array" };
  if (typeof value === "number" || typeof value === "string" || typeof value === "boolean")
    return { type: typeof value as "number", literal: value };
  if (typeof value === "function") return { type: "function" };
  if (typeof value === "object")
    return (value as { kind?: unknown }).kind === "tune"
      ? { type: "tune", id: (value as { id?: string }).id }
      : { type: "object" };
  return { type: "unknown", unmarked: true };
}
