/**
 * Arguments of a model as they stand in `run_started` and `run.json`: anything that JSON cannot hold is
 * named instead. Descriptions (an optimizer, a callback) are plain objects already.
 */
export function plainArguments(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, plain(value)]));
}

function plain(value: unknown): unknown {
  if (typeof value === "function") return `function ${value.name || "(without a name)"}`;
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (typeof value === "bigint" || typeof value === "symbol") return String(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null) return plainArguments(value as Record<string, unknown>);
  return value;
}
