import fc from "fast-check";
import { it } from "vitest";
import type { Graph } from "../../../../src/engine/native/onnx/graph.ts";
import type { GraphExtents } from "../../../../src/engine/native/training/extents.ts";
import { expectGradients } from "./gradients.ts";
import { broadcastable } from "./shapes.ts";

// Operations one behind the other, one value read by several. Gradients of sums and means are spread out as late as can be, and what
// takes them so must sum over the axes along which it was broadcast all the same.

const wholes = (graph: Graph, values: readonly number[]) =>
  graph.constant(`wholes ${values.join(" ")}`, [values.length], () => BigInt64Array.from(values, BigInt));

/** One more operation on values that are there. */
interface Step {
  readonly op: string;
  readonly reads: readonly [number, number];
  readonly axes: readonly boolean[];
  readonly keep: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  op: fc.constantFrom(
    ...["Add", "Sub", "Mul", "Max", "Min", "Sum"],
    ...["Neg", "Sigmoid", "Tanh", "Softplus", "Softsign", "Softmax", "LogSoftmax", "Identity"],
    ...["ReduceSum", "ReduceMean", "ReduceMean", "ReduceMax", "ReduceL2"],
    ...["Where", "Transpose", "Flatten", "Unsqueeze", "PRelu", "Divide"],
  ),
  reads: fc.tuple(fc.nat(5), fc.nat(5)),
  axes: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
  keep: fc.boolean(),
});

/** Writes it where its operands fit; else nothing. */
function write(graph: Graph, extents: GraphExtents, values: string[], { op, reads, axes, keep }: Step): void {
  const [a, b] = reads.map((back) => values[Math.max(0, values.length - 1 - back)]!) as [string, string];
  const [shape, other] = [extents.of(a), extents.of(b)];
  const fits = shape
    .toReversed()
    .every(
      (extent, i) =>
        i >= other.length || extent === 1 || other.at(-1 - i) === 1 || extent === other.at(-1 - i),
    );
  const chosen = shape.flatMap((_, i) => (axes[i]! ? [i] : []));
  const add = (name: string, inputs: string[], attributes = {}) => {
    values.push(graph.add(name, "test", inputs, attributes));
  };
  if (["Add", "Sub", "Mul", "Max", "Min", "Sum"].includes(op)) {
    if (fits) add(op, [a, b]);
  } else if (op === "Divide") {
    const one = graph.constant("one", [], () => Float32Array.of(1));
    if (fits)
      add("Div", [
        a,
        graph.add("Add", "test", [one, graph.add("Exp", "test", [graph.add("Tanh", "test", [b])])]),
      ]);
  } else if (op === "Where") {
    const zero = graph.constant("zero", [], () => Float32Array.of(0));
    if (fits) add("Where", [graph.add("Greater", "test", [b, zero]), a, b]);
  } else if (op === "PRelu") {
    if (
      other.every(
        (extent, i) =>
          i + shape.length - other.length >= 0 &&
          (extent === 1 || extent === shape[i + shape.length - other.length]),
      )
    )
      add("PRelu", [a, b]);
  } else if (op.startsWith("Reduce")) {
    if (chosen.length > 0) add(op, [a, wholes(graph, chosen)], { keepdims: { int: keep ? 1 : 0 } });
  } else if (op === "Unsqueeze") {
    if (shape.length < 5) add(op, [a, wholes(graph, [chosen[0] ?? 0])]);
  } else if (op === "Softmax" || op === "LogSoftmax") {
    if (shape.length > 0) add(op, [a], { axis: { int: chosen[0] ?? -1 } });
  } else if (op === "Flatten") {
    if (shape.length > 0) add(op, [a], { axis: { int: chosen[0] ?? 0 } });
  } else add(op, [a]);
}

it("any of them behind any other", async () => {
  await fc.assert(
    fc.asyncProperty(
      broadcastable(2),
      fc.array(step, { minLength: 2, maxLength: 9, size: "max" }),
      fc.constantFrom("as it is", "its sum", "its mean"),
      async (inputs, steps, end) => {
        await expectGradients({
          inputs,
          write: (graph, names, extents) => {
            const values = [...names];
            for (const one of steps) write(graph, extents, values, one);
            // All that nobody reads counts too.
            const last = values.at(-1)!;
            if (end === "as it is" || extents.of(last).length === 0) return last;
            return graph.add(end === "its sum" ? "ReduceSum" : "ReduceMean", "test", [last], {
              keepdims: { int: 0 },
            });
          },
          tolerance: 1e-4,
        });
      },
    ),
    { numRuns: 150, seed: 5 },
  );
});
