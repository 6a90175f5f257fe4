import { createLogUpdate } from "log-update";
import { NO_RUN, ranked, reduce, type RunEvent, type RunState } from "../protocol/index.ts";
import { FitReport } from "./fit-report.ts";
import { counted, duration } from "./numbers.ts";
import { bar, timeLeft } from "./progress-line.ts";
import { metricText, rankingLines, valuesText } from "./ranking.ts";
import { colours, say, shortPath } from "./terminal.ts";

/** Rows of the table that moves. */
const SHOWN = 12;
/** It is drawn so often at most. */
const PAINT_MS = 250;

/**
 * A tuning as a person reads it. On a terminal: a table of the best candidates that is drawn anew as trials end. Elsewhere: a line for
 * each candidate that is through. A fit that follows reads as any other.
 */
export class TuneReport {
  readonly #fit = new FitReport();
  readonly #live = createLogUpdate(process.stderr, { showCursor: true });
  readonly #moves = process.stderr.isTTY === true;
  #state: RunState = NO_RUN;
  #told = new Set<string>();
  #painted = 0;

  /** @param before What a tuning that goes on has said. */
  constructor(before: readonly RunEvent[] = []) {
    for (const event of before) this.#state = reduce(this.#state, event);
    for (const { config, status } of this.#state.tuning?.candidates ?? [])
      if (status === "done" || status === "failed" || status === "eliminated") this.#told.add(config);
  }

  /** Takes what moves away, before something else is written. */
  clear(): void {
    this.#live.clear();
    this.#fit.clear();
  }

  event(event: RunEvent): void {
    if (event.type === "run_started") {
      this.#state = NO_RUN;
      this.#told = new Set();
    }
    this.#state = reduce(this.#state, event);
    if (this.#state.started?.kind !== "tuning") return this.#fit.event(event);
    switch (event.type) {
      case "run_started":
        this.#say(`${colours.bold(event.spec.model)}  ${shortPath(event.spec.file)}`);
        this.#say(colours.dim(`seed ${event.seed}`));
        break;
      case "tuning_started": {
        const { method, candidates, folds, resampling, workers, parameters } = event;
        const many =
          candidates === null
            ? ""
            : ` · ${counted(candidates, "candidate")} × ${counted(folds.length, "fold")}`;
        this.#say(`${method}${many} (${resampling}) · ${counted(workers, "worker")}`);
        if (parameters.length > 0)
          this.#say(colours.dim(`tuned: ${parameters.map(({ id }) => id).join(", ")}`));
        if ((this.#state.tuning?.done ?? 0) > 0)
          this.#say(`It goes on after ${counted(this.#state.tuning!.done, "trial")}.`);
        break;
      }
      case "trial_ended":
        this.#tellFinished([event.config]);
        this.#paint();
        break;
      case "candidates_eliminated":
        this.#tellFinished(event.configs);
        this.#paint();
        break;
      case "trial_started":
        this.#paint();
        break;
      case "phase_started":
      case "progress":
      case "problem":
        if (event.type === "progress" && event.phase === "tune") this.#paint();
        else {
          this.#live.clear();
          this.#fit.event(event);
        }
        break;
      case "run_ended": {
        this.#live.clear();
        const { tuning } = this.#state;
        if (tuning === null || tuning.done === 0) break;
        this.#say("");
        for (const line of rankingLines(tuning, 10)) this.#say(line);
        const seconds = duration(event.seconds);
        const spared = tuning.spared > 0 ? `, ${counted(tuning.spared, "trial")} spared` : "";
        const failed = tuning.failed > 0 ? `, ${tuning.failed.toLocaleString("en-US")} of them failed` : "";
        this.#say(colours.dim(`${counted(tuning.done, "trial")} in ${seconds}${failed}${spared}`));
        break;
      }
    }
  }

  /** Where nothing moves a candidate that is through gets a line. */
  #tellFinished(configs: readonly string[]): void {
    const { tuning } = this.#state;
    if (tuning === null || this.#moves) return;
    const metric = tuning.started.metrics[0]!.name;
    for (const config of configs) {
      const one = tuning.candidates.find((candidate) => candidate.config === config);
      if (
        one === undefined ||
        this.#told.has(config) ||
        !["done", "failed", "eliminated"].includes(one.status)
      )
        continue;
      this.#told.add(one.config);
      const what =
        one.status === "failed"
          ? `failed: ${one.trials[0]?.notes[0]?.message ?? ""}`
          : `${metricText(one, metric)}${one.status === "eliminated" ? " · eliminated" : ""}`;
      this.#say([one.config, valuesText(one), what].filter(Boolean).join(" · "));
    }
  }

  #paint(): void {
    const { tuning } = this.#state;
    const now = Date.now();
    if (!this.#moves || tuning === null || now - this.#painted < PAINT_MS) return;
    this.#painted = now;
    const phase = this.#state.phases.find(({ phase }) => phase === "tune");
    const total = phase?.total ?? tuning.started.trials;
    const count = `${tuning.done.toLocaleString("en-US")}${total === null ? "" : ` of ${total.toLocaleString("en-US")}`} trials`;
    const left = phase?.eta_s == null ? "" : ` · ${timeLeft(phase.eta_s)}`;
    const best = ranked(tuning)[0];
    const rows = Math.max(3, Math.min(SHOWN, (process.stderr.rows ?? 24) - 4));
    const table = best !== undefined && best.trials.length > 0 ? rankingLines(tuning, rows) : [];
    const width = (process.stderr.columns || 80) - 1;
    const head = `Tuning ${total === null ? "" : bar(tuning.done / Math.max(1, total))} ${count}${left}`;
    this.#live([head, ...table].map((line) => cut(line, width)).join("\n"));
  }

  #say(line: string): void {
    this.clear();
    say(line);
  }
}

/** A line that wraps could not be taken back. Colours have no width. */
function cut(line: string, width: number): string {
  let seen = 0;
  let text = "";
  for (const part of line.split(/(\u001B\[[0-9;]*m)/)) {
    if (part.startsWith("\u001B[")) text += part;
    else {
      const fits = [...part].slice(0, Math.max(0, width - seen)).join("");
      seen += fits.length;
      text += fits;
    }
  }
  return text;
}
