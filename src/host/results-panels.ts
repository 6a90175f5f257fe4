import path from "node:path";
import * as vscode from "vscode";
import { RESULTS_VIEW, ResultsPanel, type PanelActions } from "./results-panel.ts";
import { restoredFolder } from "./restored-folder.ts";
import { watchFolder, type WatchedRun } from "./watched-run.ts";
import type { Fits } from "./fits.ts";

/** All results panels of this window: one a workflow, so that a second fit of it is shown where the first one was. */
export class ResultsPanels implements vscode.WebviewPanelSerializer {
  readonly #extension: vscode.Uri;
  readonly #fits: Fits;
  readonly #actions: PanelActions;
  readonly #panels = new Set<ResultsPanel>();

  constructor(extension: vscode.Uri, fits: Fits, actions: PanelActions) {
    this.#extension = extension;
    this.#fits = fits;
    this.#actions = actions;
  }

  register(): vscode.Disposable {
    return vscode.window.registerWebviewPanelSerializer(RESULTS_VIEW, this);
  }

  /** Shows a run in the panel of its workflow, opening it beside the editor where there is none; the focus stays. */
  show(run: WatchedRun, runsFolder: string | undefined): ResultsPanel {
    let panel = this.#panelOf(run);
    if (!panel) {
      panel = ResultsPanel.open(this.#extension, runsFolder, this.#actions, this.#openRun, run);
      this.#keep(panel);
    }
    if (panel.run !== run) panel.watch(run);
    panel.reveal();
    return panel;
  }

  /** Whether somebody can see this run right now. */
  isVisible(run: WatchedRun): boolean {
    return [...this.#panels].some((panel) => panel.run === run && panel.visible);
  }

  /** After a reload of the window: the page kept which run it showed; the run's folder has the rest. */
  deserializeWebviewPanel(restored: vscode.WebviewPanel, state: unknown): Promise<void> {
    const folder = restoredFolder(state);
    const runsFolder = folder ? path.dirname(folder) : undefined;
    const panel = new ResultsPanel(restored, this.#extension, runsFolder, this.#actions, this.#openRun);
    this.#keep(panel);
    const run = folder ? this.#openRun(folder) : undefined;
    if (run) panel.watch(run);
    return Promise.resolve();
  }

  readonly #openRun = (folder: string): WatchedRun | undefined => {
    const run = this.#fits.inFolder(folder) ?? watchFolder(folder);
    if (run) this.#fits.add(run);
    return run;
  };

  /** The panel of the run's workflow; of its file, where one of the two names is only "the default one". */
  #panelOf({ file, workflow }: WatchedRun): ResultsPanel | undefined {
    const ofFile = [...this.#panels].filter(({ run }) => run?.file === file);
    return (
      ofFile.find(({ run }) => run?.workflow === workflow) ??
      ofFile.find(({ run }) => run?.workflow === undefined || workflow === undefined)
    );
  }

  #keep(panel: ResultsPanel): void {
    this.#panels.add(panel);
    panel.onDispose(() => this.#panels.delete(panel));
  }
}
