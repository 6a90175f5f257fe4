import type { BlockFunction, Mode, SpecDescription, WiredBlock } from "./description.ts";
import type { ArgumentsOf, BlockArguments } from "./generated-arguments.ts";
import type { TensorKeys, Wired } from "./inp-spec.ts";
import { readOptions, type KnownOptions } from "./known-options.ts";
import { named, type Tensor } from "./layer.ts";
import { SpecModel, type Model } from "./model.ts";
import type { SequentialModel } from "./sequential.ts";
import { SpecError } from "./spec-error.ts";
import type { TrainingArguments } from "./training-arguments.ts";

// `any`, because a block may take any object; and a bare `kind`, because a generic `Wired` here would
// tell `inp_spec` what to infer, and the names in its mapping would be lost.
/* eslint-disable @typescript-eslint/no-explicit-any */
type FunctionalBlock = ((args: any) => Tensor) | { readonly kind: "wired_block" };
type SequentialBlockFunction = (args: any) => SequentialModel;
/* eslint-enable @typescript-eslint/no-explicit-any */

type Protected = "compile" | "fit" | "optimizer";
type ProtectedName<Name> = `'${Name & string}' is a protected name: give this block another one.`;
type NoBlock<Name> = `No block is named '${Name & string}'.`;

/** Each block itself, or one sentence about what is wrong with it. */
type CheckedFunctional<Bs> = {
  readonly [Name in keyof Bs]: Name extends Protected
    ? ProtectedName<Name>
    : Bs[Name] extends Wired<never, infer Upstream>
      ? // `string` itself: the wiring is wrong, and `inp_spec` has said so.
        string extends Upstream
        ? Bs[Name]
        : [Upstream] extends [keyof Bs]
          ? Bs[Name]
          : NoBlock<Exclude<Upstream, keyof Bs>>
      : [TensorKeys<ArgumentsOf<Bs[Name]>>] extends [keyof Bs]
        ? Bs[Name]
        : `${NoBlock<Exclude<TensorKeys<ArgumentsOf<Bs[Name]>>, keyof Bs>>} Wire this argument with inp_spec.`;
};

type CheckedSequential<Bs> = {
  readonly [Name in keyof Bs]: Name extends Protected
    ? ProtectedName<Name>
    : [TensorKeys<ArgumentsOf<Bs[Name]>>] extends [never]
      ? Bs[Name]
      : `A block of a sequential spec takes 'model', not tensors.`;
};

/** Makes a model from arguments: what the `create_keras_…_spec` functions give. */
export interface ModelFunction<Arguments> {
  (...args: object extends Arguments ? [args?: Arguments] : [args: Arguments]): Model<Arguments>;
  /** The spec itself. */
  readonly spec: SpecDescription;
}

export interface FunctionalSpec<Bs> {
  /** What the model is called. */
  model_name: string;
  /** Name → block, in any order. Input blocks take `input_shape`; the output block is named `output`. */
  layer_blocks: Bs;
  /** What is predicted: classes or numbers. Default "regression", as in kerasnip. */
  mode?: Mode;
}
export interface SequentialSpec<Bs> {
  /** What the model is called. */
  model_name: string;
  /** Name → block, in the order they are run. The first one creates the model. */
  layer_blocks: Bs;
  /** What is predicted: classes or numbers. Default "regression", as in kerasnip. */
  mode?: Mode;
}

/**
 * A model of named layer blocks that read each other's tensors: a graph with one input or several, one output
 * or several.
 *
 * ```ts
 * const two_layers = create_keras_functional_spec({
 *   model_name: "two_layers",
 *   layer_blocks: {
 *     input: input_block,
 *     dense: inp_spec(dense_block, "input"),
 *     output: inp_spec(output_block, "dense"),
 *   },
 *   mode: "classification",
 * });
 * two_layers({ dense_units: 64, fit_epochs: 5 });
 * ```
 */
export function create_keras_functional_spec<const Bs extends Record<string, FunctionalBlock>>(
  spec: FunctionalSpec<CheckedFunctional<Bs>>,
): ModelFunction<BlockArguments<Bs> & TrainingArguments> {
  return modelFunction("functional", spec);
}

/**
 * A model of blocks that add layers one after the other.
 *
 * ```ts
 * const network = create_keras_sequential_spec({
 *   model_name: "network",
 *   layer_blocks: { input: input_block, hidden: hidden_block, output: output_block },
 *   mode: "classification",
 * });
 * network({ num_hidden: 2, hidden_units: 64 });
 * ```
 */
export function create_keras_sequential_spec<const Bs extends Record<string, SequentialBlockFunction>>(
  spec: SequentialSpec<CheckedSequential<Bs>>,
): ModelFunction<BlockArguments<Bs, never> & TrainingArguments> {
  return modelFunction("sequential", spec);
}

const known: KnownOptions<FunctionalSpec<unknown>> = {
  model_name: "required",
  layer_blocks: "required",
  mode: "optional",
};

function modelFunction<Arguments>(api: SpecDescription["api"], given: unknown): ModelFunction<Arguments> {
  const spec = readSpec(api, given);
  const make = (args?: unknown) => new SpecModel(spec, args);
  Object.defineProperty(make, "name", { value: spec.model_name });
  return Object.freeze(Object.assign(make, { spec })) as unknown as ModelFunction<Arguments>;
}

function readSpec(api: SpecDescription["api"], given: unknown): SpecDescription {
  const where = `create_keras_${api}_spec`;
  const { model_name, layer_blocks, mode = "regression" } = readOptions(where, known, given);
  if (typeof model_name !== "string" || model_name === "")
    throw new SpecError(
      "bad-model-name",
      `${where}() needs a model_name that is text, and got ${named(model_name)}.`,
    );
  if (mode !== "classification" && mode !== "regression")
    throw new SpecError(
      "bad-mode",
      `The mode of "${model_name}" must be "classification" or "regression", and is ${named(mode)}.`,
    );
  return Object.freeze({
    kind: "spec",
    api,
    model_name,
    layer_blocks: readBlocks(model_name, layer_blocks),
    mode,
  } as const);
}

function readBlocks(model_name: string, blocks: unknown): SpecDescription["layer_blocks"] {
  if (typeof blocks !== "object" || blocks === null || Array.isArray(blocks))
    throw new SpecError(
      "bad-blocks",
      `layer_blocks of "${model_name}" must be an object, name: block, and is ${named(blocks)}.`,
    );
  for (const [name, block] of Object.entries(blocks))
    if (typeof block !== "function" && (block as { kind?: unknown } | null)?.kind !== "wired_block")
      throw new SpecError(
        "no-block",
        `The block "${name}" of "${model_name}" must be a function or inp_spec(…), and is ${named(block)}.`,
      );
  return Object.freeze({ ...(blocks as Record<string, BlockFunction | WiredBlock>) });
}
