import { randomInt } from "node:crypto";
import path from "node:path";
import type { TuningDescription } from "../../kspec/tuning-description.ts";
import {
  reduceAll,
  UserError,
  type CandidateState,
  type FitBestRequest,
  type FitRequest,
  type ResumeRequest,
  type TuneRequest,
  type TuningState,
} from "../../protocol/index.ts";
import { claimRun, IN_RUN, readRecord, readRun, type Claim, type RunRecord } from "../../runs/index.ts";
import { rankResults, selectBest, selectCandidate, type RankRow } from "../../tuning/results/index.ts";
import { chooseWorkflow } from "../choose-workflow.ts";
import {
  fitOutcome,
  loadChecked,
  refusedBy,
  type FitHooks,
  type FitOutcome,
  type Refused,
  type Understood,
} from "../fit.ts";
import { chooseTunable, type Tunable } from "./choose-tunable.ts";
import { finishedTuning } from "./finished-tuning.ts";
import { ResumedTuning } from "./resume-tuning.ts";
import { runTuning, type TuningEnded } from "./run-tuning.ts";

/** How a chain of tunings came out, and the fit that they led to. */
export interface Tuned {
  readonly how: "tuned";
  readonly tunings: readonly TuningEnded[];
  /** Absent where the tunings are all that was asked for, or did not come to their end. */
  readonly final?: FitOutcome;
  /** Of a workflow set: candidates of all its workflows, best first (workflowsets' `rank_results`). */
  readonly ranking?: readonly RankRow[];
}

export type TuneOutcome = Tuned | Refused;

/**
 * Runs what a spec exports of tuning: its tunings, each a run of its own, and the fit that they lead to. Like `fit` it does not throw,
 * and every trial that has ended is on disk.
 *
 * @param signal stops at once; trials that have ended are kept.
 */
export async function tune(
  request: TuneRequest,
  hooks: FitHooks,
  signal?: AbortSignal,
): Promise<TuneOutcome> {
  return caught("spec", hooks, async () => {
    const loaded = await load(request.file, hooks);
    if ("how" in loaded) return loaded;
    const tunable = chooseTunable(loaded.spec, request.export);
    const chosen = request.only_tune === true ? { name: tunable.name, tunings: tunable.tunings } : tunable;
    return runChain({ ...loaded, tunable: chosen, request, seed: request.seed }, hooks, signal);
  });
}

/** The fit of a `last_fit` that a tuning comes before; a finished tuning of the same text is not done again. */
export async function fitOfTuning(
  loaded: Pick<Understood, "spec" | "remarks">,
  tunable: Tunable,
  request: FitRequest,
  hooks: FitHooks,
  signal?: AbortSignal,
): Promise<FitOutcome> {
  const outcome = await caught("spec", hooks, () =>
    runChain({ ...loaded, tunable, request, seed: request.seed, reuse: true }, hooks, signal),
  );
  return asFit(outcome);
}

/** Goes on with a tuning: the trials that are missing, and then whatever its spec does after it. */
export async function resumeTuning(
  request: ResumeRequest,
  hooks: FitHooks,
  signal?: AbortSignal,
): Promise<FitOutcome> {
  let claim: Claim | undefined;
  try {
    return asFit(
      await caught("surroundings", hooks, async () => {
        claim = claimRun(request.folder);
        const { record, events, run } = readRun(request.folder);
        if (record === null)
          throw new UserError(
            "not-a-run",
            `${request.folder} is no run, or its ${IN_RUN.record} cannot be read.`,
          );
        if (request.epochs !== undefined)
          throw new UserError(
            "resume-epochs",
            "--epochs is for fits; a tuning goes on with the trials that are missing.",
          );
        const { status, tuning, problems } = reduceAll(events);
        if (status === "done" && !problems.some(({ code }) => code === "time-budget"))
          throw new UserError(
            "nothing-left",
            `Nothing is left to do: ${run} has finished its ${tuning?.done ?? 0} trials. Fit its best candidate: kspec tune --best ${run}.`,
          );
        const loaded = await load(record.spec.file, hooks, record);
        if ("how" in loaded) return loaded;
        const whole = chooseTunable(loaded.spec, record.spec.workflow);
        const alone = record.tuning?.only_tune === true;
        const tunable = alone ? { name: whole.name, tunings: whole.tunings } : whole;
        const resumed = new ResumedTuning(record, request.folder, claim, events);
        const runs = path.dirname(request.folder);
        return runChain(
          { ...loaded, tunable, request: { file: record.spec.file, runs }, seed: record.seed, resumed },
          hooks,
          signal,
        );
      }),
    );
  } finally {
    claim?.release();
  }
}

/** Fits a candidate of a tuning on all training rows: tune's `fit_best`. What is fitted is the spec as it was tuned. */
export async function fitBest(
  request: FitBestRequest,
  hooks: FitHooks,
  signal?: AbortSignal,
): Promise<FitOutcome> {
  const { folder, config } = request;
  try {
    const record = readRecord(folder);
    const state = reduceAll(readRun(folder).events).tuning;
    if (record?.kind !== "tuning" || state === null)
      throw new UserError("not-a-tuning", `${folder} is no run of a tuning.`);
    const loaded = await load(record.spec.file, hooks, record);
    if ("how" in loaded) return loaded;
    const candidate = config === undefined ? selectBest(state) : candidateNamed(state, config);
    const of = { run: record.run, index: record.tuning?.index ?? 0 };
    return await fitCandidate(loaded, record.spec.workflow, of, candidate, hooks, signal, {
      file: record.spec.file,
      runs: path.dirname(folder),
      seed: request.seed ?? record.seed,
    });
  } catch (error) {
    return refusedBy(error, "surroundings", hooks.log);
  }
}

interface Chain extends Pick<Understood, "spec" | "remarks"> {
  readonly tunable: Tunable;
  readonly request: Omit<TuneRequest, "type"> | FitRequest;
  readonly seed: number | undefined;
  /** The tuning of the chain that goes on; those before it are done. */
  readonly resumed?: ResumedTuning;
  readonly reuse?: boolean;
}

async function runChain(
  chain: Chain,
  hooks: FitHooks,
  signal: AbortSignal | undefined,
): Promise<TuneOutcome> {
  const { spec, remarks, tunable, request, resumed } = chain;
  const states = new Map<TuningDescription, { readonly run: string; readonly state: TuningState }>();
  const ended: TuningEnded[] = [];
  const first = resumed?.record.tuning?.index ?? 0;
  let seed = chain.seed;
  for (const [index, named] of tunable.tunings.entries()) {
    if (index < first) continue;
    seed ??= named.tuning.control.seed ?? randomInt(1, 2 ** 31);
    const before = chain.reuse === true ? finishedTuning(spec, tunable.name, index, request) : undefined;
    if (before !== undefined) {
      seed = before.record.seed;
      states.set(named.tuning, { run: before.record.run, state: before.state });
      hooks.log(
        `The tuning ${before.record.run} is finished and its spec says the same: its results are taken.`,
      );
      continue;
    }
    const initial = named.tuning.options["initial"] as TuningDescription | undefined;
    const earlier = initial === undefined ? undefined : states.get(initial)?.state;
    const one = await runTuning(
      {
        ...named,
        spec,
        exported: tunable.name,
        index,
        request,
        seed,
        remarks,
        ...(earlier === undefined ? {} : { earlier }),
        ...(resumed !== undefined && index === first ? { resumed } : {}),
      },
      hooks,
      signal,
    );
    ended.push(one);
    const done = one.ended.status === "done" && one.tuning !== null;
    // A workflow of a set whose candidates all fail leaves the others to be tried; what a chain leads to cannot be without it.
    if (!done && (one.ended.status === "cancelled" || named.workflowId === undefined))
      return { how: "tuned", tunings: ended };
    if (!done) continue;
    states.set(named.tuning, { run: path.basename(one.ended.folder), state: one.tuning! });
  }
  const { final } = tunable;
  if (final === undefined) return { how: "tuned", tunings: ended, ...rankingOf(tunable, states) };
  const { run, state } = states.get(final.selection.results)!;
  const candidate = selectCandidate(state, final.selection);
  const outcome = await fitCandidate({ spec, remarks }, tunable.name, { run }, candidate, hooks, signal, {
    ...request,
    seed: seed!,
  });
  return { how: "tuned", tunings: ended, final: outcome };
}

/** Where a set has been tuned whole. A workflow none of whose candidates has a value ranks nowhere. */
function rankingOf(
  { tunings }: Tunable,
  states: ReadonlyMap<TuningDescription, { readonly state: TuningState }>,
): { readonly ranking?: readonly RankRow[] } {
  const workflows = tunings.flatMap(({ workflowId, tuning }) => {
    const state = states.get(tuning)?.state;
    return workflowId === undefined || state === undefined ? [] : [{ wflow_id: workflowId, state }];
  });
  return workflows.length < 2 ? {} : { ranking: rankResults(workflows) };
}

async function fitCandidate(
  { spec, remarks }: Pick<Understood, "spec" | "remarks">,
  name: string,
  of: { readonly run: string; readonly index?: number },
  { config, values }: CandidateState,
  hooks: FitHooks,
  signal: AbortSignal | undefined,
  request: Omit<FitRequest, "type" | "seed"> & { readonly seed: number },
): Promise<FitOutcome> {
  const tuned = { ...of, config, values };
  const { workflow } = chooseWorkflow(spec, name, tuned);
  return fitOutcome(
    { spec, remarks, name, workflow, tuned, seed: request.seed, request: { ...request, type: "fit" } },
    hooks,
    signal,
  );
}

function candidateNamed(state: TuningState, config: string): CandidateState {
  const found = state.candidates.find((one) => one.config === config);
  if (found === undefined)
    throw new UserError(
      "no-such-candidate",
      `The tuning has no candidate "${config}". Its candidates are ${state.candidates
        .slice(0, 5)
        .map((one) => one.config)
        .join(", ")}${state.candidates.length > 5 ? ", …" : ""}.`,
    );
  return found;
}

async function load(file: string, hooks: FitHooks, record?: RunRecord) {
  hooks.userCode?.(true);
  return loadChecked(file, hooks.log, record && { texts: record.spec.texts }).finally(() =>
    hooks.userCode?.(false),
  );
}

async function caught(
  because: Refused["because"],
  hooks: FitHooks,
  work: () => Promise<TuneOutcome>,
): Promise<TuneOutcome> {
  try {
    return await work();
  } catch (error) {
    return refusedBy(error, because, hooks.log);
  }
}

/** As who asked for a fit sees it: the fit, or the tuning that did not come so far. */
function asFit(outcome: TuneOutcome): FitOutcome {
  if (outcome.how === "refused") return outcome;
  return outcome.final ?? { how: "ended", ended: outcome.tunings.at(-1)!.ended, metrics: [] };
}
