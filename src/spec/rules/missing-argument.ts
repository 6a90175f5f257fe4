import { modelArguments } from "../model-arguments.ts";
import { listed } from "../wording.ts";
import type { ModelRule } from "./rule.ts";

/**
 * A hyperparameter without a default is not given a value. Silent where an argument is given that the model does not
 * have and that may have been meant for it.
 */
export const missingArgument: ModelRule = {
  code: "missing-argument",
  severity: "error",
  about: "A model lacks an argument that has no default.",
  on: "model",
  *check({ spec, arguments: given, complete, span, call }) {
    if (!complete) return;
    const names = new Set(given.map(({ name }) => name));
    const all = modelArguments(spec);
    const missing = [...all.values()].filter(({ name, required }) => required && !names.has(name));
    const unknown = given.filter(({ name }) => !all.has(name));
    // As many as the unknown ones can stand for are a consequence of those.
    if (missing.length <= unknown.length) return;
    const wanted = missing.map(({ name }) => name);
    yield {
      message: `This model needs ${listed(wanted)}, which ${wanted.length === 1 ? "has" : "have"} no default. Give ${wanted.length === 1 ? "it a value" : "them values"}: \`{ ${wanted.map((name) => `${name}: …`).join(", ")} }\`.`,
      span,
      related: missing.map(({ name, argument }) => ({
        message: `"${name}" is asked for here.`,
        span: argument?.span,
      })),
      covers: call,
    };
  },
};
