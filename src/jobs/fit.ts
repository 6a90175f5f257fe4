import { randomInt } from "node:crypto";
import type { FitRequest, MetricRow, ProblemFound, RunEnded, RunEvent } from "../protocol/index.ts";
import { metricSet } from "../metrics/index.ts";
import { isUserError } from "../protocol/index.ts";
import { chooseWorkflow, tunableFitOf, type RunnableWorkflow } from "./choose-workflow.ts";
import { asProblem, type FileDiagnostic } from "./file-diagnostic.ts";
import { detailsOf, messageOf } from "./error-message.ts";
import { findProblems, isError } from "./find-problems.ts";
import type { LoadedSpec, SpecSnapshot } from "./load-spec.ts";
import { asMetricError } from "./metric-error.ts";
import type { RunRecord } from "../runs/index.ts";
import { runFit, type FitTask } from "./run-fit.ts";

/** Whom a fit tells what. */
export interface FitHooks {
  /** Everything that also stands in `events.jsonl`. */
  event(event: RunEvent): void;
  /** Lines that the user's code prints, and the inner workings of failures. */
  log(line: string): void;
  /** True while code of the user's runs that may never come back: loading the spec, building the network. */
  userCode?(running: boolean): void;
}

/** How a fit came out. */
export type FitOutcome =
  | Refused
  | {
      readonly how: "ended";
      readonly ended: RunEnded;
      /** What `metrics.json` says; empty when it did not come to that. */
      readonly metrics: readonly MetricRow[];
    };

/** The fit did not become a run: no folder was made. */
export interface Refused {
  readonly how: "refused";
  /** `spec`: it has errors, or was asked for what it has not. `surroundings`: all else, as a folder that cannot be written to. */
  readonly because: "spec" | "surroundings";
  readonly message: string;
  readonly problems: readonly Omit<ProblemFound, "run" | "time">[];
}

/**
 * Fits a workflow of a spec file: loads it, asks the rules, reads the data, trains, evaluates, and
 * leaves a run's folder that is complete at every moment. Both doors, the worker and the command
 * line, call this. What goes wrong comes back as an outcome; it does not throw.
 *
 * @param signal stops at the next batch; what is finished is kept.
 */
export async function fit(request: FitRequest, hooks: FitHooks, signal?: AbortSignal): Promise<FitOutcome> {
  let understood: Understood | Refused;
  try {
    hooks.userCode?.(true);
    const loaded = await loadChecked(request.file, hooks.log);
    if ("how" in loaded) return loaded;
    const tunable = tunableFitOf(loaded.spec, request.workflow);
    if (tunable !== undefined) {
      hooks.userCode?.(false);
      const { fitOfTuning } = await import("./tune/tune.ts");
      return await fitOfTuning(loaded, tunable, request, hooks, signal);
    }
    understood = { ...loaded, ...chooseWorkflow(loaded.spec, request.workflow) };
    checkMetrics(understood.workflow);
  } catch (error) {
    understood = refusedBy(error, "spec", hooks.log);
  } finally {
    hooks.userCode?.(false);
  }
  if ("how" in understood) return understood;
  // Every fit has a seed, so that every fit can be done again.
  const seed = request.seed ?? randomInt(1, 2 ** 31);
  return fitOutcome({ ...understood, request, seed }, hooks, signal);
}

/** Does the run; that there can be none comes back as an outcome. */
export async function fitOutcome(task: FitTask, hooks: FitHooks, signal?: AbortSignal): Promise<FitOutcome> {
  try {
    return await runFit(task, hooks, signal);
  } catch (error) {
    return refusedBy(error, "surroundings", hooks.log);
  }
}

/** A spec that can be run, and the workflow of it that was asked for. */
export interface Understood {
  readonly spec: LoadedSpec;
  /** The name the workflow is exported by. */
  readonly name: string;
  readonly workflow: RunnableWorkflow;
  /** What the rules say that is no error. */
  readonly remarks: readonly FileDiagnostic[];
}

/**
 * Loads a spec file and asks the rules, as before a fit.
 *
 * @param snapshot What the file and its neighbours said at another time, to be taken instead of what they say now.
 * @param tuned The candidate of a tuning that the workflow gets its values from.
 * @throws UserError when it cannot be loaded, or has no such workflow.
 */
export async function understand(
  request: Pick<FitRequest, "file" | "workflow">,
  log: (line: string) => void,
  snapshot?: SpecSnapshot,
  tuned?: RunRecord["tuned"],
): Promise<Understood | Refused> {
  const loaded = await loadChecked(request.file, log, snapshot);
  if ("how" in loaded) return loaded;
  const chosen = chooseWorkflow(loaded.spec, request.workflow, tuned);
  checkMetrics(chosen.workflow);
  return { ...loaded, ...chosen };
}

/** Loads a spec file and asks the rules: what has errors, or exports nothing that can be run, is refused. */
export async function loadChecked(
  file: string,
  log: (line: string) => void,
  snapshot?: SpecSnapshot,
): Promise<Pick<Understood, "spec" | "remarks"> | Refused> {
  const { spec, problems } = await findProblems(file, log, snapshot);
  const wrong = problems.filter(isError);
  if (spec === undefined || wrong.length > 0) return refusedFor(wrong);
  // A file may well hold nothing that can be run, but then nothing can be fitted.
  const nothing = problems.find(({ code }) => code === "nothing-to-run");
  if (nothing !== undefined) return refusedFor([{ ...nothing, severity: "error" }]);
  return { spec, remarks: problems };
}

/** Before the fit and not after it: a metric that there is not, or that does not go with the mode. */
function checkMetrics({ metrics, model }: RunnableWorkflow): void {
  try {
    metricSet(metrics, model.spec.mode);
  } catch (error) {
    throw asMetricError(error);
  }
}

function refusedFor(wrong: readonly FileDiagnostic[]): Refused {
  const many = `The spec has ${wrong.length} errors. Mend them, then fit again.`;
  return {
    how: "refused",
    because: "spec",
    message: wrong.length === 1 ? wrong[0]!.message : many,
    problems: wrong.map(asProblem),
  };
}

/** The outcome of a job that an error ended before there was anything to keep. */
export function refusedBy(error: unknown, because: Refused["because"], log: (line: string) => void): Refused {
  const message = messageOf(error);
  if (!isUserError(error)) log(detailsOf(error));
  const code = isUserError(error) ? error.code : "internal-error";
  return {
    how: "refused",
    because,
    message,
    problems: [{ type: "problem", severity: "error", code, message }],
  };
}
