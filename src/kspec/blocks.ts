import type { Tensor } from "./layer.ts";
import type { SequentialModel } from "./sequential.ts";

/**
 * What a block with one tensor takes; its hyperparameters go between the angle brackets.
 *
 * ```ts
 * const dense_block = ({ tensor, units = 32 }: Block<{ units?: number }>) =>
 *   layers.dense({ units, activation: "relu" }).apply(tensor);
 * ```
 *
 * A block with several tensors writes them out: `{ left: Tensor; right: Tensor; scale?: number }`.
 */
export type Block<Hyperparameters = unknown> = {
  [Key in keyof ({ tensor: Tensor } & Hyperparameters)]: ({ tensor: Tensor } & Hyperparameters)[Key];
};

/**
 * What an input block takes: the shape of one row. A block that asks for `input_shape` is an input.
 *
 * ```ts
 * const input_block = ({ input_shape }: InputBlock) => layers.input({ shape: input_shape });
 * ```
 */
export type InputBlock<Hyperparameters = unknown> = {
  [Key in keyof ({ input_shape: number[] } & Hyperparameters)]: ({
    input_shape: number[];
  } & Hyperparameters)[Key];
};

/**
 * What a block of a sequential spec takes: the model so far, which it returns.
 *
 * ```ts
 * const dense_block = ({ model, units = 16 }: SequentialBlock<{ units?: number }>) =>
 *   model.add(layers.dense({ units, activation: "relu" }));
 * ```
 */
export type SequentialBlock<Hyperparameters = unknown> = {
  [Key in keyof ({ model: SequentialModel } & Hyperparameters)]: ({
    model: SequentialModel;
  } & Hyperparameters)[Key];
};
