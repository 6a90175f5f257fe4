import type { ApplicationSource } from "../../kspec/description.ts";
import { WEIGHT_HASHES } from "./weight-hashes.ts";

/** Keras's weights file for an application: its name in Keras's cache, and its official address. */
export interface WeightFileName {
  readonly name: string;
  readonly url: string;
  /** The MD5 that Keras checks; some files have none published. */
  readonly hash?: string;
}

const BUCKET = "https://storage.googleapis.com/";
const OFFICIAL = `${BUCKET}tensorflow/keras-applications/`;

interface Form {
  /** The official address without the file's name: a folder of Keras's, or a whole address. */
  readonly folder: string;
  /** File name; `top` is whether the classifier is included. */
  name(top: boolean, options: ApplicationSource["options"]): string;
  /** The publisher's name, where Keras keeps the file under another one. */
  published?(top: boolean): string;
}

const dimOrdering = (folder: string, prefix: string): Form => ({
  folder,
  name: (top) => `${prefix}_weights_tf_dim_ordering_tf_kernels${top ? "" : "_notop"}.h5`,
});
const plain = (folder: string, prefix: string): Form => ({
  folder,
  name: (top) => `${prefix}${top ? "" : "_notop"}.h5`,
});

const FORMS: Readonly<Record<string, Form>> = {
  resnet50: dimOrdering("resnet/", "resnet50"),
  resnet101: dimOrdering("resnet/", "resnet101"),
  resnet152: dimOrdering("resnet/", "resnet152"),
  resnet50V2: dimOrdering("resnet/", "resnet50v2"),
  resnet101V2: dimOrdering("resnet/", "resnet101v2"),
  resnet152V2: dimOrdering("resnet/", "resnet152v2"),
  vgg16: dimOrdering("vgg16/", "vgg16"),
  vgg19: dimOrdering("vgg19/", "vgg19"),
  xception: dimOrdering("xception/", "xception"),
  inceptionV3: dimOrdering("inception_v3/", "inception_v3"),
  inceptionResNetV2: dimOrdering("inception_resnet_v2/", "inception_resnet_v2"),
  densenet121: dimOrdering("densenet/", "densenet121"),
  densenet169: dimOrdering("densenet/", "densenet169"),
  densenet201: dimOrdering("densenet/", "densenet201"),
  mobilenet: {
    folder: "mobilenet/",
    name: (top, options) =>
      `mobilenet_${depth(options["alpha"])}_${size(options, [128, 160, 192, 224])}_tf${top ? "" : "_no_top"}.h5`,
  },
  mobilenetV2: {
    folder: "mobilenet_v2/",
    name: (top, options) =>
      `mobilenet_v2_weights_tf_dim_ordering_tf_kernels_${decimal(options["alpha"])}_${size(options, [96, 128, 160, 192, 224])}${top ? "" : "_no_top"}.h5`,
  },
  mobilenetV3Small: mobilenetV3("small"),
  mobilenetV3Large: mobilenetV3("large"),
  nasnetMobile: nasnet("mobile"),
  nasnetLarge: nasnet("large"),
  ...Object.fromEntries(
    [..."01234567"].map((n) => [
      `efficientNetB${n}`,
      plain(`${BUCKET}keras-applications/`, `efficientnetb${n}`),
    ]),
  ),
  ...Object.fromEntries(
    ["B0", "B1", "B2", "B3", "S", "M", "L"].map((n) => [
      `efficientNetV2${n}`,
      plain("efficientnet_v2/", `efficientnetv2-${n.toLowerCase()}`),
    ]),
  ),
  ...Object.fromEntries(
    ["Tiny", "Small", "Base", "Large", "XLarge"].map((n) => [
      `convNeXt${n}`,
      plain("convnext/", `convnext_${n.toLowerCase()}`),
    ]),
  ),
};

/** The file that `weights: "imagenet"` (the default) stands for; undefined for an application that is not known. */
export function applicationWeights({ name, options }: ApplicationSource): WeightFileName | undefined {
  const form = FORMS[name];
  if (form === undefined) return undefined;
  const top = options["includeTop"] !== false;
  const file = form.name(top, options);
  const folder = form.folder.startsWith("https:") ? form.folder : OFFICIAL + form.folder;
  const hash = WEIGHT_HASHES[file];
  return {
    name: file,
    url: folder + (form.published?.(top) ?? file),
    ...(hash === undefined ? {} : { hash }),
  };
}

function mobilenetV3(kind: "small" | "large"): Form {
  return {
    folder: "mobilenet_v3/",
    name: (top, options) =>
      `weights_mobilenet_v3_${kind}_224_${options["minimalistic"] === true ? "minimalistic_" : ""}${decimal(options["alpha"])}_float${top ? "" : "_no_top_v2"}.h5`,
  };
}

function nasnet(kind: "mobile" | "large"): Form {
  return {
    folder: "nasnet/",
    name: (top) => `nasnet_${kind}${top ? "" : "_no_top"}.h5`,
    published: (top) => `NASNet-${kind}${top ? "" : "-no-top"}.h5`,
  };
}

/** Width multiplier as MobileNet writes it: 1 → `1_0`, 0.75 → `7_5`. */
function depth(alpha: unknown): string {
  const texts: Readonly<Record<string, string>> = { "1": "1_0", "0.75": "7_5", "0.5": "5_0", "0.25": "2_5" };
  return texts[String(alpha ?? 1)] ?? String(alpha);
}

function decimal(alpha: unknown): string {
  const text = String(alpha ?? 1);
  return text.includes(".") ? text : `${text}.0`;
}

/** Side of the images that the weights were trained with: the input's where there are weights for it, else 224. */
function size(options: ApplicationSource["options"], sides: readonly number[]): number {
  const shape = options["inputShape"];
  const side: unknown = Array.isArray(shape) && shape[0] === shape[1] ? shape[0] : undefined;
  return typeof side === "number" && sides.includes(side) ? side : 224;
}
