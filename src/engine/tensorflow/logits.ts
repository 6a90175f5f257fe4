import type { Tensor, TensorFlow } from "./index.ts";

// What Keras does on TensorFlow: a crossentropy of what softmax (or sigmoid) gave is computed from what that was given. Probabilities
// below 1e-7 then still cost what they should, and still teach; from the probabilities themselves neither can be told.

type Function = "softmax" | "sigmoid";

/** What went into the activations since {@link keepingLogits} began, by what came out; null: nobody asks. */
let kept: Map<Tensor, { readonly by: Function; readonly logits: Tensor }> | null = null;

/** For as long as `work` takes, {@link logitsOf} knows what softmax and sigmoid were given. */
export function keepingLogits<Result>(work: () => Result): Result {
  const outer = kept;
  const own: NonNullable<typeof kept> = new Map();
  kept = own;
  try {
    return work();
  } finally {
    kept = outer;
    for (const { logits } of own.values()) logits.dispose();
  }
}

/** What this function was given when it gave `output`; undefined where another made it, or nobody kept it. */
export function logitsOf(output: Tensor, by: Function): Tensor | undefined {
  const found = kept?.get(output);
  return found?.by === by ? found.logits : undefined;
}

/** A copy of an output that outlives its scope, of which {@link logitsOf} knows the same. */
export function keptCopy(tf: TensorFlow, output: Tensor): Tensor {
  const copy = tf.keep(tf.clone(output));
  const found = kept?.get(output);
  if (found !== undefined) kept!.set(copy, { by: found.by, logits: tf.keep(tf.clone(found.logits)) });
  return copy;
}

/** Softmax (over the last axis) or sigmoid, whose argument is kept while somebody asks for it. */
export function activated(tf: TensorFlow, by: Function, x: Tensor): Tensor {
  const output = by === "softmax" ? tf.softmax(x) : tf.sigmoid(x);
  // The layer disposes of its own argument; a clone of it is part of the gradient's way back too.
  if (kept !== null) kept.set(output, { by, logits: tf.keep(tf.clone(x)) });
  return output;
}
