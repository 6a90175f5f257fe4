import path from "node:path";
import { takeRows } from "../../data/rows.ts";
import type { TrialBench } from "../../engine/index.ts";
import { isUserError, type TrialNote } from "../../protocol/index.ts";
import { IN_RUN, writeFileWhole } from "../../runs/index.ts";
import type { Trial, TrialResult } from "../../tuning/contract.ts";
import { finalizeWorkflow } from "../../tuning/parameters/index.ts";
import { plainRows } from "../baked-rows.ts";
import type { RunnableWorkflow } from "../choose-workflow.ts";
import { messageOf } from "../error-message.ts";
import { metricRows } from "../metric-rows.ts";
import { predictionColumns, toCsv, truthColumn } from "../prediction-table.ts";
import { rowsOf, type AllRows } from "../read-rows.ts";
import type { SettledTuning } from "./settle-tuning.ts";
import { trialSeed } from "./trial-seed.ts";

export interface EvaluatorOptions {
  readonly seed: number;
  readonly specFolder: string;
  /** Where predictions are kept; absent: they are not. */
  readonly predictions?: string;
  /** What a failure was in full, for the log. */
  readonly log: (error: unknown) => void;
}

/** Fits candidates on folds, one after the other, and measures them. A fold's recipe is learnt once for all candidates that share it. */
export class TrialEvaluator {
  readonly #settled: SettledTuning;
  readonly #bench: TrialBench;
  readonly #options: EvaluatorOptions;
  #predictions: string | undefined;
  /** By fold and what is tuned of the recipe; used last comes last. */
  readonly #rows = new Map<string, Promise<AllRows>>();

  constructor(settled: SettledTuning, bench: TrialBench, options: EvaluatorOptions) {
    this.#settled = settled;
    this.#bench = bench;
    this.#options = options;
    this.#predictions = options.predictions;
  }

  /** Predictions of all trials from now on are kept in this run. */
  keepPredictionsIn(folder: string): void {
    this.#predictions = folder;
  }

  /** Computes the features of all rows that are resampled, so that trials find them. Nothing to do where the rows are no images. */
  async prepare(
    values: Trial["values"],
    signal: AbortSignal,
    progress: (done: number, total: number, cached: number) => void,
  ): Promise<void> {
    const { table } = this.#settled;
    if (![...table.columns.values()].some(({ kind }) => kind === "image")) return;
    const workflow = this.#workflowOf(values);
    const { train } = await this.#bake(workflow, table, undefined);
    await this.#bench.prepare(workflow.model, train.baked, signal, progress);
    const plain = plainRows(train.baked);
    const same = [...plain.inputs].every(([name, column]) => train.baked.inputs.get(name) === column);
    if (!same) await this.#bench.prepare(workflow.model, plain, signal, progress);
  }

  /**
   * @param trials Of one fold, equal but for their number of epochs.
   * @throws only the signal's reason.
   */
  async run(trials: readonly Trial[], signal: AbortSignal): Promise<TrialResult[]> {
    const began = performance.now();
    try {
      return await this.#fit(trials, signal, began);
    } catch (error) {
      signal.throwIfAborted();
      if (!isUserError(error)) this.#options.log(error);
      const note: TrialNote = { type: "error", message: messageOf(error), ...blockOf(error) };
      return trials.map((trial) => ({
        ...named(trial),
        status: "failed",
        metrics: [],
        notes: [note],
        seconds: secondsSince(began),
        history: [],
      }));
    }
  }

  async #fit(trials: readonly Trial[], signal: AbortSignal, began: number): Promise<TrialResult[]> {
    const longest = trials.reduce((a, b) =>
      epochsOf(this.#workflowOf(b.values), b) > epochsOf(this.#workflowOf(a.values), a) ? b : a,
    );
    const workflow = this.#workflowOf(longest.values);
    const rows = await this.#rowsOf(longest, workflow);
    const { model } = workflow;
    const assessment = rows.test!.baked;
    const epochs = trials.map((trial) => epochsOf(this.#workflowOf(trial.values), trial));
    const stops = [...new Set(epochs)].sort((a, b) => a - b);
    const fit = await this.#bench.fit(
      {
        model: { ...model, arguments: { ...model.arguments, fit_epochs: stops.at(-1)! } },
        analysis: rows.train.baked,
        assessment,
        seed: trialSeed(this.#options.seed, longest.fold),
        stops,
        ...(workflow.fine_tune === undefined ? {} : { fineTune: workflow.fine_tune }),
      },
      signal,
    );
    signal.throwIfAborted();
    const said = fit.notes.map(({ severity, message }): TrialNote => ({
      type: severity === "warning" ? "warning" : "note",
      message,
    }));
    const seconds = secondsSince(began) / trials.length;
    return trials.map((trial, i) => {
      const predictions = fit.predictions.get(epochs[i]!)!;
      const notes = [...said];
      const metrics = metricRows(
        workflow.metrics,
        model.spec.mode,
        "validation",
        assessment.outcomes,
        predictions,
        (message) => notes.push({ type: "warning", message }),
      ).map(({ set: _, ...row }) => row);
      const kept = this.#keepPredictions(trial, rows, predictions);
      return {
        ...named(trial),
        status: "done" as const,
        metrics,
        notes,
        seconds: Math.round(seconds * 1000) / 1000,
        history: thinned(fit.history.filter(({ epoch }) => epoch <= epochs[i]!)),
        ...(kept === undefined ? {} : { predictions: kept }),
      };
    });
  }

  #workflowOf(values: Trial["values"]): RunnableWorkflow {
    return finalizeWorkflow(this.#settled.workflow, values) as RunnableWorkflow;
  }

  async #rowsOf({ fold, values }: Trial, workflow: RunnableWorkflow): Promise<AllRows> {
    const recipe = this.#settled.parameters
      .filter(({ target }) => target.kind === "step")
      .map(({ id }) => values[id]);
    const key = JSON.stringify([fold, recipe]);
    let rows = this.#rows.get(key);
    this.#rows.delete(key);
    if (rows === undefined) {
      const dealt = this.#settled.folds.find(({ id }) => id === fold)!;
      const { table } = this.#settled;
      rows = this.#bake(workflow, takeRows(table, dealt.analysis), takeRows(table, dealt.assessment));
    }
    this.#rows.set(key, rows);
    for (const old of [...this.#rows.keys()].slice(0, Math.max(0, this.#rows.size - KEPT)))
      this.#rows.delete(old);
    return rows;
  }

  #bake(
    workflow: RunnableWorkflow,
    train: SettledTuning["table"],
    test: SettledTuning["table"] | undefined,
  ): Promise<AllRows> {
    const { name, fingerprint } = this.#settled.dataset;
    return rowsOf(
      workflow,
      { specFolder: this.#options.specFolder },
      {},
      {
        name,
        fingerprint,
        notes: [],
        train,
        ...(test === undefined ? {} : { test }),
      },
    );
  }

  /** One CSV a trial: the row of the training data it is of, from 1, truth and predictions. */
  #keepPredictions(
    trial: Trial,
    { test }: AllRows,
    predictions: Parameters<typeof predictionColumns>[1],
  ): string | undefined {
    const folder = this.#predictions;
    if (folder === undefined) return undefined;
    const { outcomes } = test!.baked;
    const shapes = [...outcomes].map(([name, one]) => ({
      name,
      ...(one.kind === "nominal" ? { levels: one.levels } : {}),
    }));
    const dealt = this.#settled.folds.find(({ id }) => id === trial.fold)!;
    const left = test!.baked.kept ?? dealt.assessment.keys();
    const rows = Array.from(left, (at) => dealt.assessment[at]! + 1);
    const columns = new Map<string, readonly (string | number | null)[]>([
      [".row", rows],
      ...predictionColumns(shapes, predictions),
    ]);
    for (const [name, outcome] of outcomes) columns.set(name, truthColumn(outcome));
    const file = `${IN_RUN.trialPredictions}/${trial.config}/${trial.fold.replace(/[^\w.-]+/g, "-")}${trial.epochs === undefined ? "" : `-${trial.epochs}`}.csv`;
    writeFileWhole(path.join(folder, ...file.split("/")), toCsv(columns));
    return file;
  }
}

/** Folds with variants of a recipe whose rows are kept in memory. */
const KEPT = 64;

function named({ config, fold, epochs }: Trial) {
  return { config, fold, ...(epochs === undefined ? {} : { epochs }) };
}

function epochsOf({ model }: RunnableWorkflow, { epochs }: Trial): number {
  const given = epochs ?? model.arguments["fit_epochs"];
  return typeof given === "number" ? given : 1;
}

function secondsSince(began: number): number {
  return Math.round(performance.now() - began) / 1000;
}

/** A message of the engine that is of a block begins with its name. */
function blockOf(error: unknown): { readonly block?: string } {
  const block = error instanceof Error ? /^Block "([^"]+)":/.exec(error.message)?.[1] : undefined;
  return block === undefined ? {} : { block };
}

/** At most 60 epochs, the first and the last among them. */
function thinned<Epoch>(history: readonly Epoch[]): Epoch[] {
  const most = 60;
  if (history.length <= most) return [...history];
  return Array.from(
    { length: most },
    (_, i) => history[Math.round((i * (history.length - 1)) / (most - 1))]!,
  );
}
