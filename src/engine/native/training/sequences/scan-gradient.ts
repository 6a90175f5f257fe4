import type { WholeGraph } from "../../onnx/graph.ts";
import { dropUnused } from "../../simplify/drop-unused.ts";
import { differentiate } from "../differentiate.ts";
import { GraphExtents } from "../extents.ts";
import type { GradientCall } from "../operations/operation.ts";
import { InnerGraph } from "./inner-graph.ts";
import { OneStep } from "./one-step.ts";
import { scanNode } from "./scan.ts";

/**
 * The gradient of a Scan that `scan` wrote: backpropagation through time, in three parts.
 *
 * 1. Everything that depends on no gradient, as the slopes of all gates, is computed for all steps at once.
 * 2. A Scan from the last step to the first carries the gradients of the states, and does nothing beside: this alone has to be done
 *    one step after the other.
 * 3. With these in hand for each step, the step is differentiated for all steps at once. So the gradient of a matrix is one product
 *    and not a sum of as many as there are steps.
 */
export function scanGradient(of: GradientCall): readonly (string | undefined)[] {
  const { write, x, dys, wanted, node } = of;
  const { label } = write;
  const body = (node.attributes["body"] as { readonly graph: WholeGraph }).graph;
  const scanned = of.int("num_scan_inputs", 0);
  const states = node.inputs.length - scanned;
  const steps = of.input(states)[0]!;
  const step = new OneStep(of, body, states);

  // The third part is written first: it says how the step looks for all steps at once.
  /** Gradients of the states behind each step. */
  const behind = body.inputs.slice(0, states).map(() => write.graph.freshName(`${label}/states`));
  const extents = new GraphExtents(step.all, write.extents);
  behind.forEach((name, i) => extents.set(name, [steps, ...body.inputs[i]!.shape]));
  const forward = step.all.nodes.length;
  const asked = x.filter((_, i) => i >= states && wanted(i));
  const starts = body.outputs.flatMap(({ name }, i): [string, string][] => {
    const gradient = i < states ? behind[i] : dys[i];
    return gradient === undefined ? [] : [[step.atOnce(name), gradient]];
  });
  const gradients = differentiate(extents, new Map(starts), asked);
  const third = step.all.nodes.splice(forward);

  const backwards = step.backwards(dys);
  const initial = behind.map((_, i) => dys[i] ?? write.zerosLike(x[i]!));
  const outputs = behind.map(() => write.graph.freshName(`${label}/initial states`));
  const second = scanNode(
    label,
    [...initial, ...backwards.takes],
    backwards.takes.length,
    backwards.body,
    [...outputs, ...behind],
    true,
  );

  const whole = new InnerGraph(write.graph);
  whole.nodes.push(...step.all.nodes, second, ...third);
  for (const one of whole.nodes) one.inputs = one.inputs.map((name) => step.kept.get(name) ?? name);
  const results = x.map((name, i) =>
    !wanted(i) ? undefined : i < states ? outputs[i] : gradients.get(name),
  );
  const needed = results.flatMap((name) => (name === undefined ? [] : [{ name, shape: [] }]));
  dropUnused({ name: label, graph: whole, inputs: [], outputs: needed });
  write.graph.nodes.push(...whole.nodes);
  return results;
}
