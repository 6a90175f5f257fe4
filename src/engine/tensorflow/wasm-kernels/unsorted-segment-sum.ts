import type { Composition } from "./index.ts";

/** Rows added up by their segment's number: the gradient of `gather`, and so of every embedding. */
export const unsortedSegmentSum: Composition = (tf, { x, segmentIds }, attributes) => {
  const numSegments = attributes["numSegments"] as number;
  const shape = x.shape as number[];
  const rank = (segmentIds.shape as number[]).length;
  const rows = shape.slice(0, rank).reduce((a, b) => a * b, 1);
  const rest = shape.slice(rank);
  const ids = tf.reshape(tf.cast(segmentIds, "int32"), [rows, 1]);
  const width = rest.reduce((a, b) => a * b, 1);
  const sums = tf.scatterND(ids, tf.reshape(x, [rows, width]), [numSegments, width]);
  return tf.reshape(sums, [numSegments, ...rest]);
};
