import type { Operand, TensorMath } from "./tensor-math.ts";

/** Moves weights by their gradients; written once for both engines. */
export interface Optimizer {
  /** Keras's class name. */
  readonly name: string;
  /** Tensors of each weight's shape that go from step to step: name → what they start as. */
  readonly slots: Readonly<Record<string, number>>;
  /** Numbers that are the same in every step of a training: rates of decay, what divisions are kept from zero by. */
  readonly constants: Readonly<Record<string, number>>;
  /**
   * Numbers that are another in each step, which both engines get from here: the learning rate, corrections of moments.
   * None is named like a constant, and every step has the same names.
   *
   * @param step From 1, over the whole training.
   * @param factor What callbacks have made of the learning rate so far: 1 at first.
   */
  numbers(step: number, factor: number): Readonly<Record<string, number>>;
  /** Its learning rate is another in each step by itself, so that callbacks cannot set it. */
  readonly scheduled: boolean;
  /** The learning rate of a step, for the log. */
  rate(step: number, factor: number): number;
  /**
   * Makes large gradients smaller, where the options ask for that. Absent: nothing is asked.
   *
   * @param gradients Those of all weights.
   * @param numbers The constants and those of the step.
   */
  clip?<T>(math: TensorMath<T>, gradients: readonly T[], numbers: StepNumbers<T>): T[];
  /**
   * One weight's step, elementwise: a weight may lie with its axes in any order.
   *
   * @param numbers The constants and those of the step.
   */
  update<T>(
    math: TensorMath<T>,
    weight: T,
    gradient: T,
    slots: Readonly<Record<string, T>>,
    numbers: StepNumbers<T>,
  ): Updated<T>;
}

/** An optimizer's constants and the numbers of a step, by name. */
export type StepNumbers<T> = Readonly<Record<string, Operand<T>>>;

export interface Updated<T> {
  readonly weight: T;
  readonly slots: Readonly<Record<string, T>>;
}
