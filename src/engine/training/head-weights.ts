import type { WeightValues } from "../../model/network.ts";
import { UserError } from "../../protocol/index.ts";
import type { Realised } from "../realise.ts";
import { tf, type Tensor, type Variable } from "../tensorflow/index.ts";

/** Weights by name, in the order in which they are saved. */
export type NamedWeights = readonly (readonly [name: string, values: WeightValues])[];

/** All weights of a head that a fit can change, moving averages included, as its layers have them. */
export class HeadWeights {
  readonly #weights: ReadonlyMap<string, { read(): Tensor }>;

  /** @param held Names of layers that no fit changes. */
  constructor({ layers }: Realised, held: ReadonlySet<string>) {
    const all = [...layers].filter(([name]) => !held.has(name)).flatMap(([, layer]) => layer.weights);
    this.#weights = new Map(all.map((weight) => [weight.originalName, weight]));
  }

  read(): NamedWeights {
    return Array.from(this.#weights, ([name, weight]) => [name, valuesOf(weight.read())] as const);
  }

  /** Takes over those of the same name from another head. */
  take(weights: NamedWeights): void {
    for (const [name, values] of weights) {
      const weight = this.#weights.get(name);
      if (weight !== undefined) assign(weight, values);
    }
  }

  /** @throws UserError when the values are those of another network. */
  put(weights: NamedWeights): void {
    const given = new Map(weights);
    const stranger = [...this.#weights].find(([name, weight]) => !sameShape(given.get(name), weight.read()));
    if (stranger !== undefined || given.size !== this.#weights.size)
      throw new UserError(
        "checkpoint-mismatch",
        `The checkpoint does not go with this network${stranger === undefined ? "" : `: the weight ${stranger[0]} is missing in it or has another shape`}. The spec builds another one than when the run began; fit it anew.`,
      );
    for (const [name, weight] of this.#weights) assign(weight, given.get(name)!);
  }
}

function assign(weight: { read(): Tensor }, { values, shape, dtype }: WeightValues): void {
  tf.tidy(() => (weight.read() as Variable).assign(tf.tensor(values.slice(), [...shape], dtype)));
}

function sameShape(given: WeightValues | undefined, { shape }: Tensor): boolean {
  return given !== undefined && given.shape.join() === shape.join();
}

export function valuesOf(tensor: Tensor): WeightValues {
  const values = tensor.dataSync();
  return {
    shape: tensor.shape,
    dtype: tensor.dtype as WeightValues["dtype"],
    // The backend may lend its own memory, which the next step overwrites.
    values: values.slice() as WeightValues["values"],
  };
}
