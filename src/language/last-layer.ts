import type { Expression, Node } from "typescript";
import type { LastLayer } from "../spec/index.ts";
import type { Evaluator, FunctionNode, Value } from "./evaluate.ts";
import { returnedBy, unwrapped } from "./returned.ts";
import { ts } from "./typescript.ts";

/**
 * The dense layer (or activation over one) whose output a block returns, where the block has one `return` and writes
 * the layer there, in a constant, or in the last `model.add(…)`. Everything else is not known.
 */
export function lastLayerOf(
  node: FunctionNode,
  api: "functional" | "sequential",
  valueOf: (node: Node) => Value,
  evaluator: Evaluator,
): LastLayer | undefined {
  const returned = returnedBy(node);
  if (!returned) return undefined;
  if (api === "functional") return ofTensor(returned.expression, valueOf, evaluator, new Set());
  // A sequential block adds to `model`, which is what `model.add(…)` gives; what it adds last is the end.
  const end = unwrapped(returned.expression);
  const added = ts.isIdentifier(end) ? addedTo(end.text, returned.before.at(-1)) : addedIn(end);
  return added && ofLayer(valueOf(added), undefined, evaluator);
}

function addedTo(model: string, statement: Node | undefined): Expression | undefined {
  if (!statement || !ts.isExpressionStatement(statement)) return undefined;
  let target: Expression = statement.expression;
  while (ts.isCallExpression(target) && ts.isPropertyAccessExpression(target.expression))
    target = target.expression.expression;
  return ts.isIdentifier(target) && target.text === model ? addedIn(statement.expression) : undefined;
}

function addedIn(call: Expression): Expression | undefined {
  if (!ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression)) return undefined;
  return call.expression.name.text === "add" ? call.arguments[0] : undefined;
}

function ofTensor(
  expression: Expression,
  valueOf: (node: Node) => Value,
  evaluator: Evaluator,
  seen: Set<Node>,
): LastLayer | undefined {
  const node = unwrapped(expression);
  if (seen.has(node)) return undefined;
  seen.add(node);
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  if (node.expression.name.text !== "apply") return undefined;
  const [input] = node.arguments;
  const before = input && ofTensor(input, valueOf, evaluator, seen);
  return ofLayer(valueOf(node.expression.expression), before, evaluator);
}

function ofLayer(layer: Value, before: LastLayer | undefined, evaluator: Evaluator): LastLayer | undefined {
  if (layer.kind !== "layer") return undefined;
  const { members, complete } = layer.options
    ? evaluator.members(layer.options)
    : { members: [], complete: true };
  const option = (name: string) => members.findLast((member) => member.name === name);
  const activation = option("activation");
  const name = activation?.value.kind === "literal" ? activation.value.value : undefined;
  const literal = typeof name === "string" || name === null ? name : undefined;
  switch (layer.name) {
    case "dense": {
      const units = option("units");
      const known = units?.value.kind === "literal" && typeof units.value.value === "number";
      return {
        activation: activation ? literal : complete ? null : undefined,
        activation_span: activation?.value_span,
        units: known ? (units.value as { value: number }).value : undefined,
        units_span: units?.value_span,
        span: layer.span,
      };
    }
    case "activation":
      return {
        ...UNITS_UNKNOWN,
        ...before,
        activation: literal,
        activation_span: activation?.value_span,
        span: layer.span,
      };
    case "softmax":
      return {
        ...UNITS_UNKNOWN,
        ...before,
        activation: "softmax",
        activation_span: layer.span,
        span: layer.span,
      };
    default:
      return undefined;
  }
}

const UNITS_UNKNOWN = { units: undefined } as const;
