import { realise } from "../../../src/engine/realise.ts";
import { tf } from "../../../src/engine/tensorflow/index.ts";
import type { LoadedBase } from "../../../src/model/assemble.ts";

/**
 * What a base gives for a batch, computed as a fit computes it: as a frozen block behind an input.
 *
 * @param shape of the batch, its rows first
 */
export function compute(
  { class_name, config, weights }: LoadedBase,
  values: Float32Array,
  shape: readonly number[],
): { shape: number[]; values: Float32Array } {
  const { model } = realise(
    {
      name: "base_alone",
      layers: [
        {
          name: "rows",
          block: "",
          class_name: "InputLayer",
          config: { batch_input_shape: [null, ...shape.slice(1)] },
          trainable: true,
          calls: [[]],
        },
        {
          name: "the_base",
          block: "base",
          class_name,
          config,
          trainable: false,
          calls: [[{ layer: "rows", call: 0 }]],
          weights,
        },
      ],
      inputs: [{ column: "rows", layer: "rows" }],
      outputs: [{ name: "output", from: { layer: "the_base", call: 0 } }],
    },
    1,
  );
  return tf.tidy(() => {
    const output = model.predict(tf.tensor(values, [...shape])) as ReturnType<typeof tf.tensor>;
    const result = { shape: output.shape, values: output.dataSync<"float32">().slice() };
    model.dispose();
    return result;
  });
}
