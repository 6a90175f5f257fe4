import type { Place, RunEvent } from "./run-event.ts";

/** Host → panel. */
export type ToPanel =
  /** Forget everything and show this run; `events` are all so far. Sent on `ready` and when another run is shown. */
  | {
      readonly type: "show";
      readonly run: string | null;
      readonly events: readonly RunEvent[];
      /** The process is gone and said nothing: status `lost`. */
      readonly lost: boolean;
      /** Prefix for paths relative to the run's folder (a webview URI). */
      readonly folder: string | null;
      /** Whether the buttons Fit again and Resume can work here (a trusted workspace). */
      readonly canFit: boolean;
      /** Runs that belong to this one, to be switched to: the tuning whose candidate is fitted, the fits of a tuning's candidates. */
      readonly related?: readonly RelatedRun[];
    }
  | { readonly type: "events"; readonly events: readonly RunEvent[] }
  | { readonly type: "lost" };

/** Panel → host. */
export type FromPanel =
  | { readonly type: "ready" }
  | { readonly type: "cancel" }
  /** Go on with the run that is shown. */
  | { readonly type: "resume" }
  | { readonly type: "fit_again" }
  /** Show another run in this panel, one of `related`. */
  | { readonly type: "show_run"; readonly run: string }
  /** Write a candidate's values into the spec's text, as one edit that can be undone. `config` names it in the run that is shown. */
  | { readonly type: "use_values"; readonly config: string }
  /** Fit the workflow with a candidate's values on all training rows, and evaluate it on the test rows: a run of its own. */
  | { readonly type: "fit_candidate"; readonly config: string }
  | { readonly type: "open"; readonly place: Place }
  /** Apply the quick fix of this title that the editor offers, for the problem nearest to the place. */
  | { readonly type: "fix"; readonly place: Place; readonly fix: string }
  /** Open a file of the run's folder (`predictions.csv`, `metrics.json`); the host checks that it stays inside. */
  | { readonly type: "open_file"; readonly path: string }
  | { readonly type: "copy"; readonly text: string };

export interface RelatedRun {
  readonly run: string;
  /** "Tuning: accuracy 0.731 · 30 candidates", "Fit: test accuracy 0.742". */
  readonly words: string;
}
