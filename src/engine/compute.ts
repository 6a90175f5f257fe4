import { breathe, sizeOf, sliceTensor, slice, type Rows } from "./rows.ts";
import { tf, type LayersModel, type Tensor } from "./tensorflow/index.ts";

/** A network with its weights, in inference mode, on whatever computes it. */
export interface Computed {
  /** How many rows to give it at once. */
  readonly rowsAtOnce: number;
  /** The network's outputs for these rows; `inputs` are all it has, in its order. */
  run(inputs: readonly Rows[], rows: number): Promise<Rows[]>;
  release(): Promise<void>;
}

/**
 * A network on TensorFlow.js, which keeps it.
 *
 * @param wanted Which of its outputs; default: all.
 */
export function onTensorFlow(model: LayersModel, wanted = model.outputs.map((_, i) => i)): Computed {
  return {
    rowsAtOnce: 64,
    run(inputs, rows) {
      let results: Rows[] = [];
      tf.tidy(() => {
        const batch = inputs.map((input) => sliceTensor(input, 0, rows));
        const outputs = [model.apply(batch.length === 1 ? batch[0]! : batch) as Tensor | Tensor[]].flat();
        results = wanted.map((i): Rows => {
          const { shape } = outputs[i]!;
          // The backend may lend its own memory, which the next step overwrites.
          return { shape: shape.slice(1), values: outputs[i]!.dataSync<"float32">().slice() };
        });
      });
      return Promise.resolve(results);
    },
    release: () => Promise.resolve(),
  };
}

/**
 * The outputs for any number of rows, some at a time.
 *
 * @param onRows Told after each time how many rows are done.
 */
export async function computeAll(
  network: Computed,
  inputs: readonly Rows[],
  rows: number,
  signal?: AbortSignal,
  onRows?: (done: number) => void,
): Promise<Rows[]> {
  let all: Rows[] | undefined;
  for (let from = 0; from < rows; from += network.rowsAtOnce) {
    signal?.throwIfAborted();
    const to = Math.min(rows, from + network.rowsAtOnce);
    const some = await network.run(
      inputs.map((input) => slice(input, from, to)),
      to - from,
    );
    all ??= some.map(({ shape }) => ({ shape, values: new Float32Array(rows * sizeOf(shape)) }));
    for (const [i, { shape, values }] of some.entries()) all[i]!.values.set(values, from * sizeOf(shape));
    onRows?.(to);
    await breathe();
  }
  signal?.throwIfAborted();
  return all ?? [];
}
