import type { Expression, Node } from "typescript";
import type { FunctionLike } from "./scope.ts";
import { ts } from "./typescript.ts";

/**
 * The expression of a function's only `return`, at the end of its body, and the statements before it; undefined where they are more
 * than constants and calls.
 */
export function returnedBy({
  body,
}: FunctionLike): { expression: Expression; before: readonly Node[] } | undefined {
  if (!body) return undefined;
  if (!ts.isBlock(body)) return { expression: body as Expression, before: [] };
  const last = body.statements.at(-1);
  if (!last || !ts.isReturnStatement(last) || !last.expression) return undefined;
  const before = body.statements.slice(0, -1);
  const plain = before.every((one) => ts.isVariableStatement(one) || ts.isExpressionStatement(one));
  return plain ? { expression: last.expression, before } : undefined;
}

/** Without parentheses and types around it. */
export function unwrapped(node: Expression): Expression {
  return ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isNonNullExpression(node)
    ? unwrapped(node.expression)
    : node;
}
