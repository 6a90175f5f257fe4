import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { findLoss, LOSS_NAMES } from "../../../src/engine/losses.ts";
import { camelCased } from "../../../src/engine/realise.ts";
import { startTensorFlow } from "../../../src/engine/tensorflow/index.ts";
import { parityFixtures } from "../../parity-fixtures.ts";
import { withOnnxRuntime, withTensorFlow, type Batch } from "./both-engines.ts";

// Every loss with options against numbers of Keras's (scripts/parity/losses.py), on both engines: values and gradients, also of what
// is certain, wrong or far off.

interface Case {
  readonly class_name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly activation: Batch["activation"];
  readonly data: string;
  readonly rows: readonly number[];
  readonly gradient: readonly number[];
}
const { columns, data, cases } = JSON.parse(
  readFileSync(path.join(parityFixtures, "losses.json"), "utf8"),
) as {
  columns: number;
  data: Record<string, { truth: number[]; estimate: number[] }>;
  cases: Case[];
};

beforeAll(() => startTensorFlow("wasm", { specFolder: import.meta.dirname }).then(() => undefined));

const lossOf = ({ class_name, options }: Case) =>
  findLoss({ kind: "loss", class_name, config: camelCased(options) });
const batchOf = (one: Case): Batch => ({ columns, ...data[one.data]!, activation: one.activation });
const titled = cases.map((one) => {
  const options = JSON.stringify(one.options).replaceAll('"', "");
  const behind = one.activation === null ? "" : ` behind ${one.activation}`;
  return [`${one.class_name} ${options}${behind}, ${one.data}`, one] as const;
});

describe("TensorFlow.js computes what Keras does", () => {
  it.each(titled)("%s", (_, one) => {
    const { values, gradient } = withTensorFlow(lossOf(one).perRow, batchOf(one));
    expectEqual("value", values, one.rows);
    expectEqual("gradient", gradient, one.gradient);
  });
});

describe("ONNX Runtime computes what Keras does", () => {
  it.each(titled)("%s", async (_, one) => {
    const { values, gradient } = await withOnnxRuntime(lossOf(one).perRow, batchOf(one));
    expectEqual("value", values, one.rows);
    expectEqual("gradient", gradient, one.gradient);
  });
});

it("there is a case of every loss", () => {
  const tried = new Set(cases.map(({ class_name }) => findLoss({ class_name, config: {} }).name));
  expect(LOSS_NAMES.filter((name) => !tried.has(findLoss(name).name))).toEqual([]);
});

/** To 1e-5 of each number, and what is nearer to 0 than 1e-5 of the others, to that. */
function expectEqual(what: string, actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  const middle = expected.map(Math.abs).sort((a, b) => a - b)[expected.length >> 1]!;
  for (const [i, one] of expected.entries())
    if (!(Math.abs(actual[i]! - one) <= 1e-5 * Math.max(Math.abs(one), middle, 1e-3)))
      expect.fail(`${what} ${i} is ${actual[i]} and should be ${one}`);
}
