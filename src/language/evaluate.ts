import type {
  ArrayLiteralExpression,
  CallExpression,
  Expression,
  FunctionDeclaration,
  MethodDeclaration,
  Node,
  ObjectLiteralExpression,
} from "typescript";
import type {
  BlockGraph,
  GivenArgument,
  GivenValue,
  LastLayer,
  Model,
  Span,
  Wiring,
  Workflow,
  Block,
} from "../spec/index.ts";
import { argumentsOf, keyText, type SpanOf } from "./block-arguments.ts";
import { lastLayerOf } from "./last-layer.ts";
import { scopeInside, type FunctionLike, type Scope } from "./scope.ts";
import { ts } from "./typescript.ts";

/** What an expression of a spec file stands for, as far as its text says. */
export type Value =
  | { readonly kind: "unknown" }
  | { readonly kind: "literal"; readonly value: number | string | boolean | null; readonly node: Node }
  /** Of a known type, computed. */
  | { readonly kind: "typed"; readonly type: "number" | "string" | "boolean" }
  | { readonly kind: "object"; readonly node: ObjectLiteralExpression; readonly scope: Scope }
  | { readonly kind: "array"; readonly node: ArrayLiteralExpression; readonly scope: Scope }
  | { readonly kind: "function"; readonly node: FunctionNode; readonly scope: Scope; readonly typed: boolean }
  /** `import * as k from "kspec"` */
  | { readonly kind: "module" }
  /** Something of kspec's: `inp_spec`, or a member of one of its namespaces: `layers.dense`. */
  | { readonly kind: "kspec"; readonly name: string }
  | {
      readonly kind: "layer";
      readonly name: string;
      readonly options: Value | undefined;
      readonly span: Span;
    }
  | { readonly kind: "wired"; readonly block: Value; readonly wiring: Wiring }
  | { readonly kind: "spec"; readonly graph: BlockGraph }
  | { readonly kind: "model"; readonly model: Model }
  | { readonly kind: "workflow"; readonly workflow: WorkflowInMaking }
  | { readonly kind: "recipe"; readonly formula: Formula }
  | { readonly kind: "dataset"; readonly classes: number | undefined }
  | { readonly kind: "tune" };

export type FunctionNode = (FunctionDeclaration | MethodDeclaration | Expression) & FunctionLike;
export type WorkflowInMaking = { -readonly [Key in keyof Workflow]: Workflow[Key] };
type BlockInMaking = { -readonly [Key in keyof Block]: Block[Key] };
export interface Formula {
  readonly outcomes: readonly string[] | undefined;
  readonly predictors: readonly string[] | undefined;
}

const UNKNOWN: Value = { kind: "unknown" };
const SPECS: ReadonlyMap<string, BlockGraph["api"]> = new Map([
  ["create_keras_functional_spec", "functional"],
  ["create_keras_sequential_spec", "sequential"],
]);
/** Functions whose calls a file is searched for. */
export const MAKERS: ReadonlySet<string> = new Set([...SPECS.keys(), "workflow"]);

/** One property of an object literal. */
export interface Member {
  readonly name: string;
  readonly span: Span;
  readonly entry: Span;
  readonly value_span: Span;
  readonly value: Value;
}

/**
 * Follows expressions through the constants and functions of one file. Every node has one value, worked out once;
 * whatever depends on something outside of the file, or on a parameter, is unknown.
 */
export class Evaluator {
  readonly #values = new Map<Node, Value>();
  readonly #functions = new Map<Block, Extract<Value, { kind: "function" }>>();
  readonly #spanOf: SpanOf;
  /** Whether a syntax error lies in a stretch. */
  readonly #broken: (span: Span) => boolean;

  constructor(spanOf: SpanOf, broken: (span: Span) => boolean) {
    this.#spanOf = spanOf;
    this.#broken = broken;
  }

  evaluate(node: Node, scope: Scope): Value {
    // Calls are what is worth remembering: a spec that two workflows use is one spec.
    return ts.isCallExpression(node) ? this.#once(node, scope) : this.#evaluate(node, scope);
  }

  #once(node: Node, scope: Scope): Value {
    const before = this.#values.get(node);
    if (before) return before;
    // What refers to itself has no value that could be told.
    this.#values.set(node, UNKNOWN);
    const value = this.#evaluate(node, scope);
    this.#values.set(node, value);
    return value;
  }

  #evaluate(node: Node, scope: Scope): Value {
    if (ts.isIdentifier(node)) return this.#name(node.text, scope);
    if (ts.isCallExpression(node)) return this.#call(node, scope);
    if (ts.isPropertyAccessExpression(node))
      return this.#property(this.evaluate(node.expression, scope), node.name.text);
    if (ts.isArrowFunction(node) || ts.isFunctionExpression(node) || ts.isMethodDeclaration(node))
      return { kind: "function", node: node as FunctionNode, scope, typed: false };
    if (ts.isObjectLiteralExpression(node)) return { kind: "object", node, scope };
    if (ts.isArrayLiteralExpression(node)) return { kind: "array", node, scope };
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node))
      return { kind: "literal", value: node.text, node };
    if (ts.isNumericLiteral(node)) return { kind: "literal", value: Number(node.text), node };
    if (
      ts.isParenthesizedExpression(node) ||
      ts.isAsExpression(node) ||
      ts.isSatisfiesExpression(node) ||
      ts.isNonNullExpression(node) ||
      ts.isTypeAssertionExpression(node)
    )
      return this.evaluate(node.expression, scope);
    if (ts.isPrefixUnaryExpression(node)) {
      const operand = this.evaluate(node.operand, scope);
      if (node.operator === ts.SyntaxKind.ExclamationToken) return { kind: "typed", type: "boolean" };
      return node.operator === ts.SyntaxKind.MinusToken &&
        operand.kind === "literal" &&
        typeof operand.value === "number"
        ? { kind: "literal", value: -operand.value, node }
        : { kind: "typed", type: "number" };
    }
    if (ts.isTemplateExpression(node)) return { kind: "typed", type: "string" };
    if (ts.isBinaryExpression(node)) return this.#binary(node.operatorToken.kind);
    switch (node.kind) {
      case ts.SyntaxKind.TrueKeyword:
        return { kind: "literal", value: true, node };
      case ts.SyntaxKind.FalseKeyword:
        return { kind: "literal", value: false, node };
      case ts.SyntaxKind.NullKeyword:
        return { kind: "literal", value: null, node };
      default:
        return UNKNOWN;
    }
  }

  #binary(operator: number): Value {
    const { SyntaxKind } = ts;
    const arithmetic = [
      SyntaxKind.MinusToken,
      SyntaxKind.AsteriskToken,
      SyntaxKind.SlashToken,
      SyntaxKind.PercentToken,
      SyntaxKind.AsteriskAsteriskToken,
    ];
    return arithmetic.includes(operator) ? { kind: "typed", type: "number" } : UNKNOWN;
  }

  #name(name: string, scope: Scope): Value {
    const declared = scope.value(name);
    switch (declared?.kind) {
      case "const": {
        const value = this.#once(declared.value, declared.scope);
        return value.kind === "function" && declared.type ? { ...value, typed: true } : value;
      }
      case "function":
        return { kind: "function", node: declared.node as FunctionNode, scope: declared.scope, typed: false };
      case "import":
        if (declared.module !== "kspec" || declared.name === "default") return UNKNOWN;
        return declared.name === "*" ? { kind: "module" } : { kind: "kspec", name: declared.name };
      default:
        return UNKNOWN;
    }
  }

  #property(object: Value, name: string): Value {
    if (object.kind === "module") return { kind: "kspec", name };
    if (object.kind === "kspec") return { kind: "kspec", name: `${object.name}.${name}` };
    if (object.kind !== "object") return UNKNOWN;
    const { members, complete } = this.members(object);
    const found = members.findLast((member) => member.name === name)?.value;
    return found ?? (complete ? UNKNOWN : UNKNOWN);
  }

  /** The properties of an object literal, with those of the literals that it spreads. */
  members(object: Value | undefined): { readonly members: readonly Member[]; readonly complete: boolean } {
    if (object?.kind !== "object") return { members: [], complete: false };
    const { node, scope } = object;
    const members: Member[] = [];
    let complete = true;
    for (const property of node.properties) {
      if (ts.isSpreadAssignment(property)) {
        const spread = this.members(this.evaluate(property.expression, scope));
        members.push(...spread.members);
        complete &&= spread.complete;
        continue;
      }
      const name = keyText(property.name);
      // A name that is computed, or that is not written yet.
      if (name === undefined || (name === "" && ts.isIdentifier(property.name))) {
        complete = false;
        continue;
      }
      const value = ts.isPropertyAssignment(property)
        ? property.initializer
        : ts.isShorthandPropertyAssignment(property)
          ? property.name
          : property;
      members.push({
        name,
        span: this.#spanOf(property.name),
        entry: this.#spanOf(property),
        value_span: this.#spanOf(value),
        value: this.evaluate(value, scope),
      });
    }
    return { members, complete };
  }

  #call(node: CallExpression, scope: Scope): Value {
    const [first, second] = node.arguments;
    const argument = (expression: Expression | undefined) => expression && this.evaluate(expression, scope);
    if (ts.isPropertyAccessExpression(node.expression)) {
      const object = this.evaluate(node.expression.expression, scope);
      const method = this.#method(object, node.expression.name.text, node, argument);
      if (method) return method;
    }
    const callee = this.evaluate(node.expression, scope);
    if (callee.kind === "spec")
      return { kind: "model", model: this.#model(callee.graph, node, argument(first)) };
    if (callee.kind === "function") return this.#result(callee);
    if (callee.kind !== "kspec") return UNKNOWN;
    const api = SPECS.get(callee.name);
    if (api) return { kind: "spec", graph: this.#graph(api, node, argument(first)) };
    switch (callee.name) {
      case "inp_spec":
        return {
          kind: "wired",
          block: argument(first) ?? UNKNOWN,
          wiring: this.#wiring(second, argument(second)),
        };
      case "workflow":
        return { kind: "workflow", workflow: this.#workflow(node, argument(first)) };
      case "recipe":
        return { kind: "recipe", formula: formulaOf(argument(first)) };
      case "tune":
        return { kind: "tune" };
    }
    const [namespace, member = ""] = callee.name.split(".");
    if (namespace === "datasets") return { kind: "dataset", classes: this.#classes(member, argument(first)) };
    if (namespace === "layers" && ts.isPropertyAccessExpression(node.expression))
      return {
        kind: "layer",
        name: member,
        options: argument(first),
        span: this.#spanOf(node.expression.name),
      };
    return UNKNOWN;
  }

  /** `make()` of a function of this file: what it returns, its parameters being unknown. */
  #result({ node, scope }: Extract<Value, { kind: "function" }>): Value {
    const { body } = node;
    if (!body) return UNKNOWN;
    const inner = scopeInside(node, scope);
    if (!ts.isBlock(body)) return this.evaluate(body, inner);
    const last = body.statements.at(-1);
    const returns = body.statements.filter((statement) => ts.isReturnStatement(statement));
    const plain = body.statements.every((one) => ts.isVariableStatement(one) || ts.isReturnStatement(one));
    return plain && returns.length === 1 && last && ts.isReturnStatement(last) && last.expression
      ? this.evaluate(last.expression, inner)
      : UNKNOWN;
  }

  #method(
    object: Value,
    name: string,
    node: CallExpression,
    argument: (expression: Expression | undefined) => Value | undefined,
  ): Value | undefined {
    const given = argument(node.arguments[0]);
    if (object.kind === "model") {
      if (name === "set_engine") return object;
      if (name !== "update" && name !== "set_args") return UNKNOWN;
      const { model } = object;
      const { list, complete } = this.#given(given);
      return {
        kind: "model",
        model: { ...model, arguments: [...model.arguments, ...list], complete: model.complete && complete },
      };
    }
    if (object.kind === "workflow") {
      const { workflow } = object;
      const added: Partial<Workflow> | undefined = {
        add_model: () => ({ model: given?.kind === "model" ? given.model : undefined }),
        add_recipe: () =>
          given?.kind === "recipe" ? given.formula : { outcomes: undefined, predictors: undefined },
        add_data: () => ({ classes: given?.kind === "dataset" ? given.classes : undefined }),
        add_metrics: () => ({}),
      }[name as "add_model"]?.();
      return added ? { kind: "workflow", workflow: { ...workflow, ...added } } : UNKNOWN;
    }
    if (object.kind === "recipe") {
      // These keep the number of columns that reach an input as one; others may not.
      const keeps = /^step_(rescale|resize|normalize|dummy|preprocess_input|mutate)$/.test(name);
      return keeps ? object : { kind: "recipe", formula: { ...object.formula, predictors: undefined } };
    }
    return undefined;
  }

  // -------------------------------------------------------------- specs

  #graph(api: BlockGraph["api"], node: CallExpression, options: Value | undefined): BlockGraph {
    const { members, complete } = this.members(options);
    const option = (name: string) => members.findLast((member) => member.name === name);
    const layer_blocks = option("layer_blocks");
    const blocks = this.members(layer_blocks?.value);
    const mode = option("mode")?.value;
    const name = option("model_name")?.value;
    return {
      api,
      model_name: name?.kind === "literal" && typeof name.value === "string" ? name.value : undefined,
      mode:
        mode?.kind === "literal" && (mode.value === "classification" || mode.value === "regression")
          ? mode.value
          : mode === undefined && complete
            ? DEFAULT_MODE
            : "unknown",
      blocks: blocks.members.map((member) => this.#block(member)),
      complete: complete && blocks.complete && !this.#broken(this.#spanOf(node)),
      span: layer_blocks?.span ?? this.#spanOf(node.expression),
    };
  }

  #block({ name, span, entry, value_span, value }: Member): Block {
    const [block, wiring]: [Value, Wiring] =
      value.kind === "wired"
        ? [value.block, value.wiring]
        : [value, { kind: value.kind === "function" ? "names" : "unknown" }];
    const base = { name, span, entry, value: value_span, wiring };
    if (block.kind !== "function") return { ...base, arguments: { kind: "unknown" } };
    const made: BlockInMaking = {
      ...base,
      arguments: argumentsOf(block.node, block.scope, this.#spanOf, block.typed),
    };
    this.#functions.set(made, block);
    return made;
  }

  /** Looks at the last layer of the blocks that give the estimate. Of all others nobody asks for it. */
  lookAtEnds(graph: BlockGraph, outcomes: readonly string[]): void {
    const named = graph.blocks.filter(({ name }) => name === "output" || outcomes.includes(name));
    for (const block of graph.api === "sequential" ? graph.blocks.slice(-1) : named) {
      const made = this.#functions.get(block);
      if (made) (block as BlockInMaking).last_layer = this.#lastLayer(made, graph.api);
    }
  }

  #lastLayer(
    { node, scope }: Extract<Value, { kind: "function" }>,
    api: BlockGraph["api"],
  ): LastLayer | undefined {
    const inner = scopeInside(node, scope);
    return lastLayerOf(node, api, (expression) => this.evaluate(expression, inner), this);
  }

  #wiring(node: Expression | undefined, upstream: Value | undefined): Wiring {
    if (!node || !upstream) return { kind: "unknown" };
    if (upstream.kind === "literal" && typeof upstream.value === "string")
      return { kind: "one", upstream: { name: upstream.value, span: this.#spanOf(upstream.node) } };
    if (upstream.kind !== "object") return { kind: "unknown" };
    const { members, complete } = this.members(upstream);
    return {
      kind: "mapping",
      complete,
      span: this.#spanOf(node),
      entries: members.map(({ name, span, value, value_span }) => ({
        argument: { name, span },
        upstream:
          value.kind === "literal" && typeof value.value === "string"
            ? { name: value.value, span: this.#spanOf(value.node) }
            : { name: undefined, span: value_span },
      })),
    };
  }

  // -------------------------------------------------------------- models and workflows

  #model(spec: BlockGraph, node: CallExpression, given: Value | undefined): Model {
    const { list, complete } =
      node.arguments.length === 0 ? { list: [], complete: true } : this.#given(given);
    const call = this.#spanOf(node);
    return {
      spec,
      arguments: list,
      complete: complete && !this.#broken(call),
      span: this.#spanOf(node.expression),
      call,
    };
  }

  #given(given: Value | undefined): { list: GivenArgument[]; complete: boolean } {
    const { members, complete } = this.members(given);
    const list = members.map(({ name, span, entry, value_span, value }) => ({
      name,
      span,
      entry,
      value_span,
      value: givenValue(value),
    }));
    return { list, complete };
  }

  #workflow(node: CallExpression, options: Value | undefined): WorkflowInMaking {
    const { members } = this.members(options);
    const option = (name: string) => members.findLast((member) => member.name === name)?.value;
    const [model, recipe, data] = [option("model"), option("recipe"), option("data")];
    return {
      model: model?.kind === "model" ? model.model : undefined,
      outcomes: recipe?.kind === "recipe" ? recipe.formula.outcomes : undefined,
      predictors: recipe?.kind === "recipe" ? recipe.formula.predictors : undefined,
      classes: data?.kind === "dataset" ? data.classes : undefined,
      handed_on: false,
      span: this.#spanOf(node.expression),
    };
  }

  /** How many classes a dataset has that says so in its description. */
  #classes(dataset: string, options: Value | undefined): number | undefined {
    if (dataset === "mnist" || dataset === "cifar10") return 10;
    if (dataset !== "digits") return undefined;
    const { members, complete } = options ? this.members(options) : { members: [], complete: true };
    const classes = members.findLast(({ name }) => name === "classes")?.value;
    if (!classes) return complete ? 10 : undefined;
    if (classes.kind !== "array" || classes.node.elements.some((one) => !ts.isNumericLiteral(one)))
      return undefined;
    return new Set(classes.node.elements.map((one) => (ts.isNumericLiteral(one) ? one.text : ""))).size;
  }

  spanOf(node: Node): Span {
    return this.#spanOf(node);
  }
}

/** What a spec has that does not say its mode: kerasnip's first. */
const DEFAULT_MODE = "regression";

function givenValue(value: Value): GivenValue {
  switch (value.kind) {
    case "literal":
      if (value.value === null) return { type: "null" };
      return { type: typeof value.value as "number", literal: value.value };
    case "typed":
      return { type: value.type };
    case "object":
    case "array":
    case "function":
    case "tune":
      return { type: value.kind };
    default:
      return { type: "unknown" };
  }
}

/** `a + b ~ x + y`; a side with `.`, `-` or a call is not written out. */
function formulaOf(value: Value | undefined): Formula {
  const text = value?.kind === "literal" && typeof value.value === "string" ? value.value : "";
  const [left = "", right = "", ...more] = text.split("~");
  const names = (side: string) => {
    const parts = side.split("+").map((part) => part.trim());
    return more.length === 0 && parts.every((part) => /^[\p{ID_Start}_][\p{ID_Continue}]*$/u.test(part))
      ? parts
      : undefined;
  };
  return { outcomes: names(left), predictors: names(right) };
}
