import fs from "node:fs";
import path from "node:path";

/** What is in a run's folder. Paths are relative to it, with `/`. */
export const IN_RUN = {
  /** What was asked, and by which process: a {@link RunRecord}. Replaced as a whole, never half. */
  record: "run.json",
  /** RunEvents, one a line, appended. */
  events: "events.jsonl",
  /** The fitted model: complete at every moment after the first epoch. */
  model: "model",
  /** The prepped recipe and class levels, beside the network. */
  recipe: "model/recipe.json",
  /** What a fit needs to go on after its last finished epochs; complete at every moment. */
  checkpoint: "checkpoint",
  metrics: "metrics.json",
  predictions: "predictions.csv",
  /** Of a tuning: a row a candidate, best first. */
  candidates: "candidates.csv",
  /** Of a tuning with `save_pred`: a CSV for each trial. */
  trialPredictions: "predictions",
  /** Of a tuning with `extract: "history"`: a JSON for each trial. */
  trialHistories: "histories",
  /** Small PNG pictures of test rows. */
  images: "images",
  /** Its time of change says that the process lives. Gone when the run has ended. */
  alive: "alive",
  /** Whoever makes this file asks the run to stop. */
  cancel: "cancel",
} as const;

/**
 * The folder that runs of a spec are kept in: `.kspec/runs` of the nearest folder at or above the
 * spec that has `.kspec`, `.git` or `package.json`, never above the open workspace folder; else of
 * the spec's own folder.
 *
 * @param specFile path of the spec; for commands that name none, any file name in the working folder.
 * @param options.workspace the open workspace folder. It is a bound only for specs inside it.
 * @param options.override takes the place of all that; a relative one starts at the workspace, else at the working folder.
 */
export function runsFolderFor(
  specFile: string,
  options: { readonly workspace?: string | undefined; readonly override?: string | undefined } = {},
): string {
  const workspace = options.workspace === undefined ? undefined : path.resolve(options.workspace);
  if (options.override !== undefined && options.override !== "")
    return path.resolve(workspace ?? process.cwd(), options.override);
  const own = path.dirname(path.resolve(specFile));
  for (let folder = own; ; folder = path.dirname(folder)) {
    if (MARKERS.some((marker) => fs.existsSync(path.join(folder, marker))))
      return path.join(folder, ".kspec", "runs");
    if (folder === workspace || folder === path.dirname(folder)) break;
  }
  return path.join(own, ".kspec", "runs");
}

const MARKERS = [".kspec", ".git", "package.json"];

/**
 * A folder name that sorts by time and can be read: `2026-11-24-140203-digits_transfer-x7`, in local
 * time as people remember it. The last two characters keep two runs of one second apart.
 */
export function runId(name: string, started: Date, suffix: string): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${started.getFullYear()}-${two(started.getMonth() + 1)}-${two(started.getDate())}`;
  const time = two(started.getHours()) + two(started.getMinutes()) + two(started.getSeconds());
  const readable = name.replace(/[^\p{L}\p{N}_]+/gu, "-").replace(/^-+|-+$/g, "");
  return `${day}-${time}-${readable.slice(0, 40) || "run"}-${suffix}`;
}
