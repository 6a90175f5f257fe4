import { columnRoutes, hasOption, isPretrained, literalOption, type ColumnRoute } from "../column-route.ts";
import { writtenAt } from "../fixes.ts";
import type { Edit, Fix } from "../problem.ts";
import type { RecipeStep, Workflow } from "../spec-file.ts";
import { trainedWith, type TrainedWith } from "../trained-with.ts";
import type { Finding, WorkflowRule } from "./rule.ts";

/**
 * A pretrained base gets images below the size at which its weights are of use, by the recipe's `step_resize` or because the dataset's
 * images are so small; an error where the base refuses them. Silent where the size is not known from the text.
 */
export const imagesTooSmall: WorkflowRule = {
  code: "images-too-small",
  severity: "warning",
  about: "A pretrained base gets images too small for its weights.",
  on: "workflow",
  *check(workflow) {
    for (const route of columnRoutes(workflow)) {
      const size = sizeOf(route, workflow);
      const needs = size && needsOf(route);
      if (needs && size.side < needs.side) yield finding(size, needs, route, workflow);
    }
  },
};

interface Size {
  /** The smaller of height and width. */
  readonly side: number;
  readonly words: string;
  /** undefined: the dataset's own size. */
  readonly resize: RecipeStep | undefined;
}

/** The size of the images when they reach the base, where the text says it. */
function sizeOf({ steps }: ColumnRoute, { data }: Workflow): Size | undefined {
  const resize = steps?.findLast(({ name }) => name === "resize");
  if (resize) {
    const [height, width] = [literalOption(resize, "height"), literalOption(resize, "width")];
    if (typeof height !== "number" || typeof width !== "number") return undefined;
    return { side: Math.min(height, width), words: `${height} × ${width}`, resize };
  }
  if (!steps || !data?.images) return undefined;
  const { side } = data.images;
  return { side, words: `${side} × ${side}`, resize: undefined };
}

interface Needs extends TrainedWith {
  readonly side: number;
  readonly withTop: boolean;
}

/** The least side that is of use; undefined where the text does not say it. */
function needsOf({ base }: ColumnRoute): Needs | undefined {
  const trained = base.name === undefined ? undefined : trainedWith(base.name);
  if (!trained || base.kind !== "application" || hasOption(base, "inputShape")) return undefined;
  const top = hasOption(base, "includeTop") ? literalOption(base, "includeTop") : base.complete || undefined;
  if (typeof top !== "boolean") return undefined;
  const pretrained = isPretrained(base);
  if (!pretrained) return { ...trained, side: trained.minimumSize, withTop: false };
  return { ...trained, side: top ? trained.defaultSize : trained.worksFrom, withTop: top };
}

function finding(
  { side, words, resize }: Size,
  { side: least, withTop, minimumSize, worksFrom, defaultSize }: Needs,
  route: ColumnRoute,
  workflow: Workflow,
): Finding {
  const { base, column } = route;
  const refused = withTop || side < minimumSize;
  // Weights of the author's own may want any size from Keras's least on.
  const wanted = withTop ? defaultSize : worksFrom;
  const options = `{ height: ${wanted}, width: ${wanted} }`;
  const remedy = `\`.step_resize("${column}", ${options})\``;
  const why = withTop
    ? `"${base.name}" with its top takes images of ${least} × ${least}, and these are ${words}. Write ${remedy}, or leave the top out: \`includeTop: false\`.`
    : refused
      ? `"${base.name}" refuses images below ${minimumSize} × ${minimumSize}, and these are ${words}. Bring them to ${wanted} × ${wanted} or more: ${remedy}.`
      : `"${base.name}" was trained on images of ${defaultSize} × ${defaultSize}, and these are ${words}, too small for its last layers to see anything in. Bring them to ${wanted} × ${wanted} or more: ${remedy}.`;
  return {
    message: why,
    severity: refused ? "error" : undefined,
    span: resize?.span ?? workflow.data?.span,
    related: [{ message: `"${base.name}" is here.`, span: base.span }],
    fix: fixOf(wanted, options, resize, route, workflow),
  };
}

function fixOf(
  wanted: number,
  options: string,
  resize: RecipeStep | undefined,
  { column, steps }: ColumnRoute,
  { recipe, recipe_place }: Workflow,
): Fix | undefined {
  const title = `Resize the images to ${wanted} × ${wanted}`;
  if (resize) {
    const edits = resize.options.flatMap(({ name, value_span }): Edit[] =>
      (name === "height" || name === "width") && value_span
        ? [{ span: value_span, text: String(wanted) }]
        : [],
    );
    return edits.length === 2 ? { title, edits } : undefined;
  }
  const call = `step_resize("${column}", ${options})`;
  if (recipe === "absent") {
    if (!recipe_place) return undefined;
    const { callee, imported } = recipe_place;
    const written = writtenAt(recipe_place, `${callee}("label ~ ${column}").${call}`);
    return { title, edits: imported ? [imported, written] : [written] };
  }
  // Before all other steps: what they do to pixels goes on being done to the larger images.
  const place = steps && recipe?.first_place;
  return place && { title, edits: [writtenAt(place, call)] };
}
