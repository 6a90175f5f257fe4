import fc from "fast-check";
import { describe, it } from "vitest";
import type { Graph } from "../../../../src/engine/native/onnx/graph.ts";
import { scan, type Scanned } from "../../../../src/engine/native/training/sequences/scan.ts";
import { expectGradients } from "./gradients.ts";

// Steps along a sequence: gradients go back through all of them.

const extents = [null, 3];

/** tanh(x + state · U), as of a plain recurrent layer. */
function plain(graph: Graph, [start, x, matrix]: readonly string[], keep: boolean): Scanned {
  return scan(graph, "plain", {
    states: [{ name: start!, extents }],
    inputs: [{ name: x!, extents }],
    step(body, [state], [input]) {
      const sum = body.add("Add", "plain", [body.add("MatMul", "plain", [state!, matrix!]), input!]);
      return {
        states: [body.add("Tanh", "plain", [sum])],
        kept: keep ? [{ name: sum, extents }] : [],
      };
    },
  });
}

describe("a plain step", () => {
  it.each([1, 2, 5])("%d times", async (steps) => {
    for (const keep of [false, true])
      for (const use of ["last", "each", "both"])
        await expectGradients({
          inputs: [
            { shape: [2, 3], rows: true },
            { shape: [steps, 2, 3], open: [0, 1] },
            { shape: [3, 3], from: -1, to: 1 },
          ],
          write(graph, names) {
            const { last, each } = plain(graph, names, keep);
            return use === "last" ? last : use === "each" ? each : [...last, ...each];
          },
        });
  });

  it("twice, one behind the other, with one matrix", async () => {
    await expectGradients({
      inputs: [
        { shape: [2, 3], rows: true },
        { shape: [4, 2, 3], open: [1] },
        { shape: [3, 3], from: -1, to: 1 },
      ],
      write(graph, [start, x, matrix]) {
        const { each, last } = plain(graph, [start!, x!, matrix!], true);
        return plain(graph, [last[0]!, each[0]!, matrix!], false).each;
      },
    });
  });
});

it("two states that read each other, of other widths", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 3 }),
      async (steps, rows, a, b) => {
        await expectGradients({
          inputs: [
            { shape: [rows, a], rows: true },
            { shape: [rows, b], rows: true },
            { shape: [steps, rows, b], open: [1] },
            { shape: [a, b], from: -1, to: 1 },
            { shape: [b, a], from: -1, to: 1 },
            { shape: [b] },
          ],
          write(graph, [first, second, x, there, back, bias]) {
            const { last, each } = scan(graph, "two", {
              states: [
                { name: first!, extents: [null, a] },
                { name: second!, extents: [null, b] },
              ],
              inputs: [{ name: x!, extents: [null, b] }],
              step(body, [one, other], [input]) {
                const add = (op: string, ...inputs: string[]) => body.add(op, "two", inputs);
                const gate = add("Sigmoid", add("Add", add("MatMul", one!, there!), bias!));
                const next = add("Add", add("Mul", gate, other!), add("Sub", input!, gate));
                return { states: [add("Tanh", add("MatMul", next, back!)), next], kept: [] };
              },
            });
            return [...last, ...each];
          },
        });
      },
    ),
    { numRuns: 15, seed: 1 },
  );
});

it("with a state that a step passes on as it is, and one that it does not look at", async () => {
  await expectGradients({
    inputs: [
      { shape: [2, 3], rows: true },
      { shape: [2, 3], rows: true },
      { shape: [4, 2, 3], open: [1] },
    ],
    write(graph, [held, passed, x]) {
      const { last, each } = scan(graph, "held", {
        states: [held!, passed!].map((name) => ({ name, extents })),
        inputs: [{ name: x!, extents }],
        step(body, [state], [input]) {
          return { states: [state!, body.add("Mul", "held", [state!, input!])], kept: [] };
        },
      });
      return [...last, ...each];
    },
  });
});
