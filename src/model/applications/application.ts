import { UserError } from "../../protocol/index.ts";
import type { TrainedWith } from "../../spec/index.ts";
import type { BuiltNetwork, NetworkBuilder, Node, Shape } from "./network-builder.ts";

/** One of Keras's pretrained networks. */
export interface Application extends TrainedWith {
  /** `resnet50`: the member of `applications`. */
  readonly name: string;
  /** Why the published weights cannot be had with these options; undefined: they can. */
  readonly unpublished?: (settings: ApplicationSettings) => string | undefined;
  /** Sides of images for which there are published weights of their own. */
  readonly trainedSizes?: readonly number[];
  readonly build: (settings: ApplicationSettings) => BuiltNetwork;
}

/** Keras's options with their defaults filled in and checked. */
export interface ApplicationSettings {
  /** "imagenet", the path of a file, or null. */
  readonly weights: string | null;
  readonly includeTop: boolean;
  /** Height, width, channels; null: any. */
  readonly inputShape: Shape;
  readonly pooling: "avg" | "max" | null;
  readonly classes: number;
  /** "linear" where Keras has None. */
  readonly classifierActivation: string;
  /** Options that some families have: alpha, dropout, depthMultiplier. */
  readonly own: Readonly<Record<string, unknown>>;
}

/**
 * Options as an author writes them, checked by Keras's rules.
 *
 * @throws UserError in the author's terms: what is wrong and what there is.
 */
export function readSettings(
  application: Application,
  options: Readonly<Record<string, unknown>>,
): ApplicationSettings {
  const refuse = (what: string): never => {
    throw new UserError("bad-application-option", `applications.${application.name}: ${what}`);
  };
  const weights = options["weights"] === undefined ? "imagenet" : (options["weights"] as string | null);
  if (weights !== null && (typeof weights !== "string" || weights === ""))
    refuse(`weights must be "imagenet", the path of a weights file, or null.`);
  const includeTop = options["includeTop"] ?? true;
  if (typeof includeTop !== "boolean") refuse("includeTop must be true or false.");
  const pooling = options["pooling"] ?? null;
  if (pooling !== null && pooling !== "avg" && pooling !== "max")
    refuse(`pooling must be "avg", "max" or null, and it is ${JSON.stringify(pooling)}.`);
  const classes = options["classes"] ?? 1000;
  if (typeof classes !== "number" || !Number.isInteger(classes) || classes < 1)
    refuse(`classes must be a whole number from 1, and it is ${JSON.stringify(classes)}.`);
  if (weights === "imagenet" && includeTop && classes !== 1000)
    refuse(
      `the published weights have a top of 1000 classes, and classes is ${String(classes)}. Leave the top out (includeTop: false) and put a layer of your own on the base.`,
    );
  const activation =
    options["classifierActivation"] === undefined ? "softmax" : (options["classifierActivation"] ?? "linear");
  if (typeof activation !== "string")
    return refuse("classifierActivation must be the name of an activation, or null.");
  if (weights !== null && includeTop && activation !== "softmax" && activation !== "linear")
    refuse(
      `with trained weights classifierActivation may be "softmax" or null, and it is ${JSON.stringify(activation)}.`,
    );

  const settings: ApplicationSettings = {
    weights,
    includeTop: includeTop as boolean,
    inputShape: inputShape(application, options["inputShape"], weights, includeTop as boolean, refuse),
    pooling: pooling as ApplicationSettings["pooling"],
    classes: classes as number,
    classifierActivation: activation,
    own: options,
  };
  const unpublished = weights === "imagenet" ? application.unpublished?.(settings) : undefined;
  return unpublished === undefined ? settings : refuse(unpublished);
}

function inputShape(
  { defaultSize, minimumSize, trainedSizes = [] }: Application,
  given: unknown,
  weights: string | null,
  includeTop: boolean,
  refuse: (what: string) => never,
): Shape {
  if (given === undefined || given === null)
    return includeTop ? [defaultSize, defaultSize, 3] : [null, null, 3];
  const isExtent = (extent: unknown) =>
    extent === null || (typeof extent === "number" && Number.isInteger(extent) && extent > 0);
  if (!Array.isArray(given) || given.length !== 3 || !given.every(isExtent))
    return refuse(`inputShape must be [height, width, 3], and it is ${JSON.stringify(given)}.`);
  const shape = given as (number | null)[];
  const shown = `inputShape is ${JSON.stringify(shape)}`;
  if (weights === "imagenet" && shape[2] !== 3)
    refuse(`the published weights are for images with 3 channels, and ${shown}.`);
  if (shape[2] === null) refuse(`the number of channels must be known, and ${shown}.`);
  const small = shape.slice(0, 2).some((extent) => extent !== null && extent < minimumSize);
  if (weights === "imagenet" && includeTop) {
    const side = shape[0] === shape[1] && trainedSizes.includes(shape[0] ?? 0) ? shape[0]! : defaultSize;
    if (shape[0] !== side || shape[1] !== side)
      refuse(
        `with its top and the published weights it takes images of ${defaultSize}×${defaultSize}, and ${shown}. Leave inputShape out, or the top (includeTop: false).`,
      );
  }
  if (small) refuse(`images must be at least ${minimumSize}×${minimumSize}, and ${shown}.`);
  if (includeTop && shape.includes(null)) refuse(`with its top the size must be known, and ${shown}.`);
  return shape;
}

/** Global pooling at the end of a network without its top, as `pooling` asks for. */
export function pooled(
  graph: NetworkBuilder,
  x: Node,
  pooling: ApplicationSettings["pooling"],
  names: { avg?: string; max?: string } = {},
): Node {
  if (pooling === null) return x;
  return graph.globalPooling2D(x, pooling === "avg" ? "Average" : "Max", { name: names[pooling] });
}
