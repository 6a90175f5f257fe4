import type { TensorFlow, Tensor } from "./index.ts";

interface Layer {
  returnSequences: boolean;
  call(inputs: Tensor | Tensor[], kwargs: Record<string, unknown>): Tensor | Tensor[];
}
type LayerClass = new (args: object) => Layer;

/**
 * Keras has a Bidirectional that gives every step give zeros for those that a mask passes over; in TensorFlow.js 4.22 each direction
 * repeats the step before.
 */
export function registerBidirectional(tf: TensorFlow): void {
  const known = tf.serialization.SerializationMap.getMap().classNameMap;

  class Bidirectional extends (known["Bidirectional"]![0] as unknown as LayerClass) {
    static readonly className = "Bidirectional";
    override call(inputs: Tensor | Tensor[], kwargs: Record<string, unknown>): Tensor | Tensor[] {
      const given = kwargs["mask"] as Tensor | Tensor[] | null | undefined;
      const mask = Array.isArray(given) ? given[0] : given;
      if (!this.returnSequences || !mask) return super.call(inputs, kwargs);
      return tf.tidy(() => {
        const steps = tf.expandDims(tf.cast(mask, "float32"), 2);
        const output = super.call(inputs, kwargs);
        return Array.isArray(output) ? output.map((one) => tf.mul(one, steps)) : tf.mul(output, steps);
      });
    }
  }
  tf.serialization.registerClass(Bidirectional as never);
}
