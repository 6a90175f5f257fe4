import path from "node:path";
import { expect, test, vi } from "vitest";
import { metric_set, metric_tweak } from "kspec";
import { METRICS } from "../../src/metrics/index.ts";
import { FIXED_ARGUMENTS } from "../../src/spec/model-arguments.ts";
import { typeChecker } from "./type-check.ts";

// `kspec` imports no other room, so what it repeats of them is compared here.
vi.setConfig({ testTimeout: 60_000 });

test("the arguments that every model has are those that the rules know", () => {
  const checker = typeChecker({ kspec: path.resolve("src/kspec/index.ts") });
  const offered = checker.completions(
    `import type { TrainingArguments } from "kspec";\nconst args: TrainingArguments = { $0 };`,
  );
  expect(offered.sort()).toEqual(Object.keys(FIXED_ARGUMENTS).sort());
});

test("step_preprocess_input offers the names of pretrained networks", () => {
  const checker = typeChecker({ kspec: path.resolve("src/kspec/index.ts") });
  const start = `import { recipe } from "kspec";\nrecipe("label ~ image").step_preprocess_input`;
  expect(checker.completions(`${start}("$0");`)).toEqual(expect.arrayContaining(["resnet50", "xception"]));
  expect(checker.completions(`${start}("image", "$0");`)).toEqual(
    expect.arrayContaining(["resnet50", "xception"]),
  );
});

test("metric_set takes the metrics that there are", () => {
  const names = METRICS.map(({ name }) => name);
  const message = () => metric_set("?" as never);
  expect(message).toThrow(`There are: ${names.join(", ")}.`);
});

test("metric_tweak takes the options that a metric has", () => {
  for (const { name, options } of METRICS) {
    const message = () => metric_tweak("mine", name as "f_meas", { "?": 1 } as never);
    expect(message).toThrow(`${name}() has no option "?". There are: ${["na_rm", ...options].join(", ")}.`);
  }
});
