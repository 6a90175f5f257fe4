import type {
  ArrayLiteralExpression,
  BinaryExpression,
  CallExpression,
  Expression,
  FunctionDeclaration,
  MethodDeclaration,
  Node,
  ObjectLiteralExpression,
} from "typescript";
import {
  connectionsOf,
  type BlockGraph,
  type Dataset,
  type GivenArgument,
  type LastLayer,
  type Model,
  type Place,
  type Recipe,
  type RecipePlace,
  type Span,
  type Wiring,
  type Workflow,
  type Block,
} from "../spec/index.ts";
import { argumentsOf, keyText, type SpanOf } from "./block-arguments.ts";
import { flowOf } from "./block-flow.ts";
import { datasetOf } from "./dataset-facts.ts";
import { givenOptions } from "./given-options.ts";
import { lastLayerOf } from "./last-layer.ts";
import { positionFrom } from "./positions.ts";
import { isSelector, leadOf, recipeOf, withStep } from "./recipe-facts.ts";
import { returnedBy } from "./returned.ts";
import { scopeInside, type FunctionLike, type Scope } from "./scope.ts";
import { metricsPart, TUNINGS, tuningValueOf, updatedParameters, type TuningValue } from "./tuning-facts.ts";
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
  | ({ readonly kind: "layer"; readonly name: string } & Applicable)
  /** What `applications.*` and `load_model` give. */
  | ({
      readonly kind: "base";
      readonly from: "application" | "file";
      readonly name: string | undefined;
    } & Applicable)
  /** `all_predictors()` */
  | { readonly kind: "selector"; readonly name: string }
  | { readonly kind: "wired"; readonly block: Value; readonly wiring: Wiring }
  | { readonly kind: "spec"; readonly graph: BlockGraph }
  | { readonly kind: "model"; readonly model: Model }
  | { readonly kind: "workflow"; readonly workflow: WorkflowInMaking }
  | { readonly kind: "recipe"; readonly formula: Formula; readonly recipe: Recipe }
  | { readonly kind: "dataset"; readonly classes: number | undefined; readonly data: Dataset }
  /** null where its id is computed. */
  | { readonly kind: "tune"; readonly id: string | null | undefined }
  /** `desc("units")` */
  | { readonly kind: "order"; readonly parameter: string; readonly span: Span }
  /** `optimizers.sgd()`, `starts_with("x")`: known to be something of kspec's that has no mark in it, and no more. */
  | { readonly kind: "described" }
  | TuningValue;

/** Something that can be applied to tensors. */
interface Applicable {
  readonly options: Value | undefined;
  /** What statements set `trainable` to; "as written" where none does, and the options say. */
  readonly trainable: boolean | undefined | "as written";
  readonly option_place: Place | undefined;
  readonly span: Span;
}

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
export const MAKERS: ReadonlySet<string> = new Set([...SPECS.keys(), "workflow", ...TUNINGS, "workflow_map"]);
/** Namespaces whose members describe something of Keras's, and functions that choose columns by what only the data tell. */
const DESCRIBED: ReadonlySet<string> = new Set([
  "optimizers",
  "schedules",
  "losses",
  "metrics",
  "callbacks",
  "initializers",
  "regularizers",
  "constraints",
  "all_of",
  "any_of",
  "contains",
  "ends_with",
  "everything",
  "has_role",
  "has_type",
  "matches",
  "not",
  "one_of",
  "starts_with",
]);

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
  readonly #text: string;
  /** How the file would call `recipe`. */
  readonly #recipeName: () => Pick<RecipePlace, "callee" | "imported"> | undefined;

  constructor(
    text: string,
    spanOf: SpanOf,
    broken: (span: Span) => boolean,
    recipeName: () => Pick<RecipePlace, "callee" | "imported"> | undefined,
  ) {
    this.#text = text;
    this.#spanOf = spanOf;
    this.#broken = broken;
    this.#recipeName = recipeName;
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
    if (ts.isBinaryExpression(node)) return this.#binary(node, scope);
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

  /** `1 / 255` is worked out. */
  #binary(node: BinaryExpression, scope: Scope): Value {
    const operator = node.operatorToken.kind;
    const compute = arithmetic(operator);
    if (!compute) return UNKNOWN;
    const [left, right] = [this.evaluate(node.left, scope), this.evaluate(node.right, scope)];
    if (left.kind === "literal" && right.kind === "literal")
      if (typeof left.value === "number" && typeof right.value === "number")
        return { kind: "literal", value: compute(left.value, right.value), node };
    // A plus may join texts.
    return operator === ts.SyntaxKind.PlusToken ? UNKNOWN : { kind: "typed", type: "number" };
  }

  #name(name: string, scope: Scope): Value {
    const declared = scope.value(name);
    switch (declared?.kind) {
      case "const": {
        const value = this.#once(declared.value, declared.scope);
        if (value.kind === "layer" || value.kind === "base")
          return this.#withTrainable(value, scope.trainable(name, declared.scope), scope);
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

  /** A layer after the statements `base.trainable = false` of the name it has. */
  #withTrainable(
    value: Extract<Value, { kind: "layer" | "base" }>,
    set: ReturnType<Scope["trainable"]>,
    scope: Scope,
  ): Value {
    if (set === undefined) return value;
    const given = set === "open" ? UNKNOWN : this.evaluate(set, scope);
    const literal = given.kind === "literal" ? given.value : undefined;
    return { ...value, trainable: typeof literal === "boolean" ? literal : undefined };
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
        return {
          kind: "recipe",
          formula: formulaOf(argument(first)),
          recipe: recipeOf(this.#spanOf(node.expression), node.end),
        };
      case "load_model": {
        const path = argument(first);
        const name = path?.kind === "literal" && typeof path.value === "string" ? path.value : undefined;
        return { kind: "base", from: "file", name, ...this.#applicable(node, second, argument(second)) };
      }
      case "tune":
        return { kind: "tune", id: first && stringOf(argument(first)) };
      case "desc": {
        const parameter = first && stringOf(argument(first));
        return parameter ? { kind: "order", parameter, span: this.#spanOf(node.arguments[0]!) } : UNKNOWN;
      }
    }
    const tuned = tuningValueOf(callee.name, node, node.arguments.map(argument), this);
    if (tuned) return tuned;
    const [namespace, member = ""] = callee.name.split(".");
    switch (namespace) {
      case "datasets":
        return datasetOf(member, this.#spanOf(nameIn(node.expression)), argument(first), this);
      case "layers":
        return { kind: "layer", name: member, ...this.#applicable(node, first, argument(first)) };
      case "applications":
        return {
          kind: "base",
          from: "application",
          name: member,
          ...this.#applicable(node, first, argument(first)),
        };
      default:
        if (namespace !== undefined && DESCRIBED.has(namespace)) return { kind: "described" };
        return isSelector(namespace) ? { kind: "selector", name: namespace } : UNKNOWN;
    }
  }

  #applicable(node: CallExpression, written: Expression | undefined, options: Value | undefined): Applicable {
    return {
      options,
      trainable: "as written",
      option_place: this.#broken(this.#spanOf(node)) ? undefined : this.#optionPlace(node, written),
      span: this.#spanOf(nameIn(node.expression)),
    };
  }

  #optionPlace(node: CallExpression, written: Expression | undefined): Place | undefined {
    if (!written && node.arguments.length === 0) return { at: node.end - 1, before: "{ ", after: " }" };
    if (!written || !ts.isObjectLiteralExpression(written)) return undefined;
    const at = this.#spanOf(written).start + 1;
    return { at, before: " ", after: written.properties.length > 0 ? "," : " " };
  }

  /** `make()` of a function of this file: what it returns, its parameters being unknown. */
  #result({ node, scope }: Extract<Value, { kind: "function" }>): Value {
    const returned = returnedBy(node);
    return returned ? this.evaluate(returned.expression, scopeInside(node, scope)) : UNKNOWN;
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
        add_recipe: () => recipePart(given),
        add_data: () => ({ ...dataPart(given), recipe_place: this.#placeAfter(node) }),
        add_metrics: () => ({ metrics: metricsPart(given, false) }),
      }[name as "add_model"]?.();
      return added ? { kind: "workflow", workflow: { ...workflow, ...added } } : UNKNOWN;
    }
    if (object.kind === "parameters")
      return name === "update"
        ? updatedParameters(object, node, node.arguments.map(argument), this)
        : UNKNOWN;
    if (object.kind === "recipe") {
      if (/^(update|add|remove)_role$/.test(name))
        return { ...object, formula: { ...object.formula, predictors: undefined } };
      // These keep the number of columns that reach an input as one; others may not.
      const keeps = /^step_(rescale|resize|normalize|dummy|preprocess_input|augment|mutate)$/.test(name);
      const predictors = keeps ? object.formula.predictors : undefined;
      return {
        kind: "recipe",
        formula: { ...object.formula, predictors },
        recipe: withStep(object.recipe, name, node, node.arguments.map(argument), this.#text, this),
      };
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

  /**
   * Looks into the blocks that use pretrained bases, and into those that they read. Of all others nobody asks for it.
   *
   * @param bases Where names stand that make bases, in order.
   */
  lookAtFlows(graph: BlockGraph, bases: readonly number[]): void {
    const makes = (block: Block) => {
      const made = this.#functions.get(block);
      return made ? between(bases, made.node.pos, made.node.end) : 0;
    };
    const making = graph.blocks.filter((block) => makes(block) > 0);
    // One that is made outside of the blocks may be used in any.
    const inside = new Set(making.map((block) => this.#functions.get(block)?.node));
    const known = [...inside].reduce((sum, node) => sum + (node ? between(bases, node.pos, node.end) : 0), 0);
    const asked = known < bases.length ? [...graph.blocks] : making;
    const { reads } = connectionsOf(graph);
    for (let block = asked.pop(); block; block = asked.pop()) {
      const made = this.#functions.get(block);
      if (!made || block.flow) continue;
      (block as BlockInMaking).flow = flowOf(made.node, made.scope, graph.api, this);
      if (graph.api === "sequential") asked.push(...graph.blocks.slice(0, graph.blocks.indexOf(block)));
      else asked.push(...(reads.get(block) ?? []).flatMap((edge) => edge.block ?? []));
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
    return givenOptions(this.members(given));
  }

  #workflow(node: CallExpression, options: Value | undefined): WorkflowInMaking {
    const { members, complete } =
      node.arguments.length === 0 ? { members: [], complete: true } : this.members(options);
    const option = (name: string) => members.findLast((member) => member.name === name);
    const [model, recipe, data] = [option("model")?.value, option("recipe"), option("data")];
    const metrics = option("metrics")?.value;
    return {
      model: model?.kind === "model" ? model.model : undefined,
      ...(recipe || !complete ? recipePart(recipe?.value) : { ...recipePart(undefined), recipe: "absent" }),
      ...dataPart(data?.value),
      recipe_place: data && this.#placeBeside(data.entry),
      metrics: metricsPart(metrics, complete),
      handed_on: false,
      span: this.#spanOf(node.expression),
    };
  }

  /** In an object, after the entry of the data. */
  #placeBeside({ start, end }: Span): RecipePlace | undefined {
    const name = this.#recipeName();
    const space = /\s*$/.exec(this.#text.slice(Math.max(0, start - 200), start))?.[0] ?? "";
    return name && { at: end, before: `,${space || " "}recipe: `, after: "", ...name };
  }

  /** In a chain, after a call. */
  #placeAfter(node: CallExpression): RecipePlace | undefined {
    const name = this.#recipeName();
    return name && { at: node.end, before: `${leadOf(node, this.#text)}.add_recipe(`, after: ")", ...name };
  }

  spanOf(node: Node): Span {
    return this.#spanOf(node);
  }
}

/** How many of these positions lie in a stretch. */
function between(positions: readonly number[], start: number, end: number): number {
  return positionFrom(positions, end) - positionFrom(positions, start);
}

/** The part of a workflow that its recipe is. */
function recipePart(value: Value | undefined): Pick<Workflow, "outcomes" | "predictors" | "recipe"> {
  return value?.kind === "recipe"
    ? { ...value.formula, recipe: value.recipe }
    : { outcomes: undefined, predictors: undefined, recipe: undefined };
}

function dataPart(value: Value | undefined): Pick<Workflow, "classes" | "data"> {
  return value?.kind === "dataset"
    ? { classes: value.classes, data: value.data }
    : { classes: undefined, data: undefined };
}

/** The text that a value is; null where it is computed. */
function stringOf(value: Value | undefined): string | null {
  return value?.kind === "literal" && typeof value.value === "string" ? value.value : null;
}

/** The member's name of `layers.dense`, or the name alone. */
function nameIn(callee: Expression): Node {
  return ts.isPropertyAccessExpression(callee) ? callee.name : callee;
}

/** What an operator makes of two numbers. */
function arithmetic(operator: number): ((a: number, b: number) => number) | undefined {
  switch (operator) {
    case ts.SyntaxKind.PlusToken:
      return (a, b) => a + b;
    case ts.SyntaxKind.MinusToken:
      return (a, b) => a - b;
    case ts.SyntaxKind.AsteriskToken:
      return (a, b) => a * b;
    case ts.SyntaxKind.SlashToken:
      return (a, b) => a / b;
    case ts.SyntaxKind.PercentToken:
      return (a, b) => a % b;
    case ts.SyntaxKind.AsteriskAsteriskToken:
      return (a, b) => a ** b;
    default:
      return undefined;
  }
}

/** What a spec has that does not say its mode: kerasnip's first. */
const DEFAULT_MODE = "regression";

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
