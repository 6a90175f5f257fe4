import type { FileDiagnostic } from "./file-diagnostic.ts";
import { findProblems } from "./find-problems.ts";

/**
 * What the rules say of a spec file, in the order of the text: from its text alone, and where that has no
 * errors from running it too, so that a spec that throws, or imports what is not there, is told as well.
 *
 * @param log gets what the user's code prints.
 * @throws UserError when the file cannot be read.
 */
export async function check(file: string, log: (line: string) => void): Promise<readonly FileDiagnostic[]> {
  const { problems } = await findProblems(file, log);
  return problems;
}
