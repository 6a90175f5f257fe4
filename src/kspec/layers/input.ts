import { readOptions, type KnownOptions } from "../known-options.ts";
import { KerasLayer, tensor, type Layer, type Tensor } from "../layer.ts";

export interface InputOptions {
  /** Shape of one row, without the batch: `[28, 28, 1]`. Usually the `input_shape` that the block is given. */
  shape: readonly (number | null)[];
  /** Default "float32". */
  dtype?: "float32" | "int32" | "bool";
  /** Name of the layer in the model. Default: the block's name. */
  name?: string;
}
export interface InputLayerOptions {
  /** Shape of one row, without the batch. */
  inputShape: readonly (number | null)[];
  /** Default "float32". */
  dtype?: "float32" | "int32" | "bool";
  /** Name of the layer in the model. */
  name?: string;
}

export interface InputLayers {
  /**
   * Where data enter the model: the body of most input blocks.
   *
   * ```ts
   * const input_block = ({ input_shape }: InputBlock) => layers.input({ shape: input_shape });
   * ```
   */
  input(options: InputOptions): Tensor;
  /** The input of a `sequential` model, as its first layer. */
  inputLayer(options: InputLayerOptions): Layer;
}

const inputOptions: KnownOptions<InputOptions> = { shape: "required", dtype: "optional", name: "optional" };
const inputLayerOptions: KnownOptions<InputLayerOptions> = {
  inputShape: "required",
  dtype: "optional",
  name: "optional",
};

export const inputLayers: InputLayers = {
  input: (options) =>
    tensor(new KerasLayer("InputLayer", readOptions("layers.input", inputOptions, options)), []),
  inputLayer: (options) =>
    new KerasLayer("InputLayer", readOptions("layers.inputLayer", inputLayerOptions, options)),
};
