import { kerasClass, type KerasClass } from "../keras-object.ts";
import type { Layer } from "../layer.ts";
import { layerOptions, type LayerOptions } from "./layer-options.ts";

export interface ConcatenateOptions extends LayerOptions {
  /** The axis along which the tensors are put together. Default −1, the last. */
  axis?: number;
}
export interface DotOptions extends LayerOptions {
  /** The axis of both tensors, or of each, that is multiplied and summed; counted from 1. */
  axes: number | readonly [number, number];
  /** Divides by the lengths: the result is the cosine. Default false. */
  normalize?: boolean;
}

/** Layers that take several tensors: `layers.add().apply([left, right])`. */
export interface MergingLayers {
  /** Sum of tensors of one shape. */
  add(options?: LayerOptions): Layer;
  /** Mean of tensors of one shape. */
  average(options?: LayerOptions): Layer;
  /** Largest of the values at each place, for tensors of one shape. */
  maximum(options?: LayerOptions): Layer;
  /** Smallest of the values at each place, for tensors of one shape. */
  minimum(options?: LayerOptions): Layer;
  /** Product of tensors of one shape. */
  multiply(options?: LayerOptions): Layer;
  /** Puts tensors side by side: `[a]` and `[b]` become `[a + b]`. */
  concatenate(options?: ConcatenateOptions): Layer;
  /** Dot product of two tensors along an axis. */
  dot(options: DotOptions): Layer;
}

export const mergingLayers: { readonly [Name in keyof MergingLayers]: KerasClass } = {
  add: kerasClass<LayerOptions>("Add", layerOptions),
  average: kerasClass<LayerOptions>("Average", layerOptions),
  maximum: kerasClass<LayerOptions>("Maximum", layerOptions),
  minimum: kerasClass<LayerOptions>("Minimum", layerOptions),
  multiply: kerasClass<LayerOptions>("Multiply", layerOptions),
  concatenate: kerasClass<ConcatenateOptions>("Concatenate", { ...layerOptions, axis: "optional" }),
  dot: kerasClass<DotOptions>("Dot", { ...layerOptions, axes: "required", normalize: "optional" }),
};
