import type { Graph } from "./onnx/graph.ts";

/** Extents of one row in Keras's order of axes; null is any. */
export type Shape = readonly (number | null)[];

/** A tensor in the graph. */
export interface Value {
  readonly name: string;
  /** In Keras's order (`[height, width, channels]`), however the values lie in memory. */
  readonly shape: Shape;
  /** The last axis of `shape` lies directly behind the batch axis: `[batch, channels, height, width]`. */
  readonly channelsFirst: boolean;
  /** Of a sequence of which later layers pass steps over: float32 `[batch, steps]`, 1 where they look. */
  readonly mask?: string;
}

/**
 * ONNX's convolutions and poolings take channels first, Keras's images have them last. A value keeps the
 * layout that made it, and is brought into the other one at most once: at the border of a network.
 */
export class Layouts {
  readonly #graph: Graph;
  readonly #others = new Map<string, Value>();

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  /** Axes in Keras's order. */
  asInKeras(value: Value): Value {
    if (!value.channelsFirst) return value;
    const last = value.shape.length;
    return this.#other(value, [0, ...range(2, last + 1), 1]);
  }

  channelsFirst(value: Value): Value {
    if (value.channelsFirst || value.shape.length < 2) return value;
    const last = value.shape.length;
    return this.#other(value, [0, last, ...range(1, last)]);
  }

  #other(value: Value, order: readonly number[]): Value {
    let other = this.#others.get(value.name);
    if (other === undefined) {
      const name = this.#graph.add("Transpose", "layout", [value.name], { perm: { ints: order } });
      other = { name, shape: value.shape, channelsFirst: !value.channelsFirst };
      this.#others.set(value.name, other);
      this.#others.set(name, value);
    }
    return other;
  }
}

/** Where an axis of Keras's (0 is the batch) lies in memory. */
export function axisInMemory(value: Value, axis: number): number {
  if (!value.channelsFirst || axis === 0) return axis;
  return axis === value.shape.length ? 1 : axis + 1;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/** The number of values of one row; null when an extent is. */
export function sizeOf(shape: Shape): number | null {
  return shape.reduce<number | null>(
    (size, extent) => (size === null || extent === null ? null : size * extent),
    1,
  );
}
