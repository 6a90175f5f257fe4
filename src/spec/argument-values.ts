import type { ModelArgument } from "./model-arguments.ts";
import type { GivenValue } from "./spec-file.ts";

/** Whether an argument takes a value, as far as both are known. */
export function fits(
  { type, literal }: GivenValue,
  { takes, accepts }: Pick<ModelArgument, "takes" | "accepts">,
): boolean {
  if (type === "unknown" || type === "tune" || takes === undefined) return true;
  return takes.includes(type) && (literal === undefined || accepts === undefined || accepts(literal));
}

/** A value in a message: `a number`, `the string "64"`. */
export function describedValue({ type, literal }: GivenValue): string {
  if (type === "number" || type === "boolean") return literal === undefined ? `a ${type}` : String(literal);
  if (type === "string") return literal === undefined ? "a string" : `the string ${JSON.stringify(literal)}`;
  return (
    { array: "an array", object: "an object", function: "a function", null: "null" }[type as "array"] ??
    "neither"
  );
}
