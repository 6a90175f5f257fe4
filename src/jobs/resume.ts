import path from "node:path";
import type { TrainingState } from "../engine/index.ts";
import { reduceAll, UserError, type ResumeRequest, type RunEvent } from "../protocol/index.ts";
import { claimRun, IN_RUN, readRecord, readRun, type Claim } from "../runs/index.ts";
import { fitOutcome, refusedBy, understand, type FitHooks, type FitOutcome, type Refused } from "./fit.ts";
import type { RunnableWorkflow } from "./choose-workflow.ts";
import type { FitTask } from "./run-fit.ts";

/**
 * Goes on with a run that was stopped, or whose process is gone, after the last epoch that was kept, and ends as a fit that never
 * stopped: the same history, weights and metrics. What is fitted is the spec as it was when the run began. With `epochs`, a
 * finished run goes on to so many.
 *
 * A tuning goes on with the trials that are missing, and then with whatever its spec does after it.
 *
 * What goes wrong comes back as an outcome. A run that cannot go on stays as it was.
 *
 * @param signal stops at the next batch; what is finished is kept.
 */
export async function resume(
  request: ResumeRequest,
  hooks: FitHooks,
  signal?: AbortSignal,
): Promise<FitOutcome> {
  if (readRecord(request.folder)?.kind === "tuning") {
    const { resumeTuning } = await import("./tune/tune.ts");
    return resumeTuning(request, hooks, signal);
  }
  let claim: Claim | undefined;
  let task: FitTask | Refused;
  try {
    claim = claimRun(request.folder);
    task = await prepare(request, claim, hooks, signal);
  } catch (error) {
    claim?.release();
    const stopped = new UserError("cancelled", "Stopped before the run went on: it is as it was.");
    return refusedBy(signal?.aborted ? stopped : error, "surroundings", hooks.log);
  }
  if ("how" in task) {
    claim.release();
    return task;
  }
  try {
    return await fitOutcome(task, hooks, signal);
  } finally {
    claim.release();
  }
}

async function prepare(
  request: ResumeRequest,
  claim: Claim,
  hooks: FitHooks,
  signal: AbortSignal | undefined,
): Promise<FitTask | Refused> {
  const { folder } = request;
  // Only now: what another process wrote before it gave the run back is there.
  const { record, events, run } = readRun(folder);
  if (record === null)
    throw new UserError("not-a-run", `${folder} is no run, or its ${IN_RUN.record} cannot be read.`);
  const { readCheckpoint } = await import("../engine/index.ts");
  const state = await readCheckpoint(path.join(folder, IN_RUN.checkpoint));
  checkThatSomethingIsLeft(run, events, state, request.epochs);

  hooks.userCode?.(true);
  const understood = await understand(
    { file: record.spec.file, workflow: record.spec.workflow },
    hooks.log,
    { texts: record.spec.texts },
    record.tuned,
  ).finally(() => hooks.userCode?.(false));
  if ("how" in understood) return understood;
  const workflow = withEpochs(understood.workflow, request.epochs ?? record.arguments["fit_epochs"]);
  if (request.epochs !== undefined && workflow.fine_tune !== undefined)
    throw new UserError(
      "resume-epochs",
      "A run with fine_tune cannot go on to more epochs: those of its head come before those of its base. Change the spec and fit it anew.",
    );

  const { readDataset } = await import("./read-rows.ts");
  const dataset = await readDataset(workflow, understood.spec.folder, signal);
  if (record.data !== undefined && record.data.fingerprint !== dataset.dataset.fingerprint)
    throw new UserError(
      "data-changed",
      `The data of ${run} are not what they were when it began (${record.data.name}), so it cannot go on. Bring them back, or fit the spec anew.`,
    );
  return {
    ...understood,
    workflow,
    request: { type: "fit", file: record.spec.file },
    seed: record.seed,
    resumed: { record, folder, claim, events, state, dataset },
  };
}

/** @throws UserError when the run has got to its end, and no more epochs are asked for. */
function checkThatSomethingIsLeft(
  run: string,
  events: readonly RunEvent[],
  state: TrainingState | null,
  epochs: number | undefined,
): void {
  const { status, epochs: finished, started } = reduceAll(events);
  const last = state?.epoch ?? finished.at(-1)?.epoch ?? 0;
  if (epochs !== undefined) {
    if (state?.ended)
      throw new UserError(
        "nothing-left",
        `A callback has ended ${run} after epoch ${last}, and it would not go on. Change fit_callbacks and fit the spec anew.`,
      );
    if (status === "done" && state === null)
      throw new UserError(
        "no-checkpoint",
        `${run} keeps no checkpoint (an earlier version of KSpec made it), so it cannot go on. Fit the spec anew.`,
      );
    if (epochs < last)
      throw new UserError(
        "nothing-left",
        `${run} has ${last} epochs already, which is more than ${epochs}. Give a larger number.`,
      );
    if (epochs > last || status !== "done") return;
  }
  if (status !== "done") return;
  throw new UserError(
    "nothing-left",
    state?.ended
      ? `Nothing is left to do: a callback has ended ${run} after epoch ${last} of ${started?.epochs ?? last}.`
      : `Nothing is left to do: ${run} has finished its ${last} ${last === 1 ? "epoch" : "epochs"}. For more: kspec fit --resume ${run} --epochs NUMBER.`,
  );
}

function withEpochs(workflow: RunnableWorkflow, epochs: unknown): RunnableWorkflow {
  if (typeof epochs !== "number") return workflow;
  const { model } = workflow;
  return { ...workflow, model: { ...model, arguments: { ...model.arguments, fit_epochs: epochs } } };
}
