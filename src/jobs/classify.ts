import type { Baked, PreppedRecipe } from "../data/index.ts";
import { didYouMean } from "../data/names.ts";
import type { BlockFunction, ModelDescription } from "../kspec/description.ts";
import type { Tensor } from "../kspec/index.ts";
import { UserError } from "../protocol/index.ts";

export interface ClassifyRequest {
  /** A member of `applications`: `resnet50`. */
  readonly application: string;
  /** Images, or folders of images. Relative paths start at the working folder. */
  readonly images: readonly string[];
  /** How many classes of each. Default 5. */
  readonly top?: number;
  /** Width of MobileNets; default 1, Keras's. */
  readonly alpha?: number;
}

export interface ClassifyHooks {
  progress?(done: number, total: number | null, unit: "images" | "bytes"): void;
  /** Something the user should know that is no failure. */
  note?(message: string): void;
}

export interface ClassifiedImage {
  readonly file: string;
  /** The likeliest first; `id` is WordNet's (`n02123045`), `name` Keras's (`tabby`), `score` the probability. */
  readonly classes: readonly { readonly id: string; readonly name: string; readonly score: number }[];
}

/**
 * What one of Keras's pretrained networks, with its own top, sees in images: classes of ImageNet, as Keras's `decode_predictions` names
 * them. Images are resized to what the network was trained with, and preprocessed as its weights ask for.
 *
 * @throws UserError for an application or an image that there is not, and where weights or the list of classes cannot be had.
 */
export async function classify(
  request: ClassifyRequest,
  hooks: ClassifyHooks = {},
  signal?: AbortSignal,
): Promise<ClassifiedImage[]> {
  const { application: name, images, top = 5, alpha } = request;
  const [{ APPLICATIONS }, { CLASS_INDEX_FILE, decodePredictions }, data] = await Promise.all([
    import("../model/applications/registry.ts"),
    import("../model/applications/decode-predictions.ts"),
    import("../data/index.ts"),
  ]);
  const application = APPLICATIONS.get(name);
  if (application === undefined)
    throw new UserError(
      "unknown-application",
      `There is no application "${name}".${didYouMean(name, [...APPLICATIONS.keys()])} There are: ${[...APPLICATIONS.keys()].join(", ")}.`,
    );
  if (alpha !== undefined && !name.startsWith("mobilenet"))
    throw new UserError("no-alpha", `applications.${name} has no alpha; MobileNets have. Leave it out.`);

  const context = {
    specFolder: process.cwd(),
    onNote: (_severity: unknown, _code: string, message: string) => hooks.note?.(message),
    onProgress: (done: number, total: number | null, unit: string) =>
      unit === "bytes" && hooks.progress?.(done, total, "bytes"),
    ...(signal ? { signal } : {}),
  };
  const recipe = recipeOf(name, application.defaultSize, application.preprocessing);
  // Images first: a wrong path is told before a hundred megabytes are fetched.
  const { table, ids, notes } = await data.readNewData(images, recipe, context);
  for (const note of notes) hooks.note?.(note);
  const index = await data.fetchKerasFile(CLASS_INDEX_FILE, context);
  const rows: Baked = {
    ...data.bakeTable(recipe, table, { outcomes: false }),
    outcomes: new Map([["class", { kind: "numeric", values: new Float32Array(table.rows) }]]),
  };

  const { openFeatures, preflight } = await import("../engine/index.ts");
  const model = await modelOf(name, alpha);
  await preflight(model, context.specFolder, context);
  const job = { model, train: rows, specFolder: context.specFolder, seed: 1 };
  const network = await openFeatures(job, (_severity, _code, message) => hooks.note?.(message));
  try {
    const classified: ClassifiedImage[] = [];
    for await (const { from, features } of network.chunks(rows, signal)) {
      const decoded = await decodePredictions(features[0]!.values, CLASSES, index, top);
      for (const [row, classes] of decoded.entries()) classified.push({ file: ids[from + row]!, classes });
      hooks.progress?.(classified.length, table.rows, "images");
    }
    return classified;
  } finally {
    await network.close();
  }
}

/** ImageNet's. */
const CLASSES = 1000;

/** As if these two steps had been learnt. */
function recipeOf(application: string, size: number, mode: string): PreppedRecipe {
  const columns = ["image"];
  return {
    formula: "class ~ image",
    predictors: [{ name: "image", kind: "image", shape: [size, size, 3] }],
    outcomes: [{ name: "class" }],
    steps: [
      { step: "resize", columns, options: { height: size, width: size }, learnt: null },
      { step: "preprocess_input", columns, options: { application, mode }, learnt: null },
    ],
  };
}

/** The application, frozen, as a spec would describe it. */
async function modelOf(name: string, alpha: number | undefined): Promise<ModelDescription> {
  const { applications, layers } = await import("../kspec/index.ts");
  const make = applications[name as keyof typeof applications] as (options: object) => {
    trainable: boolean;
    apply(tensor: unknown): unknown;
  };
  const input = taking("input_shape", ({ input_shape }: { input_shape: [number, number, number] }) =>
    layers.input({ shape: input_shape }),
  );
  const network = taking("tensor", ({ tensor }: { tensor: unknown }) => {
    const base = make(alpha === undefined ? {} : { alpha });
    base.trainable = false;
    return base.apply(tensor);
  });
  // What is computed is what is frozen in front of a head. Nobody builds the head.
  const output = taking("tensor", ({ tensor }: { tensor: Tensor }) =>
    layers.dense({ units: 1 }).apply(tensor),
  );
  const behind = (block: BlockFunction, upstream: string) =>
    ({ kind: "wired_block", block, upstream }) as const;
  return {
    kind: "model",
    engine: "auto",
    arguments: {},
    spec: {
      kind: "spec",
      api: "functional",
      model_name: name,
      mode: "regression",
      layer_blocks: { input, network: behind(network, "input"), output: behind(output, "network") },
    },
  };
}

/** A block with its one argument told, as compiling a spec attaches it. */
function taking(argument: "input_shape" | "tensor", block: BlockFunction): BlockFunction {
  const type = argument === "tensor" ? "tensor" : "array";
  return Object.assign(block, { block_arguments: [{ name: argument, type, optional: false }] as const });
}
