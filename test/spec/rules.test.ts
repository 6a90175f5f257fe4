import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { RULES } from "../../src/spec/index.ts";

const namesIn = (folder: string) =>
  readdirSync(new URL(folder, import.meta.url)).map((file) => file.replace(/\.ts$/, ""));

// One file a rule, all in one test file: TypeScript is loaded once, not two dozen times.
const examples = namesIn("./rules");
for (const name of examples) await import(`./rules/${name}.ts`);

describe("the list of rules", () => {
  const codes = RULES.map(({ code }) => code).sort();

  it("has a file and examples for every rule", () => {
    const files = namesIn("../../src/spec/rules").filter((name) => name !== "index" && name !== "rule");
    expect(files.sort()).toEqual(codes);
    expect(examples.sort()).toEqual(codes);
  });

  it("says of each in one sentence what is wrong", () => {
    for (const { about } of RULES) expect(about).toMatch(/^[A-Z].*\.$/);
  });

  it("is the table in docs/diagnostics.md, in the same order", () => {
    const page = readFileSync(new URL("../../docs/diagnostics.md", import.meta.url), "utf8");
    const rows = Array.from(
      page.matchAll(/^\| `([a-z-]+)` *\| (\w+) *\| (.*?) *\|/gm),
      ([, ...cells]) => cells,
    );
    expect(rows).toEqual(RULES.map(({ code, severity, about }) => [code, severity, about]));
  });
});
