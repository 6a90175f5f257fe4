import type { Parts } from "./prefix.ts";
import type { Realised } from "./realise.ts";
import { breathe, sizeOf, sliceTensor, type Rows } from "./rows.ts";
import { tf, type Tensor } from "./tensorflow/index.ts";

/** Rows that go through the prefix at once. */
const BATCH = 64;

/**
 * The outputs of the frozen prefix for every row, in inference mode; a tensor that is an input as it stands is not copied.
 *
 * @param inputs Raw inputs in the network's order.
 * @param onRows Told after each batch how many rows are done.
 */
export async function computeFeatures(
  realised: Realised,
  parts: Parts,
  inputs: readonly Rows[],
  rows: number,
  signal: AbortSignal | undefined,
  onRows: (done: number) => void,
): Promise<Rows[]> {
  const inputOf = (layer: string) => realised.network.inputs.findIndex((input) => input.layer === layer);
  if (parts.prefix === null) return parts.features.map(({ layer }) => inputs[inputOf(layer)]!);

  const features = parts.features.map((from): Rows => {
    const given = inputOf(from.layer);
    if (given >= 0) return inputs[given]!;
    const shape = realised.tensor(from).shape.slice(1) as number[];
    return { shape, values: new Float32Array(rows * sizeOf(shape)) };
  });
  for (let from = 0; from < rows; from += BATCH) {
    const to = Math.min(rows, from + BATCH);
    tf.tidy(() => {
      const batch = inputs.map((input) => sliceTensor(input, from, to));
      const results = parts.prefix!.apply(batch.length === 1 ? batch[0]! : batch) as Tensor | Tensor[];
      for (const [i, result] of (Array.isArray(results) ? results : [results]).entries()) {
        if (inputOf(parts.features[i]!.layer) >= 0) continue;
        const feature = features[i]!;
        feature.values.set(result.dataSync(), from * sizeOf(feature.shape));
      }
    });
    onRows(to);
    await breathe();
    signal?.throwIfAborted();
  }
  return features;
}
