import type { Attributes, Node } from "../../onnx/graph.ts";
import type { GraphExtents } from "../extents.ts";
import { activationOperations } from "../operations/activations.ts";
import { elementwiseOperations } from "../operations/elementwise.ts";

/**
 * The attributes with which an operation of one step does the same for all steps at once, when some of what it reads has the steps as
 * an axis more in front; undefined where it cannot.
 *
 * @param extents Those of one step.
 * @param stacked Whether a value has the steps in front.
 */
export function forAllSteps(
  { op, inputs, output, attributes }: Node,
  extents: GraphExtents,
  stacked: (name: string) => boolean,
): Attributes | undefined {
  const given = inputs.filter((name) => name !== "");
  const rank = (name: string) => extents.of(name).length;
  if (op in elementwiseOperations || op in activationOperations) {
    // What is broadcast to the others along its first axis would be broadcast along that of the steps.
    const fits = given.every((name) => !stacked(name) || rank(name) === rank(output));
    return fits ? attributes : undefined;
  }
  if (op === "MatMul") {
    const [left, right] = inputs as [string, string];
    return stacked(left) && !stacked(right) && rank(right) === 2 ? attributes : undefined;
  }
  const along = ALONG_AXIS[op];
  if (along === undefined) return undefined;
  const cut = op === "Concat" ? given : given.slice(0, 1);
  if (!cut.every(stacked) || given.slice(cut.length).some(stacked)) return undefined;
  const { axis = { int: along } } = attributes as { axis?: { readonly int: number } };
  return { ...attributes, axis: { int: axis.int < 0 ? axis.int : axis.int + 1 } };
}

/** Operations along one axis, and which it is where they do not say. */
const ALONG_AXIS: Readonly<Record<string, number>> = { Split: 0, Concat: 0, Softmax: -1, LogSoftmax: -1 };
