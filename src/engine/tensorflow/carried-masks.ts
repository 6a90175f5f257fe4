import type { TensorFlow, Tensor } from "./index.ts";

type Mask = Tensor | null;

/** Tensor → which of its steps are looked at; those of whom nobody says so are all. */
const masks = new WeakMap<Tensor, Tensor>();

/** The mask that a tensor came with; null where there is none. */
export function maskOf(tensor: Tensor): Mask {
  return masks.get(tensor) ?? null;
}

interface Layer {
  readonly supportsMasking: boolean;
  readonly maskZero?: boolean;
  readonly maskValue?: number;
  apply(inputs: unknown, kwargs?: unknown): unknown;
  computeMask(inputs: Tensor[], masks: Mask[]): Mask | Mask[];
}

/**
 * Lets masks go beside tensors. TensorFlow.js 4.22 tells a layer that is applied to several tensors the mask of the first of them
 * alone; attention reads two sequences that each have their own.
 */
export function carryMasks(tf: TensorFlow): void {
  const prototype = (tf.layers.Layer as unknown as { prototype: Layer }).prototype;
  const apply = Object.getOwnPropertyDescriptor(prototype, "apply")!.value as Layer["apply"];
  prototype.apply = function (this: Layer, inputs, kwargs) {
    const outputs = apply.call(this, inputs, kwargs);
    const given = [inputs].flat() as unknown[];
    if (!this.supportsMasking || !given.every((one) => one instanceof tf.Tensor)) return outputs;
    const known = given.map((one) => maskOf(one));
    const makes = this.maskZero === true || this.maskValue !== undefined;
    if (!makes && known.every((one) => one === null)) return outputs;
    const made = [this.computeMask(given, known)].flat()[0] ?? null;
    if (made !== null) for (const one of [outputs].flat() as Tensor[]) masks.set(one, made);
    return outputs;
  };
}
