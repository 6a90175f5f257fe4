import fs from "node:fs";
import { createRequire, isBuiltin, SourceMap, type SourceMapPayload } from "node:module";
import path from "node:path";
import vm from "node:vm";
import type { FileDiagnostic } from "./file-diagnostic.ts";

/** A file of the user's that was loaded. */
export interface UserFile {
  /** Absolute, links resolved. */
  readonly file: string;
  readonly text: string;
  /** From what was run to what was written; undefined for JSON. */
  readonly map: SourceMap | undefined;
}

/** TypeScript → what Node runs. The room `language` does it. */
export type Transpile = (
  text: string,
  fileName: string,
) => { readonly code: string; readonly map: string; readonly syntaxErrors: readonly FileDiagnostic[] };

/** A file that has syntax errors: they are told instead of running it. */
export class SyntaxErrors extends Error {
  readonly diagnostics: readonly FileDiagnostic[];
  constructor(diagnostics: readonly FileDiagnostic[]) {
    super("The file has syntax errors.");
    this.diagnostics = diagnostics;
  }
}

/** An import that leads nowhere. */
export class MissingImport extends Error {
  readonly importer: string;
  readonly specifier: string;
  constructor(importer: string, specifier: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.importer = importer;
    this.specifier = specifier;
  }
}

/**
 * Loads a spec and the neighbours it imports as CommonJS modules of their own, apart from Node's cache,
 * so that a changed file is read again. `kspec` is KSpec's own copy whatever is installed; Node's
 * modules and npm packages come from where the importing file would find them.
 */
export class SpecModules {
  /** In the order of loading: the spec first. */
  readonly files = new Map<string, UserFile>();
  /** Paths of imports that met a file which was still loading: `a → b → a`. */
  readonly cycles: string[][] = [];
  readonly #loading: string[] = [];
  readonly #modules = new Map<string, { exports: unknown }>();
  readonly #kspec: object;
  readonly #transpile: Transpile;
  readonly #console: Console;
  readonly #known: ReadonlyMap<string, string>;

  /**
   * @param console what the user's code writes to.
   * @param known texts of files that are taken instead of what the files say, by absolute path.
   */
  constructor(
    kspec: object,
    transpile: Transpile,
    console: Console,
    known: ReadonlyMap<string, string> = new Map(),
  ) {
    this.#known = known;
    this.#kspec = kspec;
    this.#transpile = transpile;
    this.#console = console;
  }

  /** Runs a file, once, and gives what it exports. In a circle of imports that is what it exports so far, as in Node. */
  load(file: string): unknown {
    const known = this.#modules.get(file);
    if (known !== undefined) {
      const from = this.#loading.indexOf(file);
      if (from >= 0) this.cycles.push([...this.#loading.slice(from), file]);
      return known.exports;
    }
    const module: { exports: unknown } = { exports: {} };
    this.#modules.set(file, module);
    this.#loading.push(file);
    try {
      this.#run(file, module);
    } catch (error) {
      this.#modules.delete(file);
      throw error;
    } finally {
      this.#loading.pop();
    }
    return module.exports;
  }

  #run(file: string, module: { exports: unknown }): void {
    const text = this.#known.get(file) ?? fs.readFileSync(file, "utf8").replace(/^\uFEFF/, "");
    if (path.extname(file) === ".json") {
      this.files.set(file, { file, text, map: undefined });
      module.exports = JSON.parse(text);
      return;
    }
    // Set before it runs, so that an error at load finds its line.
    const { code, map, syntaxErrors } = this.#transpile(text, file);
    this.files.set(file, { file, text, map: new SourceMap(JSON.parse(map) as SourceMapPayload) });
    if (syntaxErrors.length > 0) throw new SyntaxErrors(syntaxErrors);
    const run = vm.compileFunction(
      code,
      ["exports", "require", "module", "__filename", "__dirname", "console"],
      { filename: file },
    ) as (...names: unknown[]) => void;
    const require = (specifier: string) => this.#require(file, specifier);
    run.call(module.exports, module.exports, require, module, file, path.dirname(file), this.#console);
  }

  #require(importer: string, specifier: string): unknown {
    if (specifier === "kspec") return this.#kspec;
    if (isBuiltin(specifier)) return createRequire(importer)(specifier);
    if (/^\.{1,2}(\/|$)/.test(specifier) || path.isAbsolute(specifier)) {
      const wanted = path.resolve(path.dirname(importer), specifier);
      const known = candidatesOf(wanted).find((file) => this.#known.has(file));
      if (known !== undefined) return this.load(known);
      const found = existingFile(wanted);
      if (found === undefined) throw new MissingImport(importer, specifier, missingFile(specifier, wanted));
      // A link leads to a file whose own path is known.
      return this.load(fs.realpathSync(found));
    }
    const require = createRequire(importer);
    let resolved: string;
    try {
      resolved = require.resolve(specifier);
    } catch (error) {
      throw new MissingImport(
        importer,
        specifier,
        `The package "${specifier}" is not installed where this file could find it. ` +
          `Install it with "npm install ${packageName(specifier)}" in ${path.dirname(importer)}, or take the import away.`,
        { cause: error },
      );
    }
    return require(resolved);
  }
}

const EXTENSIONS = [".ts", ".mts", ".cts", ".js", ".mjs", ".cjs", ".json"];
/** TypeScript lets `./blocks.js` stand for `./blocks.ts`. */
const WRITTEN_AS: Record<string, string> = { ".js": ".ts", ".mjs": ".mts", ".cjs": ".cts" };

function existingFile(wanted: string): string | undefined {
  return candidatesOf(wanted).find((file) => fs.statSync(file, { throwIfNoEntry: false })?.isFile());
}

/** What an import may mean, the likeliest first. */
function candidatesOf(wanted: string): string[] {
  const extension = path.extname(wanted);
  const typescript = WRITTEN_AS[extension];
  return [
    wanted,
    ...(typescript === undefined ? [] : [wanted.slice(0, -extension.length) + typescript]),
    ...EXTENSIONS.map((added) => wanted + added),
    ...EXTENSIONS.map((added) => path.join(wanted, "index" + added)),
  ];
}

function missingFile(specifier: string, wanted: string): string {
  const folder = path.dirname(wanted);
  if (!fs.existsSync(folder))
    return `"${specifier}" was not found: there is no folder ${folder}. Mend the path, or make the file.`;
  const there = fs
    .readdirSync(folder)
    .filter((name) => EXTENSIONS.includes(path.extname(name)))
    .slice(0, 8);
  return (
    `"${specifier}" was not found in ${folder}. ` +
    (there.length > 0 ? `Mend the path; there are: ${there.join(", ")}.` : "Mend the path, or make the file.")
  );
}

function packageName(specifier: string): string {
  const [first, second] = specifier.split("/");
  return first!.startsWith("@") && second !== undefined ? `${first}/${second}` : first!;
}
