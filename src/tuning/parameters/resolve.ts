import { listNames, didYouMean } from "../../data/names.ts";
import type { WorkflowDescription } from "../../kspec/description.ts";
import { marksOf, type Mark } from "../../kspec/marks.ts";
import { TRANSFORMS } from "../../kspec/transforms.ts";
import type {
  GridDescription,
  ParameterDescription,
  ParametersDescription,
} from "../../kspec/tuning-description.ts";
import { UserError, type ParameterValue, type TunedParameter } from "../../protocol/index.ts";
import { sameValue } from "./same-value.ts";
import { blockArgument, usualParameter, usualStepParameter } from "./usual-parameter.ts";

/**
 * The hyperparameters that a workflow marks with `tune()`, and what each may be: what the grid's parameters say, else `param_info`, else
 * what the argument's name says (kerasnip's mapping to dials, with kernel and pool sizes, repeats, activations, optimizers and losses).
 * Of a table of candidates it is what the table holds.
 *
 * @returns Arguments of the model in the order they are given, then options of the recipe's steps.
 * @throws UserError for an argument of which nothing says what it may be, for two marks of one id, and for a parameter that nobody tunes.
 */
export function resolveParameters(
  workflow: WorkflowDescription,
  param_info?: ParametersDescription,
  grid?: GridDescription | number,
): TunedParameter[] {
  const marks = marksOf(workflow);
  refuseClashes(marks);
  const made = typeof grid === "object" && grid.method !== "table" ? grid.parameters : undefined;
  refuseStrangers(marks, param_info, "param_info");
  refuseStrangers(marks, made, "the grid's parameters");
  const said = { ...param_info?.parameters, ...made?.parameters };
  const rows = typeof grid === "object" && grid.method === "table" ? grid.rows : undefined;
  return marks.map((mark) => {
    const own = Object.hasOwn(said, mark.id) ? said[mark.id] : undefined;
    if (own !== undefined) return tuned(mark, own);
    const usual = usualOf(mark, workflow);
    const column = rows?.flatMap((row) => (Object.hasOwn(row, mark.id) ? [row[mark.id]] : []));
    if (column !== undefined && column.length > 0)
      return tuned(mark, asInTable(column as ParameterValue[], usual));
    if (usual === undefined) throw nothingSaid(mark, workflow);
    return tuned(mark, usual);
  });
}

/** How a message calls a marked argument or option. */
export function markWords({ target }: Pick<Mark, "target">, workflow: WorkflowDescription): string {
  if (target.kind === "argument") return `the argument \`${target.argument}\``;
  return `\`${target.option}\` of step_${workflow.recipe?.steps[target.step]?.step ?? target.step}`;
}

function tuned({ id, target }: Mark, parameter: ParameterDescription): TunedParameter {
  const { type, scale, range, transform, values, label } = parameter;
  return {
    id,
    target,
    type,
    label: label === "" ? id : label,
    scale,
    ...(range === undefined ? {} : { range }),
    ...(transform === undefined ? {} : { transform }),
    ...(values === undefined ? {} : { values: values as readonly ParameterValue[] }),
  };
}

function usualOf({ target }: Mark, workflow: WorkflowDescription): ParameterDescription | undefined {
  if (target.kind === "argument") return usualParameter(target.argument, workflow.model!);
  return usualStepParameter(workflow.recipe!.steps[target.step]!.step, target.option);
}

/** What a column of a table of candidates says: its values, in the units and with the name that its usual parameter has. */
function asInTable(
  column: readonly ParameterValue[],
  usual: ParameterDescription | undefined,
): ParameterDescription {
  const { type = "table", label = "" } = usual ?? {};
  const numeric = column.every((value) => typeof value === "number");
  // A learning rate may be a schedule; a word where a number belongs is refused with its row, when the candidates are made.
  if (!numeric && usual !== undefined && usual.scale !== "nominal" && !column.some(isObject)) return usual;
  if (!numeric || usual?.scale === "nominal") {
    const values: ParameterValue[] = [];
    for (const value of column) if (!values.some((other) => sameValue(other, value))) values.push(value);
    return { kind: "parameter", type, scale: "nominal", values, label };
  }
  const numbers = (column as readonly number[]).filter(Number.isFinite);
  const scale =
    usual?.scale === "integer" || (usual === undefined && numbers.every(Number.isInteger))
      ? "integer"
      : "double";
  const ends: readonly [number, number] = [
    numbers.reduce((least, value) => Math.min(least, value), numbers[0] ?? 0),
    numbers.reduce((most, value) => Math.max(most, value), numbers[0] ?? 0),
  ];
  const transform = usual?.transform;
  if (transform !== undefined) {
    const [least, most] = ends.map(TRANSFORMS[transform].forward) as [number, number];
    if (Number.isFinite(least) && Number.isFinite(most))
      return { kind: "parameter", type, scale, range: [least, most], transform, label };
  }
  return { kind: "parameter", type, scale, range: ends, label };
}

function isObject(value: ParameterValue): boolean {
  return typeof value === "object" && value !== null;
}

function refuseClashes(marks: readonly Mark[]): void {
  for (const [i, { id }] of marks.entries())
    if (marks.findIndex((other) => other.id === id) !== i)
      throw new UserError(
        "tune-id-twice",
        `Two arguments are tuned as \`${id}\`. Give one of them another name: tune("${id}_2").`,
      );
}

function refuseStrangers(
  marks: readonly Mark[],
  given: ParametersDescription | undefined,
  where: string,
): void {
  const ids = marks.map(({ id }) => id);
  // Marks that have given way to the values that were found: the rest of the spec may stay as it was.
  if (ids.length === 0) return;
  for (const id of Object.keys(given?.parameters ?? {}))
    if (!ids.includes(id))
      throw new UserError(
        "not-tuned",
        `${where} has \`${id}\`, and nothing of the workflow is marked with tune() by that name.${didYouMean(id, ids)} Tuned are ${listNames(ids)}.`,
      );
}

function nothingSaid(mark: Mark, workflow: WorkflowDescription): UserError {
  const { id, target } = mark;
  const type = target.kind === "argument" ? blockArgument(target.argument, workflow.model!)?.type : undefined;
  const example =
    type === "string" || (target.kind === "argument" && WORDS.has(target.argument))
      ? `new_qual_param({ values: ["…", "…"] })`
      : `new_quant_param({ type: "double", range: [0, 1] })`;
  return new UserError(
    "unknown-range",
    `${upper(markWords(mark, workflow))} is tuned, and nothing says what values it may have. Say it in the tuning: param_info: parameters({ ${/^[\w$]+$/.test(id) ? id : JSON.stringify(id)}: ${example} }), or give a table of candidates as grid.`,
  );
}

/** Arguments of every model that are no numbers. */
const WORDS: ReadonlySet<string> = new Set(["fit_sample_weight", "compile_metrics"]);

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
