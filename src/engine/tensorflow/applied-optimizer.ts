import type { Optimizer } from "../optimizer.ts";
import type { Rows } from "../rows.ts";
import type { Kept, OptimizerState } from "../training/trainer.ts";
import { tf, type NamedTensorMap, type Tensor, type Variable } from "./index.ts";
import { tensorflowMath } from "./tensor-math.ts";

type Slots = Readonly<Record<string, Tensor>>;

/** An optimizer that moves TensorFlow.js's variables. */
export class AppliedOptimizer {
  readonly #optimizer: Optimizer;
  readonly #variables: ReadonlyMap<string, Variable>;
  /** By weight; of those that have been moved. */
  readonly #slots = new Map<string, Slots>();
  #steps = 0;

  /** @param variables All that it will move, by the names that its state calls them. */
  constructor(optimizer: Optimizer, variables: ReadonlyMap<string, Variable>) {
    this.#optimizer = optimizer;
    this.#variables = variables;
  }

  /**
   * One step.
   *
   * @param gradients By the names of TensorFlow.js's variables; variables without one stay as they are.
   * @param factor What callbacks have made of the learning rate.
   */
  applyGradients(gradients: NamedTensorMap, factor = 1): void {
    const optimizer = this.#optimizer;
    const numbers = { ...optimizer.constants, ...optimizer.numbers(++this.#steps, factor) };
    tf.tidy(() => {
      const moved = [...this.#variables].filter(([, variable]) => gradients[variable.name] !== undefined);
      const given = moved.map(([, variable]) => gradients[variable.name]!);
      const clipped = optimizer.clip?.(tensorflowMath, given, numbers) ?? given;
      for (const [i, [weight, variable]] of moved.entries()) {
        const slots = this.#slots.get(weight) ?? this.#first(variable);
        const after = optimizer.update<Tensor>(tensorflowMath, variable, clipped[i]!, slots, numbers);
        variable.assign(after.weight);
        this.#put(weight, after.slots);
      }
    });
  }

  /** What it carries now, to come back to. */
  keep(): Kept {
    const slots = Array.from(this.#slots, ([weight, own]) => [weight, copies(own)] as const);
    return new KeptSlots(this.#steps, new Map(slots));
  }

  /** Goes on from there, which can be come back to again. */
  restore(kept: Kept): void {
    const { steps, slots } = kept as KeptSlots;
    this.dispose();
    this.#steps = steps;
    for (const [weight, own] of slots) this.#put(weight, own);
  }

  /** What it carries, for a checkpoint. */
  state(): OptimizerState {
    const slots = new Map<string, Rows>();
    for (const [weight, own] of this.#slots)
      for (const [slot, tensor] of Object.entries(own))
        slots.set(`${weight}/${slot}`, { shape: tensor.shape, values: tensor.dataSync<"float32">().slice() });
    return { steps: this.#steps, slots };
  }

  /** Goes on from a checkpoint; what it does not name begins anew. */
  resume({ steps, slots }: OptimizerState): void {
    this.dispose();
    this.#steps = steps;
    tf.tidy(() => {
      for (const [weight, variable] of this.#variables) {
        const own = Object.entries(this.#first(variable)).map(([slot, first]): [string, Tensor] => {
          const saved = slots.get(`${weight}/${slot}`);
          return [slot, saved === undefined ? first : tf.tensor(saved.values.slice(), variable.shape)];
        });
        this.#put(weight, Object.fromEntries(own));
      }
    });
  }

  dispose(): void {
    for (const weight of [...this.#slots.keys()]) this.#put(weight, undefined);
  }

  #first(variable: Tensor): Slots {
    return Object.fromEntries(
      Object.entries(this.#optimizer.slots).map(([slot, value]) => [slot, tf.fill(variable.shape, value)]),
    );
  }

  #put(weight: string, slots: Slots | undefined): void {
    const kept = slots && copies(slots);
    tf.dispose({ ...this.#slots.get(weight) });
    if (kept === undefined) this.#slots.delete(weight);
    else this.#slots.set(weight, kept);
  }
}

class KeptSlots implements Kept {
  readonly steps: number;
  readonly slots: ReadonlyMap<string, Slots>;
  constructor(steps: number, slots: ReadonlyMap<string, Slots>) {
    this.steps = steps;
    this.slots = slots;
  }
  dispose(): void {
    for (const own of this.slots.values()) tf.dispose({ ...own });
  }
}

/** They share the values, and outlive any tidy. */
function copies(slots: Slots): Slots {
  return Object.fromEntries(Object.entries(slots).map(([slot, tensor]) => [slot, tf.keep(tf.clone(tensor))]));
}
