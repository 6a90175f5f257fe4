import { SourceMap, type SourceMapPayload } from "node:module";
import { describe, expect, it } from "vitest";
import { blockArgumentsOfSource, transpile } from "../../src/language/index.ts";

type Attached = ((args: never) => unknown) & { block_arguments?: unknown };

/** Runs the compiled module, as the worker does. */
function run(text: string): Record<string, Attached> {
  const module = { exports: {} as Record<string, Attached> };
  new Function("module", "exports", "require", transpile(text, "a.kspec.ts").code)(
    module,
    module.exports,
    () => ({}),
  );
  return module.exports;
}

describe("transpile", () => {
  it("attaches what a block takes, from its types and defaults", () => {
    const { block } = run(`import { type Block, type Tensor } from "kspec";
export const block = ({ tensor, units = 3, rate, shape }: Block<{ units?: number; rate: number; shape?: number[] }>) => tensor;`);
    expect(block?.block_arguments).toEqual([
      { name: "tensor", type: "tensor", optional: false },
      { name: "units", type: "number", optional: true },
      { name: "rate", type: "number", optional: false },
      { name: "shape", type: "array", optional: true },
    ]);
  });

  it("does so for arrows, function expressions, declarations and methods, and keeps their names", () => {
    const made = run(`
export const arrow = ({ a }) => a;
export const expression = function ({ a }) { return a; };
export const named = function own({ a }) { return a; };
export function declared({ a }) { return a; }
export const { method, property } = { method({ a }) { return a; }, property: ({ a }) => a };
export default function ({ a }) { return a; }
export const inner = (() => { function local({ a }) { return a; } return local; })();
`);
    const names = Object.entries(made).map(([key, block]) => [key, block.name, block.block_arguments]);
    const a = [{ name: "a", type: "unknown", optional: false }];
    expect(Object.fromEntries(names.map(([key, name]) => [key, name]))).toEqual({
      arrow: "arrow",
      expression: "expression",
      named: "own",
      declared: "declared",
      method: "method",
      property: "property",
      default: "default",
      inner: "local",
    });
    for (const [, , list] of names) expect(list).toEqual(a);
    expect(made.arrow?.({ a: 3 } as never)).toBe(3);
  });

  it("attaches nothing where nobody can tell", () => {
    const { rest, bare, two } = run(`
export const rest = ({ a, ...others }) => a;
export const bare = (args) => args;
export const two = (a, b) => a;
`);
    expect([rest, bare, two].map((block) => block?.block_arguments)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("has them before the first statement runs", () => {
    const { seen } = run(
      `export const seen = declared.block_arguments; function declared({ a }) { return a; }`,
    );
    expect(seen).toEqual([{ name: "a", type: "unknown", optional: false }]);
  });

  it("maps every line back to the text", () => {
    const text = `import { type Block } from "kspec";

type Sizes = { units: number };
const block = ({ tensor }: Block<Sizes>) => tensor;
throw new Error("here");
`;
    const { code, map } = transpile(text, "folder/a.kspec.ts");
    const line = code.split("\n").findIndex((one) => one.startsWith("throw"));
    const payload = JSON.parse(map) as SourceMapPayload;
    expect(payload.sources).toEqual(["folder/a.kspec.ts"]);
    expect(new SourceMap(payload).findEntry(line, 0)).toMatchObject({ originalLine: 4, originalColumn: 0 });
  });

  it("says what is wrong with the syntax", () => {
    const { syntaxErrors } = transpile("const a = ;\nconst b = {", "a.kspec.ts");
    expect(syntaxErrors).toMatchObject([
      {
        code: "syntax",
        severity: "error",
        message: "Expression expected.",
        range: { start: { line: 0, character: 10 } },
      },
      {
        code: "syntax",
        severity: "error",
        message: "'}' expected.",
        range: { start: { line: 1, character: 11 } },
      },
    ]);
    expect(transpile("const a = 1;", "a.kspec.ts").syntaxErrors).toEqual([]);
  });
});

describe("a function's own source", () => {
  const names = (source: string) => blockArgumentsOfSource(source)?.map(({ name }) => name) ?? null;

  it("tells what it destructures", () => {
    expect(names(String(({ a, b = 2 }: { a: number; b?: number }) => a + b))).toEqual(["a", "b"]);
    expect(names("function block({ tensor }) { return tensor; }")).toEqual(["tensor"]);
    expect(names("block({ tensor, units = 3 }) { return tensor; }")).toEqual(["tensor", "units"]);
  });

  it("tells nothing of what it does not", () => {
    expect(names("(args) => args")).toBeNull();
    expect(names("({ a, ...rest }) => a")).toBeNull();
    expect(names("function () { [native code] }")).toBeNull();
  });
});
