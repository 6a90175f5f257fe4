import { marksOf, type GivenArgument, type Workflow } from "../spec/index.ts";
import type { QuickFix } from "./diagnostic.ts";
import { analyse, type Analysis } from "./parse.ts";

/** Edits of stretches that do not overlap, or why there are none: a sentence for people. */
export type ValuesEdit = { readonly edits: QuickFix["edits"] } | { readonly reason: string };

/** Where a parameter's value goes, as a tuning has settled it: for arguments whose mark has given way to a value before. */
export type ValueTarget =
  | { readonly kind: "argument"; readonly argument: string }
  | { readonly kind: "step"; readonly step: number; readonly option: string };

/**
 * Writes a candidate's values into a spec: each in the place of its `tune()` mark, or of the value that has taken its place. All of them
 * or none.
 *
 * @param exportName The tuning's export, or that of a last fit.
 * @param values By parameter id.
 * @param targets By parameter id. Default: each parameter's argument has its name.
 */
export function valuesEdit(
  text: string,
  fileName: string,
  exportName: string,
  values: Readonly<Record<string, unknown>>,
  targets: Readonly<Record<string, ValueTarget>> = {},
): ValuesEdit {
  const analysis = analyse(text, fileName);
  const found = tunedWorkflows(analysis, exportName);
  if ("reason" in found) return found;
  const answers = found.workflows.map((workflow) => editOfWorkflow(workflow, values, targets, analysis));
  const [first] = answers;
  const [edit, ...others] = answers.filter((answer) => "edits" in answer);
  if (edit === undefined) return first ?? { reason: NOTHING_TUNED };
  // Workflows of a set may share the model, and then it does not matter which of them is meant.
  return others.every((other) => JSON.stringify(other) === JSON.stringify(edit))
    ? edit
    : {
        reason: `${called(exportName)} tunes several workflows. Write the values into the one that you mean.`,
      };
}

const NOTHING_TUNED = "This candidate has no values to write: nothing was tuned.";

function editOfWorkflow(
  workflow: Workflow,
  values: Readonly<Record<string, unknown>>,
  targets: Readonly<Record<string, ValueTarget>>,
  analysis: Analysis,
): ValuesEdit {
  const marks = marksOf(workflow);
  const quote = /\bfrom\s*(["'])kspec\1/.exec(analysis.text)?.[1] ?? '"';
  const edits: QuickFix["edits"][number][] = [];
  for (const [id, value] of Object.entries(values)) {
    const marked = marks.list.filter((mark) => mark.id === id).map(({ given }) => given);
    const places =
      marked.length > 0 ? marked : [argumentOf(workflow, targets[id] ?? { kind: "argument", argument: id })];
    for (const given of places) {
      if (given?.value_span === undefined)
        return {
          reason: marks.complete
            ? `Nothing of this workflow is marked with tune() as "${id}" any more. Write its value yourself: ${said(value, quote)}.`
            : `Where "${id}" is marked with tune() cannot be told from this file's text. Write its value yourself: ${said(value, quote)}.`,
        };
      const literal = literalOf(value, quote);
      if (literal === undefined)
        return {
          reason: `The value of "${id}" is no plain value that could be written here. Write it yourself.`,
        };
      edits.push(editOf(given, literal, analysis));
    }
  }
  if (edits.length === 0) return { reason: NOTHING_TUNED };
  return { edits };
}

function tunedWorkflows(
  { file, syntaxErrors }: Analysis,
  exportName: string,
): { readonly workflows: readonly Workflow[] } | { readonly reason: string } {
  if (syntaxErrors.length > 0)
    return { reason: "The spec has a syntax error. Mend it first, then use the values." };
  const exported = file.exports.find(({ name }) => name === exportName);
  if (exported === undefined)
    return {
      reason: `${called(exportName)} is not in the spec any more, so its arguments are not known. Write the values yourself.`,
    };
  const { workflow, tunings = [] } = exported;
  const workflows = new Set([workflow, ...tunings.map((tuning) => tuning.workflow)]);
  workflows.delete(undefined);
  if (workflows.size === 0)
    return {
      reason: `Which workflow ${called(exportName).replace(/^T/, "t")} tunes cannot be told from this file's text. Write the values yourself.`,
    };
  return { workflows: [...workflows] as Workflow[] };
}

function called(exportName: string): string {
  return exportName === "default" ? "The default export" : `The export "${exportName}"`;
}

/** The last one of a name counts. */
function argumentOf({ model, recipe }: Workflow, target: ValueTarget): GivenArgument | undefined {
  const of = (list: readonly GivenArgument[] | undefined, wanted: string) =>
    list?.findLast(({ name, value }) => name === wanted && value.literal !== undefined);
  if (target.kind === "argument") return of(model?.arguments, target.argument);
  return recipe === undefined || recipe === "absent"
    ? undefined
    : of(recipe.steps[target.step]?.options, target.option);
}

function editOf({ name, span, value_span, entry }: GivenArgument, literal: string, { lines }: Analysis) {
  // Of `{ dense_units }` the name is the value, too.
  const shorthand = span !== undefined && span.end === entry?.end;
  return {
    range: lines.range(value_span ?? { start: 0, end: 0 }),
    newText: shorthand ? `${name}: ${literal}` : literal,
  };
}

/** Digits of a number that are written: more than a fit can tell apart. */
const DIGITS = 6;

/** A value as the spec's author would write it; undefined for what only code can make. */
function literalOf(value: unknown, quote: string): string | undefined {
  switch (typeof value) {
    case "number":
      if (!Number.isFinite(value)) return undefined;
      return String(Number.isInteger(value) ? value : Number(value.toPrecision(DIGITS)));
    case "boolean":
      return String(value);
    case "string": {
      const inner = JSON.stringify(value).slice(1, -1);
      return quote === "'" ? `'${inner.replaceAll('\\"', '"').replaceAll("'", "\\'")}'` : `"${inner}"`;
    }
    case "object": {
      if (value === null) return "null";
      if (!Array.isArray(value)) return undefined;
      const elements = value.map((one) => literalOf(one, quote));
      return elements.every((one) => one !== undefined) ? `[${elements.join(", ")}]` : undefined;
    }
    default:
      return undefined;
  }
}

function said(value: unknown, quote: string): string {
  return literalOf(value, quote) ?? JSON.stringify(value);
}
