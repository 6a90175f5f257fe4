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
  /** Pixels from the top. */
  readonly scroll: number;
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
    scroll: typeof from.scroll === "number" && from.scroll >= 0 ? from.scroll : 0,
  };
}

/** The view for a run: the same when it is the same run, else what one likes without where one was. */
export function viewOf(view: ViewState, run: string | null, folder: string | null): ViewState {
  if (view.run === run) return view.folder === folder ? view : { ...view, folder };
  const { folded, curve, log } = view;
  return { ...FIRST_VIEW, run, folder, folded, curve, log };
}

const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
