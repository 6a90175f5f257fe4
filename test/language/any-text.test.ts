import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diagnose, parseSpecFile, runnables, syntaxErrors } from "../../src/language/index.ts";
import { specFile } from "./markers.ts";
import { tuned } from "./tuned.ts";

const EXAMPLE = readFileSync(new URL("../../examples/resnet_transfer.kspec.ts", import.meta.url), "utf8");
const SEQUENTIAL = specFile(`
const network = create_keras_sequential_spec({
  model_name: "network",
  layer_blocks: {
    input: ({ input_shape }: InputBlock) => sequential({ layers: [] }),
    ...others, ["hidden" + 1]: 3, hidden({ model, units = 2 }: SequentialBlock<{ units?: number }>) { return model; },
  },
});
export const fits = workflow().add_model(network({ hidden_units: tune() }).update({ num_hidden: 2 }));
`);

const TUNED = tuned(`
const set = workflow_set({ recipes: { rec, ...more }, models: { a: network(), b: wf.model } });
const params = extract_parameter_set_dials(wf).update({ dense_units: hidden_units([16, 64]), ...others });
const results = tune_grid(wf, { resamples: vfold_cv({ v: 5 }), param_info: params, grid: [{ dense_units: 16 }, ...rows] });
export const all = workflow_map(set, "tune_grid", { resamples: vfold_cv(), grid: grid_regular(params, { levels: { dense_units: 3 } }) });
export default last_fit(finalize_workflow(wf, select_by_one_std_err(results, desc("dense_units"), { metric: "kap" })));
export const best = fit_best(tune_bayes(wf, { initial: results }), { metric: "accuracy" });
`);

/** Cuts, repeats and inserts pieces, as half-typed and badly pasted texts do. */
const mutated = fc
  .tuple(
    fc.constantFrom(EXAMPLE, SEQUENTIAL, TUNED),
    fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        removed: fc.integer({ min: 0, max: 60 }),
        inserted: fc.oneof(
          fc.constantFrom(
            "{",
            "}",
            "(",
            "[",
            '"',
            "`",
            "=>",
            "...",
            ",",
            ":",
            "export default ",
            "/*",
            "\u2028",
            "\r",
            "<",
            "${",
          ),
          fc.string({ maxLength: 6 }),
        ),
      }),
      { maxLength: 4 },
    ),
    fc.double({ min: 0, max: 1, noNaN: true }),
  )
  .map(([text, edits, end]) => {
    let result = text;
    for (const { at, removed, inserted } of edits) {
      const from = Math.floor(at * result.length);
      result = result.slice(0, from) + inserted + result.slice(from + removed);
    }
    return end < 0.5 ? result.slice(0, Math.floor(end * 2 * result.length)) : result;
  });

describe("any text, however broken", () => {
  it("has a graph, diagnostics with ranges inside of it, and workflows", () => {
    fc.assert(
      fc.property(mutated, (text) => {
        expect(parseSpecFile(text, "a.kspec.ts").specs).toBeInstanceOf(Array);
        const lines = text.split(/\r\n|\n|\r/);
        const diagnostics = diagnose(text, "a.kspec.ts");
        for (const { range } of [
          ...diagnostics,
          ...diagnostics.flatMap(({ fix }) => fix?.edits ?? []),
          ...syntaxErrors(text, "a.kspec.ts"),
          ...runnables(text, "a.kspec.ts"),
        ])
          for (const { line, character } of [range.start, range.end]) {
            expect(line).toBeLessThan(lines.length);
            expect(character).toBeLessThanOrEqual((lines[line] ?? "").length + 1);
          }
      }),
      { numRuns: 400 },
    );
  });

  it.each([
    "",
    "\uFEFF",
    "#!/usr/bin/env node",
    "}",
    "export default",
    "export default workflow(",
    "<<<<<<< HEAD",
  ])("like %j is no trouble", (text) => {
    expect(() => diagnose(text, "a.kspec.ts")).not.toThrow();
  });

  it("may be nested deeper than a parser can follow", () => {
    const text = `export default ${"(".repeat(200_000)}`;
    expect(diagnose(text, "a.kspec.ts")).toEqual([]);
    expect(syntaxErrors(text, "a.kspec.ts")).toMatchObject([
      { message: "This text is nested too deeply to be read." },
    ]);
  });

  it("may refer to itself", () => {
    const text = specFile(`
const network = create_keras_functional_spec(network);
const layer_blocks = { input: input_block, ...layer_blocks };
const other = create_keras_functional_spec({ model_name: "other", layer_blocks });
export default workflow({ model: other(other) });
`);
    expect(diagnose(text, "a.kspec.ts")).toEqual([]);
  });

  it("says nothing of what is missing while it is being typed", () => {
    const typing = specFile(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    input: input_block,
    hidden: inp_spec(dense_block, "inp
`);
    expect(diagnose(typing, "a.kspec.ts")).toEqual([]);
  });
});
