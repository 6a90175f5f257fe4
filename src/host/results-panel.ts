import path from "node:path";
import * as vscode from "vscode";
import { Channel, type FromPanel, type Place, type RunEvent, type ToPanel } from "../protocol/index.ts";
import { panelHtml } from "./panel-html.ts";
import { fileInRun, mayOpenPlace } from "./panel-paths.ts";
import { relatedRuns } from "./related-runs.ts";
import type { WatchedRun } from "./watched-run.ts";

/** The view type: in the manifest's activation events, and what VS Code restores panels by. */
export const RESULTS_VIEW = "kspec.results";

/** What the panel asks of the rest of the host. */
export interface PanelActions {
  fitAgain(run: WatchedRun): void;
  cancel(run: WatchedRun): void;
  resume(run: WatchedRun): void;
  useValues(run: WatchedRun, config: string): void;
  fitCandidate(run: WatchedRun, config: string): void;
  openPlace(place: Place): void;
  applyFix(place: Place, title: string): void;
}

/** Events go over in bundles this many milliseconds apart: a tiny network has hundreds of epochs a second. */
const BUNDLE_MS = 50;

/**
 * The results of one workflow, beside its spec. It holds no state of its own: whenever the page says that
 * it is ready (first shown, shown again, window reloaded) it gets all events there are.
 */
export class ResultsPanel {
  readonly #panel: vscode.WebviewPanel;
  readonly #channel: Channel<FromPanel, ToPanel>;
  readonly #subscriptions: vscode.Disposable[] = [];
  #run: WatchedRun | undefined;
  #unsubscribe: () => void = () => undefined;
  #ready = false;
  #waiting: RunEvent[] = [];
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param panel new, or one that VS Code restores.
   * @param runsFolder the pictures of every run of this workflow lie in it. The page may read the whole of
   *   it, and not just one run's folder, because changing what a page may read makes VS Code load it anew.
   * @param openRun the run in a folder.
   */
  constructor(
    panel: vscode.WebviewPanel,
    extension: vscode.Uri,
    runsFolder: string | undefined,
    actions: PanelActions,
    openRun: (folder: string) => WatchedRun | undefined,
  ) {
    this.#panel = panel;
    const dist = vscode.Uri.joinPath(extension, "dist");
    const media = vscode.Uri.joinPath(extension, "media");
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: [dist, media, ...(runsFolder ? [vscode.Uri.file(runsFolder)] : [])],
    };
    panel.iconPath = vscode.Uri.joinPath(media, "results.svg");
    this.#channel = new Channel<FromPanel, ToPanel>({
      post: (message) => void panel.webview.postMessage(message),
      listen: (receive) => {
        const listening = panel.webview.onDidReceiveMessage(receive);
        return () => listening.dispose();
      },
    })
      .on("ready", () => {
        this.#ready = true;
        this.#show();
      })
      .on("cancel", () => this.#run && actions.cancel(this.#run))
      .on("resume", () => this.#run && actions.resume(this.#run))
      .on("fit_again", () => this.#run && actions.fitAgain(this.#run))
      .on("use_values", ({ config }) => {
        if (this.#run && typeof config === "string") actions.useValues(this.#run, config);
      })
      .on("fit_candidate", ({ config }) => {
        if (this.#run && typeof config === "string") actions.fitCandidate(this.#run, config);
      })
      .on("show_run", ({ run }) => {
        const folder = this.#related(run);
        const other = folder === undefined ? undefined : openRun(folder);
        if (other) this.watch(other);
      })
      .on("copy", ({ text }) => typeof text === "string" && void vscode.env.clipboard.writeText(text))
      .on("open", ({ place }) => {
        if (isPlace(place) && this.#mayOpen(place.file)) actions.openPlace(place);
      })
      .on("fix", ({ place, fix }) => {
        if (isPlace(place) && typeof fix === "string" && this.#mayOpen(place.file))
          actions.applyFix(place, fix);
      })
      .on("open_file", ({ path: name }) => void this.#openFile(name));
    this.#subscriptions.push(
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#show()),
      panel.onDidDispose(() => this.#dispose()),
    );
    panel.webview.html = panelHtml({
      cspSource: panel.webview.cspSource,
      script: panel.webview.asWebviewUri(vscode.Uri.joinPath(dist, "webview.js")).toString(),
      style: panel.webview.asWebviewUri(vscode.Uri.joinPath(dist, "webview.css")).toString(),
    });
  }

  static open(
    extension: vscode.Uri,
    runsFolder: string | undefined,
    actions: PanelActions,
    openRun: (folder: string) => WatchedRun | undefined,
    run: WatchedRun,
  ): ResultsPanel {
    const panel = vscode.window.createWebviewPanel(
      RESULTS_VIEW,
      titleOf(run),
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      // The page is thrown away when it is hidden and built again from the events: nothing is lost, and memory is saved.
      { enableScripts: true, retainContextWhenHidden: false },
    );
    return new ResultsPanel(panel, extension, runsFolder, actions, openRun);
  }

  get run(): WatchedRun | undefined {
    return this.#run;
  }
  get visible(): boolean {
    return this.#panel.visible;
  }

  onDispose(then: () => void): void {
    this.#subscriptions.push(this.#panel.onDidDispose(then));
  }

  reveal(): void {
    if (!this.#panel.visible) this.#panel.reveal(undefined, true);
  }

  /** Forgets what it showed and shows this run, live where it goes on. */
  watch(run: WatchedRun): void {
    this.#unsubscribe();
    this.#run = run;
    this.#unsubscribe = run.subscribe((news) => {
      if (news === "ended") this.#ended();
      else this.#push(news);
    });
    this.#show();
  }

  #push(events: readonly RunEvent[]): void {
    // With its first event the run has a name and a folder, which only `show` can tell the page.
    if (events.some(({ type }) => type === "run_started")) return this.#show();
    this.#waiting.push(...events);
    this.#timer ??= setTimeout(() => this.#flush(), BUNDLE_MS);
  }

  #ended(): void {
    this.#flush();
    if (this.#run?.lost) this.#send({ type: "lost" });
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const events = this.#waiting;
    this.#waiting = [];
    if (events.length > 0) this.#send({ type: "events", events });
  }

  #show(): void {
    const run = this.#run;
    if (run) this.#panel.title = titleOf(run);
    // What waits is part of `run.events` and would be told twice.
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = [];
    this.#send({
      type: "show",
      // A run that is only just starting has no id yet; its title says that there is one.
      run: run ? (run.state.started?.run ?? run.title) : null,
      events: run?.events ?? [],
      lost: run?.lost ?? false,
      folder: run?.folder ? this.#panel.webview.asWebviewUri(vscode.Uri.file(run.folder)).toString() : null,
      canFit: vscode.workspace.isTrusted,
      related: run ? relatedRuns(run) : [],
    });
  }

  #send(message: ToPanel): void {
    if (this.#ready) this.#channel.send(message);
  }

  /** The folder of another run, if it is one that the page was offered. */
  #related(run: unknown): string | undefined {
    const own = this.#run;
    if (own?.folder === undefined || !relatedRuns(own).some((one) => one.run === run)) return undefined;
    return path.join(path.dirname(own.folder), run as string);
  }

  #mayOpen(file: string): boolean {
    const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
    return mayOpenPlace(file, this.#run?.file, folders);
  }

  async #openFile(name: unknown): Promise<void> {
    const folder = this.#run?.folder;
    const file = folder && typeof name === "string" ? fileInRun(folder, name) : undefined;
    if (file) await vscode.commands.executeCommand("vscode.open", vscode.Uri.file(file));
    else if (typeof name === "string")
      void vscode.window.showWarningMessage(`The run's folder has no ${name}.`);
  }

  #dispose(): void {
    this.#unsubscribe();
    clearTimeout(this.#timer);
    this.#channel.close();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}

function titleOf({ title, kind }: WatchedRun): string {
  return `${title} · ${kind}`;
}

function isPlace(value: unknown): value is Place {
  const place = value as Partial<Place> | null;
  const start = place?.range?.start;
  return (
    typeof place?.file === "string" &&
    typeof start?.line === "number" &&
    typeof start.character === "number" &&
    typeof place.range?.end?.line === "number" &&
    typeof place.range.end.character === "number"
  );
}
