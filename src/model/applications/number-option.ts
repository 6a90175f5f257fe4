import { UserError } from "../../protocol/index.ts";

/**
 * A number among the options of an application.
 *
 * @throws UserError when it is there and is no finite number, or is negative.
 */
export function numberOption(
  application: string,
  options: Readonly<Record<string, unknown>>,
  name: string,
  fallback: number,
): number {
  const value = options[name] ?? fallback;
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
  throw new UserError(
    "bad-application-option",
    `applications.${application}: ${name} must be a number from 0, and it is ${JSON.stringify(value)}.`,
  );
}
