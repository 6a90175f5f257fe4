import type { WholeGraph } from "../../onnx/graph.ts";
import { dropUnused } from "../../simplify/drop-unused.ts";
import { differentiate } from "../differentiate.ts";
import { GraphExtents } from "../extents.ts";
import type { GradientCall } from "../operations/operation.ts";
import { InnerGraph, outputsOf } from "./inner-graph.ts";
import { OneStep } from "./one-step.ts";
import { scanNode } from "./scan.ts";

/**
 * The gradient of a Scan that `scan` wrote: backpropagation through time, in three parts.
 *
 * 1. Everything that depends on no gradient, as the slopes of all gates, is computed for all steps at once.
 * 2. A Scan from the last step to the first carries the gradients of the states: this alone has to be done one step after the other.
 *    It gives the gradients of what each step took, and of what it made of values around it.
 * 3. From the latter, gradients of the values around it are computed for all steps at once: that of a matrix is one product, and no
 *    sum of as many as there are steps.
 */
export function scanGradient(of: GradientCall): readonly (string | undefined)[] {
  const { write, x, dys, wanted, node } = of;
  const { label } = write;
  const body = (node.attributes["body"] as { readonly graph: WholeGraph }).graph;
  const given = node.inputs.length;
  const states = given - of.int("num_scan_inputs", 0);
  const step = new OneStep(of, body, states);
  const around = x.slice(given).filter((_, i) => wanted(given + i));
  const readers = step.readers(around);
  const taken = step.inputs.map((name, i) => (wanted(states + i) ? name : undefined));
  const back = step.backwards(
    dys,
    [...taken, ...readers.flatMap(outputsOf)].filter((name) => name !== undefined),
  );

  const ends = step.states.map(() => write.graph.freshName(`${label}/initial states`));
  const starts = ends.map((_, i) => dys[i] ?? write.zerosLike(x[i]!));
  const outputs = [...ends, ...back.gives];
  const whole = new InnerGraph(write.graph);
  whole.nodes.push(
    ...step.all.nodes,
    scanNode(label, [...starts, ...back.takes], back.takes.length, back.body, outputs, true),
  );

  // Each reader by itself: what goes on to another one has its whole gradient already.
  const apart = new InnerGraph(write.graph);
  const extents = new GraphExtents(apart, new GraphExtents(whole, write.extents));
  const gradients = differentiate(extents, step.apart(readers, back.gradients, apart), around);
  whole.nodes.push(...apart.nodes);

  const results = x.map((name, i) => {
    if (!wanted(i)) return undefined;
    if (i < states) return ends[i];
    return i < given ? back.gradients.get(taken[i - states]!) : gradients.get(name);
  });
  const needed = results.flatMap((name) => (name === undefined ? [] : [{ name, shape: [] }]));
  dropUnused({ name: label, graph: whole, inputs: [], outputs: needed });
  write.graph.nodes.push(...whole.nodes);
  return results;
}
