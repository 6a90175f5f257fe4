import fs from "node:fs";
import path from "node:path";
import { isUserError, UserError, type Place } from "../protocol/index.ts";
import { TOP, type FileDiagnostic } from "./file-diagnostic.ts";
import { MissingImport, SpecModules, SyntaxErrors, type Transpile } from "./spec-modules.ts";
import { rangeOfString, userLine } from "./user-line.ts";

/** A spec file that has been run. */
export interface LoadedSpec {
  /** Absolute, links resolved. */
  readonly file: string;
  /** Relative paths in the spec start here. */
  readonly folder: string;
  readonly exports: Readonly<Record<string, unknown>>;
  /** The spec and the neighbours it imports, the spec first. `path` starts at {@link folder}, with `/`. */
  readonly texts: readonly { readonly path: string; readonly text: string }[];
  /** Where an error that comes later, e.g. from a layer block, has its line in the user's text. */
  lineOf(error: unknown): Place | undefined;
}

/** What a spec file and the neighbours it imports said when a run began, the spec first; paths start at the spec's folder. */
export interface SpecSnapshot {
  readonly texts: LoadedSpec["texts"];
}

/**
 * Runs a spec file: ordinary TypeScript that may import its neighbours, JSON, Node's modules and
 * installed packages. Syntax errors, missing imports and exceptions become diagnostics at the
 * user's own line. This runs the user's code: it may throw, print, or never come back.
 *
 * @param log gets the lines that the user's code prints.
 * @param snapshot Taken instead of what the files say now; the files themselves may be gone.
 * @throws UserError when the file cannot be read.
 */
export async function loadSpec(
  file: string,
  log: (line: string) => void,
  snapshot?: SpecSnapshot,
): Promise<{ readonly spec: LoadedSpec } | { readonly problems: readonly FileDiagnostic[] }> {
  const spec = snapshot === undefined ? existingSpec(file) : file;
  const [language, kspec] = await Promise.all([import("../language/index.ts"), import("../kspec/index.ts")]);
  const transpile: Transpile = (text, fileName) => {
    const { code, map, syntaxErrors } = language.transpile(text, fileName);
    return {
      code,
      map,
      syntaxErrors: syntaxErrors.map(({ range, severity, code, message }) => ({
        file: fileName,
        range,
        severity,
        code,
        message,
      })),
    };
  };
  const known = (snapshot?.texts ?? []).map(
    (one) => [path.resolve(path.dirname(spec), one.path), one.text] as const,
  );
  const modules = new SpecModules(kspec, transpile, await userConsole(log), new Map(known));
  let exports: unknown;
  try {
    exports = modules.load(spec);
  } catch (error) {
    return { problems: explain(error, spec, modules) };
  }
  const folder = path.dirname(spec);
  return {
    spec: {
      file: spec,
      folder,
      exports: typeof exports === "object" && exports !== null ? { ...exports } : {},
      texts: [...modules.files.values()].map(({ file, text }) => ({
        path: path.relative(folder, file).split(path.sep).join("/"),
        text,
      })),
      lineOf: (error) => userLine(error, modules),
    },
  };
}

/** The spec's own path. @throws UserError when there is no such file, or it is no file. */
export function existingSpec(file: string): string {
  const wanted = path.resolve(file);
  const stat = fs.statSync(wanted, { throwIfNoEntry: false });
  if (stat === undefined)
    throw new UserError(
      "no-such-file",
      `${wanted} does not exist. Check the path, or make a spec with "kspec init".`,
    );
  if (!stat.isFile())
    throw new UserError("no-such-file", `${wanted} is no file. Give the path of a spec file, NAME.kspec.ts.`);
  return fs.realpathSync(wanted);
}

function explain(error: unknown, spec: string, modules: SpecModules): readonly FileDiagnostic[] {
  if (error instanceof SyntaxErrors) return error.diagnostics;
  const place = userLine(error, modules);
  if (error instanceof MissingImport) {
    const text = modules.files.get(error.importer)?.text ?? "";
    const line = place?.file === error.importer ? place.range.start.line : 0;
    const range = rangeOfString(text, error.specifier, line) ?? place?.range ?? TOP;
    return [
      { file: error.importer, range, severity: "error", code: "missing-import", message: error.message },
    ];
  }
  const file = place?.file ?? [...modules.files.keys()].at(-1) ?? spec;
  return [{ file, range: place?.range ?? TOP, severity: "error", ...words(error, modules) }];
}

function words(error: unknown, modules: SpecModules): { code: string; message: string } {
  if (isUserError(error) || (error instanceof Error && error.name === "SpecError"))
    return { code: (error as UserError).code, message: error.message };
  const said = error instanceof Error ? `${error.name}: ${asWritten(error.message)}` : String(error);
  const cycle = modules.cycles.at(-1);
  if (cycle !== undefined)
    return {
      code: "circular-import",
      message:
        `Loading stops here with ${said}. These files import each other: ${cycle.map((f) => path.basename(f)).join(" → ")}. ` +
        "What one takes from the other is not there yet while they load; move what both need into a file of its own.",
    };
  return { code: "load-error", message: `Loading the spec stops here with ${said}.` };
}

/** `(0 , blocks_1.dense) is not a function` speaks of the compiled text: the author wrote `dense`. */
function asWritten(message: string): string {
  return message
    .replace(/\(0 ?, ?\w+_\d+\.([\w$]+)\)/g, "$1")
    .replace(/\b\w+_\d+\.([\w$]+) is not/g, "$1 is not");
}

/** A console whose lines go to `log`, so that what a spec prints mixes with nothing. */
async function userConsole(log: (line: string) => void): Promise<Console> {
  const { Console } = await import("node:console");
  const { Writable } = await import("node:stream");
  const lines = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      for (const line of chunk.toString().replace(/\n$/, "").split("\n")) log(line);
      done();
    },
  });
  return new Console({ stdout: lines, stderr: lines });
}
