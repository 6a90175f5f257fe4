import { ts, type typescript } from "../language/typescript.ts";

/**
 * Lets `import … from "kspec"` and `"kspec/results"` find the types that come with the extension, wherever it finds nothing by itself.
 *
 * @param types Module → file of its types.
 */
export function resolveKspec(
  host: typescript.LanguageServiceHost,
  types: Readonly<Record<string, string>>,
): void {
  const resolve = host.resolveModuleNameLiterals?.bind(host);
  if (!resolve) return;
  host.resolveModuleNameLiterals = (literals, ...rest) =>
    resolve(literals, ...rest).map((resolution, index) => {
      const name = literals[index]?.text ?? "";
      if (resolution.resolvedModule || !Object.hasOwn(types, name)) return resolution;
      const found: typescript.ResolvedModuleFull = {
        resolvedFileName: types[name]!,
        extension: ts.Extension.Dts,
        isExternalLibraryImport: true,
      };
      return { ...resolution, resolvedModule: found };
    });
}
