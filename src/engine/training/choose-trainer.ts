import { usesNative } from "../features.ts";
import { UnsupportedLayer } from "../native/layers/layer-call.ts";
import { loadRuntime } from "../native/runtime.ts";
import { UnknownOperation } from "../native/training/extents.ts";
import type { VariableWeight } from "../native/training/loop-variables.ts";
import { NativeTrainer } from "../native/training/native-trainer.ts";
import { writeTraining, type TrainingPlan } from "../native/training/training-graph.ts";
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
  const because = await whyNotNatively(job, engine);
  if (because !== undefined) return onTensorFlow(job, because);
  const plan: TrainingPlan = {
    network: head.network,
    weights: weightsInTensorFlow(head.model),
    variables: variablesOf(head),
    outputs: job.outputs,
    optimizer: job.optimizer,
    weighted: job.train.weights !== null,
    ownEntries: ownEntries(job.train),
  };
  try {
    const graph = writeTraining(plan);
    if ("reason" in graph)
      return onTensorFlow(job, `The layer ${graph.layer} (${graph.class_name}) ${graph.reason}`);
    checkMemory(graph, job);
    const { optimizer: _, ...still } = plan;
    const held =
      job.validation === null
        ? null
        : writeTraining({
            ...still,
            weighted: job.validation.weights !== null,
            ownEntries: ownEntries(job.validation),
          });
    if (held !== null && "reason" in held)
      return onTensorFlow(job, `The layer ${held.layer} (${held.class_name}) ${held.reason}`);
    return {
      trainer: await NativeTrainer.open({ ...job, graph, validationGraph: held }),
      native: true,
    };
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (error instanceof UnsupportedLayer) return onTensorFlow(job, error.message);
    if (error instanceof UnknownOperation) return onTensorFlow(job, error.message);
    const first = String((error as Error).message ?? error).split("\n")[0]!;
    return onTensorFlow(job, `ONNX Runtime refuses the training of this network (${first}).`);
  }
}

/** Inputs that do not have one entry for each row, one after the other. */
function ownEntries({ inputs, views = [] }: Examples): boolean[] {
  return inputs.map((input, i) => (views[i] ?? 1) > 1 || isStreamed(input));
}

function onTensorFlow(job: TrainingJob, because: string): ChosenTrainer {
  return { trainer: new TensorFlowTrainer(job), native: false, because };
}

/** What can be told without writing the network. */
async function whyNotNatively({ outputs }: TrainingJob, engine: EngineName): Promise<string | undefined> {
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
function variablesOf({ network, layers }: Realised): VariableWeight[] {
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
