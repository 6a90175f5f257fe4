/** What is kept of a person's place in the panel over hiding, closing and reloading. */
export interface ViewState {
  /** The run it belongs to: another run forgets where one was, and keeps what one likes. */
  readonly run: string | null;
  /** The run's folder, which the host reads when VS Code restores the panel. */
  readonly folder: string | null;
  /** Ids of the sections that are folded. */
  readonly folded: readonly string[];
  /** The curve chosen; null: the loss. */
  readonly curve: string | null;
  readonly log: boolean;
  /** The outcome chosen where there are several. */
  readonly outcome: string | null;
  readonly examples: "all" | "wrong";
  /** The class levels that the examples are narrowed to. Both set: a cell of the confusion matrix. */
  readonly truth: string | null;
  readonly estimate: string | null;
  /** Blocks whose layers are listed although there are many, and the reverse: those that were toggled. */
  readonly toggledBlocks: readonly string[];
  /** The candidate of a tuning that was chosen, by its `.config`; null: the best. */
  readonly candidate: string | null;
  /** The metric that the plots of a tuning show, by its key; null: the first. */
  readonly tuningMetric: string | null;
  /** What the candidates are sorted by; null: their rank. */
  readonly candidateSort: CandidateSort | null;
  /** To what part of an axis, between 0 and 1, the candidates are narrowed; by parameter id or metric key. */
  readonly narrowed: Readonly<Record<string, readonly [number, number]>>;
  /** Pixels from the top. */
  readonly scroll: number;
}

export interface CandidateSort {
  /** The column's name. */
  readonly column: string;
  readonly down: boolean;
}

export const FIRST_VIEW: ViewState = {
  run: null,
  folder: null,
  folded: [],
  curve: null,
  log: false,
  outcome: null,
  examples: "all",
  truth: null,
  estimate: null,
  toggledBlocks: [],
  candidate: null,
  tuningMetric: null,
  candidateSort: null,
  narrowed: {},
  scroll: 0,
};

/** What VS Code kept, checked field by field: an older panel, or another one, may have written it. */
export function restoreView(kept: unknown): ViewState {
  if (typeof kept !== "object" || kept === null) return FIRST_VIEW;
  const from = kept as Record<keyof ViewState, unknown>;
  return {
    run: text(from.run),
    folder: text(from.folder),
    folded: texts(from.folded),
    curve: text(from.curve),
    log: from.log === true,
    outcome: text(from.outcome),
    examples: from.examples === "wrong" ? "wrong" : "all",
    truth: text(from.truth),
    estimate: text(from.estimate),
    toggledBlocks: texts(from.toggledBlocks),
    candidate: text(from.candidate),
    tuningMetric: text(from.tuningMetric),
    candidateSort: candidateSort(from.candidateSort),
    narrowed: narrowed(from.narrowed),
    scroll: typeof from.scroll === "number" && from.scroll >= 0 ? from.scroll : 0,
  };
}

/** The view for a run: the same when it is the same run, else what one likes without where one was. */
export function viewOf(view: ViewState, run: string | null, folder: string | null): ViewState {
  if (view.run === run) return view.folder === folder ? view : { ...view, folder };
  const { folded, curve, log, tuningMetric } = view;
  return { ...FIRST_VIEW, run, folder, folded, curve, log, tuningMetric };
}

const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];

function candidateSort(value: unknown): CandidateSort | null {
  const { column, down } = (value ?? {}) as Partial<CandidateSort>;
  return typeof column === "string" && typeof down === "boolean" ? { column, down } : null;
}

function narrowed(value: unknown): ViewState["narrowed"] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([id, range]) => {
      const [low, high] = Array.isArray(range) ? (range as unknown[]) : [];
      return typeof low === "number" && typeof high === "number" && low < high
        ? [[id, [low, high] as const]]
        : [];
    }),
  );
}
