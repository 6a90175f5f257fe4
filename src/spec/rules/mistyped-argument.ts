import { describedValue, fits } from "../argument-values.ts";
import { modelArguments } from "../model-arguments.ts";
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
        message: `"${name}" takes ${argument.words}, and this is ${describedValue(value)}.`,
        span: value_span ?? span,
        related: argument.argument
          ? [{ message: `"${name}" is taken here.`, span: argument.argument.span }]
          : [],
        covers: entry,
      };
    }
  },
};
