import { describe, expect, test } from "vitest";
import { evaluationOf } from "../../src/jobs/evaluation.ts";
import { UserError } from "../../src/protocol/index.ts";
import type { RunWriter } from "../../src/runs/index.ts";
import { image, table } from "../data/table-tools.ts";

describe("pictures of a run's examples", () => {
  const broken = (error: Error) => ({ ...image("2.png", 2, 2), read: () => Promise.reject(error) });
  const evaluate = (second: ReturnType<typeof image>) => {
    const written: string[] = [];
    const run = { writePicture: (name: string) => written.push(name) } as unknown as RunWriter;
    const outcome = {
      name: "label",
      truth: { kind: "nominal", levels: ["a", "b"], codes: Int32Array.of(0, 1) },
      prediction: { units: 2, values: Float32Array.of(0.9, 0.1, 0.8, 0.2) },
      training: undefined,
    } as Parameters<typeof evaluationOf>[2];
    const rows = table({ label: ["a", "b"], image: [image("1.png", 2, 2), second] });
    return evaluationOf(run, "test", outcome, rows).then((event) => ({ event, written }));
  };

  test("a file that changed or went during the fit has none, and its row is told all the same", async () => {
    for (const code of ["image-changed", "broken-image"]) {
      const { event, written } = await evaluate(broken(new UserError(code, "2.png is not what it was.")));
      expect(written).toEqual(["images/00001.png"]);
      expect(event).toMatchObject({
        examples: [
          { row: 1, truth: "a", estimate: "a", image: "images/00001.png" },
          { row: 2, truth: "b", estimate: "a" },
        ],
      });
    }
  });

  test("another failure is one", async () => {
    await expect(evaluate(broken(new Error("out of memory")))).rejects.toThrow("out of memory");
  });
});
