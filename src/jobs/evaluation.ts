import type { Outcome } from "../data/baked.ts";
import type { Table } from "../data/table.ts";
import type { Prediction } from "../engine/contract.ts";
import { confusionMatrix } from "../metrics/index.ts";
import { isUserError, type DataSplit, type Example } from "../protocol/index.ts";
import { IN_RUN, type RunWriter, type UnstampedEvent } from "../runs/index.ts";
import { chooseExamples, imagesOf, thumbnail } from "./example-images.ts";
import { classes } from "./prediction-table.ts";

export interface AssessedOutcome {
  readonly name: string;
  readonly truth: Outcome;
  readonly prediction: Prediction;
  /** The same outcome of the training rows. */
  readonly training: Outcome | undefined;
}

/**
 * What the panel draws of one outcome: the confusion matrix, what always guessing the commonest class
 * would get, and some rows to look at, with their pictures written into the run's folder.
 */
export async function evaluationOf(
  run: RunWriter,
  set: DataSplit,
  outcome: AssessedOutcome,
  table: Table,
): Promise<UnstampedEvent> {
  const { name, truth, prediction, training } = outcome;
  const classification = truth.kind === "nominal";
  const estimate = classification ? classes(prediction) : [...prediction.values];
  const levels = classification ? truth.levels : [];
  const rows = classification
    ? chooseExamples(truth.codes, estimate)
    : chooseExamples(new Array(table.rows).fill(0), new Array(table.rows).fill(0));
  const pictures = await writePictures(run, table, rows);
  const examples = rows.map((row): Example => {
    const image = pictures.get(row);
    const picture = image === undefined ? {} : { image };
    if (!classification)
      return { row: row + 1, truth: truth.values[row]!, estimate: estimate[row]!, ...picture };
    return {
      row: row + 1,
      truth: levels[truth.codes[row]!] ?? "",
      estimate: levels[estimate[row]!]!,
      probability: Number(prediction.values[row * prediction.units + estimate[row]!]!.toPrecision(4)),
      ...picture,
    };
  });
  return {
    type: "evaluation",
    set,
    outcome: name,
    n: table.rows,
    levels,
    confusion: classification
      ? confusionMatrix(truth.codes, Int32Array.from(estimate), levels.length).counts
      : [],
    baseline: classification && training?.kind === "nominal" ? baseline(training.codes, truth.codes) : null,
    examples,
  };
}

/** The share of this set that belongs to the training set's commonest class. */
function baseline(training: Int32Array, truth: Int32Array): number | null {
  const counts = new Map<number, number>();
  for (const code of training) if (code >= 0) counts.set(code, (counts.get(code) ?? 0) + 1);
  const commonest = [...counts].reduce((best, next) => (next[1] > best[1] ? next : best), [-1, 0])[0];
  const known = truth.filter((code) => code >= 0);
  return known.length === 0 ? null : known.filter((code) => code === commonest).length / known.length;
}

const FILE_CHANGED: ReadonlySet<string> = new Set(["image-changed", "broken-image"]);

/** Row → path of its picture in the run's folder. */
async function writePictures(
  run: RunWriter,
  table: Table,
  rows: readonly number[],
): Promise<Map<number, string>> {
  const images = imagesOf(table);
  const paths = new Map<number, string>();
  if (images === undefined) return paths;
  for (const row of rows) {
    const name = `${IN_RUN.images}/${String(row + 1).padStart(5, "0")}.png`;
    try {
      run.writePicture(name, await thumbnail(images[row]!));
      paths.set(row, name);
    } catch (error) {
      // A file that was changed or removed during the fit costs its picture, and not the run.
      if (!isUserError(error) || !FILE_CHANGED.has(error.code)) throw error;
    }
  }
  return paths;
}
