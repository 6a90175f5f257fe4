import type { BlockGraph } from "./block-graph.ts";
import type { Problem } from "./problem.ts";
import { RULES } from "./rules/index.ts";
import type { Finding, Rule, Use } from "./rules/rule.ts";
import type { SpecFile, Workflow } from "./spec-file.ts";

/** Every problem of a file, in the order of the text; each mistake once. */
export function checkFile(file: SpecFile): Problem[] {
  const exported = [
    ...new Set(
      file.exports
        .flatMap(({ workflow, tunings = [] }) => [
          workflow ?? [],
          ...tunings.map((tuning) => tuning.workflow ?? []),
        ])
        .flat(),
    ),
  ];
  const uses = new Map(file.specs.map((spec) => [spec, useOf(spec, file)]));
  const problems = RULES.flatMap((rule) => {
    switch (rule.on) {
      case "graph":
        return [...uses].flatMap(([spec, use]) => toProblems(rule, rule.check(spec, use)));
      case "model":
        return file.models.flatMap((model) => toProblems(rule, rule.check(model)));
      case "workflow":
        return exported.flatMap((workflow) => toProblems(rule, rule.check(workflow)));
      case "file":
        return toProblems(rule, rule.check(file));
    }
  });
  return inOrder(once(problems));
}

/** Every problem of one graph by itself, without the models and workflows that use it. */
export function checkGraph(graph: BlockGraph, use: Partial<Use> = {}): Problem[] {
  const whole = { outcomes: undefined, predictors: undefined, classes: undefined, own_loss: false, ...use };
  return inOrder(
    once(RULES.flatMap((rule) => (rule.on === "graph" ? toProblems(rule, rule.check(graph, whole)) : []))),
  );
}

function toProblems(rule: Rule, findings: Iterable<Finding>): Problem[] {
  return Array.from(findings, ({ related = [], severity = rule.severity, ...finding }) => ({
    code: rule.code,
    severity,
    ...finding,
    related,
  }));
}

/** What the workflows that use a spec agree on. */
function useOf(spec: BlockGraph, { workflows, models }: SpecFile): Use {
  const uses = workflows.filter(({ model }) => model?.spec === spec);
  const agreed = <T>(of: (workflow: Workflow) => T | undefined): T | undefined => {
    const [first, ...others] = uses.map(of);
    return others.every((other) => JSON.stringify(other) === JSON.stringify(first)) ? first : undefined;
  };
  return {
    outcomes: agreed(({ outcomes }) => outcomes),
    predictors: agreed(({ predictors }) => predictors),
    classes: agreed(({ classes }) => classes),
    own_loss: models.some(
      (model) => model.spec === spec && model.arguments.some(({ name }) => name === "compile_loss"),
    ),
  };
}

/** A block's function that two blocks or two specs share would be reported for each. */
function once(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ code, span, message }) => {
    const key = span ? `${code} ${span.start} ${span.end}` : `${code} ${message}`;
    return !seen.has(key) && seen.add(key);
  });
}

function inOrder(problems: Problem[]): Problem[] {
  return problems.sort((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0));
}
