import type {
  CallExpression,
  DiagnosticWithLocation,
  ExportDeclaration,
  Node,
  SourceFile,
  Statement,
} from "typescript";
import type { Export, Model, Selection, Span, SpecFile, Tuning, BlockGraph } from "../spec/index.ts";
import { Lines } from "./diagnostic.ts";
import { Evaluator, MAKERS, type Value, type WorkflowInMaking } from "./evaluate.ts";
import { importOf } from "./import-of.ts";
import { positionFrom, positionsOf } from "./positions.ts";
import { Scope, scopeInside, type FunctionLike } from "./scope.ts";
import { ts } from "./typescript.ts";

/** A text and what it says. */
export interface Analysis {
  readonly text: string;
  readonly lines: Lines;
  readonly file: SpecFile;
  /** As TypeScript's parser says them. */
  readonly syntaxErrors: readonly { readonly span: Span; readonly message: string }[];
}

/** What a text says of specs, models and workflows. Any text has an answer, however broken it is. */
export function parseSpecFile(text: string, fileName: string): SpecFile {
  return analyse(text, fileName).file;
}

let last: { text: string; fileName: string; analysis: Analysis } | undefined;

/** The last text is remembered: diagnostics, lenses and a list of workflows ask for the same one. */
export function analyse(text: string, fileName: string): Analysis {
  if (last?.text === text && last.fileName === fileName) return last.analysis;
  const analysis = analyseAnew(text, fileName);
  last = { text, fileName, analysis };
  return analysis;
}

function analyseAnew(text: string, fileName: string): Analysis {
  const lines = new Lines(text);
  try {
    const source = parseText(text, fileName);
    const syntaxErrors = errorsOf(source);
    return { text, lines, syntaxErrors, file: new Reader(source, syntaxErrors).read() };
  } catch (error) {
    // Brackets that are nested thousands deep are more than the parser's stack holds.
    if (!(error instanceof RangeError)) throw error;
    const span = { start: 0, end: 0 };
    const file = { specs: [], models: [], workflows: [], exports: [], complete: false, span };
    return {
      text,
      lines,
      syntaxErrors: [{ span, message: "This text is nested too deeply to be read." }],
      file,
    };
  }
}

/** TypeScript's parser alone: no type is checked and no other file is read. */
export function parseText(text: string, fileName: string): SourceFile {
  const options = {
    languageVersion: ts.ScriptTarget.ESNext,
    jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
  };
  return ts.createSourceFile(fileName, text, options, false, ts.ScriptKind.TS);
}

function errorsOf(source: SourceFile): Analysis["syntaxErrors"] {
  // Every source file has these; the declarations of TypeScript's API leave them out.
  const { parseDiagnostics = [] } = source as {
    parseDiagnostics?: readonly DiagnosticWithLocation[];
  };
  return parseDiagnostics.map(({ start, length, messageText }) => ({
    span: { start, end: start + length },
    message: ts.flattenDiagnosticMessageText(messageText, "\n"),
  }));
}

/** Goes through a source file once and gathers what it makes and exports. */
class Reader {
  readonly #source: SourceFile;
  readonly #evaluator: Evaluator;
  readonly #top: Scope;
  readonly #broken: boolean;
  /** Where names stand that make specs and workflows: only functions that contain one are looked into. */
  readonly #makers: readonly number[];
  readonly #specs = new Set<BlockGraph>();
  readonly #models = new Set<Model>();
  readonly #workflows = new Set<WorkflowInMaking>();
  readonly #tunings = new Set<Tuning>();
  readonly #selections = new Set<Selection>();

  constructor(source: SourceFile, errors: Analysis["syntaxErrors"]) {
    this.#source = source;
    this.#broken = errors.length > 0;
    const broken = ({ start, end }: Span) =>
      errors.some(({ span }) => span.start <= end && start <= span.end);
    this.#top = new Scope(undefined).declareStatements(source.statements);
    const spanOf = (node: Node) => this.#spanOf(node);
    const recipeName = once(() => importOf("recipe", source, this.#top));
    this.#evaluator = new Evaluator(source.text, spanOf, broken, recipeName);
    this.#makers = positionsOf(localNames(MAKERS, this.#top), source.text);
  }

  read(): SpecFile {
    for (const statement of this.#source.statements) this.#visit(statement, this.#top);
    for (const graph of this.#specs) this.#evaluator.lookAtEnds(graph, this.#outcomesOf(graph));
    const bases = this.#basesIn();
    if (bases.length > 0) for (const graph of this.#specs) this.#evaluator.lookAtFlows(graph, bases);
    const exports = this.#source.statements.flatMap((statement) => this.#exports(statement));
    return {
      specs: [...this.#specs],
      models: [...this.#models],
      workflows: [...this.#workflows],
      tunings: [...this.#tunings],
      selections: [...this.#selections],
      exports,
      complete: !this.#broken,
      span: { start: 0, end: 0 },
    };
  }

  #outcomesOf(graph: BlockGraph): string[] {
    return [...this.#workflows].flatMap(({ model, outcomes }) =>
      model?.spec === graph ? (outcomes ?? []) : [],
    );
  }

  #spanOf(node: Node): Span {
    return { start: node.getStart(this.#source), end: node.end };
  }

  #visit(node: Node, scope: Scope): void {
    if (ts.isCallExpression(node)) this.#visitCall(node, scope, true);
    else if (ts.isFunctionLike(node) && "body" in node) {
      const inner = node as Node & FunctionLike;
      if (inner.body && this.#hasMaker(inner))
        ts.forEachChild(inner.body, (child) => this.#visit(child, scopeInside(inner, scope)));
    } else if (ts.isBlock(node)) {
      const inner = new Scope(scope).declareStatements(node.statements);
      for (const statement of node.statements) this.#visit(statement, inner);
    } else if (!ts.isTypeNode(node)) ts.forEachChild(node, (child) => this.#visit(child, scope));
  }

  /** Of a chain, `workflow().add_model(m)`, the whole counts and not its beginnings. */
  #visitCall(node: CallExpression, scope: Scope, whole: boolean): void {
    const value = this.#evaluator.evaluate(node, scope);
    if (whole) this.#keep(value);
    const { expression: callee } = node;
    const chained = ts.isPropertyAccessExpression(callee) ? callee.expression : undefined;
    if (chained && ts.isCallExpression(chained)) {
      const same = this.#evaluator.evaluate(chained, scope).kind === value.kind;
      this.#visitCall(chained, scope, !same);
    } else this.#visit(callee, scope);
    for (const argument of node.arguments) {
      this.#visit(argument, scope);
      if (value.kind === "unknown") this.#handOn(this.#evaluator.evaluate(argument, scope));
    }
  }

  #keep(value: Value): void {
    if (value.kind === "spec") this.#specs.add(value.graph);
    else if (value.kind === "model") this.#models.add(value.model);
    else if (value.kind === "workflow") this.#workflows.add(value.workflow);
    else if (value.kind === "tuning") this.#tunings.add(value.tuning);
    else if (value.kind === "workflow_map") for (const one of value.tunings ?? []) this.#tunings.add(one);
    else if (value.kind === "selection") this.#selections.add(value.selection);
    else if (value.kind === "last_fit" && value.selection) this.#selections.add(value.selection);
  }

  #handOn(value: Value): void {
    if (value.kind === "workflow") value.workflow.handed_on = true;
  }

  #hasMaker({ pos, end }: Node): boolean {
    return (this.#makers[positionFrom(this.#makers, pos)] ?? Number.POSITIVE_INFINITY) < end;
  }

  /** Positions of names that make pretrained bases, but for those that only import them. */
  #basesIn(): number[] {
    const positions = positionsOf(localNames(BASES, this.#top), this.#source.text);
    const imports = this.#source.statements.filter((one) => ts.isImportDeclaration(one));
    return positions.filter((at) => !imports.some(({ pos, end }) => pos <= at && at < end));
  }

  // -------------------------------------------------------------- exports

  #exports(statement: Statement): Export[] {
    if (ts.isExportAssignment(statement)) {
      const span = this.#spanOf(statement);
      const word = this.#source.text.indexOf("default", span.start);
      const at = statement.isExportEquals ? span : { start: word, end: word + "default".length };
      if (statement.isExportEquals) return [{ name: "default", kind: "unknown", span: at, statement: span }];
      return [this.#export("default", this.#evaluator.evaluate(statement.expression, this.#top), at, span)];
    }
    if (ts.isExportDeclaration(statement)) return this.#exportClause(statement, this.#spanOf(statement));
    const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
    if (!modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
    const span = this.#spanOf(statement);
    const isDefault = modifiers.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword);
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.map(({ name, initializer }) => {
        if (!ts.isIdentifier(name))
          return { name: "", kind: "unknown" as const, span: this.#spanOf(name), statement: span };
        const value = this.#top.value(name.text);
        // `let` may be given another value later.
        const constant = value?.kind === "const" && initializer;
        const followed = constant
          ? this.#evaluator.evaluate(initializer, this.#top)
          : ({ kind: "unknown" } as const);
        return this.#export(name.text, followed, this.#spanOf(name), span);
      });
    if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement))
      return [
        {
          name: isDefault ? "default" : (statement.name?.text ?? ""),
          kind: ts.isFunctionDeclaration(statement) ? "function" : "other",
          span: statement.name ? this.#spanOf(statement.name) : span,
          statement: span,
        },
      ];
    return [];
  }

  #exportClause(statement: ExportDeclaration, span: Span): Export[] {
    if (statement.isTypeOnly) return [];
    const { exportClause: clause, moduleSpecifier } = statement;
    if (!clause || !ts.isNamedExports(clause)) return [{ name: "*", kind: "unknown", span, statement: span }];
    return clause.elements
      .filter(({ isTypeOnly }) => !isTypeOnly)
      .map(({ name, propertyName }) => {
        const at = this.#spanOf(name);
        if (moduleSpecifier) return { name: name.text, kind: "unknown", span: at, statement: span };
        const local = propertyName ?? name;
        const value = ts.isIdentifier(local)
          ? this.#evaluator.evaluate(local, this.#top)
          : ({ kind: "unknown" } as const);
        // A type that is exported by its name has no value.
        if (ts.isIdentifier(local) && !this.#top.value(local.text))
          return { name: name.text, kind: "other", span: at, statement: span };
        return this.#export(name.text, value, at, span);
      });
  }

  #export(name: string, value: Value, span: Span, statement: Span): Export {
    const kind = EXPORT_KINDS[value.kind];
    return { name, kind, ...runOf(value), identity: value, span, statement };
  }
}

/** What is fitted and tuned when a value is run. */
function runOf(value: Value): Pick<Export, "workflow" | "tunings"> {
  switch (value.kind) {
    case "workflow":
      return { workflow: value.workflow };
    case "tuning":
      return { tunings: [value.tuning] };
    case "last_fit":
      return { workflow: value.workflow, tunings: value.tuning && [value.tuning] };
    case "workflow_map":
      return { tunings: value.tunings };
    default:
      return {};
  }
}

const EXPORT_KINDS: Readonly<Record<Value["kind"], Export["kind"]>> = {
  unknown: "unknown",
  literal: "other",
  typed: "other",
  object: "other",
  array: "other",
  function: "function",
  module: "other",
  kspec: "other",
  layer: "other",
  base: "other",
  selector: "other",
  wired: "other",
  spec: "spec",
  model: "model",
  workflow: "workflow",
  recipe: "other",
  dataset: "other",
  tune: "other",
  order: "other",
  described: "other",
  resamples: "other",
  grid: "other",
  parameter: "other",
  parameters: "other",
  metric_set: "other",
  metric_tweak: "other",
  selection: "other",
  workflow_set: "other",
  tuning: "tuning",
  finalized: "finalized",
  last_fit: "last_fit",
  workflow_map: "workflow_map",
};

function once<Result>(work: () => Result): () => Result {
  let done: { readonly result: Result } | undefined;
  return () => (done ??= { result: work() }).result;
}

const BASES: ReadonlySet<string> = new Set(["applications", "load_model"]);

/** What the file calls these things of kspec's. */
function localNames(wanted: ReadonlySet<string>, top: Scope): Set<string> {
  const names = new Set<string>();
  for (const { local, name } of top.importsFrom("kspec"))
    if (wanted.has(name)) names.add(local);
    else if (name === "*") for (const one of wanted) names.add(one);
  return names;
}
