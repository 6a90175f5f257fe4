import {
  lost,
  NO_RUN,
  reduceAll,
  type RelatedRun,
  type RunEvent,
  type RunState,
  type ToPanel,
} from "../src/protocol/index.ts";

/** What the host has told the panel: the run's state, and what is needed to act on it. */
export interface Shown {
  /** null: there is no run to show. */
  readonly run: string | null;
  readonly state: RunState;
  /** Prefix of paths relative to the run's folder. */
  readonly folder: string | null;
  readonly canFit: boolean;
  /** Runs that belong to this one, to be switched to. */
  readonly related: readonly RelatedRun[];
}

export const NOTHING_SHOWN: Shown = { run: null, state: NO_RUN, folder: null, canFit: true, related: [] };

/** Live text changes at most this often. */
export const PAINT_MS = 500;

/**
 * Keeps the run's state and says when to paint. Events are folded in as they come, and painted at most
 * twice a second; another run, the end of one, and its loss are painted at once.
 */
export class RunStore {
  #shown: Shown | null = null;
  #paint: (shown: Shown) => void;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #painted = -Infinity;
  readonly #now: () => number;

  constructor(paint: (shown: Shown) => void, now: () => number = () => performance.now()) {
    this.#paint = paint;
    this.#now = now;
  }

  show(message: Extract<ToPanel, { type: "show" }>): void {
    const folded = fold(message.events, NO_RUN);
    this.#shown = {
      run: typeof message.run === "string" ? message.run : null,
      state: message.lost === true ? lost(folded) : folded,
      folder: typeof message.folder === "string" ? message.folder : null,
      canFit: message.canFit !== false,
      related: Array.isArray(message.related) ? message.related : [],
    };
    this.#paintNow();
  }

  events(events: unknown): void {
    if (this.#shown === null) return; // `ready` is answered with everything: nothing is missed.
    const state = fold(events, this.#shown.state);
    const ended = state.status !== this.#shown.state.status;
    this.#shown = { ...this.#shown, run: this.#shown.run ?? state.started?.run ?? null, state };
    if (ended) this.#paintNow();
    else this.#paintSoon();
  }

  lost(): void {
    if (this.#shown === null) return;
    this.#shown = { ...this.#shown, state: lost(this.#shown.state) };
    this.#paintNow();
  }

  #paintSoon(): void {
    const wait = this.#painted + PAINT_MS - this.#now();
    if (wait <= 0) this.#paintNow();
    else this.#timer ??= setTimeout(() => this.#paintNow(), wait);
  }

  #paintNow(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#painted = this.#now();
    if (this.#shown !== null) this.#paint(this.#shown);
  }
}

/** Whatever is no list, and whatever in it is no event, is passed over: a half-written line must not blank the panel. */
function fold(events: unknown, state: RunState): RunState {
  if (!Array.isArray(events)) return state;
  return reduceAll(
    events.filter((event: unknown): event is RunEvent => {
      const one = event as Partial<RunEvent> | null;
      return (
        typeof one === "object" &&
        one !== null &&
        typeof one.type === "string" &&
        typeof one.time === "string"
      );
    }),
    state,
  );
}
