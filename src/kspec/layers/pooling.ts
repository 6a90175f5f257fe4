import { kerasClass, type KerasClass } from "../keras-object.ts";
import type { Layer } from "../layer.ts";
import { layerOptions, type DataFormat, type LayerOptions, type Padding } from "./layer-options.ts";

export interface PoolingOptions<Size> extends LayerOptions {
  /** Size of the window; one number is the same along each axis. Default 2. */
  poolSize?: Size;
  /** Steps of the window. Default: `poolSize`. */
  strides?: Size;
  /** Default "valid". */
  padding?: Padding;
}
export type Pooling1dOptions = PoolingOptions<number | readonly [number]>;
export interface Pooling2dOptions extends PoolingOptions<number | readonly [number, number]> {
  /** Default "channelsLast". */
  dataFormat?: DataFormat;
}
export interface Pooling3dOptions extends PoolingOptions<number | readonly [number, number, number]> {
  /** Default "channelsLast". */
  dataFormat?: DataFormat;
}
export interface GlobalPooling2dOptions extends LayerOptions {
  /** Default "channelsLast". */
  dataFormat?: DataFormat;
}

export interface PoolingLayers {
  /** The largest value of each window of a sequence: `[steps, channels]` becomes `[fewer steps, channels]`. */
  maxPooling1d(options?: Pooling1dOptions): Layer;
  /** The largest value of each window of an image: height and width shrink by `strides`. */
  maxPooling2d(options?: Pooling2dOptions): Layer;
  /** The largest value of each window of a volume. */
  maxPooling3d(options?: Pooling3dOptions): Layer;
  /** The mean of each window of a sequence. */
  averagePooling1d(options?: Pooling1dOptions): Layer;
  /** The mean of each window of an image: height and width shrink by `strides`. */
  averagePooling2d(options?: Pooling2dOptions): Layer;
  /** The mean of each window of a volume. */
  averagePooling3d(options?: Pooling3dOptions): Layer;
  /** The largest value of each channel of a sequence: `[steps, channels]` becomes `[channels]`. */
  globalMaxPooling1d(options?: LayerOptions): Layer;
  /** The largest value of each channel of an image: `[height, width, channels]` becomes `[channels]`. */
  globalMaxPooling2d(options?: GlobalPooling2dOptions): Layer;
  /** The mean of each channel of a sequence: `[steps, channels]` becomes `[channels]`. */
  globalAveragePooling1d(options?: LayerOptions): Layer;
  /** The mean of each channel of an image: `[height, width, channels]` becomes `[channels]`. */
  globalAveragePooling2d(options?: GlobalPooling2dOptions): Layer;
  /** Another name of `maxPooling1d`. */
  maxPool1d(options?: Pooling1dOptions): Layer;
  /** Another name of `maxPooling2d`. */
  maxPool2d(options?: Pooling2dOptions): Layer;
  /** Another name of `averagePooling1d`. */
  avgPool1d(options?: Pooling1dOptions): Layer;
  /** Another name of `averagePooling2d`. */
  avgPool2d(options?: Pooling2dOptions): Layer;
  /** Another name of `averagePooling3d`. */
  avgPool3d(options?: Pooling3dOptions): Layer;
  /** Another name of `averagePooling1d`. */
  avgPooling1d(options?: Pooling1dOptions): Layer;
  /** Another name of `averagePooling2d`. */
  avgPooling2d(options?: Pooling2dOptions): Layer;
  /** Another name of `averagePooling3d`. */
  avgPooling3d(options?: Pooling3dOptions): Layer;
  /** Another name of `globalMaxPooling1d`. */
  globalMaxPool1d(options?: LayerOptions): Layer;
  /** Another name of `globalMaxPooling2d`. */
  globalMaxPool2d(options?: GlobalPooling2dOptions): Layer;
}

const pooling1d = {
  ...layerOptions,
  poolSize: "optional",
  strides: "optional",
  padding: "optional",
} as const;
const pooling = { ...pooling1d, dataFormat: "optional" } as const;
const global2d = { ...layerOptions, dataFormat: "optional" } as const;

const maxPooling1d = kerasClass<Pooling1dOptions>("MaxPooling1D", pooling1d);
const maxPooling2d = kerasClass<Pooling2dOptions>("MaxPooling2D", pooling);
const averagePooling1d = kerasClass<Pooling1dOptions>("AveragePooling1D", pooling1d);
const averagePooling2d = kerasClass<Pooling2dOptions>("AveragePooling2D", pooling);
const averagePooling3d = kerasClass<Pooling3dOptions>("AveragePooling3D", pooling);
const globalMaxPooling1d = kerasClass<LayerOptions>("GlobalMaxPooling1D", layerOptions);
const globalMaxPooling2d = kerasClass<GlobalPooling2dOptions>("GlobalMaxPooling2D", global2d);

export const poolingLayers: { readonly [Name in keyof PoolingLayers]: KerasClass } = {
  maxPooling1d,
  maxPooling2d,
  maxPooling3d: kerasClass<Pooling3dOptions>("MaxPooling3D", pooling),
  averagePooling1d,
  averagePooling2d,
  averagePooling3d,
  globalMaxPooling1d,
  globalMaxPooling2d,
  globalAveragePooling1d: kerasClass<LayerOptions>("GlobalAveragePooling1D", layerOptions),
  globalAveragePooling2d: kerasClass<GlobalPooling2dOptions>("GlobalAveragePooling2D", global2d),
  maxPool1d: maxPooling1d,
  maxPool2d: maxPooling2d,
  avgPool1d: averagePooling1d,
  avgPool2d: averagePooling2d,
  avgPool3d: averagePooling3d,
  avgPooling1d: averagePooling1d,
  avgPooling2d: averagePooling2d,
  avgPooling3d: averagePooling3d,
  globalMaxPool1d: globalMaxPooling1d,
  globalMaxPool2d: globalMaxPooling2d,
};
