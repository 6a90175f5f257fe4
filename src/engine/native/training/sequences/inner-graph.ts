import { Graph, type Constant, type Node } from "../../onnx/graph.ts";

/**
 * A graph that stands within another, or is going to: its names are taken there too, since ONNX lets nothing within hide what is
 * around it, and its constants stand around it.
 */
export class InnerGraph extends Graph {
  readonly #outer: Graph;

  constructor(outer: Graph) {
    super();
    this.#outer = outer;
  }

  override freshName(wanted: string): string {
    return this.#outer.freshName(wanted);
  }

  override typedConstant(name: string, constant: Constant): string {
    return this.#outer.typedConstant(name, constant);
  }

  /** What its nodes read from around it. */
  captured(inputs: readonly string[], outputs: readonly string[] = []): string[] {
    const own = new Set([...inputs, ...this.nodes.flatMap(outputsOf)]);
    const read = [...this.nodes.flatMap(readBy), ...outputs];
    return [...new Set(read)].filter((name) => name !== "" && !own.has(name));
  }
}

/** Values that an operation gives. */
export function outputsOf({ output, furtherOutputs = [] }: Node): string[] {
  return [output, ...furtherOutputs];
}

/** Values that an operation reads, those that graphs within it read from around it among them. */
export function readBy({ inputs, captured = [] }: Node): string[] {
  return [...inputs, ...captured];
}
