import type { GivenArgument, GivenValue } from "../spec/index.ts";
import type { Evaluator, Value } from "./evaluate.ts";

/** The properties of an object as rules see them. */
export function givenOptions({ members, complete }: ReturnType<Evaluator["members"]>): {
  list: GivenArgument[];
  complete: boolean;
} {
  const list = members.map(({ name, span, entry, value_span, value }) => ({
    name,
    span,
    entry,
    value_span,
    value: givenValue(value),
  }));
  return { list, complete };
}

function givenValue(value: Value): GivenValue {
  switch (value.kind) {
    case "literal":
      if (value.value === null) return { type: "null" };
      return { type: typeof value.value as "number", literal: value.value };
    case "typed":
      return { type: value.type };
    case "object":
    case "array":
    case "function":
    case "tune":
      return { type: value.kind };
    default:
      return { type: "unknown" };
  }
}
