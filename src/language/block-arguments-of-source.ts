import type { BlockArgument } from "../spec/index.ts";
import { argumentsOf } from "./block-arguments.ts";
import { parseText } from "./parse.ts";
import { Scope, type FunctionLike } from "./scope.ts";
import { ts } from "./typescript.ts";

/**
 * The arguments of a function from its own source, as `Function.prototype.toString` gives it: for a block that was
 * compiled by somebody else. null where they cannot be told (native code, a bare parameter, `...rest`).
 */
export function blockArgumentsOfSource(source: string): Omit<BlockArgument, "span">[] | null {
  // A function stands alone as an expression, and a method inside of an object.
  for (const text of [`(${source})`, `({${source}})`]) {
    const file = parseText(text, "block.js");
    const [statement] = file.statements;
    const { parseDiagnostics } = file as unknown as { parseDiagnostics: readonly unknown[] };
    if (parseDiagnostics.length > 0 || !statement || !ts.isExpressionStatement(statement)) continue;
    const inner = ts.isParenthesizedExpression(statement.expression)
      ? statement.expression.expression
      : undefined;
    const fn = inner && ts.isObjectLiteralExpression(inner) ? inner.properties[0] : inner;
    if (!fn || !(ts.isArrowFunction(fn) || ts.isFunctionExpression(fn) || ts.isMethodDeclaration(fn)))
      continue;
    const spanOf = () => ({ start: 0, end: 0 });
    const found = argumentsOf(fn as typeof fn & FunctionLike, new Scope(undefined), spanOf, false);
    if (found.kind !== "known") return null;
    return found.list.map(({ name, type, optional }) => ({ name, type, optional }));
  }
  return null;
}
