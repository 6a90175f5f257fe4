import { usesNative } from "../features.ts";
import { UnsupportedLayer, type WeightLookup } from "../native/layers/layer-call.ts";
import { loadRuntime } from "../native/runtime.ts";
import { UnknownOperation } from "../native/training/extents.ts";
import type { VariableWeight } from "../native/training/loop-variables.ts";
import { NativeTrainer } from "../native/training/native-trainer.ts";
import { writeTraining, type TrainingGraph, type TrainingPlan } from "../native/training/training-graph.ts";
import { weightsInTensorFlow } from "../native/compute-natively.ts";
import type { EngineName } from "../../kspec/description.ts";
import { UserError } from "../../protocol/index.ts";
import { checkMemory } from "./check-memory.ts";
import type { Realised } from "../realise.ts";
import { isStreamed, type Examples } from "./examples.ts";
import { TensorFlowTrainer, type TrainingJob } from "./tensorflow-trainer.ts";
import type { Trainer } from "./trainer.ts";

/** Who trains a network, and why not ONNX Runtime where it is not that. */
export type ChosenTrainer =
  | { readonly trainer: Trainer; readonly native: true }
  | { readonly trainer: Trainer; readonly native: false; /** One sentence. */ readonly because: string };

/** ONNX Runtime where the engine may be that and all that is trained has a form in it; else TensorFlow.js. */
export async function chooseTrainer(
  job: TrainingJob,
  head: Realised,
  engine: EngineName,
): Promise<ChosenTrainer> {
  const written = await writeNatively(
    {
      outputs: job.outputs,
      optimizer: job.optimizer,
      train: borderOf(job.train),
      validation: job.validation === null ? null : borderOf(job.validation),
    },
    head,
    engine,
  );
  if (!written.native) return onTensorFlow(job, written.because);
  checkMemory(written.graph, job);
  try {
    return { trainer: await NativeTrainer.open({ ...job, ...written }), native: true };
  } catch (error) {
    return onTensorFlow(job, refusal(error));
  }
}

/** What a training's graphs depend on beside the network. */
export interface NativeForm {
  readonly outputs: TrainingJob["outputs"];
  readonly optimizer: TrainingJob["optimizer"];
  readonly train: ExamplesBorder;
  readonly validation: ExamplesBorder | null;
}

/** How rows come into a graph. */
export interface ExamplesBorder {
  readonly weighted: boolean;
  readonly ownEntries: readonly boolean[];
}

function borderOf(examples: Examples): ExamplesBorder {
  return { weighted: examples.weights !== null, ownEntries: ownEntries(examples) };
}

/** The graphs that ONNX Runtime trains and validates with, or in one sentence why there are none. */
export type WrittenNatively =
  | { readonly native: true; readonly graph: TrainingGraph; readonly validationGraph: TrainingGraph | null }
  | { readonly native: false; readonly because: string };

/**
 * Writes the training of a head as graphs.
 *
 * @param weights Those that are held, which become a part of the graphs when they are written out. Default: as the layers have them then.
 */
export async function writeNatively(
  { outputs, optimizer, train, validation }: NativeForm,
  head: Realised,
  engine: EngineName,
  weights: WeightLookup = weightsInTensorFlow(head.model),
): Promise<WrittenNatively> {
  const because = await whyNotNatively(outputs, engine);
  if (because !== undefined) return { native: false, because };
  const still = {
    network: head.network,
    weights,
    variables: variablesOf(head),
    outputs,
  } satisfies Partial<TrainingPlan>;
  const refused = ({ layer, class_name, reason }: { layer: string; class_name: string; reason: string }) =>
    ({ native: false, because: `The layer ${layer} (${class_name}) ${reason}` }) as const;
  try {
    const graph = writeTraining({ ...still, ...train, optimizer });
    if ("reason" in graph) return refused(graph);
    const held = validation === null ? null : writeTraining({ ...still, ...validation });
    if (held !== null && "reason" in held) return refused(held);
    return { native: true, graph, validationGraph: held };
  } catch (error) {
    return { native: false, because: refusal(error) };
  }
}

/** Why ONNX Runtime does not train a network, from what was thrown; a UserError is for the user. */
export function refusal(error: unknown): string {
  if (error instanceof UserError) throw error;
  if (error instanceof UnsupportedLayer) return error.message;
  if (error instanceof UnknownOperation) return error.message;
  const first = String((error as Error).message ?? error).split("\n")[0]!;
  return `ONNX Runtime refuses the training of this network (${first}).`;
}

/** Inputs that do not have one entry for each row, one after the other. */
export function ownEntries({ inputs, views = [] }: Pick<Examples, "inputs" | "views">): boolean[] {
  return inputs.map((input, i) => (views[i] ?? 1) > 1 || isStreamed(input));
}

function onTensorFlow(job: TrainingJob, because: string): ChosenTrainer {
  return { trainer: new TensorFlowTrainer(job), native: false, because };
}

/** What can be told without writing the network. */
async function whyNotNatively(
  outputs: TrainingJob["outputs"],
  engine: EngineName,
): Promise<string | undefined> {
  if (!usesNative(engine)) return `The spec asks for it by set_engine("${engine}").`;
  const runtime = await loadRuntime();
  if (!runtime.available) return runtime.reason;
  for (const { loss, metrics } of outputs) {
    if (loss.custom !== undefined)
      return `The loss ${loss.name} is a function of the spec, which computes with TensorFlow.js.`;
    const custom = metrics.find((metric) => metric.custom !== undefined);
    if (custom !== undefined)
      return `The metric ${custom.name} is a function of the spec, which computes with TensorFlow.js.`;
  }
  return undefined;
}

/** Weights that training changes: by their gradients, or as averages that their layers move. */
export function variablesOf({ network, layers }: Realised): VariableWeight[] {
  return network.layers
    .filter(({ trainable }) => trainable)
    .flatMap(({ name }) => {
      const layer = layers.get(name)!;
      const trained = new Set(layer.trainableWeights);
      return layer.weights.map((weight): VariableWeight => ({
        layer: name,
        weight: weight.originalName.slice(name.length + 1),
        shape: weight.shape as number[],
        trained: trained.has(weight),
      }));
    });
}
