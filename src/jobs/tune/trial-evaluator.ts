import path from "node:path";
import { takeRows } from "../../data/rows.ts";
import { fetchBases, type TrialBench } from "../../engine/index.ts";
import { isUserError, UserError, type TrialNote } from "../../protocol/index.ts";
import { cannotWrite, IN_RUN, writeFileWhole } from "../../runs/index.ts";
import type { Trial, TrialResult } from "../../tuning/contract.ts";
import { finalizeWorkflow } from "../../tuning/parameters/index.ts";
import { plainRows } from "../baked-rows.ts";
import { blockNamed } from "../block-line.ts";
import type { RunnableWorkflow } from "../choose-workflow.ts";
import { messageOf } from "../error-message.ts";
import { metricRows } from "../metric-rows.ts";
import { predictionColumns, toCsv, truthColumn } from "../prediction-table.ts";
import { rowsOf, type AllRows } from "../read-rows.ts";
import type { SettledTuning } from "./settle-tuning.ts";
import type { PrepareProgress } from "./trial-messages.ts";
import { trialSeed } from "./trial-seed.ts";

export interface EvaluatorOptions {
  readonly seed: number;
  readonly specFolder: string;
  /** The run's folder, for what the spec asks to be kept of trials; absent: nothing is. */
  readonly folder?: string;
  /** What a failure was in full, for the log. */
  readonly log: (error: unknown) => void;
}

/** Fits candidates on folds, one after the other, and measures them. A fold's recipe is learnt once for all candidates that share it. */
export class TrialEvaluator {
  readonly #settled: SettledTuning;
  readonly #bench: TrialBench;
  readonly #options: EvaluatorOptions;
  /** The run's folder, where predictions and histories are kept that the spec asks for; absent: they are not. */
  #folder: string | undefined;
  /** By fold and what is tuned of the recipe; used last comes last. */
  readonly #rows = new Map<string, Promise<AllRows>>();

  constructor(settled: SettledTuning, bench: TrialBench, options: EvaluatorOptions) {
    this.#settled = settled;
    this.#bench = bench;
    this.#options = options;
    this.#folder = options.folder;
  }

  /** What the spec asks to be kept of trials is kept in this run from now on. */
  keepIn(folder: string): void {
    this.#folder = folder;
  }

  /**
   * Fetches what the model's bases need, and computes the features of all rows that are resampled, so that trials find them; these
   * only where the rows are images.
   */
  async prepare(
    values: Trial["values"],
    signal: AbortSignal,
    tell: (progress: PrepareProgress) => void,
  ): Promise<void> {
    const { table } = this.#settled;
    const workflow = this.#workflowOf(values);
    await fetchBases(workflow.model, this.#options.specFolder, {
      signal,
      onProgress: (done, total, unit) => tell({ phase: "load", done, total, unit }),
    });
    if (![...table.columns.values()].some(({ kind }) => kind === "image")) return;
    const { train } = await this.#bake(workflow, table, undefined);
    const progress = (done: number, total: number, cached: number) =>
      tell({ phase: "features", done, total, cached });
    await this.#bench.prepare(workflow.model, train.baked, signal, progress);
    const plain = plainRows(train.baked);
    const same = [...plain.inputs].every(([name, column]) => train.baked.inputs.get(name) === column);
    if (!same) await this.#bench.prepare(workflow.model, plain, signal, progress);
  }

  /**
   * @param trials Of one fold, equal but for their number of epochs.
   * @throws the signal's reason; UserError where what is to be kept cannot be written.
   */
  async run(trials: readonly Trial[], signal: AbortSignal): Promise<TrialResult[]> {
    const began = performance.now();
    try {
      return await this.#fit(trials, signal, began);
    } catch (error) {
      signal.throwIfAborted();
      // No fault of the candidate's: with room again it would be tried.
      if (isUserError(error) && error.code === NOT_KEPT) throw error;
      if (!isUserError(error)) this.#options.log(error);
      const block = blockNamed(error);
      const note: TrialNote = {
        type: "error",
        message: messageOf(error),
        ...(block === undefined ? {} : { block }),
      };
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
      const history = fit.history.filter(({ epoch }) => epoch <= epochs[i]!);
      this.#keepHistory(trial, history);
      return {
        ...named(trial),
        status: "done" as const,
        metrics,
        notes,
        seconds: Math.round(seconds * 1000) / 1000,
        history: thinned(history),
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

  /** With `extract: "history"`: the log of all epochs, of which the event has but some. */
  #keepHistory(trial: Trial, history: TrialResult["history"]): void {
    if (this.#folder === undefined || this.#settled.tuning.control.extract !== "history") return;
    const file = `${IN_RUN.trialHistories}/${fileOf(trial)}.json`;
    keep(this.#folder, file, JSON.stringify(history, null, 1) + "\n");
  }

  /** One CSV a trial: the row of the training data it is of, from 1, truth and predictions. */
  #keepPredictions(
    trial: Trial,
    { test }: AllRows,
    predictions: Parameters<typeof predictionColumns>[1],
  ): string | undefined {
    const folder = this.#folder;
    if (folder === undefined || this.#settled.tuning.control.save_pred !== true) return undefined;
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
    const file = `${IN_RUN.trialPredictions}/${fileOf(trial)}.csv`;
    keep(folder, file, toCsv(columns));
    return file;
  }
}

const NOT_KEPT = "not-kept";

function keep(folder: string, file: string, text: string): void {
  try {
    writeFileWhole(path.join(folder, ...file.split("/")), text);
  } catch (error) {
    throw new UserError(NOT_KEPT, messageOf(cannotWrite(folder, error)));
  }
}

/** Folds with variants of a recipe whose rows are kept in memory. */
const KEPT = 64;

/** A trial's file in the run's folder, without its ending. */
function fileOf({ config, fold, epochs }: Trial): string {
  const budget = epochs === undefined ? "" : `-${epochs}`;
  return `${config}/${fold.replace(/[^\w.-]+/g, "-")}${budget}`;
}

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

/** At most 60 epochs, the first and the last among them. */
function thinned<Epoch>(history: readonly Epoch[]): Epoch[] {
  const most = 60;
  if (history.length <= most) return [...history];
  return Array.from(
    { length: most },
    (_, i) => history[Math.round((i * (history.length - 1)) / (most - 1))]!,
  );
}
