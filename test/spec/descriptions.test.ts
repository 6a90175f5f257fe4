import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FIXED_ARGUMENTS } from "../../src/spec/model-arguments.ts";
import {
  checkFile,
  checkGraph,
  graphOfDescription,
  modelOfDescription,
  wiresOf,
  type DescribedSpec,
} from "../../src/spec/index.ts";

const takes = (...names: string[]) =>
  Object.assign(() => undefined, {
    block_arguments: names.map((name) => ({
      name,
      type:
        name === "tensor" || name === "left" || name === "right" ? ("tensor" as const) : ("number" as const),
      optional: name === "units",
    })),
  });
const spec = (layer_blocks: DescribedSpec["layer_blocks"]): DescribedSpec => ({
  api: "functional",
  model_name: "network",
  mode: "classification",
  layer_blocks,
});
const wired = (block: ReturnType<typeof takes>, upstream: string | Record<string, string>) => ({
  block,
  upstream,
});
const nobody = () => null;

describe("a spec that has been run", () => {
  it("meets the same rules as a text", () => {
    const graph = graphOfDescription(
      spec({
        input: takes("input_shape"),
        hidden: wired(takes("tensor", "units"), "inptu"),
        join: wired(takes("left", "right"), { left: "hidden" }),
        output: wired(takes("tensor"), "join"),
      }),
      nobody,
    );
    expect(checkGraph(graph)).toEqual([
      expect.objectContaining({
        code: "unknown-upstream",
        severity: "error",
        message: 'No block is named "inptu". Did you mean "input"?',
        span: undefined,
      }),
      expect.objectContaining({ code: "mapping-misses-argument" }),
    ]);
  });

  it("is without problems when it fits", () => {
    const graph = graphOfDescription(
      spec({
        input: takes("input_shape"),
        hidden: wired(takes("tensor", "units"), "input"),
        output: takes("hidden"),
      }),
      nobody,
    );
    expect(checkGraph(graph)).toEqual([]);
    expect(wiresOf(graph)).toEqual([
      { from: "input", to: "hidden", argument: "tensor" },
      { from: "hidden", to: "output", argument: "hidden" },
    ]);
  });

  it("asks for the arguments of a function that carries none", () => {
    const bare = Object.defineProperty(() => undefined, "name", { value: "bare" });
    const described = spec({ input: takes("input_shape"), output: { block: bare, upstream: "input" } });
    expect(checkGraph(graphOfDescription(described, nobody))).toMatchObject([
      {
        code: "untellable-arguments",
        message: expect.stringContaining('its function "bare" does not name them') as string,
      },
    ]);
    const told = graphOfDescription(described, () => [{ name: "tensor", type: "tensor", optional: false }]);
    expect(checkGraph(told)).toEqual([]);
  });

  it("checks the arguments of a model that has been made", () => {
    const graph = graphOfDescription(
      spec({
        input: takes("input_shape"),
        hidden: wired(takes("tensor", "units"), "input"),
        output: wired(takes("tensor"), "hidden"),
      }),
      nobody,
    );
    const given = { hidden_unts: 3, hidden_units: "3", fit_epochs: { kind: "tune" } };
    const models = [modelOfDescription({ arguments: given }, graph)];
    const file = { specs: [graph], models, workflows: [], exports: [], complete: false };
    expect(checkFile(file).map(({ code }) => code)).toEqual(["unknown-argument", "mistyped-argument"]);
  });
});

it("knows the same arguments of every model as the types do", () => {
  const types = readFileSync(new URL("../../src/kspec/training-arguments.ts", import.meta.url), "utf8");
  const body = /export interface TrainingArguments \{(.*?)\n\}/s.exec(types)?.[1] ?? "";
  const names = Array.from(body.matchAll(/^ {2}(\w+)\?:/gm), (match) => match[1]);
  expect(Object.keys(FIXED_ARGUMENTS).sort()).toEqual(names.sort());
});
