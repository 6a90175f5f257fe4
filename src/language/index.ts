import "./load-typescript.ts";

export { parseSpecFile } from "./parse.ts";
export { diagnose, syntaxErrors } from "./diagnose.ts";
export { runnables, type Runnable } from "./runnables.ts";
export { valuesEdit, type ValuesEdit, type ValueTarget } from "./values-edit.ts";
export { transpile, type Transpiled } from "./transpile.ts";
export { blockArgumentsOfSource } from "./block-arguments-of-source.ts";
export type { Diagnostic, Position, QuickFix, Range } from "./diagnostic.ts";
