import type { Graph, Node } from "../onnx/graph.ts";
import type { Extents, OperationFacts } from "./operations/operation.ts";
import { operations } from "./operations/index.ts";

/** An operation that nobody knows how to train through. */
export class UnknownOperation extends Error {
  readonly node: Node;
  constructor(node: Node) {
    super(`The operation ${node.op} (${node.name}) cannot be trained through.`);
    this.node = node;
  }
}

/** The extents of every value in a graph, worked out as they are asked for; nodes may be added meanwhile. */
export class GraphExtents {
  readonly graph: Graph;
  readonly #known = new Map<string, Extents>();
  /** Of whole numbers in a row (shapes, axes) that are computed: those that are known before a run. */
  readonly #told = new Map<string, Extents>();
  /** A graph within another reads what is around it. */
  readonly #outer: GraphExtents | undefined;
  #done = 0;
  #catchingUp = false;

  constructor(graph: Graph, outer?: GraphExtents) {
    this.graph = graph;
    this.#outer = outer;
  }

  /** Says the extents of something that no node gives: an input. */
  set(name: string, extents: Extents): void {
    this.#known.set(name, extents);
  }

  of(name: string): Extents {
    const found = this.find(name);
    if (found === undefined) throw new Error(`Nothing in the graph gives ${name}.`);
    return found;
  }

  find(name: string): Extents | undefined {
    const known = this.#known.get(name) ?? this.graph.constants.get(name)?.shape;
    if (known !== undefined) return known;
    this.#catchUp();
    return this.#known.get(name) ?? this.#outer?.find(name);
  }

  /** The values of a constant of whole numbers. */
  wholes(name: string): readonly number[] | undefined {
    const constant = this.graph.constants.get(name);
    if (constant === undefined) return this.#outer?.wholes(name);
    const values = constant.values();
    return values instanceof BigInt64Array ? Array.from(values, Number) : undefined;
  }

  /** The same of whole numbers that are computed, as a shape is from another; null for one that only a run tells. */
  told(name: string): Extents | undefined {
    const wholes = this.wholes(name);
    if (wholes !== undefined) return wholes;
    this.#catchUp();
    return this.#told.get(name) ?? this.#outer?.told(name);
  }

  /** The values of a constant of numbers that are not whole. */
  numbers(name: string): readonly number[] | undefined {
    const constant = this.graph.constants.get(name);
    if (constant === undefined) return this.#outer?.numbers(name);
    const values = constant.values();
    return values instanceof Float32Array ? Array.from(values) : undefined;
  }

  facts(node: Node): OperationFacts {
    const attribute = (name: string) => node.attributes[name];
    return {
      node,
      input: (i) => this.of(node.inputs[i]!),
      has: (i) => (node.inputs[i] ?? "") !== "",
      wholes: (i) => (node.inputs[i] === undefined ? undefined : this.wholes(node.inputs[i])),
      numbers: (i) => (node.inputs[i] === undefined ? undefined : this.numbers(node.inputs[i])),
      told: (i) => (node.inputs[i] === undefined ? undefined : this.told(node.inputs[i])),
      int: (name, fallback) => {
        const found = attribute(name);
        return found !== undefined && "int" in found ? found.int : fallback;
      },
      float: (name, fallback) => {
        const found = attribute(name);
        return found !== undefined && "float" in found ? found.float : fallback;
      },
      ints: (name) => {
        const found = attribute(name);
        return found !== undefined && "ints" in found ? found.ints : undefined;
      },
      text: (name) => {
        const found = attribute(name);
        return found !== undefined && "text" in found ? found.text : undefined;
      },
    };
  }

  #catchUp(): void {
    // What a node's own facts are asked for stands before it and is known already.
    if (this.#catchingUp) return;
    this.#catchingUp = true;
    try {
      const { nodes } = this.graph;
      while (this.#done < nodes.length) {
        const node = nodes[this.#done]!;
        const operation = operations.get(node.op);
        if (operation === undefined) throw new UnknownOperation(node);
        const facts = this.facts(node);
        const extents = operation.extents(facts);
        const told = operation.told?.(facts);
        this.#done++;
        if (told !== undefined) this.#told.set(node.output, told);
        [node.output, ...(node.furtherOutputs ?? [])].forEach((name, i) => {
          if (name !== "") this.#known.set(name, extents[i] ?? []);
        });
      }
    } finally {
      this.#catchingUp = false;
    }
  }
}

/** NumPy's rule; an extent that is not known is that of whoever knows it. */
export function broadcast(...all: readonly Extents[]): Extents {
  const rank = Math.max(...all.map(({ length }) => length));
  return Array.from({ length: rank }, (_, i) => {
    const here = all.map((extents) => {
      const own = i - (rank - extents.length);
      return own < 0 ? 1 : extents[own]!;
    });
    const larger = here.find((extent) => extent !== null && extent !== 1);
    return larger ?? (here.some((extent) => extent === null) ? null : 1);
  });
}
