import { isUserError } from "../protocol/index.ts";

/** What the process says at its end. */
export const EXIT = {
  done: 0,
  /** The work failed, or was stopped. */
  failed: 1,
  /** Wrong usage, or a spec with errors. */
  usage: 2,
} as const;

/** Errors that say the command line names what is not there are wrong usage; all others are work that failed. */
export function exitCodeOf(error: unknown): number {
  return isUserError(error) && USAGE.has(error.code) ? EXIT.usage : EXIT.failed;
}

const USAGE = new Set(["no-such-file", "no-run", "file-exists", "no-data", "no-such-key"]);
