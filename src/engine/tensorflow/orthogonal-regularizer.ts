import { penaltyOf } from "../penalties.ts";
import type { Scalar, Tensor, TensorFlow } from "./index.ts";
import { tensorflowMath } from "./tensor-math.ts";

/** Keras's OrthogonalRegularizer, which TensorFlow.js 4.22 does not have: its layers keep it, and save it. */
export function registerOrthogonalRegularizer(tf: TensorFlow): void {
  class OrthogonalRegularizer extends tf.serialization.Serializable {
    static readonly className = "OrthogonalRegularizer";
    readonly #config: { readonly factor: number; readonly mode: string };

    constructor({ factor = 0.01, mode = "rows" }: { factor?: number; mode?: string }) {
      super();
      this.#config = { factor, mode };
    }

    apply(weight: Tensor): Scalar {
      const described = { class_name: OrthogonalRegularizer.className, config: this.#config };
      return tf.tidy(() => penaltyOf(tensorflowMath, described, weight) as Scalar);
    }

    override getConfig() {
      return this.#config;
    }
  }
  tf.serialization.registerClass(OrthogonalRegularizer);
}
