import type { ParameterValue } from "../../protocol/index.ts";

/** Whether two values of a parameter are the same: they are plain JSON. */
export function sameValue(a: ParameterValue, b: ParameterValue): boolean {
  return (
    a === b || (typeof a === "object" && typeof b === "object" && JSON.stringify(a) === JSON.stringify(b))
  );
}
