import { LoadedBase, type PretrainedBase } from "./base.ts";
import { readOptions, type KnownOptions } from "./known-options.ts";

export interface ApplicationOptions {
  /** "imagenet", the path of a weights file of Keras's (`.h5`, `.weights.h5`), or null for random weights. Default "imagenet". */
  weights?: "imagenet" | (string & {}) | null;
  /** Keeps the classifier of the 1,000 ImageNet classes. Default true, as in Keras; a base for transfer learning takes false. */
  includeTop?: boolean;
  /** Shape of one image, `[height, width, 3]`. Default: any size without the top, with it the size of the published weights. */
  inputShape?: readonly [number, number, number];
  /** Without the top: "avg" or "max" over height and width gives one vector an image. Default: the feature maps. */
  pooling?: "avg" | "max" | null;
  /** Classes of the top. Default 1000. */
  classes?: number;
  /** Activation of the top. Default "softmax". */
  classifierActivation?: "softmax" | null;
  /** What messages call the base. Default: the application's name. */
  name?: string;
}
export interface MobilenetOptions extends ApplicationOptions {
  /** Width of the network: the number of filters is multiplied by it. Default 1. */
  alpha?: number;
  /** Share dropped in the top. Default 0.001. */
  dropout?: number;
  /** Depth multiplier of depthwise convolutions. Default 1. */
  depthMultiplier?: number;
}
export interface MobilenetV2Options extends ApplicationOptions {
  /** Width of the network: the number of filters is multiplied by it. Default 1. */
  alpha?: number;
}
export interface MobilenetV3Options extends MobilenetV2Options {
  /** The smaller form without squeeze-and-excite. Default false. */
  minimalistic?: boolean;
  /** Share dropped in the top. Default 0.2. */
  dropoutRate?: number;
  /** The base rescales pixels of 0–255 by itself. Default true. */
  includePreprocessing?: boolean;
}
export interface PreprocessingOptions extends ApplicationOptions {
  /** The base rescales pixels of 0–255 by itself. Default true. */
  includePreprocessing?: boolean;
}

type Application<Options = ApplicationOptions> = (options?: Options) => PretrainedBase;

/** Keras's pretrained networks, in camelCase: `applications.resnet50({ includeTop: false })`. */
export interface Applications {
  readonly resnet50: Application;
  readonly resnet101: Application;
  readonly resnet152: Application;
  readonly resnet50V2: Application;
  readonly resnet101V2: Application;
  readonly resnet152V2: Application;
  readonly mobilenet: Application<MobilenetOptions>;
  readonly mobilenetV2: Application<MobilenetV2Options>;
  readonly mobilenetV3Small: Application<MobilenetV3Options>;
  readonly mobilenetV3Large: Application<MobilenetV3Options>;
  readonly vgg16: Application;
  readonly vgg19: Application;
  readonly efficientNetB0: Application;
  readonly efficientNetB1: Application;
  readonly efficientNetB2: Application;
  readonly efficientNetB3: Application;
  readonly efficientNetB4: Application;
  readonly efficientNetB5: Application;
  readonly efficientNetB6: Application;
  readonly efficientNetB7: Application;
  readonly efficientNetV2B0: Application<PreprocessingOptions>;
  readonly efficientNetV2B1: Application<PreprocessingOptions>;
  readonly efficientNetV2B2: Application<PreprocessingOptions>;
  readonly efficientNetV2B3: Application<PreprocessingOptions>;
  readonly efficientNetV2S: Application<PreprocessingOptions>;
  readonly efficientNetV2M: Application<PreprocessingOptions>;
  readonly efficientNetV2L: Application<PreprocessingOptions>;
  readonly densenet121: Application;
  readonly densenet169: Application;
  readonly densenet201: Application;
  readonly inceptionV3: Application;
  readonly inceptionResNetV2: Application;
  readonly xception: Application;
  readonly nasnetMobile: Application;
  readonly nasnetLarge: Application;
  readonly convNeXtTiny: Application<PreprocessingOptions>;
  readonly convNeXtSmall: Application<PreprocessingOptions>;
  readonly convNeXtBase: Application<PreprocessingOptions>;
  readonly convNeXtLarge: Application<PreprocessingOptions>;
  readonly convNeXtXLarge: Application<PreprocessingOptions>;
}

const plain: KnownOptions<ApplicationOptions> = {
  weights: "optional",
  includeTop: "optional",
  inputShape: "optional",
  pooling: "optional",
  classes: "optional",
  classifierActivation: "optional",
  name: "optional",
};
const mobilenetV2: KnownOptions<MobilenetV2Options> = { ...plain, alpha: "optional" };
const mobilenet: KnownOptions<MobilenetOptions> = {
  ...mobilenetV2,
  dropout: "optional",
  depthMultiplier: "optional",
};
const mobilenetV3: KnownOptions<MobilenetV3Options> = {
  ...mobilenetV2,
  minimalistic: "optional",
  dropoutRate: "optional",
  includePreprocessing: "optional",
};
const preprocessing: KnownOptions<PreprocessingOptions> = { ...plain, includePreprocessing: "optional" };

type OptionsOf<Name extends keyof Applications> = NonNullable<Parameters<Applications[Name]>[0]>;
const known: { readonly [Name in keyof Applications]: KnownOptions<OptionsOf<Name>> } = {
  resnet50: plain,
  resnet101: plain,
  resnet152: plain,
  resnet50V2: plain,
  resnet101V2: plain,
  resnet152V2: plain,
  mobilenet,
  mobilenetV2,
  mobilenetV3Small: mobilenetV3,
  mobilenetV3Large: mobilenetV3,
  vgg16: plain,
  vgg19: plain,
  efficientNetB0: plain,
  efficientNetB1: plain,
  efficientNetB2: plain,
  efficientNetB3: plain,
  efficientNetB4: plain,
  efficientNetB5: plain,
  efficientNetB6: plain,
  efficientNetB7: plain,
  efficientNetV2B0: preprocessing,
  efficientNetV2B1: preprocessing,
  efficientNetV2B2: preprocessing,
  efficientNetV2B3: preprocessing,
  efficientNetV2S: preprocessing,
  efficientNetV2M: preprocessing,
  efficientNetV2L: preprocessing,
  densenet121: plain,
  densenet169: plain,
  densenet201: plain,
  inceptionV3: plain,
  inceptionResNetV2: plain,
  xception: plain,
  nasnetMobile: plain,
  nasnetLarge: plain,
  convNeXtTiny: preprocessing,
  convNeXtSmall: preprocessing,
  convNeXtBase: preprocessing,
  convNeXtLarge: preprocessing,
  convNeXtXLarge: preprocessing,
};

/** Keras's pretrained networks. */
export const applications: Applications = Object.freeze(
  Object.fromEntries(
    Object.entries(known).map(([name, options]) => [
      name,
      (given?: unknown) =>
        new LoadedBase({
          from: "application",
          name,
          options: readOptions(`applications.${name}`, options, given),
        }),
    ]),
  ),
) as unknown as Applications;
