import path from "node:path";
import ts from "typescript";

/**
 * What TypeScript says about a spec: a real program over text, with `kspec` resolved to a file of ours.
 * One language service a declaration file, so that libraries are parsed once.
 */
export interface TypeChecker {
  /** One line a mistake: `line: «the underlined text» message`, further sentences indented. */
  mistakes(text: string): string[];
  /** The hover at the first `needle` of the text: signature, then docs. */
  hover(text: string, needle: string): string;
  /** Names offered at the mark `$0` in the text. */
  completions(text: string): string[];
}

export interface TypeCheckerOptions {
  /** Where `kspec` resolves to. */
  readonly kspec: string;
  readonly compilerOptions?: ts.CompilerOptions;
}

export function typeChecker({ kspec, compilerOptions }: TypeCheckerOptions): TypeChecker {
  const file = path.resolve("spec-under-test.kspec.ts");
  let text = "";
  let version = 0;
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    // Without the browser's types, which take longer to read than all else.
    lib: ["lib.es2022.d.ts"],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    allowImportingTsExtensions: true,
    types: [],
    ...compilerOptions,
  };
  const host: ts.LanguageServiceHost = {
    getCompilationSettings: () => options,
    getScriptFileNames: () => [file],
    getScriptVersion: (name) => (name === file ? String(version) : "0"),
    getScriptSnapshot: (name) => {
      const content = name === file ? text : ts.sys.readFile(name);
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
    },
    getCurrentDirectory: () => process.cwd(),
    getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
    fileExists: (name) => name === file || ts.sys.fileExists(name),
    readFile: (name) => (name === file ? text : ts.sys.readFile(name)),
    resolveModuleNameLiterals: (literals, containing) =>
      literals.map(({ text: name }) =>
        name === "kspec"
          ? { resolvedModule: { resolvedFileName: kspec, extension: path.extname(kspec) } }
          : ts.resolveModuleName(name, containing, options, ts.sys),
      ),
  };
  const service = ts.createLanguageService(host);
  const open = (next: string) => {
    text = next;
    version++;
  };
  return {
    mistakes(next) {
      open(next);
      return [...service.getSyntacticDiagnostics(file), ...service.getSemanticDiagnostics(file)].map(
        ({ start = 0, length = 0, messageText }) => {
          const line = text.slice(0, start).split("\n").length;
          const message = ts.flattenDiagnosticMessageText(messageText, "\n");
          return `${line}: «${text.slice(start, start + length)}» ${message}`;
        },
      );
    },
    hover(next, needle) {
      open(next);
      const info = service.getQuickInfoAtPosition(file, text.indexOf(needle));
      return [ts.displayPartsToString(info?.displayParts), ts.displayPartsToString(info?.documentation)].join(
        "\n",
      );
    },
    completions(next) {
      const at = next.indexOf("$0");
      open(next.slice(0, at) + next.slice(at + 2));
      return (service.getCompletionsAtPosition(file, at, undefined)?.entries ?? []).map(({ name }) => name);
    },
  };
}
