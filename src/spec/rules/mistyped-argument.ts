import { modelArguments, type ModelArgument } from "../model-arguments.ts";
import type { GivenValue } from "../spec-file.ts";
import type { ModelRule } from "./rule.ts";

/** An argument of a model has a value of another type than it takes: `dense_units: "64"`, `fit_epochs: 0.5`. */
export const mistypedArgument: ModelRule = {
  code: "mistyped-argument",
  severity: "error",
  about: "An argument of a model has a value that it does not take.",
  on: "model",
  *check({ spec, arguments: given }) {
    const all = modelArguments(spec);
    for (const { name, value, value_span, span, entry } of given) {
      const argument = all.get(name);
      if (!argument || fits(value, argument)) continue;
      yield {
        message: `"${name}" takes ${argument.words}, and this is ${described(value)}.`,
        span: value_span ?? span,
        related: argument.argument
          ? [{ message: `"${name}" is taken here.`, span: argument.argument.span }]
          : [],
        covers: entry,
      };
    }
  },
};

function fits({ type, literal }: GivenValue, { takes, accepts }: ModelArgument): boolean {
  if (type === "unknown" || type === "tune" || takes === undefined) return true;
  return takes.includes(type) && (literal === undefined || accepts === undefined || accepts(literal));
}

function described({ type, literal }: GivenValue): string {
  if (type === "number" || type === "boolean") return literal === undefined ? `a ${type}` : String(literal);
  if (type === "string") return literal === undefined ? "a string" : `the string ${JSON.stringify(literal)}`;
  return (
    { array: "an array", object: "an object", function: "a function", null: "null" }[type as "array"] ??
    "neither"
  );
}
