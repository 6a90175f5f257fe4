import type {
  Applicable,
  BlockFunction,
  LayerDescription,
  ModelDescription,
  SequentialDescription,
  TensorDescription,
  WiredBlock,
} from "../kspec/description.ts";
import type { Wired } from "../model/assemble.ts";
import { UserError } from "../protocol/index.ts";

/** What the data say about a network. */
export interface DataShapes {
  /** Input column → shape of one row. */
  readonly inputs: ReadonlyMap<string, readonly number[]>;
  /** Outcome → its levels; null in regression. */
  readonly outcomes: ReadonlyMap<string, readonly string[] | null>;
}

/**
 * Runs the block functions of a spec, as kerasnip does: a block gets the tensors that it is wired to, the
 * model arguments that are its own (`{block}_{arg}`; those not given are left to the block's defaults),
 * `input_shape` when it is an input, and `num_classes` in classification.
 *
 * @throws UserError naming the block, when one cannot be run or returns no tensor.
 */
export function wireBlocks(model: ModelDescription, data: DataShapes): Wired {
  return model.spec.api === "sequential" ? wireSequential(model, data) : wireFunctional(model, data);
}

/** Outputs by name: one "output" for all outcomes, or one for each outcome when blocks are named like them. */
export function outputNames(model: ModelDescription, outcomes: DataShapes["outcomes"]): string[] {
  const blocks = model.spec.layer_blocks;
  const names = [...outcomes.keys()];
  if (model.spec.api === "sequential") return ["output"];
  if (names.length > 1 && names.every((name) => Object.hasOwn(blocks, name))) return names;
  return ["output"];
}

// ---------------------------------------------------------------- functional

function wireFunctional(model: ModelDescription, data: DataShapes): Wired {
  const blocks = new Map(Object.entries(model.spec.layer_blocks));
  const outputs = outputNames(model, data.outcomes);
  const blockOf = new Map<TensorDescription, string>();
  const made = new Map<string, TensorDescription>();
  const inputs = new Map<string, TensorDescription>();
  const running: string[] = [];

  /** The output of a block; runs it, and those it reads, when they have not run yet. */
  const outputOf = (name: string, reader?: string): TensorDescription => {
    const done = made.get(name);
    if (done !== undefined) return done;
    const block = blocks.get(name);
    if (block === undefined)
      throw new UserError(
        "unknown-upstream",
        `Block "${reader ?? ""}": no block is named "${name}". There are: ${[...blocks.keys()].join(", ")}.`,
      );
    if (running.includes(name))
      throw new UserError(
        "cycle",
        `The blocks ${[...running.slice(running.indexOf(name)), name].map((b) => `"${b}"`).join(" → ")} wait for one another: take one of the edges away.`,
      );
    running.push(name);
    const tensor = runBlock(name, block);
    running.pop();
    made.set(name, tensor);
    return tensor;
  };

  const runBlock = (name: string, block: BlockFunction | WiredBlock): TensorDescription => {
    const wiring = wiringOf(name, block, blocks);
    const repeats = repeatsOf(model, name);
    const own = ownArguments(model, name, wiring.declared);
    const supplied = suppliedArguments(name, wiring, model, data, outputs);

    if (wiring.edges !== undefined) {
      const edges = [...wiring.edges];
      if (repeats > 1 && edges.length !== 1)
        throw new UserError(
          "repeated-block",
          `Block "${name}" cannot be repeated (num_${name}: ${repeats}): it has ${edges.length} inputs (${edges.map(([argument]) => argument).join(", ")}), and only a block with exactly one can.`,
        );
      if (repeats === 0 && edges.length > 0) return outputOf(edges[0]![1], name);
      let tensors = edges.map(([argument, upstream]) => [argument, outputOf(upstream, name)] as const);
      let result: TensorDescription | undefined;
      for (let i = 0; i < Math.max(1, repeats); i++) {
        result = callBlock(name, block, { ...own, ...supplied.given, ...Object.fromEntries(tensors) });
        claim(result, name, blockOf);
        tensors = tensors.map(([argument]) => [argument, result!] as const);
      }
      if (supplied.shapeFor !== undefined) inputs.set(supplied.shapeFor, inputTensorOf(name, result!));
      return result!;
    }

    // The arguments of this block are not known: it gets every block as a property that runs that block when it
    // is read, and `input_shape` likewise, so that what it destructures is what it is wired to.
    let first: TensorDescription | undefined;
    let last: TensorDescription | undefined;
    for (let i = 0; i < Math.max(1, repeats); i++) {
      const argument: Record<string, unknown> = { ...own, ...supplied.given };
      let asked = false;
      const upstream = (key: string, from: string): void => {
        Object.defineProperty(argument, key, {
          enumerable: true,
          get: () => {
            first ??= outputOf(from, name);
            return i === 0 ? outputOf(from, name) : last;
          },
        });
      };
      for (const other of blocks.keys()) if (other !== name) upstream(other, other);
      if (wiring.single !== undefined) upstream("tensor", wiring.single);
      if (supplied.shape !== undefined)
        Object.defineProperty(argument, "input_shape", {
          enumerable: true,
          get: () => ((asked = true), supplied.shape),
        });
      const result = callBlock(name, block, argument);
      if (repeats === 0 && first !== undefined) return first;
      claim(result, name, blockOf);
      if (asked) inputs.set(supplied.shapeFor!, inputTensorOf(name, result));
      last = result;
    }
    return last!;
  };

  for (const name of outputs)
    if (!blocks.has(name))
      throw new UserError(
        "no-output",
        data.outcomes.size > 1
          ? `${model.spec.model_name} has several outcomes (${[...data.outcomes.keys()].join(", ")}): name one output block like each of them, or one block "output".`
          : `${model.spec.model_name} has no block named "output": name the last block so.`,
      );
  const tensors = outputs.map((name) => ({ name, tensor: outputOf(name) }));
  // An input column may be there that no output reads; its block runs all the same, so that the message is about wiring.
  for (const column of data.inputs.keys()) if (data.inputs.size > 1 && blocks.has(column)) outputOf(column);

  const columns = [...data.inputs.keys()].map((column) => {
    const tensor = inputs.get(column);
    if (tensor === undefined)
      throw new UserError(
        "no-input",
        data.inputs.size > 1
          ? `${model.spec.model_name} has no input block for the column "${column}": name one like it, and let it take input_shape.`
          : `${model.spec.model_name} has no input block: one block must take input_shape and return layers.input({ shape: input_shape }).`,
      );
    return { column, tensor };
  });
  return { name: model.spec.model_name, inputs: columns, outputs: tensors, blockOf };
}

interface Wiring {
  /** Argument → upstream block, in order; undefined when the block's arguments are not known. */
  readonly edges: ReadonlyMap<string, string> | undefined;
  /** The upstream of `inp_spec(block, "upstream")` for a block whose arguments are not known. */
  readonly single?: string;
  readonly declared: readonly string[] | undefined;
}

function wiringOf(
  name: string,
  block: BlockFunction | WiredBlock,
  blocks: ReadonlyMap<string, unknown>,
): Wiring {
  const fn = functionOf(block);
  const known = fn.block_arguments;
  const upstream = isWired(block) ? block.upstream : undefined;
  const declared = known?.map((argument) => argument.name);
  if (known === undefined) {
    if (typeof upstream === "object") return { edges: new Map(Object.entries(upstream)), declared };
    return { edges: undefined, declared, ...(upstream === undefined ? {} : { single: upstream }) };
  }

  const edges = new Map<string, string>();
  if (typeof upstream === "object")
    for (const [argument, from] of Object.entries(upstream)) edges.set(argument, from);
  else if (upstream !== undefined) edges.set(theTensor(name, fn, blocks), upstream);
  // Without a word of inp_spec, an argument that is named like another block is that block's output.
  for (const argument of known)
    if (!edges.has(argument.name) && argument.name !== name && blocks.has(argument.name))
      if (argument.type === "tensor" || argument.type === "unknown") edges.set(argument.name, argument.name);
  return { edges, declared };
}

/** The one argument of a block that a tensor can go to. */
function theTensor(name: string, fn: BlockFunction, blocks: ReadonlyMap<string, unknown>): string {
  const known = fn.block_arguments ?? [];
  const tensors = known.filter((argument) => argument.type === "tensor");
  if (tensors.length === 1) return tensors[0]!.name;
  const conventional = known.find((argument) => argument.name === "tensor");
  if (conventional) return conventional.name;
  const possible = (tensors.length > 0 ? tensors : known).filter(
    (argument) =>
      (argument.type === "tensor" || argument.type === "unknown") &&
      !argument.optional &&
      !SUPPLIED.has(argument.name) &&
      !blocks.has(argument.name),
  );
  if (possible.length === 1) return possible[0]!.name;
  throw new UserError(
    "wiring",
    possible.length === 0
      ? `Block "${name}" takes no tensor, so inp_spec has nothing to wire: add the argument "tensor".`
      : `Block "${name}" takes several tensors (${possible.map((argument) => argument.name).join(", ")}): say which gets what by inp_spec(block, { ${possible[0]!.name}: "…" }).`,
  );
}

const SUPPLIED: ReadonlySet<string> = new Set(["input_shape", "num_classes", "model"]);

function suppliedArguments(
  name: string,
  wiring: Wiring,
  model: ModelDescription,
  data: DataShapes,
  outputs: readonly string[],
): { given: Record<string, unknown>; shapeFor?: string; shape?: readonly number[] } {
  const given: Record<string, unknown> = {};
  const takes = (argument: string) => wiring.declared === undefined || wiring.declared.includes(argument);
  if (takes("num_classes")) {
    const levels = levelsFor(name, data, outputs);
    if (model.spec.mode === "classification" && levels !== undefined) given["num_classes"] = levels;
  }
  if (!takes("input_shape")) return { given };
  const columns = [...data.inputs.keys()];
  const column = columns.length === 1 ? columns[0]! : name;
  const shape = data.inputs.get(column);
  if (wiring.declared === undefined)
    return shape === undefined ? { given } : { given, shapeFor: column, shape };
  if (shape === undefined)
    throw new UserError(
      "unknown-input",
      `Block "${name}" takes input_shape, so it is an input, and no input column has its name. The columns are: ${columns.join(", ")}.`,
    );
  given["input_shape"] = [...shape];
  return { given, shapeFor: column, shape };
}

/** Number of classes a block is told: of the outcome it is named like, else of the only one. */
function levelsFor(name: string, data: DataShapes, outputs: readonly string[]): number | undefined {
  const levels = outputs.includes(name) && data.outcomes.has(name) ? data.outcomes.get(name) : undefined;
  const only = data.outcomes.size === 1 ? [...data.outcomes.values()][0] : undefined;
  return (levels ?? only)?.length;
}

// ---------------------------------------------------------------- sequential

function wireSequential(model: ModelDescription, data: DataShapes): Wired {
  const [column, shape] = [...data.inputs][0] ?? ["", []];
  if (data.inputs.size !== 1)
    throw new UserError(
      "sequential-inputs",
      `${model.spec.model_name} is sequential and takes one input, and the data have ${data.inputs.size} (${[...data.inputs.keys()].join(", ")}): use create_keras_functional_spec.`,
    );
  const levels = [...data.outcomes.values()][0]?.length;
  const owner = new Map<Applicable, string>();
  let network: SequentialDescription | undefined;

  for (const [name, block] of Object.entries(model.spec.layer_blocks)) {
    const declared = functionOf(block).block_arguments?.map((argument) => argument.name);
    const takes = (argument: string) => declared === undefined || declared.includes(argument);
    for (let i = 0; i < repeatsOf(model, name); i++) {
      const argument: Record<string, unknown> = { ...ownArguments(model, name, declared) };
      if (takes("input_shape")) argument["input_shape"] = [...shape];
      if (takes("num_classes") && model.spec.mode === "classification") argument["num_classes"] = levels;
      if (network !== undefined) argument["model"] = network;
      const result = run(name, functionOf(block), argument) as SequentialDescription | undefined;
      if (typeof result !== "object" || result?.kind !== "sequential")
        throw new UserError(
          "no-model",
          `Block "${name}" of the sequential spec ${model.spec.model_name} must return the model: end it with "return model;".`,
        );
      for (const layer of result.layers) if (!owner.has(layer)) owner.set(layer, name);
      network = result;
    }
  }
  if (network === undefined || network.layers.length === 0)
    throw new UserError(
      "no-layers",
      `${model.spec.model_name} has no layers: let a block add one to the model.`,
    );

  const blockOf = new Map<TensorDescription, string>();
  const layers = [...network.layers];
  const first = layers[0]!;
  const input: LayerDescription =
    first.kind === "layer" && first.class_name === "InputLayer"
      ? first
      : {
          kind: "layer",
          class_name: "InputLayer",
          config: { shape: shapeOf(first) ?? [...shape] },
          trainable: true,
        };
  if (input === first) layers.shift();
  let tensor: TensorDescription = { kind: "tensor", layer: input, inputs: [] };
  const inputTensor = tensor;
  // An input that nobody wrote belongs to the block that made the model: the first.
  blockOf.set(tensor, owner.get(input) ?? Object.keys(model.spec.layer_blocks)[0]!);
  for (const layer of layers) {
    tensor = { kind: "tensor", layer, inputs: [tensor] };
    blockOf.set(tensor, owner.get(layer)!);
  }
  return {
    name: model.spec.model_name,
    inputs: [{ column, tensor: inputTensor }],
    outputs: [{ name: "output", tensor }],
    blockOf,
  };
}

/** The shape of one row that the first layer was written for. */
function shapeOf(layer: Applicable): unknown[] | undefined {
  const shape = layer.kind === "layer" ? layer.config["inputShape"] : undefined;
  return Array.isArray(shape) ? shape : undefined;
}

// ---------------------------------------------------------------- calling a block

function isWired(block: BlockFunction | WiredBlock): block is WiredBlock {
  return typeof block === "object" && block.kind === "wired_block";
}

function functionOf(block: BlockFunction | WiredBlock): BlockFunction {
  return isWired(block) ? block.block : block;
}

/** How often a block is applied: `num_{block}`, default 1. */
function repeatsOf(model: ModelDescription, name: string): number {
  const given = model.arguments[`num_${name}`] ?? 1;
  if (typeof given === "number" && Number.isInteger(given) && given >= 0) return given;
  throw new UserError(
    "bad-argument",
    `num_${name} must be a whole number from 0, and it is ${JSON.stringify(given)}.`,
  );
}

/** The model arguments `{block}_{arg}` that belong to this block, by the block's own names. */
function ownArguments(
  model: ModelDescription,
  name: string,
  declared: readonly string[] | undefined,
): Record<string, unknown> {
  const own: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(model.arguments)) {
    if (!key.startsWith(`${name}_`)) continue;
    const argument = key.slice(name.length + 1);
    if (declared === undefined || declared.includes(argument)) own[argument] = value;
  }
  return own;
}

function callBlock(name: string, block: BlockFunction | WiredBlock, argument: object): TensorDescription {
  const result = run(name, functionOf(block), argument);
  if (typeof result === "object" && result !== null && (result as TensorDescription).kind === "tensor")
    return result as TensorDescription;
  const got =
    result === undefined
      ? "nothing"
      : typeof result === "object" && (result as { kind?: string } | null)?.kind === "layer"
        ? `the layer ${(result as LayerDescription).class_name} itself`
        : `a ${typeof result}`;
  throw new UserError(
    "no-tensor",
    `Block "${name}" must return a tensor, and it returns ${got}: end it with return layer.apply(tensor).`,
  );
}

function run(name: string, fn: BlockFunction, argument: object): unknown {
  try {
    return (fn as (argument: object) => unknown)(argument);
  } catch (error) {
    // Errors of a user's own code keep their stack: whoever loaded the spec finds the line in it.
    if (error instanceof UserError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new UserError("block-failed", `Block "${name}": ${message}`, { cause: error });
  }
}

/** Notes which block made a tensor, and those before it that nobody claimed. */
function claim(tensor: TensorDescription, block: string, blockOf: Map<TensorDescription, string>): void {
  const stack = [tensor];
  while (stack.length > 0) {
    const next = stack.pop()!;
    if (blockOf.has(next)) continue;
    blockOf.set(next, block);
    stack.push(...next.inputs);
  }
}

/** The input layer that an input block made; the block may go on behind it. */
function inputTensorOf(block: string, tensor: TensorDescription): TensorDescription {
  const found = new Set<TensorDescription>();
  const stack = [tensor];
  const seen = new Set<TensorDescription>();
  while (stack.length > 0) {
    const next = stack.pop()!;
    if (seen.has(next)) continue;
    seen.add(next);
    if (next.inputs.length === 0) found.add(next);
    stack.push(...next.inputs);
  }
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return only;
  throw new UserError(
    "input-block",
    `Block "${block}" takes input_shape and must begin with one layers.input({ shape: input_shape }); it has ${found.size}.`,
  );
}
