/** What a tuning's parameters may be, and values put in their places. */
export { finalizeWorkflow } from "./finalize.ts";
export { resolveParameters } from "./resolve.ts";
export { sameValue } from "./same-value.ts";
export { fromUnit, toUnit } from "./unit.ts";
