import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { TEMPLATES, freeName } from "../../src/host/spec-templates.ts";
import { diagnose, runnables } from "../../src/language/index.ts";

const folder = new URL("../../media/templates/", import.meta.url);
const pathOf = (file: string) => fileURLToPath(new URL(file, folder));

test("every template is offered, and every offer is there", () => {
  expect(readdirSync(folder).sort()).toEqual(TEMPLATES.map(({ file }) => file).sort());
});

describe.each(TEMPLATES)("$file", ({ file, tunes }) => {
  const text = readFileSync(pathOf(file), "utf8");
  test("has no problem, and one workflow to fit or a tuning and the fit it leads to", () => {
    expect(diagnose(text, file)).toEqual([]);
    expect(runnables(text, file)).toMatchObject(
      tunes
        ? [
            { name: "results", kind: "tune", isDefault: false },
            { name: "default", kind: "fit", isDefault: true },
            { name: "default", kind: "tune", isDefault: true },
          ]
        : [{ kind: "fit", isDefault: true }],
    );
  });
});

test("the templates compile", () => {
  const kspec = fileURLToPath(new URL("../../src/kspec/index.ts", import.meta.url));
  const program = ts.createProgram(
    TEMPLATES.map(({ file }) => pathOf(file)),
    {
      strict: true,
      noEmit: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      types: [],
      paths: { kspec: [kspec] },
    },
  );
  const messages = TEMPLATES.flatMap(({ file }) => {
    const source = program.getSourceFile(pathOf(file));
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  }).map(({ messageText, file, start }) => {
    const line = file?.getLineAndCharacterOfPosition(start ?? 0).line ?? 0;
    return `${file?.fileName}:${line + 1} ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
  });
  expect(messages).toEqual([]);
}, 30_000);

test("a name that is taken gets a number", () => {
  expect(freeName("digits.kspec.ts", new Set())).toBe("digits.kspec.ts");
  expect(freeName("digits.kspec.ts", new Set(["digits.kspec.ts", "digits_2.kspec.ts"]))).toBe(
    "digits_3.kspec.ts",
  );
});
