import { ts, type typescript } from "../language/typescript.ts";

/** Lets `import … from "kspec"` find the types that come with the extension, wherever it finds nothing by itself. */
export function resolveKspec(host: typescript.LanguageServiceHost, types: string): void {
  const resolve = host.resolveModuleNameLiterals?.bind(host);
  if (!resolve) return;
  const found: typescript.ResolvedModuleFull = {
    resolvedFileName: types,
    extension: ts.Extension.Dts,
    isExternalLibraryImport: true,
  };
  host.resolveModuleNameLiterals = (literals, ...rest) =>
    resolve(literals, ...rest).map((resolution, index) =>
      resolution.resolvedModule || literals[index]?.text !== "kspec"
        ? resolution
        : { ...resolution, resolvedModule: found },
    );
}
