/**
 * What each of Keras's pretrained networks was trained with: the one table that the rules, the recipe's
 * `step_preprocess_input` and the networks themselves read.
 */

/**
 * What a network takes, in Keras's names of it (`keras.applications.imagenet_utils.preprocess_input`):
 * - "caffe": blue, green, red, less the means of ImageNet, on the scale of 0–255;
 * - "tf": −1 to 1;
 * - "torch": 0–1, less the means of ImageNet, divided by its standard deviations;
 * - "raw": pixels of 0–255 as they are, because the network's own first layers bring them to its scale.
 */
export type Preprocessing = "caffe" | "tf" | "torch" | "raw";

export interface TrainedWith {
  readonly preprocessing: Preprocessing;
  /** Side of the images that the published weights were trained with. */
  readonly defaultSize: number;
  /** Smaller images are refused, as in Keras 3.15 (`min_size` in its `keras/src/applications`). */
  readonly minimumSize: number;
  /**
   * Smallest side at which the published weights are of use. All of these networks but three make 1 cell of every 32 × 32 pixels:
   * at 96 the last maps are 3 × 3, where one cell is seen whole by a filter of 3 × 3; on smaller ones every filter of the last layers
   * reads padding. Measured on MobileNet (`npm run bench -- image-sizes`): a head on its features is right in 22 of 100 test images at
   * 32 × 32, 55 at 64, 66 at 96 and 70 at 128. That the other families have the same maps is tested; their accuracy is not measured,
   * for want of their weights. The three say their reasons.
   */
  readonly worksFrom: number;
}

function trained(
  preprocessing: Preprocessing,
  defaultSize: number,
  { minimumSize = 32, worksFrom = 96 }: Partial<TrainedWith> = {},
): TrainedWith {
  return { preprocessing, defaultSize, minimumSize, worksFrom };
}

/** Without padding in their first layers, these have maps of 1 × 1 at Keras's least, 75, and of 3 × 3 from 139 on. */
const UNPADDED = { minimumSize: 75, worksFrom: 139 } as const;

/** By the name in `applications`. Networks that rescale by themselves do so by default (`includePreprocessing`). */
export const TRAINED_WITH = {
  resnet50: trained("caffe", 224),
  resnet101: trained("caffe", 224),
  resnet152: trained("caffe", 224),
  resnet50V2: trained("tf", 224),
  resnet101V2: trained("tf", 224),
  resnet152V2: trained("tf", 224),
  mobilenet: trained("tf", 224),
  mobilenetV2: trained("tf", 224),
  mobilenetV3Small: trained("raw", 224),
  mobilenetV3Large: trained("raw", 224),
  vgg16: trained("caffe", 224),
  vgg19: trained("caffe", 224),
  efficientNetB0: trained("raw", 224),
  efficientNetB1: trained("raw", 240),
  efficientNetB2: trained("raw", 260),
  efficientNetB3: trained("raw", 300),
  efficientNetB4: trained("raw", 380),
  efficientNetB5: trained("raw", 456),
  efficientNetB6: trained("raw", 528),
  efficientNetB7: trained("raw", 600),
  efficientNetV2B0: trained("raw", 224),
  efficientNetV2B1: trained("raw", 240),
  efficientNetV2B2: trained("raw", 260),
  efficientNetV2B3: trained("raw", 300),
  efficientNetV2S: trained("raw", 384),
  efficientNetV2M: trained("raw", 480),
  efficientNetV2L: trained("raw", 480),
  densenet121: trained("torch", 224),
  densenet169: trained("torch", 224),
  densenet201: trained("torch", 224),
  inceptionV3: trained("tf", 299, UNPADDED),
  inceptionResNetV2: trained("tf", 299, UNPADDED),
  // Its maps are 3 × 3 at Keras's least already, and it was trained at 299.
  xception: trained("tf", 299, { minimumSize: 71 }),
  nasnetMobile: trained("tf", 224),
  nasnetLarge: trained("tf", 331),
  convNeXtTiny: trained("raw", 224),
  convNeXtSmall: trained("raw", 224),
  convNeXtBase: trained("raw", 224),
  convNeXtLarge: trained("raw", 224),
  convNeXtXLarge: trained("raw", 224),
} as const satisfies Readonly<Record<string, TrainedWith>>;

export type TrainedName = keyof typeof TRAINED_WITH;

/** undefined for a name that is none of `applications`. */
export function trainedWith(name: string): TrainedWith | undefined {
  return Object.hasOwn(TRAINED_WITH, name) ? TRAINED_WITH[name as TrainedName] : undefined;
}

/** The names of a table of some of these networks. */
export function namesOf<Name extends TrainedName>(table: Readonly<Record<Name, unknown>>): Name[] {
  return Object.keys(table) as Name[];
}

/** Means of ImageNet's channels, blue, green, red, on the scale of 0–255. */
export const CAFFE_MEANS = [103.939, 116.779, 123.68] as const;
/** Means and standard deviations of ImageNet's channels, red, green, blue, on the scale of 0–1. */
export const TORCH_MEANS = [0.485, 0.456, 0.406] as const;
export const TORCH_DEVIATIONS = [0.229, 0.224, 0.225] as const;
