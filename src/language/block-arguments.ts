import type {
  BindingName,
  EntityName,
  Expression,
  Node,
  NodeWithTypeArguments,
  ParameterDeclaration,
  PropertyName,
  TypeElement,
  TypeNode,
} from "typescript";
import type { Arguments, ArgumentType, BlockArgument, Span } from "../spec/index.ts";
import type { FunctionLike, Scope } from "./scope.ts";
import { ts } from "./typescript.ts";

/** Where a node's own text lies, without the space and comments before it. */
export type SpanOf = (node: Node) => Span;

/** What a function's type says of its parameter, where the type stands elsewhere: nobody follows that here. */
type Elsewhere = boolean;

/**
 * The arguments of a block, from the text of its function: the keys that it destructures, and those that its type
 * names beside them. A default makes an argument optional, as the type's `?` does.
 */
export function argumentsOf(
  node: FunctionLike,
  scope: Scope,
  spanOf: SpanOf,
  typedElsewhere: Elsewhere,
): Arguments {
  const parameters = node.parameters.filter(({ name }) => !(ts.isIdentifier(name) && name.text === "this"));
  const [parameter, second] = parameters;
  if (!parameter) return { kind: "known", list: [] };
  if (second) return untellable("it takes more than one parameter", spanOf(second));
  if (parameter.dotDotDotToken)
    return untellable(`"${nameOf(parameter)}" takes whatever comes`, spanOf(parameter));
  const pattern = parameter.name;
  if (ts.isIdentifier(pattern)) return untellable(`it takes "${pattern.text}" as a whole`, spanOf(pattern));
  if (!ts.isObjectBindingPattern(pattern)) return untellable("it takes an array", spanOf(pattern));

  const typed = parameter.type ? membersOf(parameter.type, scope, spanOf) : { members: NONE, complete: true };
  const complete = typed.complete && !(typedElsewhere && !parameter.type);
  const list: BlockArgument[] = [];
  for (const element of pattern.elements) {
    if (element.dotDotDotToken) return untellable(`"${nameOf(element)}" hides their names`, spanOf(element));
    const key = element.propertyName ?? element.name;
    const name = ts.isObjectBindingPattern(key) || ts.isArrayBindingPattern(key) ? undefined : keyText(key);
    if (name === undefined) return untellable("one of its keys is computed", spanOf(element));
    if (name === "") continue;
    const member = typed.members.findLast((one) => one.name === name);
    const initial = element.initializer;
    list.push({
      name,
      type: member && member.type !== "unknown" ? member.type : initial ? typeOfValue(initial) : "unknown",
      optional: initial || member?.optional ? true : member || complete ? false : undefined,
      span: spanOf(key),
    });
  }
  for (const member of typed.members) if (!list.some(({ name }) => name === member.name)) list.push(member);
  return { kind: "known", list };
}

function untellable(reason: string, span: Span): Arguments {
  return { kind: "untellable", reason, span };
}

function nameOf({ name, dotDotDotToken }: Pick<ParameterDeclaration, "name" | "dotDotDotToken">): string {
  return `${dotDotDotToken ? "..." : ""}${ts.isIdentifier(name) ? name.text : "…"}`;
}

// ---------------------------------------------------------------- types

interface Member {
  readonly name: string;
  readonly type: ArgumentType;
  readonly optional: boolean;
  readonly span: Span;
}
interface Members {
  /** Of two with one name the later counts. */
  readonly members: readonly Member[];
  /** False where the type has a part that this file does not say. */
  readonly complete: boolean;
}
const NONE: readonly Member[] = [];
const UNKNOWN: Members = { members: NONE, complete: false };

/** What KSpec's own types bring beside what is written between the angle brackets. */
const OWN: Readonly<Record<string, readonly [name: string, type: ArgumentType]>> = {
  Block: ["tensor", "tensor"],
  InputBlock: ["input_shape", "array"],
  SequentialBlock: ["model", "other"],
};

/** The keys of an object type, followed through aliases and interfaces of the same file. */
function membersOf(type: TypeNode, scope: Scope, spanOf: SpanOf, depth = 0): Members {
  // A type that contains itself ends here.
  if (depth > 20) return UNKNOWN;
  const again = (inner: TypeNode, where = scope) => membersOf(inner, where, spanOf, depth + 1);
  if (ts.isParenthesizedTypeNode(type)) return again(type.type);
  if (ts.isTypeLiteralNode(type)) return literalMembers(type.members, scope, spanOf);
  if (ts.isIntersectionTypeNode(type)) return merge(type.types.map((part) => again(part)));
  if (ts.isTypeReferenceNode(type)) return referredMembers(type.typeName, type, scope, spanOf, depth);
  return UNKNOWN;
}

/** `Block<{ units: number }>`, or the name of a type of this file; `node` is the whole, with its type arguments. */
function referredMembers(
  typeName: Expression | EntityName,
  node: NodeWithTypeArguments,
  scope: Scope,
  spanOf: SpanOf,
  depth: number,
): Members {
  const again = (inner: TypeNode, where = scope) => membersOf(inner, where, spanOf, depth + 1);
  const argument = node.typeArguments?.[0];
  const own = kspecType(typeName, scope);
  if (own !== undefined) {
    const brings = OWN[own];
    if (!brings) return UNKNOWN;
    const [name, type] = brings;
    const supplied = { name, type, optional: false, span: spanOf(node) };
    const rest = argument ? again(argument) : { members: NONE, complete: true };
    return { members: [supplied, ...rest.members], complete: rest.complete };
  }
  if (!ts.isIdentifier(typeName)) return UNKNOWN;
  const name = typeName.text;
  const declared = scope.type(name);
  if (!declared && argument && name === "Readonly") return again(argument);
  if (!declared && argument && (name === "Partial" || name === "Required")) {
    const { members, complete } = again(argument);
    const optional = name === "Partial";
    return { members: members.map((member) => ({ ...member, optional })), complete };
  }
  if (declared?.kind === "alias") {
    const members = again(declared.node.type, declared.scope);
    // A generic alias says more than its text does here.
    return declared.node.typeParameters ? { ...members, complete: false } : members;
  }
  if (declared?.kind !== "interface") return UNKNOWN;
  const bases = declared.nodes.flatMap(({ heritageClauses = [] }) =>
    heritageClauses.flatMap(({ types }) => types),
  );
  return merge([
    ...bases.map((base) => referredMembers(base.expression, base, declared.scope, spanOf, depth + 1)),
    ...declared.nodes.map(({ members }) => literalMembers(members, declared.scope, spanOf)),
  ]);
}

function literalMembers(elements: readonly TypeElement[], scope: Scope, spanOf: SpanOf): Members {
  const members: Member[] = [];
  let complete = true;
  for (const element of elements) {
    const name = element.name && keyText(element.name);
    if (name === undefined) complete = false;
    else if (ts.isPropertySignature(element)) {
      const type = element.type ? kindOf(element.type, scope) : "unknown";
      members.push({
        name,
        type,
        optional: element.questionToken !== undefined,
        span: spanOf(element.name ?? element),
      });
    } else members.push({ name, type: "other", optional: false, span: spanOf(element.name ?? element) });
  }
  return { members, complete };
}

function merge(parts: readonly Members[]): Members {
  return {
    members: parts.flatMap(({ members }) => members),
    complete: parts.every(({ complete }) => complete),
  };
}

/** The kind of value that a type is for; "unknown" where another file says it. */
function kindOf(type: TypeNode, scope: Scope, depth = 0): ArgumentType {
  if (depth > 20) return "unknown";
  const { SyntaxKind } = ts;
  switch (type.kind) {
    case SyntaxKind.NumberKeyword:
      return "number";
    case SyntaxKind.StringKeyword:
    case SyntaxKind.TemplateLiteralType:
      return "string";
    case SyntaxKind.BooleanKeyword:
      return "boolean";
    case SyntaxKind.ArrayType:
    case SyntaxKind.TupleType:
      return "array";
    case SyntaxKind.UnknownKeyword:
    case SyntaxKind.AnyKeyword:
      return "unknown";
  }
  if (ts.isParenthesizedTypeNode(type)) return kindOf(type.type, scope, depth + 1);
  if (ts.isTypeOperatorNode(type)) return kindOf(type.type, scope, depth + 1);
  if (ts.isLiteralTypeNode(type)) {
    const { literal } = type;
    if (ts.isStringLiteral(literal) || ts.isNoSubstitutionTemplateLiteral(literal)) return "string";
    if (literal.kind === SyntaxKind.TrueKeyword || literal.kind === SyntaxKind.FalseKeyword) return "boolean";
    return ts.isNumericLiteral(literal) || ts.isPrefixUnaryExpression(literal) ? "number" : "other";
  }
  if (ts.isUnionTypeNode(type)) {
    const kinds = new Set(
      type.types.filter((part) => !isNothing(part)).map((part) => kindOf(part, scope, depth + 1)),
    );
    const [only] = kinds;
    return kinds.size === 1 && only ? only : kinds.has("unknown") ? "unknown" : "other";
  }
  if (ts.isTypeReferenceNode(type)) {
    if (kspecType(type.typeName, scope) === "Tensor") return "tensor";
    if (!ts.isIdentifier(type.typeName)) return "unknown";
    const declared = scope.type(type.typeName.text);
    if (declared?.kind === "alias") return kindOf(declared.node.type, declared.scope, depth + 1);
    if (declared?.kind === "interface") return "other";
    if (!declared && /^(Readonly)?Array$/.test(type.typeName.text)) return "array";
    return "unknown";
  }
  return "other";
}

function isNothing(type: TypeNode): boolean {
  return (
    type.kind === ts.SyntaxKind.UndefinedKeyword ||
    (ts.isLiteralTypeNode(type) && type.literal.kind === ts.SyntaxKind.NullKeyword)
  );
}

/** The name that `kspec` gives a type, whatever it is called here; undefined for a type of another origin. */
function kspecType(name: Expression | EntityName, scope: Scope): string | undefined {
  const parts = ts.isQualifiedName(name)
    ? { left: name.left, right: name.right.text }
    : ts.isPropertyAccessExpression(name)
      ? { left: name.expression, right: name.name.text }
      : undefined;
  if (parts) {
    const left = ts.isIdentifier(parts.left) ? scope.type(parts.left.text) : undefined;
    return left?.kind === "import" && left.module === "kspec" && left.name === "*" ? parts.right : undefined;
  }
  if (!ts.isIdentifier(name)) return undefined;
  const declared = scope.type(name.text);
  return declared?.kind === "import" && declared.module === "kspec" ? declared.name : undefined;
}

function typeOfValue(value: Expression): ArgumentType {
  const { SyntaxKind } = ts;
  if (ts.isParenthesizedExpression(value) || ts.isAsExpression(value) || ts.isSatisfiesExpression(value))
    return typeOfValue(value.expression);
  switch (value.kind) {
    case SyntaxKind.NumericLiteral:
    case SyntaxKind.PrefixUnaryExpression:
      return (value as { operator?: number }).operator === SyntaxKind.ExclamationToken ? "boolean" : "number";
    case SyntaxKind.StringLiteral:
    case SyntaxKind.NoSubstitutionTemplateLiteral:
    case SyntaxKind.TemplateExpression:
      return "string";
    case SyntaxKind.TrueKeyword:
    case SyntaxKind.FalseKeyword:
      return "boolean";
    case SyntaxKind.ArrayLiteralExpression:
      return "array";
    case SyntaxKind.ObjectLiteralExpression:
    case SyntaxKind.ArrowFunction:
    case SyntaxKind.FunctionExpression:
      return "other";
    default:
      return "unknown";
  }
}

/** The text of a key; undefined where it is computed. */
export function keyText(name: PropertyName | BindingName): string | undefined {
  if (ts.isIdentifier(name) || ts.isStringLiteral(name) || ts.isNoSubstitutionTemplateLiteral(name))
    return name.text;
  if (ts.isNumericLiteral(name)) return name.text;
  if (ts.isComputedPropertyName(name)) {
    const { expression } = name;
    return ts.isStringLiteralLike(expression) || ts.isNumericLiteral(expression)
      ? expression.text
      : undefined;
  }
  return undefined;
}
