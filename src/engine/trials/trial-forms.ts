import type { Baked } from "../../data/baked.ts";
import type { ModelDescription } from "../../kspec/description.ts";
import { registered } from "../../kspec/registered.ts";
import type { Network, WeightValues } from "../../model/network.ts";
import type { FrozenPrefix } from "../features.ts";
import { inputNumber, inputShape } from "../describe-network.ts";
import { weightsInTensorFlow } from "../native/compute-natively.ts";
import type { WeightLookup } from "../native/layers/layer-call.ts";
import { writeForward, type ForwardGraph } from "../native/training/forward-graph.ts";
import type { TrainingGraph } from "../native/training/training-graph.ts";
import type { Optimizer } from "../optimizer.ts";
import { hasWeights, headNetwork } from "../prefix.ts";
import { realise, type Realised } from "../realise.ts";
import { planOutputs, type OutputPlan } from "../targets.ts";
import { trainedOutputs, type TrainedOutput } from "../training-arguments.ts";
import { disposeWeights } from "../trained-model.ts";
import { refusal, variablesOf, writeNatively, type ExamplesBorder } from "../training/choose-trainer.ts";
import type { KnownNetwork } from "./known-networks.ts";
import { signatureOf } from "./wiring-signature.ts";

/** All of a training that does not depend on numbers: candidates that differ in rates, epochs or batches have it in common. */
export interface TrialForm {
  /** Stands for it within this process. */
  readonly key: string;
  readonly plans: readonly OutputPlan[];
  readonly outputs: readonly TrainedOutput[];
  readonly native: NativeGraphs | { readonly because: string };
}

export interface NativeGraphs {
  readonly graph: TrainingGraph;
  readonly validationGraph: TrainingGraph | null;
  readonly forward: ForwardGraph;
}

/** What a form is made for. */
export interface FormJob {
  readonly model: ModelDescription;
  readonly known: KnownNetwork;
  readonly head: TrialHead;
  readonly outcomes: Baked["outcomes"];
  readonly optimizer: Optimizer;
  readonly train: ExamplesBorder;
  readonly validation: ExamplesBorder | null;
}

/** A head that is built in TensorFlow.js when somebody needs it: for its initial weights, say. */
export class TrialHead {
  readonly network: Network;
  readonly seed: number;
  #realised: Realised | undefined;

  constructor(known: KnownNetwork, prefix: FrozenPrefix | null, seed: number) {
    this.network = headOf(known, prefix);
    this.seed = seed;
  }

  /** @throws UserError naming the block whose layer cannot be built. */
  realised(): Realised {
    return (this.#realised ??= realise(this.network, this.seed));
  }

  dispose(): void {
    if (this.#realised !== undefined) disposeWeights(this.#realised);
    this.#realised = undefined;
  }
}

/** What is trained of a network, whose features always have the same shapes. */
function headOf(known: KnownNetwork, prefix: FrozenPrefix | null): Network {
  let head = heads.get(known);
  if (head === undefined) {
    const { network, flat, parts } = known;
    let computed = 0;
    const shapes = parts.features.map(({ layer }) =>
      inputNumber(network, layer) === null ? prefix!.shapes[computed++]! : inputShape(network, layer),
    );
    head = headNetwork(flat, parts, shapes);
    heads.set(known, head);
  }
  return head;
}

const heads = new WeakMap<KnownNetwork, Network>();

/** Forms that may come again. */
const KEPT = 64;

/** The forms of the trials so far. */
export class TrialForms {
  /** Most recently used last. */
  readonly #known = new Map<string, TrialForm>();
  #unknown = 0;

  /** @throws UserError for outputs that do not fit their outcomes, and for losses and metrics that cannot be had. */
  async of(job: FormJob): Promise<TrialForm> {
    const signature = signatureOfForm(job);
    const key = signature ?? `unknown ${++this.#unknown}`;
    const form = this.#known.get(key) ?? (await makeForm(key, job));
    if (signature === undefined) return form;
    this.#known.delete(key);
    this.#known.set(key, form);
    for (const old of [...this.#known.keys()].slice(0, -KEPT)) this.#known.delete(old);
    return form;
  }
}

function signatureOfForm({ model, known, head, outcomes, train, validation }: FormJob): string | undefined {
  if (known.signature === undefined) return undefined;
  const { arguments: given, engine, spec } = model;
  const { compile_optimizer: optimizer } = given;
  // Weights that are drawn and then held are constants of the graphs.
  const drawn = head.network.layers.some((layer) => !layer.trainable && hasWeights(layer));
  return signatureOf([
    known.signature,
    head.network.inputs.map(({ layer }) => inputShape(head.network, layer)),
    [...outcomes].map(([name, one]) => [name, one.kind === "nominal" ? one.levels.length : null]),
    spec.mode,
    engine,
    [optimizer, given["compile_loss"], given["compile_loss_weights"], given["compile_metrics"]],
    typeof optimizer === "string" && registered.optimizers.has(optimizer) ? given["learn_rate"] : null,
    drawn ? head.seed : null,
    train,
    validation,
  ]);
}

async function makeForm(
  key: string,
  { model, head, outcomes, optimizer, train, validation }: FormJob,
): Promise<TrialForm> {
  const built = head.realised();
  const plans = planOutputs(
    built.network.name,
    model.spec.mode,
    new Map(built.network.outputs.map(({ name, from }) => [name, built.tensor(from).shape.slice(1)])),
    outcomes,
  );
  const outputs = trainedOutputs(model, plans);
  const weights = heldWeights(built);
  const written = await writeNatively(
    { outputs, optimizer, train, validation },
    built,
    model.engine,
    weights,
  );
  if (!written.native) return { key, plans, outputs, native: { because: written.because } };
  const { graph, validationGraph } = written;
  const forward = forwardOf(built, weights, graph, outputs);
  return {
    key,
    plans,
    outputs,
    native: "because" in forward ? forward : { graph, validationGraph, forward },
  };
}

/** The weights of a head, which outlive its layers where they are held: the graphs may be written out again. */
function heldWeights(head: Realised): WeightLookup {
  const trained = new Set(head.network.layers.filter(({ trainable }) => trainable).map(({ name }) => name));
  const lookup = weightsInTensorFlow(head.model);
  const copies = new Map<string, WeightValues>();
  const found = (layer: string, weight: string): WeightValues | undefined => {
    if (trained.has(layer)) return lookup(layer, weight);
    const key = `${layer}/${weight}`;
    const copy = copies.get(key);
    const values = copy ?? lookup(layer, weight);
    if (copy !== undefined || values === undefined) return copy;
    const own = { ...values, values: values.values.slice() as WeightValues["values"] };
    copies.set(key, own);
    return own;
  };
  return Object.assign(found, { names: (layer: string) => lookup.names!(layer) });
}

/** The forward pass behind a training graph, whose weights it takes as they lie there. */
function forwardOf(
  head: Realised,
  weights: WeightLookup,
  graph: TrainingGraph,
  outputs: readonly TrainedOutput[],
): ForwardGraph | { readonly because: string } {
  try {
    const forward = writeForward({
      network: head.network,
      weights,
      variables: variablesOf(head),
      links: outputs.map(({ loss }) => loss.link),
    });
    if ("reason" in forward)
      return { because: `The layer ${forward.layer} (${forward.class_name}) ${forward.reason}` };
    const orders = new Map(graph.variables.map((one) => [`${one.layer}/${one.weight}`, one.order.join()]));
    const other = forward.variables.find(
      ({ layer, weight, order }) => orders.get(`${layer}/${weight}`) !== order.join(),
    );
    if (other === undefined) return forward;
    return { because: `${other.layer}/${other.weight} lies otherwise in memory where it is predicted.` };
  } catch (error) {
    return { because: refusal(error) };
  }
}
