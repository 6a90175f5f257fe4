import type {
  Expression,
  FunctionDeclaration,
  Modifier,
  ModifierLike,
  Node,
  NodeFactory,
  ObjectLiteralElementLike,
  SourceFile,
  Statement,
  TransformationContext,
  Visitor,
} from "typescript";
import { argumentsOf } from "./block-arguments.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { syntaxErrors } from "./diagnose.ts";
import { Scope, type FunctionLike } from "./scope.ts";
import { ts } from "./typescript.ts";

export interface Transpiled {
  /** A CommonJS module, ES2022. */
  readonly code: string;
  /** A source map (JSON) back to the text, whose one source is the file's name as it was given. */
  readonly map: string;
  /** Not empty: the code is what TypeScript made of a broken text, and should not be run. */
  readonly syntaxErrors: readonly Diagnostic[];
}

/**
 * A spec file, or a file that it imports, as a module that can be run. Types go; every function that destructures its
 * one parameter gets its arguments attached as `block_arguments`, because at run time there are no types to ask.
 */
export function transpile(text: string, fileName: string): Transpiled {
  const errors = syntaxErrors(text, fileName);
  let attached = false;
  const { outputText, sourceMapText = "" } = ts.transpileModule(text, {
    fileName,
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      esModuleInterop: true,
      alwaysStrict: true,
      sourceMap: true,
    },
    transformers: { before: [attachArguments(() => (attached = true))] },
  });
  const code = outputText.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n");
  const map = { ...(JSON.parse(sourceMapText) as object), sources: [fileName], sourcesContent: [text] };
  return { code: attached ? withHelper(code) : code, map: JSON.stringify(map), syntaxErrors: errors };
}

const HELPER = "__kspec_block";

/** Written into the first line, so that every other line stays where the source map says. */
function withHelper(code: string): string {
  const helper = ` const ${HELPER} = (f, a, n) => { if (n !== undefined && f.name === "") Object.defineProperty(f, "name", { value: n, configurable: true }); f.block_arguments = a; return f; };`;
  return code.replace(/^(#!.*\r?\n)?("use strict";)?/, (start) => start + helper);
}

function attachArguments(onAttached: () => void) {
  return (context: TransformationContext) => (source: SourceFile) => {
    const { factory } = context;
    const scope = new Scope(undefined).declareStatements(source.statements);
    const spanOf = () => ({ start: 0, end: 0 });

    const listOf = (node: FunctionLike): Expression | undefined => {
      const [parameter] = node.parameters;
      if (!parameter || !ts.isObjectBindingPattern(parameter.name)) return undefined;
      const found = argumentsOf(node, scope, spanOf, false);
      if (found.kind !== "known") return undefined;
      onAttached();
      return literal(
        factory,
        found.list.map(({ name, type, optional }) => ({ name, type, optional: optional ?? true })),
      );
    };
    const attach = (fn: Expression, list: Expression, name?: string) =>
      factory.createCallExpression(factory.createIdentifier(HELPER), undefined, [
        fn,
        list,
        ...(name === undefined ? [] : [factory.createStringLiteral(name)]),
      ]);

    /** A function that is no statement: it is wrapped where it stands, with the name that it would have had there. */
    const wrap = (node: Expression, name?: string): Expression => {
      const visited = ts.visitEachChild(node, visit, context);
      const list = ts.isArrowFunction(node) || ts.isFunctionExpression(node) ? listOf(node) : undefined;
      return list ? ts.setTextRange(attach(visited, list, name), node) : visited;
    };

    /** A method cannot be wrapped: it becomes a property whose value is a function. */
    const asProperty = (node: ObjectLiteralElementLike): ObjectLiteralElementLike => {
      const visited = (visit(node) ?? node) as ObjectLiteralElementLike;
      const list = ts.isMethodDeclaration(node) && !node.asteriskToken ? listOf(node) : undefined;
      if (!list || !ts.isMethodDeclaration(visited) || !visited.body) return visited;
      const { name, parameters, modifiers, body } = visited;
      const fn = factory.createFunctionExpression(
        asyncOf(modifiers),
        undefined,
        undefined,
        undefined,
        parameters,
        undefined,
        body,
      );
      const key = ts.isComputedPropertyName(name) ? undefined : name.text;
      return factory.createPropertyAssignment(name, attach(ts.setTextRange(fn, node), list, key));
    };

    const visit: Visitor = (node) => {
      if (ts.isVariableDeclaration(node) && node.initializer && isFunction(node.initializer)) {
        const name = ts.isIdentifier(node.name) ? node.name.text : undefined;
        return factory.updateVariableDeclaration(
          node,
          node.name,
          node.exclamationToken,
          node.type,
          wrap(node.initializer, name),
        );
      }
      if (ts.isPropertyAssignment(node) && isFunction(node.initializer)) {
        const name = ts.isComputedPropertyName(node.name) ? undefined : node.name.text;
        return factory.updatePropertyAssignment(node, node.name, wrap(node.initializer, name));
      }
      if (ts.isExportAssignment(node) && isFunction(node.expression))
        return factory.updateExportAssignment(node, node.modifiers, wrap(node.expression, "default"));
      if (isFunction(node)) return wrap(node);
      if (ts.isObjectLiteralExpression(node))
        return factory.updateObjectLiteralExpression(node, node.properties.map(asProperty));
      if (ts.isBlock(node)) {
        const visited = ts.visitEachChild(node, visit, context);
        return factory.updateBlock(visited, withDeclared(visited.statements, node.statements));
      }
      return ts.visitEachChild(node, visit, context);
    };

    /** Declared functions exist before the first statement runs, and so do their arguments. */
    const withDeclared = (
      visited: readonly Statement[],
      before: readonly Statement[],
    ): readonly Statement[] => {
      const attachments = before
        .filter((one): one is FunctionDeclaration => ts.isFunctionDeclaration(one) && one.body !== undefined)
        .flatMap((one) => {
          const list = one.name && listOf(one);
          return list && one.name
            ? [factory.createExpressionStatement(attach(factory.createIdentifier(one.name.text), list))]
            : [];
        });
      if (attachments.length === 0) return visited;
      const first = visited.findIndex(
        (one) => !ts.isExpressionStatement(one) || !ts.isStringLiteral(one.expression),
      );
      const at = first < 0 ? visited.length : first;
      return [...visited.slice(0, at), ...attachments, ...visited.slice(at)];
    };

    const visited = ts.visitEachChild(source, visit, context);
    const statements = withDeclared(visited.statements, source.statements).map((one) => {
      if (!ts.isFunctionDeclaration(one) || one.name || !one.body) return one;
      const list = listOf(one);
      if (!list) return one;
      // `export default function ({ tensor }) {…}` has no name to attach anything to.
      const fn = factory.createFunctionExpression(
        asyncOf(one.modifiers),
        one.asteriskToken,
        undefined,
        undefined,
        one.parameters,
        undefined,
        one.body,
      );
      return ts.setTextRange(factory.createExportDefault(attach(fn, list, "default")), one);
    });
    return factory.updateSourceFile(visited, statements);
  };
}

function asyncOf(modifiers: readonly ModifierLike[] | undefined): Modifier[] {
  return (modifiers ?? []).filter((one): one is Modifier => one.kind === ts.SyntaxKind.AsyncKeyword);
}

function isFunction(node: Node): node is Expression & FunctionLike {
  return ts.isArrowFunction(node) || ts.isFunctionExpression(node);
}

function literal(
  factory: NodeFactory,
  list: readonly Readonly<Record<string, string | boolean>>[],
): Expression {
  const value = (one: string | boolean) =>
    typeof one === "string"
      ? factory.createStringLiteral(one)
      : one
        ? factory.createTrue()
        : factory.createFalse();
  return factory.createArrayLiteralExpression(
    list.map((one) =>
      factory.createObjectLiteralExpression(
        Object.entries(one).map(([key, entry]) => factory.createPropertyAssignment(key, value(entry))),
      ),
    ),
  );
}
