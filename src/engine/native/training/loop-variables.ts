import type { Draw } from "../../draws.ts";
import type { Variable, Variables } from "../layers/layer-call.ts";
import type { GraphExtents } from "./extents.ts";
import { GraphMath } from "./graph-math.ts";

/** A weight that training changes. */
export interface VariableWeight {
  readonly layer: string;
  readonly weight: string;
  /** Keras's. */
  readonly shape: readonly number[];
  /** By its gradient; else it is moved by its layer, as an average. */
  readonly trained: boolean;
}

/** One drawing of random numbers in each step. */
export interface DrawPort {
  readonly what: string;
  readonly call: number;
  readonly draw: Draw;
  /** Of one row. */
  readonly shape: readonly number[];
  /** The input that the numbers of all steps go into: `[rows of all steps, …shape]`. */
  readonly port: string;
}

/** The weights of a network in the body of its loop over batches, and what its layers ask for beside. */
export class LoopVariables implements Variables {
  readonly training: boolean;
  readonly math: GraphMath;
  readonly extents: GraphExtents;
  readonly penalties: string[] = [];
  readonly draws: DrawPort[] = [];
  /** Variable → what it is after the step. */
  readonly moved = new Map<Variable, string>();
  readonly #weights: ReadonlyMap<string, VariableWeight>;
  readonly #asked = new Map<string, Variable & VariableWeight>();
  readonly #rowsOf: (port: string, shape: readonly number[]) => string;

  /**
   * @param rowsOf Writes what gives this batch's rows of an input of the whole graph.
   */
  constructor(
    extents: GraphExtents,
    weights: readonly VariableWeight[],
    training: boolean,
    rowsOf: (port: string, shape: readonly number[]) => string,
  ) {
    this.extents = extents;
    this.training = training;
    this.math = new GraphMath(extents, "layers");
    this.#weights = new Map(weights.map((one) => [`${one.layer}/${one.weight}`, one]));
    this.#rowsOf = rowsOf;
  }

  still(): Variables {
    return this.training ? new Still(this) : this;
  }

  has(layer: string, weight: string): boolean {
    return this.#weights.has(`${layer}/${weight}`);
  }

  variable(layer: string, weight: string, order: readonly number[]): Variable {
    const key = `${layer}/${weight}`;
    let found = this.#asked.get(key);
    if (found === undefined) {
      const described = this.#weights.get(key)!;
      const name = this.extents.graph.freshName(`variable ${key}`);
      this.extents.set(
        name,
        order.map((axis) => described.shape[axis]!),
      );
      found = { ...described, name, order };
      this.#asked.set(key, found);
    }
    return found;
  }

  /** Those that a layer has asked for. */
  get all(): readonly (Variable & VariableWeight)[] {
    return [...this.#asked.values()];
  }

  move(variable: Variable, after: string): void {
    this.moved.set(variable, after);
  }

  draw(what: string, draw: Draw, shape: readonly number[]): string {
    const call = this.draws.filter((one) => one.what === what).length;
    const port = `draw ${this.draws.length}`;
    this.draws.push({ what, call, draw, shape, port });
    return this.#rowsOf(port, shape);
  }

  penalty(value: string): void {
    this.penalties.push(value);
  }
}

/** The same variables, of a layer that does in training what it does in prediction. */
class Still implements Variables {
  readonly training = false;
  readonly #variables: Variables;

  constructor(variables: Variables) {
    this.#variables = variables;
  }
  get math(): GraphMath {
    return this.#variables.math;
  }
  get extents(): GraphExtents {
    return this.#variables.extents;
  }
  still(): Variables {
    return this;
  }
  has(layer: string, weight: string): boolean {
    return this.#variables.has(layer, weight);
  }
  variable(layer: string, weight: string, order: readonly number[]): Variable {
    return this.#variables.variable(layer, weight, order);
  }
  move(variable: Variable, after: string): void {
    this.#variables.move(variable, after);
  }
  draw(what: string, draw: Draw, shape: readonly number[]): string {
    return this.#variables.draw(what, draw, shape);
  }
  penalty(value: string): void {
    this.#variables.penalty(value);
  }
}
