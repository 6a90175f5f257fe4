import type { SourceFile } from "typescript";
import type { Edit } from "../spec/index.ts";
import type { Scope } from "./scope.ts";
import { ts } from "./typescript.ts";

/**
 * What a file calls something of kspec's, and the edit that imports it where it does not yet; undefined where its author must find the
 * place, or the file calls something else so.
 */
export function importOf(
  name: string,
  source: SourceFile,
  top: Scope,
): { readonly callee: string; readonly imported: Edit | undefined } | undefined {
  for (const { local, name: imported } of top.importsFrom("kspec")) {
    if (imported === name) return { callee: local, imported: undefined };
    if (imported === "*") return { callee: `${local}.${name}`, imported: undefined };
  }
  if (top.value(name)) return undefined;
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const { importClause: clause, moduleSpecifier } = statement;
    const bindings = clause?.namedBindings;
    if (moduleSpecifier.text !== "kspec" || clause?.isTypeOnly) continue;
    if (!bindings || !ts.isNamedImports(bindings)) continue;
    const last = bindings.elements.at(-1);
    if (!last) continue;
    const space = /^\s*/.exec(source.text.slice(last.pos, last.end))?.[0] ?? "";
    const span = { start: last.end, end: last.end };
    return { callee: name, imported: { span, text: `,${space || " "}${name}` } };
  }
  return undefined;
}
