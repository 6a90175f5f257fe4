import type { ArgumentType, Block, BlockArgument, BlockGraph } from "./block-graph.ts";
import { hyperparameters } from "./connections.ts";
import type { GivenValue } from "./spec-file.ts";

/** An argument of a model: one that a block brings, `num_{block}`, or one that every model has. */
export interface ModelArgument {
  readonly name: string;
  /** undefined: anything, or it cannot be told. */
  readonly takes: readonly GivenValue["type"][] | undefined;
  /** How a message says what it takes: "a number". */
  readonly words: string;
  readonly required: boolean;
  /** What a literal must be like beyond its type. */
  readonly accepts?: (literal: number | string | boolean) => boolean;
  readonly block?: Block;
  readonly argument?: BlockArgument;
}

type Fixed = Omit<ModelArgument, "name" | "required" | "block" | "argument">;

const whole = (least: number) => (value: unknown) =>
  typeof value === "number" && Number.isInteger(value) && value >= least;
const COUNT: Fixed = { takes: ["number"], words: "a whole number from 1 on", accepts: whole(1) };
const REPEATS: Fixed = { takes: ["number"], words: "a whole number from 0 on", accepts: whole(0) };

/** Arguments that every model has. */
export const FIXED_ARGUMENTS: Readonly<Record<string, Fixed>> = {
  learn_rate: {
    takes: ["number"],
    words: "a number above 0 or a schedule",
    accepts: (value) => typeof value === "number" && value > 0,
  },
  fit_epochs: COUNT,
  fit_batch_size: COUNT,
  fit_callbacks: { takes: ["array", "object"], words: "a callback or a list of callbacks" },
  fit_validation_split: {
    takes: ["number"],
    words: "a share of the rows, from 0 up to but not including 1",
    accepts: (value) => typeof value === "number" && value >= 0 && value < 1,
  },
  fit_class_weight: { takes: ["object"], words: "an object of class and weight" },
  fit_sample_weight: { takes: ["string"], words: "the name of a column" },
  fit_shuffle: { takes: ["boolean"], words: "true or false" },
  fit_verbose: {
    takes: ["number"],
    words: "0, 1 or 2",
    accepts: (value) => value === 0 || value === 1 || value === 2,
  },
  compile_loss: { takes: ["string", "object", "function"], words: "a loss or its name" },
  compile_loss_weights: {
    takes: ["object", "array"],
    words: "an object of output and number, or a list of numbers",
  },
  compile_optimizer: { takes: ["string", "object", "function"], words: "an optimizer or its name" },
  compile_metrics: { takes: ["string", "array", "object", "function"], words: "a metric or a list of them" },
};

const WORDS: Partial<Record<ArgumentType, string>> = {
  number: "a number",
  string: "a string",
  boolean: "true or false",
  array: "an array",
};

const FIXED: readonly ModelArgument[] = Object.entries(FIXED_ARGUMENTS).map(([name, fixed]) => ({
  name,
  ...fixed,
  required: false,
}));

interface Table {
  readonly byName: ReadonlyMap<string, ModelArgument>;
  readonly collisions: readonly Collision[];
}
/** Two arguments of one name: the first, and the one that a later block makes. */
export interface Collision {
  readonly first: ModelArgument;
  readonly second: ModelArgument & { readonly block: Block };
}

/** All arguments of a spec's models by name, as far as its blocks are known. */
export function modelArguments(graph: BlockGraph): ReadonlyMap<string, ModelArgument> {
  return tableOf(graph).byName;
}

/** Arguments whose names two blocks make, or a block and KSpec itself. */
export function collisionsOf(graph: BlockGraph): readonly Collision[] {
  return tableOf(graph).collisions;
}

const known = new WeakMap<BlockGraph, Table>();

function tableOf(graph: BlockGraph): Table {
  let table = known.get(graph);
  if (!table) known.set(graph, (table = makeTable(graph)));
  return table;
}

function makeTable(graph: BlockGraph): Table {
  const byName = new Map(FIXED.map((argument) => [argument.name, argument]));
  const collisions: Collision[] = [];
  for (const block of graph.blocks)
    for (const argument of argumentsOfBlock(block, graph)) {
      const first = byName.get(argument.name);
      if (!first) byName.set(argument.name, argument);
      // A block that is there twice is no collision of two blocks: the second one counts.
      else if (first.block?.name === block.name) byName.set(argument.name, argument);
      else collisions.push({ first, second: { ...argument, block } });
    }
  return { byName, collisions };
}

/** `num_{block}` and `{block}_{argument}`. */
function argumentsOfBlock(block: Block, graph: BlockGraph): ModelArgument[] {
  const list: ModelArgument[] = [{ name: `num_${block.name}`, ...REPEATS, required: false, block }];
  for (const argument of hyperparameters(block, graph)) {
    const words = WORDS[argument.type];
    list.push({
      name: `${block.name}_${argument.name}`,
      takes: words === undefined ? undefined : [argument.type as GivenValue["type"]],
      words: words ?? "anything",
      required: argument.optional === false,
      block,
      argument,
    });
  }
  return list;
}
