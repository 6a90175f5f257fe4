import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { loadSpec } from "../../src/jobs/load-spec.ts";
import { temporaryFolder } from "../runs/asked.ts";

/** Writes files into an empty folder and loads the first of them. */
async function load(files: Record<string, string>) {
  const folder = fs.realpathSync(temporaryFolder());
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  const lines: string[] = [];
  const loaded = await loadSpec(path.join(folder, Object.keys(files)[0]!), (line) => lines.push(line));
  return {
    folder,
    lines,
    ...("spec" in loaded ? { spec: loaded.spec, problems: [] } : { spec: undefined, ...loaded }),
  };
}

/** The stretch of text that a diagnostic's range holds. */
function stretch(
  text: string,
  { start, end }: { start: { line: number; character: number }; end: { character: number } },
) {
  return text.split("\n")[start.line]!.slice(start.character, end.character);
}

describe("a spec is ordinary TypeScript", () => {
  it("imports its neighbours with and without an ending, JSON, and Node's modules", async () => {
    const { spec } = await load({
      "a.kspec.ts": `
        import { units } from "./sizes";
        import { twice } from "./lib/twice.js";
        import table from "./table.json";
        import path from "node:path";
        export const all: number = twice(units) + table.rows;
        export default path.basename("/x/y");
      `,
      "sizes.ts": "export const units = 16 as const;",
      "lib/twice.ts": "export function twice(x: number): number { return 2 * x; }",
      "table.json": '{ "rows": 3 }',
    });
    expect(spec?.exports).toMatchObject({ all: 35, default: "y" });
    expect(spec?.texts.map(({ path }) => path)).toEqual([
      "a.kspec.ts",
      "sizes.ts",
      "lib/twice.ts",
      "table.json",
    ]);
  });

  it("finds npm packages from its own folder, and gets KSpec's own copy of kspec", async () => {
    const { spec } = await load({
      "a.kspec.ts": `
        import { shout } from "tiny";
        import * as kspec from "kspec";
        export const said = shout("hi");
        export const real = typeof kspec.inp_spec;
      `,
      "node_modules/tiny/package.json": '{ "name": "tiny", "main": "index.js" }',
      "node_modules/tiny/index.js": "exports.shout = (text) => text.toUpperCase();",
      "node_modules/kspec/package.json": '{ "name": "kspec", "main": "index.js" }',
      "node_modules/kspec/index.js": "exports.inp_spec = 'another copy';",
    });
    expect(spec?.exports).toMatchObject({ said: "HI", real: "function" });
  });

  it("is read again when it has changed", async () => {
    const { folder, spec } = await load({ "a.kspec.ts": "export const x = 1;" });
    expect(spec?.exports["x"]).toBe(1);
    fs.writeFileSync(path.join(folder, "a.kspec.ts"), "export const x = 2;");
    const again = await loadSpec(path.join(folder, "a.kspec.ts"), () => undefined);
    expect("spec" in again && again.spec.exports["x"]).toBe(2);
  });

  it("prints to the log and nowhere else", async () => {
    const { lines } = await load({ "a.kspec.ts": 'console.log("rows", 3); console.error("careful\\nnow");' });
    expect(lines).toEqual(["rows 3", "careful", "now"]);
  });

  it("may be empty, and may import in a circle as Node's modules do", async () => {
    expect((await load({ "a.kspec.ts": "" })).spec?.exports).toEqual({});
    const { spec } = await load({
      "a.kspec.ts":
        'import { later } from "./b"; export const now = 1; export const sum = () => now + later();',
      "b.ts": 'import { now } from "./a.kspec"; export const later = () => now + 1;',
    });
    expect((spec?.exports["sum"] as () => number)()).toBe(3);
  });
});

describe("what goes wrong is told at the user's own line", () => {
  it("syntax errors, also those of a neighbour", async () => {
    const neighbour = "export const x = ;";
    const { problems, folder } = await load({ "a.kspec.ts": 'import "./b";', "b.ts": neighbour });
    expect(problems).toMatchObject([
      { file: path.join(folder, "b.ts"), severity: "error", range: { start: { line: 0, character: 17 } } },
    ]);
  });

  it("an exception while it loads", async () => {
    const text = [
      'import type { Block } from "kspec";',
      "interface Sizes { units: number }",
      "const sizes: Sizes | undefined = undefined as Sizes | undefined;",
      "",
      "export const units = sizes!.units;",
    ].join("\n");
    const { problems } = await load({ "a.kspec.ts": text });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({
      severity: "error",
      code: "load-error",
      range: { start: { line: 4 } },
    });
    expect(problems[0]!.message).toContain(
      "TypeError: Cannot read properties of undefined (reading 'units')",
    );
    expect(problems[0]!.message).not.toContain("    at ");
  });

  it("something thrown that is no error", async () => {
    const { problems } = await load({ "a.kspec.ts": "\nthrow 'no';" });
    expect(problems).toMatchObject([{ code: "load-error", message: "Loading the spec stops here with no." }]);
  });

  it("wrong use of the authoring API, in its own words", async () => {
    const text = 'import { recipe } from "kspec";\n\nexport default recipe(3 as never);';
    const { problems } = await load({ "a.kspec.ts": text });
    expect(problems).toHaveLength(1);
    expect(problems[0]!.range.start.line).toBe(2);
    expect(problems[0]!.message).not.toMatch(/SpecError|Loading the spec stops/);
  });

  it("an import that leads nowhere, on its name", async () => {
    const text = 'import fs from "node:fs";\nimport { dense } from "./bloks";\nexport const x = [fs, dense];';
    const { problems, folder } = await load({ "a.kspec.ts": text, "blocks.ts": "" });
    expect(problems).toMatchObject([{ code: "missing-import", file: path.join(folder, "a.kspec.ts") }]);
    expect(stretch(text, problems[0]!.range)).toBe('"./bloks"');
    expect(problems[0]!.message).toBe(
      `"./bloks" was not found in ${folder}. Mend the path; there are: a.kspec.ts, blocks.ts.`,
    );
  });

  it("a package that is not installed, with the command that installs it", async () => {
    const text = 'import { x } from "@some/thing/deep";\nexport default x;';
    const { problems } = await load({ "a.kspec.ts": text });
    expect(stretch(text, problems[0]!.range)).toBe('"@some/thing/deep"');
    expect(problems[0]!.message).toContain("npm install @some/thing");
  });

  it("a circle of imports that takes what is not there yet", async () => {
    const { problems, folder } = await load({
      "a.kspec.ts": 'import { later } from "./b";\nexport const now = () => 1;\nexport const sum = later;',
      "b.ts": '\nimport { now } from "./a.kspec";\nexport const later = now() + 1;',
    });
    expect(problems).toMatchObject([
      { code: "circular-import", file: path.join(folder, "b.ts"), range: { start: { line: 2 } } },
    ]);
    expect(problems[0]!.message).toContain("a.kspec.ts → b.ts → a.kspec.ts");
  });

  it("an error that a layer block throws later, through whoever caught it", async () => {
    const text = "\nexport const block = () => {\n  throw new RangeError('units');\n};";
    const { spec, folder } = await load({ "a.kspec.ts": text });
    let caught: unknown;
    try {
      (spec!.exports["block"] as () => void)();
    } catch (error) {
      caught = new Error("Block `dense` cannot be built.", { cause: error });
    }
    expect(spec!.lineOf(caught)).toMatchObject({
      file: path.join(folder, "a.kspec.ts"),
      range: { start: { line: 2 } },
    });
  });

  it("a file that is not there", async () => {
    await expect(loadSpec("/no/such.kspec.ts", () => undefined)).rejects.toThrow(
      "/no/such.kspec.ts does not exist",
    );
  });
});
