import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test, vi } from "vitest";
import * as kspec from "kspec";
import { diagnose } from "../../src/language/index.ts";
import { FIXED_ARGUMENTS } from "../../src/spec/model-arguments.ts";
import { typeChecker } from "./type-check.ts";

vi.setConfig({ testTimeout: 60_000 });

const reference = readFileSync("docs/reference.md", "utf8");
const checker = typeChecker({ kspec: path.resolve("src/kspec/index.ts") });

describe("the examples compile, those of a section as one file", () => {
  const sections = reference
    .split(/^## /m)
    .map((section) => ({
      title: section.split("\n", 1)[0]!,
      code: [...section.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code]) => code!).join("\n"),
    }))
    .filter(({ code }) => code !== "");
  expect(sections.length).toBeGreaterThan(8);
  test.each(sections)("$title", ({ code }) => expect(checker.mistakes(code)).toEqual([]));
  test.each(sections)("$title: no rule objects", ({ code }) => {
    const problems = diagnose(code, "section.kspec.ts").map(
      ({ code, message }) => `${String(code)}: ${message}`,
    );
    // A section on blocks or layers alone declares nothing that could be run.
    expect(problems.filter((problem) => !problem.startsWith("nothing-to-run"))).toEqual([]);
  });
});

describe("it names everything there is", () => {
  const words = new Set(reference.match(/\w+/g));
  test.each([
    "layers",
    "datasets",
    "optimizers",
    "schedules",
    "losses",
    "metrics",
    "initializers",
    "regularizers",
    "constraints",
    "callbacks",
  ] as const)("%s", (namespace) => {
    const spoken = (name: string) =>
      words.has(name) || words.has(name.replaceAll(/([a-z])([A-Z])/g, "$1_$2").toLowerCase());
    expect(Object.keys(kspec[namespace]).filter((name) => !spoken(name))).toEqual([]);
  });
  test("applications, where … stands for what lies between", () => {
    const between = /^efficientNet(B[1-6]|V2B[12])$/;
    expect(Object.keys(kspec.applications).filter((name) => !words.has(name) && !between.test(name))).toEqual(
      [],
    );
  });
  test("exports", () => {
    expect(Object.keys(kspec).filter((name) => !words.has(name))).toEqual([]);
  });
  test("arguments that every model has", () => {
    expect(
      Object.keys(FIXED_ARGUMENTS).filter(
        (name) => !new RegExp(`^\\| \`${name}\` +\\|`, "m").test(reference),
      ),
    ).toEqual([]);
  });
  test("recipe steps", () => {
    const steps = Object.getOwnPropertyNames(Object.getPrototypeOf(kspec.recipe("y ~ x")));
    expect(steps.filter((name) => name.startsWith("step_") && !words.has(name))).toEqual([]);
  });
});
