import type { AppliedLayer } from "../block-graph.ts";
import { columnRoutes, hasOption, isPretrained, literalOption, type ColumnRoute } from "../column-route.ts";
import { writtenAt } from "../fixes.ts";
import type { Edit, Fix } from "../problem.ts";
import type { RecipeStep, Workflow } from "../spec-file.ts";
import { trainedWith, type Preprocessing } from "../trained-with.ts";
import type { Finding, WorkflowRule } from "./rule.ts";

/**
 * A pretrained base gets other pixels than it was trained with: as they come, rescaled, or preprocessed for another network. Silent
 * where the recipe or the way to the base could not be followed, where a layer stands before the base, where weights come from a
 * file of the author's, and about grey images, which no base takes.
 */
export const preprocessingMismatch: WorkflowRule = {
  code: "preprocessing-mismatch",
  severity: "warning",
  about: "A pretrained base gets other preprocessing than it was trained with.",
  on: "workflow",
  *check(workflow) {
    for (const route of columnRoutes(workflow)) {
      const mode = modeOf(route.base);
      if (!mode || !isPretrained(route.base) || workflow.data?.images?.channels === 1) continue;
      const finding = route.steps && compare(mode, route.steps, route, workflow);
      if (finding) yield finding;
    }
  },
};

/** What a base was trained with; undefined where it has been told not to rescale by itself. */
function modeOf({ name, options }: AppliedLayer): Preprocessing | undefined {
  const own = options.findLast((option) => option.name === "includePreprocessing");
  if (own && own.value.literal !== true) return undefined;
  return name === undefined ? undefined : trainedWith(name)?.preprocessing;
}

/** Steps that leave every value what it is, and only move or resample pixels. */
const KEEPS_SCALE: ReadonlySet<string> = new Set(["resize", "augment"]);

function compare(
  mode: Preprocessing,
  steps: readonly RecipeStep[],
  route: ColumnRoute,
  workflow: Workflow,
): Finding | undefined {
  const changing = steps.filter((step) => !KEEPS_SCALE.has(step.name));
  const effects = changing.map(effectOf);
  if (effects.includes(undefined)) return undefined;
  const given = changing.filter((_, at) => effects[at] !== "nothing");
  if (isRight(mode, effects as Effect[])) return undefined;
  const right = given.find((_, at) => effectOf(given[at]!) === mode && mode !== "raw");
  const wrong = given.filter((step) => step !== right);
  const name = route.base.name!;
  const step = `.step_preprocess_input("${name}")`;
  return {
    ...inWords(name, mode, wrong, right, step, workflow),
    related: [{ message: `"${name}" is here.`, span: route.base.span }],
    fix: fixOf(step, wrong, right, route, workflow),
  };
}

/** What a step does to the scale: like the mode of a network, something else, or nothing; undefined where it cannot be told. */
type Effect = Preprocessing | "other" | "nothing";

function effectOf(step: RecipeStep): Effect | undefined {
  if (step.name === "preprocess_input") {
    const application = literalOption(step, "application");
    const mode = typeof application === "string" ? trainedWith(application)?.preprocessing : undefined;
    return mode === "raw" ? "nothing" : mode;
  }
  if (step.name !== "rescale" || !step.complete) return undefined;
  const [scale, offset] = [numberOption(step, "scale", 1), numberOption(step, "offset", 0)];
  if (scale === undefined || offset === undefined) return undefined;
  if (near(scale, 1) && near(offset, 0)) return "nothing";
  return near(scale, 1 / 127.5) && near(offset, -1) ? "tf" : "other";
}

function numberOption(step: RecipeStep, name: string, otherwise: number): number | undefined {
  if (!hasOption(step, name)) return otherwise;
  const literal = literalOption(step, name);
  return typeof literal === "number" ? literal : undefined;
}

/** As near as somebody writes 1 / 127.5: 0.00784. */
function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-3 * Math.max(Math.abs(a), Math.abs(b));
}

function isRight(mode: Preprocessing, effects: readonly Effect[]): boolean {
  const done = effects.filter((effect) => effect !== "nothing");
  return mode === "raw" ? done.length === 0 : done.length === 1 && done[0] === mode;
}

const TRAINED_ON: Readonly<Record<Preprocessing, string>> = {
  caffe: "pixels of 0–255 in blue-green-red order, less the means of ImageNet",
  tf: "pixels of −1 to 1",
  torch: "pixels of 0–1, less the means of ImageNet and divided by its deviations",
  raw: "pixels of 0–255, which it rescales by itself",
};

function inWords(
  name: string,
  mode: Preprocessing,
  wrong: readonly RecipeStep[],
  right: RecipeStep | undefined,
  step: string,
  { recipe, data }: Workflow,
): Pick<Finding, "message" | "span"> {
  const trained = `"${name}" was trained on ${TRAINED_ON[mode]}`;
  const [first] = wrong;
  if (!first)
    return {
      message: `${trained}, and it gets 0–255${mode === "caffe" ? " in red-green-blue order" : ""}, as images come. Add \`${step}\` to the recipe.`,
      span: (recipe === "absent" ? data?.span : recipe?.span) ?? undefined,
    };
  const others =
    first.name === "preprocess_input"
      ? `step_preprocess_input("${String(literalOption(first, "application"))}")`
      : `step_${first.name}`;
  return {
    message: right
      ? `${trained}. step_preprocess_input makes them so, and ${others} changes them once more. Remove it.`
      : `${trained}, and ${others} makes others of them. Write \`${step}\` in its place.`,
    span: first.span,
  };
}

function fixOf(
  step: string,
  wrong: readonly RecipeStep[],
  right: RecipeStep | undefined,
  { column, steps = [] }: ColumnRoute,
  { recipe, recipe_place }: Workflow,
): Fix | undefined {
  const [first, ...rest] = wrong;
  const removed = (unwanted: readonly RecipeStep[]) =>
    unwanted.flatMap(({ link }): Edit[] => (link ? [{ span: link, text: "" }] : []));
  const call = step.slice(1);
  if (right) return { title: `Remove step_${first?.name ?? ""}`, edits: removed(wrong) };
  if (first)
    return first.call && sharedWithOthers(first)
      ? undefined
      : first.call && {
          title: `Replace with ${call}`,
          edits: [{ span: first.call, text: call }, ...removed(rest)],
        };
  if (recipe === "absent") {
    if (!recipe_place) return undefined;
    const { callee, imported } = recipe_place;
    const written = writtenAt(recipe_place, `${callee}("label ~ ${column}")${step}`);
    return { title: `Add ${call}`, edits: imported ? [imported, written] : [written] };
  }
  const place = steps.at(-1)?.next_place ?? recipe?.first_place;
  return place && { title: `Add ${call}`, edits: [writtenAt(place, call)] };
}

/** A step of several columns cannot be replaced for one of them. */
function sharedWithOthers({ columns }: RecipeStep): boolean {
  return columns?.length !== 1;
}
