import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import * as kspec from "kspec";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const declarations = path.resolve("dist/kspec.d.ts");
const folder = mkdtempSync(path.join(tmpdir(), "kspec-types-"));

beforeAll(() => {
  execFileSync(process.execPath, ["scripts/kspec-types.mjs"], { stdio: "pipe" });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A program over one text in a folder that holds nothing else, with the declarations alone as `kspec`. */
function program(text: string): { program: ts.Program; file: ts.SourceFile } {
  const name = path.join(folder, "first.kspec.ts");
  writeFileSync(name, text);
  const made = ts.createProgram([name], {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ["lib.es2022.d.ts"],
    types: [],
    // The declarations are checked like the spec.
    skipLibCheck: false,
    paths: { kspec: [declarations] },
  });
  return { program: made, file: made.getSourceFile(name)! };
}

test("a spec compiles against kspec.d.ts alone, in an empty folder", () => {
  const { program: made } = program(`
import { create_keras_functional_spec, datasets, inp_spec, layers, load_model, recipe, workflow, type Block, type InputBlock } from "kspec";
const input_block = ({ input_shape }: InputBlock) => layers.input({ shape: input_shape });
const base_block = ({ tensor }: Block) => load_model("kspec:digits_base").apply(tensor);
const output_block = ({ tensor, num_classes }: Block<{ num_classes: number }>) =>
  layers.dense({ units: num_classes, activation: "softmax" }).apply(tensor);
const digits = create_keras_functional_spec({
  model_name: "digits",
  layer_blocks: { input: input_block, base: inp_spec(base_block, "input"), output: inp_spec(output_block, "base") },
  mode: "classification",
});
export default workflow({
  data: datasets.digits({ train: 500 }), recipe: recipe("label ~ image"), model: digits({ fit_epochs: 5 }),
});
`);
  expect(ts.getPreEmitDiagnostics(made).map(({ messageText }) => messageText)).toEqual([]);
  const own = made.getSourceFiles().map(({ fileName }) => fileName);
  expect(own.filter((name) => !/\/typescript\/lib\/lib\.[\w.]+\.d\.ts$/.test(name)).sort()).toEqual(
    [declarations, path.join(folder, "first.kspec.ts")].sort(),
  );
});

test("it imports nothing, and two types never share a name", () => {
  const text = readFileSync(declarations, "utf8");
  expect(text).not.toMatch(/^\s*import |^\/\/\/|\bimport\(/m);
  expect(text).not.toMatch(/\w\$\d/);
});

test("every export at run time is in the types, and the reverse", () => {
  const { program: made, file } = program(`import * as kspec from "kspec";\nexport const all = kspec;\n`);
  const checker = made.getTypeChecker();
  const statement = file.statements[1] as ts.VariableStatement;
  const module = checker.getTypeAtLocation(statement.declarationList.declarations[0]!.name);
  const typed = new Map(
    module.getProperties().map((symbol) => [symbol.name, checker.getTypeOfSymbol(symbol)]),
  );
  expect([...typed.keys()].sort()).toEqual(Object.keys(kspec).sort());

  // And so for what the namespaces hold. `ops` has a function for every name.
  for (const [name, value] of Object.entries(kspec))
    if (typeof value === "object" && name !== "ops")
      expect(
        typed
          .get(name)!
          .getProperties()
          .map((symbol) => symbol.name)
          .sort(),
        name,
      ).toEqual(Object.keys(value).sort());
});
