import type { ParameterValue, ParameterValues } from "../../src/protocol/index.ts";

/**
 * A hyperparameter's value as people read it: `64`, `0.00316`, `1e-4`, `relu`, `[3, 3]`, `Huber(delta: 2)`. Numbers have three
 * significant digits; what is copied has all of them (`fullValue`).
 */
export function valueText(value: ParameterValue | undefined): string {
  if (value === undefined) return "–";
  if (typeof value === "number") return numberText(value);
  if (Array.isArray(value)) return `[${value.map((one) => valueText(one as ParameterValue)).join(", ")}]`;
  if (typeof value === "object" && value !== null) return objectText(value as Record<string, unknown>);
  return String(value);
}

/** The same in full, as a program reads it. */
export function fullValue(value: ParameterValue | undefined): string {
  if (value === undefined) return "";
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

/** `dense_units 64` for each value. */
export function valueFacts(values: ParameterValues): string[] {
  return Object.entries(values).map(([id, value]) => `${id} ${valueText(value)}`);
}

/** Whole numbers as they are; others with three significant digits, small and large ones with an exponent. */
export function numberText(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return minus(String(value));
  const size = Math.abs(value);
  const text = size < 0.001 || size >= 1e6 ? value.toExponential(2) : String(Number(value.toPrecision(3)));
  return minus(text.replace(/\.?0+e/, "e").replace("e+", "e"));
}

const minus = (text: string) => text.replace(/^-/, "−");

/** Descriptions of losses, optimizers and the like by their Keras class; anything else as JSON. */
function objectText(value: Record<string, unknown>): string {
  const { class_name, config } = value;
  if (typeof class_name !== "string") return JSON.stringify(value);
  const options = Object.entries((config ?? {}) as Record<string, ParameterValue>);
  if (options.length === 0) return class_name;
  return `${class_name}(${options.map(([name, one]) => `${name}: ${valueText(one)}`).join(", ")})`;
}
