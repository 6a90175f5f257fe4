import type { Baked } from "../../data/baked.ts";
import type { ModelDescription } from "../../kspec/description.ts";
import type { Backend } from "../../protocol/index.ts";
import { builtLayers } from "../built-layers.ts";
import { openFeatureStore } from "../feature-store/index.ts";
import type { FeatureStore } from "../feature-store/contract.ts";
import { noteHeldBack } from "../fit-stage.ts";
import { fitModel } from "../fit.ts";
import { inputColumns } from "../inputs.ts";
import { shareCores } from "../native/cores.ts";
import { keepSessions } from "../native/training/shared-sessions.ts";
import { findOptimizer } from "../optimizers.ts";
import { startTensorFlow } from "../tensorflow/index.ts";
import { readSettings } from "../training-arguments.ts";
import { availableMemory, checkMemory } from "../training/check-memory.ts";
import type { TrialBench, TrialBenchOptions, TrialFit, TrialJob } from "./contract.ts";
import { fitTrial } from "./fit-trial.ts";
import { KnownNetworks, type KnownNetwork } from "./known-networks.ts";
import { MemoryBudget } from "./memory-budget.ts";
import { MemoryStore } from "./memory-store.ts";
import { SharedBases } from "./shared-bases.ts";
import { SharedPrefixes, type SharedPrefix } from "./shared-prefixes.ts";
import { SharedRows } from "./shared-rows.ts";
import { StartingStates } from "./starting-states.ts";
import { TrialForms, TrialHead } from "./trial-forms.ts";

/**
 * Opens a bench for the trials of one spec. Bases are read once, frozen prefixes are opened once and their features computed once
 * for each row, whichever candidates and folds ask for them; graphs, sessions, rows and initial weights are kept for those that
 * have them in common.
 */
export function openTrialBench(options: TrialBenchOptions): TrialBench {
  return new OpenBench(options);
}

/** Sessions that candidates of a grid come back to: two or three graphs for each network, some megabytes each. */
const SESSIONS = 24;

class OpenBench implements TrialBench {
  readonly #specFolder: string;
  readonly #workers: number;
  readonly #store: FeatureStore;
  readonly #bases = new SharedBases();
  readonly #networks: KnownNetworks;
  readonly #prefixes = new SharedPrefixes();
  readonly #forms = new TrialForms();
  readonly #budget: MemoryBudget;
  readonly #rows: SharedRows;
  readonly #starts: StartingStates;
  readonly #note: NonNullable<TrialBenchOptions["note"]>;

  constructor({ specFolder, store, workers = 1, memory, note = () => undefined }: TrialBenchOptions) {
    this.#note = note;
    this.#specFolder = specFolder;
    this.#networks = new KnownNetworks(specFolder, this.#bases);
    const share = memory ?? availableMemory() / (4 * workers);
    this.#budget = new MemoryBudget(share);
    this.#store =
      (store === undefined ? openFeatureStore() : store) ?? new MemoryStore(this.#budget, share / 2);
    this.#rows = new SharedRows(this.#budget, share / 2);
    this.#starts = new StartingStates(this.#budget);
    this.#workers = workers;
    shareCores(workers);
    keepSessions(SESSIONS);
  }

  async prepare(
    model: ModelDescription,
    rows: Baked,
    signal: AbortSignal | undefined,
    progress: (done: number, total: number, cached: number) => void,
  ): Promise<void> {
    const { known, prefix } = await this.#cut(model, rows, 0);
    if (prefix === null || prefix.drawn) return;
    const columns = inputColumns(known.inputs, rows);
    const entries = rows.rows * prefix.prefix.views(columns);
    // The other processes wait for these.
    shareCores(1);
    try {
      for await (const _ of prefix.prefix.chunks(columns, rows.rows, signal, ({ done, cached }) =>
        progress(done, entries, cached),
      ));
    } finally {
      shareCores(this.#workers);
      await prefix.prefix.rest();
    }
  }

  async fit(job: TrialJob, signal?: AbortSignal): Promise<TrialFit> {
    signal?.throwIfAborted();
    const { model, analysis, assessment, seed } = job;
    const settings = readSettings(model);
    const stops = job.stops ?? [settings.epochs];
    if (job.fineTune !== undefined) return this.#fitWhole(job, stops.at(-1)!, signal);
    const { known, prefix, backend } = await this.#cut(model, analysis, seed);
    const head = new TrialHead(known, prefix?.prefix ?? null, seed);
    const notes: Note[] = [];
    noteHeldBack(known.parts, { note: (severity, _, message) => notes.push({ severity, message }) });
    try {
      const [learnt, held] = await this.#rows.analysis(
        analysis,
        known,
        prefix,
        settings.validationSplit,
        signal,
      );
      const assessed = await this.#rows.assessment(assessment, known, prefix, signal);
      const optimizer = findOptimizer(model.arguments["compile_optimizer"], settings.learnRate);
      const ready = { model, known, head, outcomes: analysis.outcomes, optimizer };
      const form = await this.#forms.of({
        ...ready,
        train: learnt.border(settings.classWeight),
        validation: held?.border(undefined) ?? null,
      });
      const fit = await fitTrial(
        {
          ...ready,
          backend,
          settings,
          stops,
          form,
          frozen: heldLayers(known),
          learnt,
          held,
          assessed,
          starts: this.#starts,
          note: (severity, message) => notes.push({ severity, message }),
        },
        signal,
      );
      return { ...fit, notes };
    } finally {
      head.dispose();
      this.#budget.settle();
      // Nothing to do where it has rested already; where epochs read features from the cache they have it open.
      await prefix?.prefix.rest();
    }
  }

  /** With its base trained as well: the features of another cut are this trial's own. */
  async #fitWhole(
    { model, analysis, assessment, seed, fineTune }: TrialJob,
    stop: number,
    signal: AbortSignal | undefined,
  ): Promise<TrialFit> {
    const history: TrialFit["history"][number][] = [];
    const notes: Note[] = [];
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
        note: (severity, _, message) => notes.push({ severity, message }),
      },
      signal,
    );
    try {
      if (stopped === "cancelled") signal!.throwIfAborted();
      const predictions = new Map([[stop, await fitted!.predict(assessment, signal)]]);
      return { predictions, history, stopped, notes };
    } finally {
      fitted?.dispose();
    }
  }

  async compile(
    model: ModelDescription,
    rows: Baked,
  ): Promise<{ readonly parameters: { readonly total: number; readonly trainable: number } }> {
    const settings = readSettings(model);
    const { known, prefix } = await this.#cut(model, rows, 0);
    const head = new TrialHead(known, prefix?.prefix ?? null, 0);
    try {
      const optimizer = findOptimizer(model.arguments["compile_optimizer"], settings.learnRate);
      // As rows come that are neither augmented nor too many for memory.
      const ownEntries = known.parts.features.map(() => false);
      const border = { weighted: rows.weights !== undefined, ownEntries };
      const { native } = await this.#forms.of({
        model,
        known,
        head,
        outcomes: rows.outcomes,
        optimizer,
        train: border,
        validation: settings.validationSplit === 0 ? null : border,
      });
      if (!("because" in native)) checkMemory(native.graph, settings);
      const { network, flat, parts } = known;
      return {
        parameters: builtLayers(network, flat, parts, head.realised(), prefix?.prefix ?? null).parameters,
      };
    } finally {
      head.dispose();
      await prefix?.prefix.rest();
    }
  }

  async dispose(): Promise<void> {
    this.#budget.releaseAll();
    await this.#prefixes.dispose();
  }

  /** The network of a model, cut into its frozen prefix and what is trained. */
  async #cut(model: ModelDescription, rows: Baked, seed: number): Promise<CutNetwork> {
    const backend = await startTensorFlow(model.engine, { specFolder: this.#specFolder });
    const known = await this.#networks.of(model, rows);
    const { inputs, parts } = known;
    if (parts.prefix === null) return { backend, known, prefix: null };
    const prefix = await this.#prefixes.of({
      network: parts.prefix,
      inputs,
      columns: inputColumns(inputs, rows),
      engine: model.engine,
      backend: backend.name,
      seed,
      store: this.#store,
      note: (severity, _, message) => this.#note(severity, message),
    });
    return { backend, known, prefix };
  }
}

function heldLayers({ flat }: KnownNetwork): ReadonlySet<string> {
  return new Set(flat.layers.filter((layer) => !layer.trainable).map(({ name }) => name));
}

type Note = TrialFit["notes"][number];

interface CutNetwork {
  readonly backend: Backend;
  readonly known: KnownNetwork;
  readonly prefix: SharedPrefix | null;
}
