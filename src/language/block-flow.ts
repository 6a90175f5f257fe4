import type { Expression, Node } from "typescript";
import type { AppliedLayer, Flow } from "../spec/index.ts";
import { keyText } from "./block-arguments.ts";
import type { Evaluator, FunctionNode, Value } from "./evaluate.ts";
import { givenOptions } from "./given-options.ts";
import { returnedBy, unwrapped } from "./returned.ts";
import { scopeInside, type Scope } from "./scope.ts";
import { ts } from "./typescript.ts";

const UNKNOWN: Flow = { kind: "unknown" };
const INPUT: Flow = { kind: "input" };

/**
 * How what a block returns comes about: which layers are applied to which arguments. It follows constants and one `return`; what is
 * made in branches, in loops or by functions of the author's is unknown.
 */
export function flowOf(
  node: FunctionNode,
  outer: Scope,
  api: "functional" | "sequential",
  evaluator: Evaluator,
): Flow {
  const returned = returnedBy(node);
  if (!returned) return UNKNOWN;
  const inside = new Inside(keysOf(node), scopeInside(node, outer), evaluator);
  return api === "functional"
    ? inside.tensor(returned.expression)
    : inside.model(returned.expression, returned.before);
}

/** What parameters are called inside of a block, and the keys that they are. */
function keysOf({ parameters: [parameter] }: FunctionNode): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  if (parameter && ts.isObjectBindingPattern(parameter.name))
    for (const { name, propertyName } of parameter.name.elements) {
      const key = propertyName ? keyText(propertyName) : ts.isIdentifier(name) ? name.text : undefined;
      if (ts.isIdentifier(name) && key !== undefined) keys.set(name.text, key);
    }
  return keys;
}

/** The inside of one block. Every expression has one flow, so that a tensor that is used twice is one tensor. */
class Inside {
  readonly #keys: ReadonlyMap<string, string>;
  readonly #scope: Scope;
  readonly #evaluator: Evaluator;
  readonly #known = new Map<Node, Flow>();

  constructor(keys: ReadonlyMap<string, string>, scope: Scope, evaluator: Evaluator) {
    this.#keys = keys;
    this.#scope = scope;
    this.#evaluator = evaluator;
  }

  tensor(expression: Expression): Flow {
    const node = unwrapped(expression);
    const known = this.#known.get(node);
    if (known) return known;
    // What refers to itself is unknown.
    this.#known.set(node, UNKNOWN);
    const flow = this.#tensor(node);
    this.#known.set(node, flow);
    return flow;
  }

  #tensor(node: Expression): Flow {
    if (ts.isIdentifier(node)) return this.#named(node.text, (initial) => this.tensor(initial));
    if (!ts.isCallExpression(node)) return UNKNOWN;
    const { expression: callee } = node;
    const [first] = node.arguments;
    if (first && ts.isPropertyAccessExpression(callee) && callee.name.text === "apply") {
      const inputs = ts.isArrayLiteralExpression(first) ? first.elements : [first];
      return this.#applied(
        callee.expression,
        inputs.map((input) => this.tensor(input)),
      );
    }
    const made = this.#evaluator.evaluate(node, this.#scope);
    return made.kind === "layer" && made.name === "input" ? INPUT : UNKNOWN;
  }

  /** The model of a sequential block after `statements`. */
  model(expression: Expression, statements: readonly Node[]): Flow {
    const node = unwrapped(expression);
    if (ts.isIdentifier(node)) {
      const start = this.#named(node.text, (initial) => this.model(initial, []));
      return statements.reduce((flow, statement) => this.#after(statement, node.text, flow), start);
    }
    if (!ts.isCallExpression(node)) return UNKNOWN;
    const { expression: callee } = node;
    const [first] = node.arguments;
    if (first && ts.isPropertyAccessExpression(callee) && callee.name.text === "add")
      return this.#applied(first, [this.model(callee.expression, statements)]);
    const maker = this.#evaluator.evaluate(callee, this.#scope);
    return maker.kind === "kspec" && maker.name === "sequential" ? this.#sequential(first) : UNKNOWN;
  }

  /** What `model.add(…)` as a statement makes of the model of that name. */
  #after(statement: Node, name: string, model: Flow): Flow {
    if (!ts.isExpressionStatement(statement)) return model;
    const added: Expression[] = [];
    let call = statement.expression;
    while (
      ts.isCallExpression(call) &&
      ts.isPropertyAccessExpression(call.expression) &&
      call.expression.name.text === "add" &&
      call.arguments[0]
    ) {
      added.unshift(call.arguments[0]);
      call = call.expression.expression;
    }
    if (!ts.isIdentifier(call) || call.text !== name) return model;
    return added.reduce((flow, layer) => this.#applied(layer, [flow]), model);
  }

  #sequential(options: Expression | undefined): Flow {
    if (!options) return INPUT;
    const { members, complete } = this.#evaluator.members(this.#evaluator.evaluate(options, this.#scope));
    const list = members.findLast(({ name }) => name === "layers")?.value;
    if (!list) return complete ? INPUT : UNKNOWN;
    if (list.kind !== "array") return UNKNOWN;
    return list.node.elements.reduce<Flow>((flow, layer) => this.#applied(layer, [flow]), INPUT);
  }

  #named(name: string, follow: (initial: Expression) => Flow): Flow {
    const declared = this.#scope.value(name);
    if (declared?.kind === "const") return declared.scope === this.#scope ? follow(declared.value) : UNKNOWN;
    const key = declared?.kind === "opaque" ? this.#keys.get(name) : undefined;
    return key === undefined ? UNKNOWN : { kind: "argument", name: key };
  }

  #applied(expression: Expression, inputs: readonly Flow[]): Flow {
    const value = this.#evaluator.evaluate(expression, this.#scope);
    if (value.kind !== "layer" && value.kind !== "base") return UNKNOWN;
    // The first layer of a sequential model may be the place where the rows come in.
    if (value.kind === "layer" && (value.name === "inputLayer" || value.name === "input"))
      return inputs[0] ?? INPUT;
    return { kind: "applied", layer: layerOf(value, this.#evaluator), inputs };
  }
}

type Applicable = Extract<Value, { kind: "layer" | "base" }>;

function layerOf(value: Applicable, evaluator: Evaluator): AppliedLayer {
  const { list, complete } = value.options
    ? givenOptions(evaluator.members(value.options))
    : { list: [], complete: true };
  const option = list.findLast(({ name }) => name === "trainable");
  const literal = option?.value.literal;
  const written = option ? (typeof literal === "boolean" ? literal : undefined) : complete || undefined;
  return {
    kind: value.kind === "layer" ? "layer" : value.from,
    name: value.name,
    options: list,
    complete,
    trainable: value.trainable === "as written" ? written : value.trainable,
    option_place: value.option_place,
    span: value.span,
  };
}
