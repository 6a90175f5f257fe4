import type { Composition } from "./index.ts";

/** logits − log Σ exp(logits) over the last axis, shifted by the largest so that nothing overflows. */
export const logSoftmax: Composition = (tf, { logits }) => {
  const shifted = tf.sub(logits, tf.max(logits, -1, true));
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), -1, true)));
};
