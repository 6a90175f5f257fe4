import path from "node:path";
import { reduceAll, UserError, type ParameterValues, type TuningState } from "../protocol/index.ts";
import { findRun, readMetrics, readRun, runsFolderFor, type RunStatus } from "../runs/index.ts";

/** A run that was read. What it found is asked of it by the other functions of this module. */
export interface RunResults {
  /** Its id, which is its folder's name. */
  readonly run: string;
  /** Absolute path. */
  readonly folder: string;
  readonly kind: "fit" | "tuning";
  /** "lost": its process is gone and said nothing. */
  readonly status: RunStatus;
  readonly mode: "classification" | "regression";
  /** The model's name, and the name that the spec exports the workflow by. */
  readonly model: string;
  readonly workflow: string;
  /** Its id in a workflow set; else the workflow's name. */
  readonly wflow_id: string;
  readonly seed: number;
  /** Of a fit that a tuning led to: the tuning's run, the candidate and its values. */
  readonly tuned: { readonly run: string; readonly config: string; readonly values: ParameterValues } | null;
  /** Candidates and trials of a tuning; null of a fit. */
  readonly tuning: TuningState | null;
  /** Of a fit: yardstick's rows of the test set, as `metrics.json` has them. */
  readonly metrics: readonly MeasuredRow[];
}

/** A row of yardstick's. */
export interface MeasuredRow {
  readonly ".metric": string;
  readonly ".estimator": string;
  /** null where the metric is not defined. */
  readonly ".estimate": number | null;
  readonly set: string;
  /** Which outcome it is of, where there are several. */
  readonly outcome?: string;
}

export interface ReadOptions {
  /** The folder that holds the runs. Default: where runs of a spec in the working folder are kept. */
  readonly runs?: string;
}

/**
 * Reads a run, finished or not: what it has until now is there.
 *
 * ```ts
 * const results = read_run("last");
 * console.table(show_best(results));
 * ```
 *
 * @param reference a run's folder, its id or the unique beginning of one, or "last".
 * @throws UserError that names the newest runs where there is none like that, and for a folder whose `run.json` cannot be read.
 */
export function read_run(reference = "last", { runs }: ReadOptions = {}): RunResults {
  const folder = findRun(
    reference,
    runsFolderFor(path.join(process.cwd(), "any.kspec.ts"), { override: runs }),
  );
  const { record, events, status, run } = readRun(folder);
  if (record === null)
    throw new UserError(
      "no-record",
      `The run in ${folder} cannot be read: its run.json is missing or damaged.`,
    );
  const { tuning } = reduceAll(events);
  return {
    run,
    folder,
    kind: record.kind ?? "fit",
    status,
    mode: record.mode,
    model: record.spec.model,
    workflow: record.spec.workflow,
    wflow_id: record.tuning?.workflow_id ?? record.spec.workflow,
    seed: record.seed,
    tuned: record.tuned ?? null,
    tuning,
    metrics: readMetrics(folder),
  };
}

/** @throws UserError for a fit, or a tuning that ended before it began. */
export function tuningOf({ tuning, kind, run }: RunResults, asked: string): TuningState {
  if (tuning !== null) return tuning;
  throw new UserError(
    "no-tuning",
    kind === "fit"
      ? `${asked}() asks for a tuning, and ${run} is a fit. Read the run of a tuning.`
      : `${asked}(): the tuning ${run} ended before it tried anything.`,
  );
}
