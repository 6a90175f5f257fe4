import { activityPenalty } from "../penalties.ts";
import { activityRegularizer, type DescribedLayer } from "../weight-options.ts";
import { tf, type Tensor, type layers } from "./index.ts";
import { tensorflowMath } from "./tensor-math.ts";

/** What layers have added to the loss since {@link keepingActivityPenalties} began; undefined: nobody asks. */
let kept: Tensor[] | undefined;

/** For as long as `work` takes, {@link activityPenalties} gives what the regularizers of layers' outputs add to the loss. */
export function keepingActivityPenalties<Result>(work: () => Result): Result {
  const outer = kept;
  const own: Tensor[] = [];
  kept = own;
  try {
    return work();
  } finally {
    kept = outer;
    tf.dispose(own);
  }
}

/** Of all layers that were applied since, each by itself. */
export function activityPenalties(): readonly Tensor[] {
  return kept ?? [];
}

type Call = (inputs: Tensor | Tensor[], kwargs: Record<string, unknown>) => Tensor | Tensor[];
interface Layer {
  activityRegularizer?: unknown;
  readonly layer?: Layer;
  readonly forwardLayer?: Layer;
  readonly backwardLayer?: Layer;
  call: Call;
  getClassName(): string;
  getConfig(): DescribedLayer["config"];
}

/** Gives a layer Keras's regularizer of what it puts out: TensorFlow.js 4.22 refuses some layers with one, and passes over it in others. */
export function addActivityPenalty(given: layers.Layer): void {
  add(given as unknown as Layer);
}

function add(layer: Layer): void {
  const regularizer = activityRegularizer({ class_name: layer.getClassName(), config: layer.getConfig() });
  for (const own of [layer, layer.layer]) if (own !== undefined) own.activityRegularizer = null;
  for (const held of [layer.forwardLayer, layer.backwardLayer]) if (held !== undefined) add(held);
  if (regularizer === undefined) return;
  const call = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => {
    const outputs = call(inputs, kwargs);
    if (kept !== undefined)
      for (const output of [outputs].flat()) {
        const penalty = tf.tidy(() => activityPenalty(tensorflowMath, regularizer, output) ?? []);
        // A network disposes of all that its layers computed on the way.
        if (!Array.isArray(penalty)) kept.push(tf.keep(tf.clone(penalty)));
      }
    return outputs;
  };
}
