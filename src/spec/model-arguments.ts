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
    words: "a number above 0",
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
  fit_shuffle: { takes: ["boolean"], words: "true or false" },
  fit_verbose: {
    takes: ["number"],
    words: "0, 1 or 2",
    accepts: (value) => value === 0 || value === 1 || value === 2,
  },
  compile_loss: { takes: ["string", "object", "function"], words: "a loss or its name" },
  compile_optimizer: { takes: ["string", "object", "function"], words: "an optimizer or its name" },
  compile_metrics: { takes: ["string", "array", "object", "function"], words: "a metric or a list of them" },
};

const WORDS: Partial<Record<ArgumentType, string>> = {
  number: "a number",
  string: "a string",
  boolean: "true or false",
  array: "an array",
};

const known = new WeakMap<BlockGraph, ReadonlyMap<string, ModelArgument>>();

/** All arguments of a spec's models by name, as far as its blocks are known. Worked out once a graph. */
export function modelArguments(graph: BlockGraph): ReadonlyMap<string, ModelArgument> {
  let all = known.get(graph);
  if (!all) known.set(graph, (all = new Map(everyArgument(graph).map((one) => [one.name, one]))));
  return all;
}

function everyArgument(graph: BlockGraph): ModelArgument[] {
  return [...blockArguments(graph), ...fixedArguments()];
}

/** `{block}_{argument}` and `num_{block}`; two may have one name, which is a mistake of its own. */
export function blockArguments(graph: BlockGraph): ModelArgument[] {
  return graph.blocks.flatMap((block) => [
    { name: `num_${block.name}`, ...REPEATS, required: false, block },
    ...hyperparameters(block, graph).map((argument) => ({
      name: `${block.name}_${argument.name}`,
      takes: WORDS[argument.type] === undefined ? undefined : [argument.type as GivenValue["type"]],
      words: WORDS[argument.type] ?? "anything",
      required: argument.optional === false,
      block,
      argument,
    })),
  ]);
}

export function fixedArguments(): ModelArgument[] {
  return Object.entries(FIXED_ARGUMENTS).map(([name, fixed]) => ({ name, ...fixed, required: false }));
}
