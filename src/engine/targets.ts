import type { Baked, Outcome } from "../data/baked.ts";
import type { Mode } from "../kspec/description.ts";
import { UserError } from "../protocol/index.ts";
import { sizeOf, type Rows } from "./rows.ts";

/** What one output of a network is trained on and gives. Plain JSON: it is saved with the model. */
export interface OutputPlan {
  /** The output's name: "output", or the outcome's. */
  readonly name: string;
  readonly mode: Mode;
  /** One outcome; or several numeric ones, one unit each. */
  readonly outcomes: readonly string[];
  /** Number of classes; 0 in regression. */
  readonly classes: number;
  /** Of one row, as the network gives it. */
  readonly shape: readonly number[];
}

/**
 * Says which outcome each output learns, and whether its shape can.
 *
 * @param shapes Output → shape of one row.
 * @throws UserError when units and outcome do not fit.
 */
export function planOutputs(
  model: string,
  mode: Mode,
  shapes: ReadonlyMap<string, readonly (number | null)[]>,
  outcomes: Baked["outcomes"],
): OutputPlan[] {
  const names = [...outcomes.keys()];
  const separate = shapes.size > 1;
  return [...shapes].map(([name, given]) => {
    const shape = given.map((extent) => extent ?? 1);
    const units = shape.at(-1) ?? 1;
    const own = separate || outcomes.has(name) ? [name] : names;
    const kinds = own.map((outcome) => outcomes.get(outcome)!);
    const nominal = kinds.filter((outcome) => outcome.kind === "nominal");
    if (own.length > 1 && nominal.length > 0)
      throw new UserError(
        "several-outcomes",
        `${model} has several outcomes (${own.join(", ")}) and not all are numbers: give each an output block of its name.`,
      );
    // With several outputs each follows its own outcome; with one, the spec's mode must be right.
    const classification = separate ? nominal.length > 0 : mode === "classification";
    if (classification) {
      const outcome = nominal[0];
      if (outcome === undefined)
        throw new UserError(
          "mode",
          `${model} is a classification, and its outcome ${own.join(", ")} is numeric: use mode: "regression", or make the column one of classes.`,
        );
      return checkClasses(name, own[0]!, outcome.levels.length, shape, units);
    }
    if (nominal.length > 0)
      throw new UserError(
        "mode",
        `${model} is a regression, and its outcome ${own[0]!} has classes: use mode: "classification".`,
      );
    if (sizeOf(shape) !== own.length)
      throw new UserError(
        "output-units",
        own.length === 1
          ? `Block "${name}" gives ${described(shape)} for each row, and ${own[0]!} is one number: let its last layer have units: 1${shape.length > 1 ? ", and put layers.flatten() before it" : ""}.`
          : `Block "${name}" gives ${described(shape)} for each row, and there are ${own.length} outcomes (${own.join(", ")}): let its last layer have units: ${own.length}.`,
      );
    return { name, mode: "regression", outcomes: own, classes: 0, shape };
  });
}

function checkClasses(
  name: string,
  outcome: string,
  classes: number,
  shape: readonly number[],
  units: number,
): OutputPlan {
  if (shape.length !== 1)
    throw new UserError(
      "output-shape",
      `Block "${name}" gives ${described(shape)} for each row, and classes need one vector: put layers.flatten() or a global pooling layer before it.`,
    );
  if (units !== classes && !(units === 1 && classes === 2))
    throw new UserError(
      "output-units",
      `Block "${name}" gives ${units} ${units === 1 ? "value" : "values"} for each row, and ${outcome} has ${classes} classes: let its last layer have units: num_classes.`,
    );
  return { name, mode: "classification", outcomes: [outcome], classes, shape };
}

/** The truth that an output is compared with: one-hot columns, one column for a one-unit head, or numbers. */
export function truthOf(plan: OutputPlan, outcomes: Baked["outcomes"], rows: number): Rows {
  const values = new Float32Array(rows * sizeOf(plan.shape));
  const width = sizeOf(plan.shape);
  for (const [column, name] of plan.outcomes.entries()) {
    const outcome = outcomes.get(name);
    if (outcome === undefined) throw new UserError("missing-outcome", `The data have no outcome ${name}.`);
    checkComplete(name, outcome);
    for (let row = 0; row < rows; row++) {
      if (outcome.kind === "numeric") values[row * width + column] = outcome.values[row]!;
      else if (width === 1) values[row] = outcome.codes[row] === 1 ? 1 : 0;
      else values[row * width + outcome.codes[row]!] = 1;
    }
  }
  return { shape: plan.shape, values };
}

function checkComplete(name: string, outcome: Outcome): void {
  let missing = 0;
  if (outcome.kind === "numeric") for (const value of outcome.values) missing += Number.isNaN(value) ? 1 : 0;
  else for (const code of outcome.codes) missing += code < 0 ? 1 : 0;
  if (missing > 0)
    throw new UserError(
      "missing-outcome",
      `The outcome ${name} is missing in ${missing} ${missing === 1 ? "row" : "rows"}: remove or complete them.`,
    );
}

/**
 * Weight of each row in the loss: its own, or that of its class.
 *
 * @param own `fit_sample_weight`; undefined: none is asked for.
 * @throws UserError for a class that the outcome does not have, and where both are given, which Keras refuses too.
 */
export function rowWeights(
  classWeight: unknown,
  own: Float32Array | undefined,
  plans: readonly OutputPlan[],
  outcomes: Baked["outcomes"],
): Float32Array | null {
  if (classWeight === undefined) return own ?? null;
  if (own !== undefined)
    throw new UserError(
      "class-weight",
      "fit_class_weight and fit_sample_weight are both given, and a row has one weight: leave one of them out.",
    );
  const outcome = outcomes.get(plans[0]!.outcomes[0]!);
  if (plans.length !== 1 || outcome?.kind !== "nominal")
    throw new UserError("class-weight", "fit_class_weight needs one outcome that has classes.");
  const weights = new Float32Array(outcome.levels.length).fill(1);
  for (const [level, weight] of Object.entries(classWeight as Record<string, unknown>)) {
    const code = outcome.levels.indexOf(level);
    if (code < 0)
      throw new UserError(
        "class-weight",
        `fit_class_weight names the class "${level}", and ${plans[0]!.outcomes[0]!} has: ${outcome.levels.join(", ")}.`,
      );
    if (typeof weight !== "number" || !(weight >= 0))
      throw new UserError("class-weight", `fit_class_weight of "${level}" must be a number from 0.`);
    weights[code] = weight;
  }
  return Float32Array.from(outcome.codes, (code) => weights[code] ?? 0);
}

function described(shape: readonly number[]): string {
  return shape.length === 1 ? `${shape[0]} values` : `[${shape.join(", ")}]`;
}
