import type {
  Expression,
  FunctionDeclaration,
  InterfaceDeclaration,
  Node,
  ParameterDeclaration,
  BindingName,
  Statement,
  TypeAliasDeclaration,
  TypeNode,
} from "typescript";
import { ts } from "./typescript.ts";

/** What a name means where it is used, as far as the file itself says. */
export type Declaration =
  | {
      readonly kind: "const";
      readonly value: Expression;
      readonly type: TypeNode | undefined;
      readonly scope: Scope;
    }
  | { readonly kind: "function"; readonly node: FunctionDeclaration; readonly scope: Scope }
  /** `name` is what the module calls it; "*" is the module itself. */
  | { readonly kind: "import"; readonly module: string; readonly name: string }
  /** It has a value, and nobody follows it: a parameter, `let`, a destructured constant, a class. */
  | { readonly kind: "opaque" };

export type TypeDeclaration =
  | { readonly kind: "alias"; readonly node: TypeAliasDeclaration; readonly scope: Scope }
  | { readonly kind: "interface"; readonly nodes: readonly InterfaceDeclaration[]; readonly scope: Scope }
  | { readonly kind: "import"; readonly module: string; readonly name: string }
  | { readonly kind: "opaque" };

/** The names that one block of statements declares, inside of another scope. */
export class Scope {
  readonly parent: Scope | undefined;
  readonly #values = new Map<string, Declaration>();
  readonly #types = new Map<string, TypeDeclaration>();
  /** What statements `name.trainable = …` give, the last one counting. */
  readonly #trainable = new Map<string, Expression>();
  /** Some statement may do more than these: a branch, a loop, a call. */
  #open = false;

  constructor(parent: Scope | undefined) {
    this.parent = parent;
  }

  value(name: string): Declaration | undefined {
    return this.#values.get(name) ?? this.parent?.value(name);
  }

  /**
   * What `name.trainable` is set to by statements from here out to the scope that declares the name: an expression, undefined where
   * none sets it, "open" where nobody can tell.
   */
  trainable(name: string, declaredIn: Scope): Expression | "open" | undefined {
    const here = this.#trainable.get(name) ?? (this.#open ? "open" : undefined);
    return here ?? (this === declaredIn ? undefined : this.parent?.trainable(name, declaredIn));
  }

  type(name: string): TypeDeclaration | undefined {
    return this.#types.get(name) ?? this.parent?.type(name);
  }

  /** Names that come from a module, and what the module calls them. */
  *importsFrom(module: string): Iterable<{ local: string; name: string }> {
    for (const [local, declaration] of this.#values)
      if (declaration.kind === "import" && declaration.module === module)
        yield { local, name: declaration.name };
  }

  declareStatements(statements: Iterable<Statement>): this {
    for (const statement of statements) this.#declare(statement);
    return this;
  }

  declareParameters(parameters: Iterable<ParameterDeclaration>): this {
    for (const { name } of parameters) this.#opaque(name);
    return this;
  }

  #declare(node: Statement): void {
    if (ts.isVariableStatement(node)) {
      const constant = (node.declarationList.flags & ts.NodeFlags.Const) !== 0;
      for (const { name, initializer, type } of node.declarationList.declarations)
        if (constant && ts.isIdentifier(name) && initializer)
          this.#values.set(name.text, { kind: "const", value: initializer, type, scope: this });
        else this.#opaque(name);
    } else if (ts.isFunctionDeclaration(node)) {
      // Overloads have no body; the one that has is what runs.
      if (node.name && node.body) this.#values.set(node.name.text, { kind: "function", node, scope: this });
    } else if (ts.isImportDeclaration(node)) this.#import(node);
    else if (ts.isTypeAliasDeclaration(node))
      this.#types.set(node.name.text, { kind: "alias", node, scope: this });
    else if (ts.isInterfaceDeclaration(node)) {
      const before = this.#types.get(node.name.text);
      const nodes = before?.kind === "interface" ? [...before.nodes, node] : [node];
      this.#types.set(node.name.text, { kind: "interface", nodes, scope: this });
    } else if (ts.isClassDeclaration(node) || ts.isEnumDeclaration(node) || ts.isModuleDeclaration(node)) {
      if (node.name && ts.isIdentifier(node.name)) {
        this.#values.set(node.name.text, { kind: "opaque" });
        this.#types.set(node.name.text, { kind: "opaque" });
      }
    } else if (ts.isExpressionStatement(node)) this.#doing(node.expression);
    else if (!ts.isReturnStatement(node) && !ts.isExportAssignment(node) && !ts.isExportDeclaration(node))
      this.#open = true;
  }

  #doing(expression: Expression): void {
    if (ts.isBinaryExpression(expression)) {
      const { left, right, operatorToken } = expression;
      if (
        operatorToken.kind === ts.SyntaxKind.EqualsToken &&
        ts.isPropertyAccessExpression(left) &&
        ts.isIdentifier(left.expression) &&
        left.name.text === "trainable"
      ) {
        this.#trainable.set(left.expression.text, right);
        return;
      }
    }
    // `model.add(…)` puts a layer behind others and changes none.
    const adds =
      ts.isCallExpression(expression) &&
      ts.isPropertyAccessExpression(expression.expression) &&
      expression.expression.name.text === "add";
    if (!adds) this.#open = true;
  }

  #import(node: Statement): void {
    if (!ts.isImportDeclaration(node) || !ts.isStringLiteral(node.moduleSpecifier)) return;
    const module = node.moduleSpecifier.text;
    const clause = node.importClause;
    if (!clause) return;
    const add = (local: string, name: string) => {
      const declaration = { kind: "import", module, name } as const;
      this.#values.set(local, declaration);
      this.#types.set(local, declaration);
    };
    if (clause.name) add(clause.name.text, "default");
    const bindings = clause.namedBindings;
    if (!bindings) return;
    if (ts.isNamespaceImport(bindings)) add(bindings.name.text, "*");
    else for (const { name, propertyName } of bindings.elements) add(name.text, (propertyName ?? name).text);
  }

  #opaque(name: BindingName): void {
    if (ts.isIdentifier(name)) this.#values.set(name.text, { kind: "opaque" });
    else for (const element of name.elements) if (ts.isBindingElement(element)) this.#opaque(element.name);
  }
}

/** The scope inside of a function: its parameters, and what its body declares. */
export function scopeInside(node: FunctionLike, outer: Scope): Scope {
  const scope = new Scope(outer).declareParameters(node.parameters);
  return node.body && ts.isBlock(node.body) ? scope.declareStatements(node.body.statements) : scope;
}

export type FunctionLike = Node & {
  readonly parameters: Iterable<ParameterDeclaration> & readonly ParameterDeclaration[];
  readonly body?: Node | undefined;
};
