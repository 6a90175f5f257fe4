/**
 * What the parts of a tuning say to each other. A *search* decides which candidates are tried on which folds; a *runner* tries them;
 * `tune.ts` lets the one ask the other and writes every trial down as it ends.
 */
import type {
  Candidate,
  Fold,
  ParameterValues,
  TrialEnded,
  TunedMetric,
  TunedParameter,
} from "../protocol/index.ts";

/** One candidate on one fold. */
export interface Trial {
  readonly config: string;
  readonly values: ParameterValues;
  /** A fold's id. */
  readonly fold: string;
  /** Successive halving: train up to this epoch in all, instead of the model's `fit_epochs`. */
  readonly epochs?: number;
}

/** What is known of a trial when it has ended: a `trial_ended` event without its stamp. */
export type TrialResult = Omit<TrialEnded, "type" | "run" | "time">;

/**
 * A search is a generator: it yields what is to be done, and is given the results in the order of the trials it asked for. It may
 * depend on its context and on results alone, never on time or on the order in which trials end: so one that is resumed is run again
 * from its beginning, with the results that are on disk, and goes on as it would have.
 */
export type Search = (context: SearchContext) => Generator<SearchStep, void, readonly TrialResult[]>;

export interface SearchContext {
  readonly parameters: readonly TunedParameter[];
  readonly folds: readonly Fold[];
  /** The first one decides. */
  readonly metrics: readonly TunedMetric[];
  /** Where it starts from: the grid's rows, in order. Iterative searches: their initial candidates. */
  readonly candidates: readonly ParameterValues[];
  /** Their names, where they have some already, as those of an earlier tuning do. */
  readonly configs?: readonly string[];
  /** The method's own, and those of its control: `iter`, `burn_in`, `alpha`, … (tuning-description.ts). */
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: number;
}

export interface SearchStep {
  /** New candidates, before any trial of theirs. */
  readonly candidates?: readonly Candidate[];
  /** To be run, in any order, by as many workers as there are. */
  readonly trials?: readonly Trial[];
  readonly eliminated?: readonly {
    readonly configs: readonly string[];
    readonly after: number;
    readonly by: "folds" | "epochs";
    /** Trials that were planned for them and will not be run. */
    readonly spared: number;
  }[];
  /** Something people should know: "The Gaussian process could not be fitted; a random candidate is tried." */
  readonly notes?: readonly string[];
}

/** How many candidates and trials a search asks for at most; null where nobody can tell. */
export interface SearchPlan {
  readonly candidates: number | null;
  readonly trials: number | null;
}

/** Tries trials; several at once, where it has several workers. */
export interface TrialRunner {
  readonly workers: number;
  /**
   * @param trials Of one fold, and equal but for the number of epochs: one fit gives them all.
   * @param started told when a worker takes them up.
   * @returns A result for each; a trial that fails is a result with status "failed" and a note, also when its worker has died.
   * @throws the signal's reason, when it aborted; UserError where no trial can be tried, or what is to be kept cannot be written.
   */
  run(trials: readonly Trial[], started: () => void, signal: AbortSignal): Promise<readonly TrialResult[]>;
  close(): Promise<void>;
}
