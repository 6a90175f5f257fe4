import type { Graph, Node, Port, WholeGraph } from "../../onnx/graph.ts";
import type { Extents } from "../operations/operation.ts";
import { InnerGraph, outputsOf } from "./inner-graph.ts";

/** Something that goes along a sequence. */
export interface Steps {
  /** What is carried from step to step: what it is before the first, and its extents. */
  readonly states: readonly Tensor[];
  /** What each step takes of `[steps, …extents]`; `extents` are those of one step. */
  readonly inputs: readonly Tensor[];
  /**
   * Writes one step into a graph of its own. It may read values from around it, by their names.
   *
   * It can be trained through if it is made of operations that work alike on one step and on all steps at once, along an axis
   * more in front: functions of each value, products of the states with matrices, cuts along the last axis.
   */
  step(graph: Graph, states: readonly string[], inputs: readonly string[]): Step;
}

export interface Tensor {
  readonly name: string;
  readonly extents: Extents;
}

export interface Step {
  /** What the states are behind it. */
  readonly states: readonly string[];
  /** What is kept of each step beside the states: a gradient takes it from there, and computes the rest of the step anew. */
  readonly kept: readonly Tensor[];
}

/** What is there behind the last step. */
export interface Scanned {
  /** What the states are behind the last step. */
  readonly last: readonly string[];
  /** The same behind each: `[steps, …extents]`. */
  readonly each: readonly string[];
}

/** Writes ONNX's Scan: steps along the first axis of what it takes. The states behind each step come out, and what is kept. */
export function scan(graph: Graph, label: string, { states, inputs, step }: Steps): Scanned {
  const body = new InnerGraph(graph);
  const name = (wanted: string) => graph.freshName(`${label}/${wanted}`);
  const before = states.map((_, i) => name(`state ${i}`));
  const taken = inputs.map((_, i) => name(`input ${i}`));
  const written = step(body, before, taken);
  const ends = written.states.map((value, i) => ({ name: value, extents: states[i]!.extents }));
  const given = ownNames(body, label, [...ends, ...ends, ...written.kept]);
  const port = (value: string, extents: Extents): Port => ({ name: value, shape: extents, exact: true });
  const whole: WholeGraph = {
    name: name("step"),
    graph: body,
    inputs: [
      ...before.map((one, i) => port(one, states[i]!.extents)),
      ...taken.map((one, i) => port(one, inputs[i]!.extents)),
    ],
    outputs: given.map((one) => port(one.name, one.extents)),
  };
  const outputs = whole.outputs.map((_, i) => name(`output ${i}`));
  graph.nodes.push(
    scanNode(
      label,
      [...states, ...inputs].map((one) => one.name),
      inputs.length,
      whole,
      outputs,
    ),
  );
  return { last: outputs.slice(0, states.length), each: outputs.slice(states.length, 2 * states.length) };
}

/** Outputs of a graph, which have names of their own also where two are one value, or one is an input. */
export function ownNames<One extends { readonly name: string }>(
  graph: Graph,
  label: string,
  outputs: readonly One[],
): One[] {
  const free = new Set(graph.nodes.flatMap(outputsOf));
  return outputs.map((one) =>
    free.delete(one.name) ? one : { ...one, name: graph.add("Identity", label, [one.name]) },
  );
}

/** @param backwards From the last step to the first. */
export function scanNode(
  label: string,
  given: readonly string[],
  scanned: number,
  body: WholeGraph,
  outputs: readonly string[],
  backwards = false,
): Node {
  const states = given.length - scanned;
  const directions = (count: number) => ({ ints: Array<number>(count).fill(1) });
  return {
    op: "Scan",
    name: `${label}/${outputs[0]!}`,
    inputs: [...given],
    output: outputs[0]!,
    furtherOutputs: outputs.slice(1),
    captured: (body.graph as InnerGraph).captured(body.inputs.map(({ name }) => name)),
    attributes: {
      body: { graph: body },
      num_scan_inputs: { int: scanned },
      ...(backwards
        ? {
            scan_input_directions: directions(scanned),
            scan_output_directions: directions(outputs.length - states),
          }
        : {}),
    },
  };
}
