import { isUserError } from "../protocol/index.ts";

/** What a person is told of an error: never a stack. */
export function messageOf(error: unknown): string {
  if (isUserError(error)) return error.message;
  const said = error instanceof Error ? error.message : String(error);
  return `KSpec stopped because of an error that it did not expect: ${said}. The log has the details.`;
}

/** The same error for a log: where it came from. */
export function detailsOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
