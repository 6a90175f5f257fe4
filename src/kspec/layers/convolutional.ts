import type { Constraint, ConstraintName } from "../constraints.ts";
import type { Initializer, InitializerName } from "../initializers.ts";
import { kerasClass, type KerasClass } from "../keras-object.ts";
import type { KnownOptions } from "../known-options.ts";
import type { Layer } from "../layer.ts";
import type { Regularizer } from "../regularizers.ts";
import {
  kernelOptions,
  layerOptions,
  type DataFormat,
  type KernelOptions,
  type LayerOptions,
  type Padding,
} from "./layer-options.ts";

/** What all convolutions take. */
export interface WindowOptions<Size> extends KernelOptions {
  /** Size of the window; one number is the same along each axis. */
  kernelSize: Size;
  /** Steps of the window. Default 1. Other than 1 only with a `dilationRate` of 1. */
  strides?: Size;
  /** Default "valid". */
  padding?: Padding;
  /** Default "channelsLast". */
  dataFormat?: DataFormat;
  /** Distance between the values that the window reads. TensorFlow.js trains through 1 only. Default 1. */
  dilationRate?: Size;
}
export interface ConvOptions<Size> extends WindowOptions<Size> {
  /** Number of output channels. */
  filters: number;
}
export type Conv1dOptions = ConvOptions<number | readonly [number]>;
export type Conv2dOptions = ConvOptions<number | readonly [number, number]>;
export type Conv3dOptions = ConvOptions<number | readonly [number, number, number]>;

/** The kernel that convolves each channel by itself. */
export interface DepthwiseKernelOptions {
  /** Output channels for each input channel. Default 1. */
  depthMultiplier?: number;
  /** How the depthwise kernel is filled before training. */
  depthwiseInitializer?: Initializer | InitializerName;
  /** Penalty on the depthwise kernel. Default: none. */
  depthwiseRegularizer?: Regularizer;
  /** Rule for the depthwise kernel. Default: none. */
  depthwiseConstraint?: Constraint | ConstraintName;
}
export interface DepthwiseConv2dOptions
  extends WindowOptions<number | readonly [number, number]>, DepthwiseKernelOptions {}
export interface SeparableConv2dOptions
  extends ConvOptions<number | readonly [number, number]>, DepthwiseKernelOptions {
  /** How the kernel across channels is filled before training. */
  pointwiseInitializer?: Initializer | InitializerName;
  /** Penalty on the kernel across channels. Default: none. */
  pointwiseRegularizer?: Regularizer;
  /** Rule for the kernel across channels. Default: none. */
  pointwiseConstraint?: Constraint | ConstraintName;
}

/** Rows and columns at the edges: one number all round, [height, width], or [[top, bottom], [left, right]]. */
export type EdgeSizes =
  number | readonly [number, number] | readonly [readonly [number, number], readonly [number, number]];

export interface Cropping2dOptions extends LayerOptions {
  /** What is cut off: one number all round, [height, width], or [[top, bottom], [left, right]]. */
  cropping: EdgeSizes;
  /** Default "channelsLast". */
  dataFormat?: DataFormat;
}
export interface ZeroPadding2dOptions extends LayerOptions {
  /** What is added: one number all round, [height, width], or [[top, bottom], [left, right]]. Default 1. */
  padding?: EdgeSizes;
  /** Default "channelsLast". */
  dataFormat?: DataFormat;
}
export interface UpSampling2dOptions extends LayerOptions {
  /** Factors for height and width. Default [2, 2]. */
  size?: readonly [number, number];
  /** Default "channelsLast". */
  dataFormat?: DataFormat;
  /** Default "nearest". */
  interpolation?: "nearest" | "bilinear";
}

export interface ConvolutionalLayers {
  /** Convolution along a sequence: `[steps, channels]` becomes `[new steps, filters]`. */
  conv1d(options: Conv1dOptions): Layer;
  /** Convolution over an image: `[height, width, channels]` becomes `[new height, new width, filters]`. */
  conv2d(options: Conv2dOptions): Layer;
  /** Convolution over a volume: `[depth, height, width, channels]` becomes `[…, filters]`. */
  conv3d(options: Conv3dOptions): Layer;
  /** The reverse of a strided 2-D convolution: height and width grow with the strides. */
  conv2dTranspose(options: Conv2dOptions): Layer;
  /** The reverse of a strided 3-D convolution. TensorFlow.js computes it, and cannot train it. */
  conv3dTranspose(options: Conv3dOptions): Layer;
  /** Convolves each channel by itself, then mixes the channels: like `conv2d` with far fewer weights. */
  separableConv2d(options: SeparableConv2dOptions): Layer;
  /** Convolves each channel by itself: `channels` becomes `channels × depthMultiplier`. */
  depthwiseConv2d(options: DepthwiseConv2dOptions): Layer;
  /** Cuts rows and columns off the edges of an image. */
  cropping2D(options: Cropping2dOptions): Layer;
  /** Adds rows and columns of zeros around an image. */
  zeroPadding2d(options?: ZeroPadding2dOptions): Layer;
  /** Repeats rows and columns of an image, or interpolates between them. */
  upSampling2d(options?: UpSampling2dOptions): Layer;
}

const window = {
  ...kernelOptions,
  kernelSize: "required",
  strides: "optional",
  padding: "optional",
  dataFormat: "optional",
  dilationRate: "optional",
} as const;
const conv = { ...window, filters: "required" } as const satisfies KnownOptions<Conv2dOptions>;
const depthwise = {
  depthMultiplier: "optional",
  depthwiseInitializer: "optional",
  depthwiseRegularizer: "optional",
  depthwiseConstraint: "optional",
} as const satisfies KnownOptions<DepthwiseKernelOptions>;

export const convolutionalLayers: { readonly [Name in keyof ConvolutionalLayers]: KerasClass } = {
  conv1d: kerasClass<Conv1dOptions>("Conv1D", conv),
  conv2d: kerasClass<Conv2dOptions>("Conv2D", conv),
  conv3d: kerasClass<Conv3dOptions>("Conv3D", conv),
  conv2dTranspose: kerasClass<Conv2dOptions>("Conv2DTranspose", conv),
  conv3dTranspose: kerasClass<Conv3dOptions>("Conv3DTranspose", conv),
  separableConv2d: kerasClass<SeparableConv2dOptions>("SeparableConv2D", {
    ...conv,
    ...depthwise,
    pointwiseInitializer: "optional",
    pointwiseRegularizer: "optional",
    pointwiseConstraint: "optional",
  }),
  depthwiseConv2d: kerasClass<DepthwiseConv2dOptions>("DepthwiseConv2D", { ...window, ...depthwise }),
  cropping2D: kerasClass<Cropping2dOptions>("Cropping2D", {
    ...layerOptions,
    cropping: "required",
    dataFormat: "optional",
  }),
  zeroPadding2d: kerasClass<ZeroPadding2dOptions>("ZeroPadding2D", {
    ...layerOptions,
    padding: "optional",
    dataFormat: "optional",
  }),
  upSampling2d: kerasClass<UpSampling2dOptions>("UpSampling2D", {
    ...layerOptions,
    size: "optional",
    dataFormat: "optional",
    interpolation: "optional",
  }),
};
