import path from "node:path";
import { findRun, runsFolderFor } from "../runs/index.ts";

/** Where commands look for runs that are given by id: `--runs`, else where runs of a spec in the working folder are. */
export function runsFolder(override: string | undefined): string {
  return runsFolderFor(path.join(process.cwd(), "any.kspec.ts"), { override });
}

/** The folder of the run that a person names. @throws UserError that names the newest runs. */
export function runNamed(reference: string, override: string | undefined): string {
  return findRun(reference, runsFolder(override));
}
