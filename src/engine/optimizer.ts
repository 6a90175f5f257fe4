import type { Operand, TensorMath } from "./tensor-math.ts";

/** Moves weights by their gradients; written once for both engines. */
export interface Optimizer {
  /** Keras's class name. */
  readonly name: string;
  /** Tensors of each weight's shape that go from step to step: name → what they start as. */
  readonly slots: Readonly<Record<string, number>>;
  /**
   * The numbers of a step, which both engines get from here: the learning rate, corrections of moments.
   *
   * @param step From 1, over the whole training.
   * @param factor What callbacks have made of the learning rate so far: 1 at first.
   */
  numbers(step: number, factor: number): Readonly<Record<string, number>>;
  /** The learning rate of a step, for the log. */
  rate(step: number, factor: number): number;
  /** Makes large gradients smaller, where the options ask for that; each has its weight's extents. Absent: nothing is asked. */
  clip?<T>(math: TensorMath<T>, gradients: readonly T[]): T[];
  /** One weight's step. `numbers` are those of the step. */
  update<T>(
    math: TensorMath<T>,
    weight: T,
    gradient: T,
    slots: Readonly<Record<string, T>>,
    numbers: Readonly<Record<string, Operand<T>>>,
  ): { readonly weight: T; readonly slots: Readonly<Record<string, T>> };
}
