import type { TensorFlow } from "./index.ts";

/**
 * Layers that TensorFlow.js 4.22 has otherwise than Keras, put in the place of its own.
 */
export function registerKerasLayers(tf: TensorFlow): void {
  const known = tf.serialization.SerializationMap.getMap().classNameMap;
  const [Flatten] = known["Flatten"]! as unknown as [new (args: object) => { inputSpec: unknown }];
  /** Keras flattens a vector too, which changes nothing; TensorFlow.js refuses it. */
  class KerasFlatten extends Flatten {
    static readonly className = "Flatten";
    constructor(args: object) {
      super(args);
      this.inputSpec = [{ minNDim: 2 }];
    }
  }
  tf.serialization.registerClass(KerasFlatten as never);
}
