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

/** A value as rules see it. */
export function givenValue(value: Value): GivenValue {
  switch (value.kind) {
    case "literal":
      if (value.value === null) return { type: "null" };
      return { type: typeof value.value as "number", literal: value.value };
    case "typed":
      return { type: value.type };
    case "object":
    case "array":
    case "function":
      return { type: value.kind };
    case "tune":
      return { type: "tune", id: value.id };
    case "unknown":
      return { type: "unknown" };
    default:
      return { type: "unknown", unmarked: true };
  }
}
