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
  const found = tunedWorkflow(analysis, exportName);
  if ("reason" in found) return found;
  const { workflow } = found;
  const marks = marksOf(workflow);
  const quote = /\bfrom\s*(["'])kspec\1/.exec(text)?.[1] ?? '"';
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
  if (edits.length === 0) return { reason: "This candidate has no values to write: nothing was tuned." };
  return { edits };
}

function tunedWorkflow(
  { file, syntaxErrors }: Analysis,
  exportName: string,
): { readonly workflow: Workflow } | { readonly reason: string } {
  if (syntaxErrors.length > 0)
    return { reason: "The spec has a syntax error. Mend it first, then use the values." };
  const exported = file.exports.find(({ name }) => name === exportName);
  const called = exportName === "default" ? "The default export" : `The export "${exportName}"`;
  if (exported === undefined)
    return {
      reason: `${called} is not in the spec any more, so its arguments are not known. Write the values yourself.`,
    };
  const { workflow, tunings = [] } = exported;
  const workflows = new Set([...(workflow ? [workflow] : []), ...tunings.map((tuning) => tuning.workflow)]);
  const [only] = workflows;
  if (workflows.size > 1)
    return { reason: `${called} tunes several workflows. Write the values into the one that you mean.` };
  if (only === undefined)
    return {
      reason: `Which workflow ${called.replace(/^T/, "t")} tunes cannot be told from this file's text. Write the values yourself.`,
    };
  return { workflow: only };
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
