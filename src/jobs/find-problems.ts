import fs from "node:fs";
import { checkFile, type Problem } from "../spec/index.ts";
import { describedFile } from "./described-file.ts";
import { TOP, type FileDiagnostic } from "./file-diagnostic.ts";
import { rangeOfString } from "./user-line.ts";
import { existingSpec, loadSpec, type LoadedSpec, type SpecSnapshot } from "./load-spec.ts";

/**
 * All that is wrong with a spec file, as `kspec check` tells it, and the spec where it could be run. First
 * its text is read; when that has errors nothing runs, because they would only come back in other words.
 *
 * @param log gets what the user's code prints.
 * @param snapshot What the file and its neighbours said at another time, to be taken instead of what they say now.
 * @throws UserError when the file cannot be read.
 */
export async function findProblems(
  file: string,
  log: (line: string) => void,
  snapshot?: SpecSnapshot,
): Promise<{ readonly spec?: LoadedSpec; readonly problems: readonly FileDiagnostic[] }> {
  const path = snapshot === undefined ? existingSpec(file) : file;
  const ofText = await problemsOfText(snapshot?.texts[0]?.text ?? fs.readFileSync(path, "utf8"), path);
  if (ofText.some(isError)) return { problems: ofText };
  const loaded = await loadSpec(path, log, snapshot);
  if ("problems" in loaded) return { problems: [...ofText, ...loaded.problems] };
  return { spec: loaded.spec, problems: [...ofText, ...(await problemsOfObjects(loaded.spec, ofText))] };
}

export function isError({ severity }: FileDiagnostic): boolean {
  return severity === "error";
}

async function problemsOfText(text: string, file: string): Promise<FileDiagnostic[]> {
  const { diagnose } = await import("../language/index.ts");
  return diagnose(text, file).map(({ range, severity, code, message, fix }) => ({
    file,
    range,
    severity,
    code,
    message,
    ...(fix === undefined ? {} : { fix: fix.title }),
  }));
}

/**
 * What the same rules say of a spec that has been run: they see what a text could not tell, such as
 * blocks that come from another file or are made in a loop. What `known` says already is left out.
 */
async function problemsOfObjects(
  spec: LoadedSpec,
  known: readonly FileDiagnostic[],
): Promise<FileDiagnostic[]> {
  const { blockArgumentsOfSource } = await import("../language/index.ts");
  const argumentsOf = (block: (args: never) => unknown) => blockArgumentsOfSource(String(block));
  const said = new Set(known.map(({ code, message }) => `${code} ${message}`));
  const codes = new Set(known.map(({ code }) => code));
  const described = describedFile(spec, argumentsOf);
  const names = new Set(described.specs.flatMap(({ model_name }) => model_name ?? []));
  return checkFile(described)
    .filter(({ code, message }) => !said.has(`${code} ${message}`) && !codes.has(code))
    .map((problem) => asDiagnostic(problem, spec, names));
}

/** Objects have no place in the text; where there is one model, its name has. */
function asDiagnostic(
  { code, severity, message }: Problem,
  spec: LoadedSpec,
  names: ReadonlySet<string>,
): FileDiagnostic {
  const [name] = names.size === 1 ? names : [];
  const range = (name && rangeOfString(spec.texts[0]?.text ?? "", name)) || TOP;
  return { file: spec.file, range, severity, code, message };
}
