import type { Baked } from "../../data/baked.ts";
import type { ModelDescription } from "../../kspec/description.ts";
import type { Backend } from "../../protocol/index.ts";
import { builtLayers } from "../built-layers.ts";
import type { Prediction } from "../contract.ts";
import { describeNetwork, inputNumber, inputPlans, inputShape } from "../describe-network.ts";
import { openFeatureStore } from "../feature-store/index.ts";
import type { FeatureStore } from "../feature-store/contract.ts";
import { usesNative, type FrozenPrefix } from "../features.ts";
import { fitModel } from "../fit.ts";
import { flatten } from "../flatten.ts";
import { inputColumns, type InputPlan } from "../inputs.ts";
import { findOptimizer } from "../optimizers.ts";
import { prepareExamples } from "../prepare-examples.ts";
import { headNetwork, splitOffFrozen, type Parts } from "../prefix.ts";
import { realise, type Realised } from "../realise.ts";
import { planOutputs, type OutputPlan } from "../targets.ts";
import { startTensorFlow } from "../tensorflow/index.ts";
import { disposeWeights, TrainedModel } from "../trained-model.ts";
import { readSettings, trainedOutputs, type TrainedOutput } from "../training-arguments.ts";
import { chooseTrainer, type ChosenTrainer } from "../training/choose-trainer.ts";
import { HeadWeights } from "../training/head-weights.ts";
import { train } from "../training/train.ts";
import type { Network } from "../../model/network.ts";
import type { FlatNetwork } from "../flatten.ts";
import type { TrialBench, TrialBenchOptions, TrialFit, TrialJob } from "./contract.ts";
import { SharedBases } from "./shared-bases.ts";
import { SharedPrefixes, type SharedPrefix } from "./shared-prefixes.ts";

/**
 * Opens a bench for the trials of one spec. Bases are read once, frozen prefixes are opened once and their features computed once
 * for each row, whichever candidates and folds ask for them.
 */
export function openTrialBench(options: TrialBenchOptions): TrialBench {
  return new OpenBench(options);
}

class OpenBench implements TrialBench {
  readonly #specFolder: string;
  readonly #store: FeatureStore | null;
  readonly #bases = new SharedBases();
  readonly #prefixes = new SharedPrefixes();
  /** What was said since the last trial's end; a prefix speaks when it is opened or computes, for whichever trial that is. */
  #notes: Note[] = [];

  constructor({ specFolder, store }: TrialBenchOptions) {
    this.#specFolder = specFolder;
    this.#store = store === undefined ? openFeatureStore() : store;
  }

  async prepare(
    model: ModelDescription,
    rows: Baked,
    signal: AbortSignal | undefined,
    progress: (done: number, total: number, cached: number) => void,
  ): Promise<void> {
    // The features do not depend on it, but where frozen weights are drawn: those are computed with their trial's seed.
    const { prefix, inputs } = await this.#cut(model, rows, 0);
    if (prefix === null) return;
    const columns = inputColumns(inputs, rows);
    const entries = rows.rows * prefix.prefix.views(columns);
    try {
      for await (const _ of prefix.prefix.chunks(columns, rows.rows, signal, ({ done, cached }) =>
        progress(done, entries, cached),
      ));
    } finally {
      await prefix.prefix.rest();
    }
  }

  async fit(job: TrialJob, signal?: AbortSignal): Promise<TrialFit> {
    signal?.throwIfAborted();
    if (job.fineTune !== undefined) return this.#fitWhole(job, signal);
    const { model, analysis, assessment, seed } = job;
    const settings = readSettings(model);
    const stops = job.stops ?? [settings.epochs];
    const built = await this.#build(model, analysis, seed);
    const { head, parts, network, inputs, plans, outputs, prefix, frozen } = built;
    let trained: TrainedModel | undefined;
    try {
      const optimizer = findOptimizer(model.arguments["compile_optimizer"], settings.learnRate);
      trained = new TrainedModel(
        {
          backend: built.backend,
          network,
          prefix,
          given: parts.features.map(({ layer }) => inputNumber(network, layer)),
          head,
          held: frozen,
          mayBeNative: usesNative(model.engine),
        },
        {
          kspec: 1,
          epoch: 0,
          inputs,
          outputs: plans.map((plan, i) => ({ ...plan, link: outputs[i]!.loss.link })),
          frozen: [],
        },
      );
      const [learnt, held] = await prepareExamples(
        { train: analysis },
        parts,
        network,
        inputs,
        plans,
        settings,
        prefix,
        { phase: () => undefined, progress: () => undefined },
        signal,
      );
      const chosen = await chooseTrainer(
        { ...settings, head: head.model, outputs, optimizer, train: learnt, validation: held, seed },
        head,
        model.engine,
      );
      this.#tellTrainer(chosen, model, built.backend);
      trained.settledBy(chosen.trainer);
      const predictions = new Map<number, ReadonlyMap<string, Prediction>>();
      const history: TrialFit["history"][number][] = [];
      const epochs = stops.at(-1)!;
      const ended = await train(
        {
          ...settings,
          epochs,
          stage: 0,
          before: 0,
          trainer: chosen.trainer,
          batches: Math.ceil(learnt.rows / settings.batchSize),
          validates: held !== null,
          rate: { rate: optimizer.rate(1, 1), scheduled: optimizer.scheduled },
          weights: new HeadWeights(head, frozen),
        },
        {
          batches: () => undefined,
          epochEnd: async (epoch, logs) => {
            history.push({ epoch, logs });
            if (epoch < epochs && stops.includes(epoch))
              predictions.set(epoch, await trained!.predict(assessment, signal));
          },
          note: (_, message) => this.#note("warning", message),
        },
        signal,
      );
      if (ended.stopped === "cancelled") signal!.throwIfAborted();
      trained.settledBy(undefined);
      const atEnd = await trained.predict(assessment, signal);
      for (const stop of stops) if (!predictions.has(stop)) predictions.set(stop, atEnd);
      return { predictions, history, stopped: ended.stopped, notes: this.#takeNotes() };
    } finally {
      disposeWeights(head);
    }
  }

  /** With its base trained as well: the features of another cut are this trial's own. */
  async #fitWhole(
    { model, analysis, assessment, seed, fineTune, stops }: TrialJob,
    signal?: AbortSignal,
  ): Promise<TrialFit> {
    const stop = stops?.at(-1) ?? readSettings(model).epochs;
    const history: TrialFit["history"][number][] = [];
    const { model: fitted, stopped } = await fitModel(
      {
        model: { ...model, arguments: { ...model.arguments, fit_epochs: stop } },
        train: analysis,
        seed,
        specFolder: this.#specFolder,
        preloaded: this.#bases,
        store: this.#store,
        fineTune: fineTune!,
      },
      {
        phase: () => undefined,
        progress: () => undefined,
        built: () => undefined,
        epochEnd: (epoch, _, logs) => {
          history.push({ epoch, logs });
          return Promise.resolve();
        },
        note: (severity, _, message) => this.#note(severity, message),
      },
      signal,
    );
    try {
      if (stopped === "cancelled") signal!.throwIfAborted();
      const predictions = new Map([[stop, await fitted!.predict(assessment, signal)]]);
      return { predictions, history, stopped, notes: this.#takeNotes() };
    } finally {
      fitted?.dispose();
    }
  }

  async compile(
    model: ModelDescription,
    rows: Baked,
  ): Promise<{ readonly parameters: { readonly total: number; readonly trainable: number } }> {
    readSettings(model);
    const { network, flat, parts, head, prefix } = await this.#build(model, rows, 0);
    try {
      return { parameters: builtLayers(network, flat, parts, head, prefix).parameters };
    } finally {
      disposeWeights(head);
    }
  }

  async dispose(): Promise<void> {
    await this.#prefixes.dispose();
  }

  /** The network of a model, cut into its frozen prefix and what is trained. */
  async #cut(model: ModelDescription, rows: Baked, seed: number): Promise<CutNetwork> {
    const backend = await startTensorFlow(model.engine, { specFolder: this.#specFolder });
    const network = await describeNetwork({
      model,
      train: rows,
      specFolder: this.#specFolder,
      preloaded: this.#bases,
    });
    const flat = flatten(network);
    const parts = splitOffFrozen(flat);
    const inputs = inputPlans(network);
    const prefix =
      parts.prefix === null
        ? null
        : await this.#prefixes.of({
            network: parts.prefix,
            inputs,
            columns: inputColumns(inputs, rows),
            engine: model.engine,
            backend: backend.name,
            seed,
            store: this.#store,
            note: (severity, _, message) => this.#note(severity, message),
          });
    return { backend, network, flat, parts, inputs, prefix };
  }

  async #build(model: ModelDescription, rows: Baked, seed: number): Promise<BuiltNetwork> {
    const { prefix: shared, ...cut } = await this.#cut(model, rows, seed);
    const { network, flat, parts } = cut;
    const prefix = shared?.prefix ?? null;
    let computed = 0;
    const shapes = parts.features.map(({ layer }) =>
      inputNumber(network, layer) === null ? prefix!.shapes[computed++]! : inputShape(network, layer),
    );
    const head = realise(headNetwork(flat, parts, shapes), seed);
    try {
      const plans = planOutputs(
        network.name,
        model.spec.mode,
        new Map(head.network.outputs.map(({ name, from }) => [name, head.tensor(from).shape.slice(1)])),
        rows.outcomes,
      );
      const frozen = new Set(flat.layers.filter((layer) => !layer.trainable).map(({ name }) => name));
      return { ...cut, prefix, head, plans, outputs: trainedOutputs(model, plans), frozen };
    } catch (error) {
      disposeWeights(head);
      throw error;
    }
  }

  #tellTrainer(chosen: ChosenTrainer, { engine }: ModelDescription, backend: Backend): void {
    if (chosen.native || !usesNative(engine)) return;
    this.#note(
      engine === "native" ? "warning" : "information",
      `TensorFlow.js (${backend.name}) trains this network, which is slower than ONNX Runtime. ${chosen.because}`,
    );
  }

  #note(severity: Note["severity"], message: string): void {
    this.#notes.push({ severity, message });
  }

  #takeNotes(): Note[] {
    const notes = this.#notes;
    this.#notes = [];
    return notes;
  }
}

type Note = TrialFit["notes"][number];

interface CutNetwork {
  readonly backend: Backend;
  readonly network: Network;
  readonly flat: FlatNetwork;
  readonly parts: Parts;
  readonly inputs: readonly InputPlan[];
  readonly prefix: SharedPrefix | null;
}

interface BuiltNetwork extends Omit<CutNetwork, "prefix"> {
  readonly prefix: FrozenPrefix | null;
  readonly head: Realised;
  readonly plans: readonly OutputPlan[];
  readonly outputs: readonly TrainedOutput[];
  /** Layers that no fit changes. */
  readonly frozen: ReadonlySet<string>;
}
