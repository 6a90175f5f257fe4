import type { LogOutputChannel } from "vscode";
import type { RunEvent } from "../protocol/index.ts";
import { threeDigits } from "./number-words.ts";
import { valuesWords } from "./tuning-words.ts";
import { keptWords, type WatchedRun } from "./watched-run.ts";

/** Writes what happens in a run to the output channel, a line each; counts of progress are left to the trace level. */
export function logRun(run: WatchedRun, log: LogOutputChannel): void {
  run.subscribe((news) => {
    if (news === "ended") return logEnd(run, log);
    for (const event of news) {
      const line = eventLine(event);
      if (line === undefined) continue;
      const level = levelOf(event);
      log[level](`${run.title}: ${line}`);
    }
  });
}

function logEnd(run: WatchedRun, log: LogOutputChannel): void {
  const end = run.end;
  if (end?.how === "crashed" || end?.how === "not_started") {
    log.error(`${run.title}: the background process ended early. ${keptWords(run)}`);
    for (const line of end.lastLines) log.error(`${run.title}: | ${line}`);
  } else if (end?.how === "killed") log.warn(`${run.title}: it did not stop by itself and was ended.`);
  else if (end?.how === "lost") log.error(`${run.title}: its process is gone. ${keptWords(run)}`);
}

function levelOf(event: RunEvent): "trace" | "info" | "warn" | "error" {
  // How many features came from the cache is worth a line; counts on the way are not.
  if (event.type === "progress")
    return event.phase === "features" && event.done === event.total ? "info" : "trace";
  if (event.type === "trial_ended") return event.status === "failed" ? "warn" : "info";
  if (event.type === "trial_started") return "trace";
  if (event.type === "problem")
    return event.severity === "error" ? "error" : event.severity === "warning" ? "warn" : "info";
  return event.type === "run_ended" && event.status === "failed" ? "error" : "info";
}

/** One event as a line for people. */
export function eventLine(event: RunEvent): string | undefined {
  switch (event.type) {
    case "run_started": {
      const { spec, seed, backend, folder, epochs, arguments: values } = event;
      const what = event.kind === "tuning" ? "tuning" : "run";
      return `${what} ${event.run} of ${spec.model} · seed ${seed} · ${epochs} ${epochs === 1 ? "epoch" : "epochs"} · ${backend.name}: ${backend.reason} · ${JSON.stringify(values)} · ${folder}`;
    }
    case "resumed":
      return `run ${event.run} goes on after epoch ${event.epoch} of ${event.epochs} · ${event.backend.name}: ${event.backend.reason}`;
    case "phase_started":
      return `phase ${event.phase}`;
    case "progress":
      return [
        `${event.phase} ${event.done}${event.total === null ? "" : ` of ${event.total}`} ${event.unit}`,
        ...(event.cached === undefined ? [] : [`${event.cached} from the cache`]),
        ...(event.per_s === undefined ? [] : [`${event.per_s} ${event.unit}/s`]),
      ].join(" · ");
    case "model_built":
      return `model with ${event.layers.length} layers, ${event.parameters.total.toLocaleString("en-US")} parameters, ${event.parameters.trainable.toLocaleString("en-US")} of them trainable`;
    case "trainer_chosen":
      return `trained by ${event.trainer.name}: ${event.trainer.reason}`;
    case "epoch_end":
      return [
        `epoch ${event.epoch} of ${event.epochs}`,
        ...Object.entries(event.logs).map(([name, value]) => `${name} ${threeDigits(value)}`),
      ].join(" · ");
    case "metrics":
      return [
        `${event.set} metrics (n = ${event.n.toLocaleString("en-US")})`,
        ...event.metrics.map(
          (row) =>
            `${row[".metric"]} ${row[".estimate"] === null ? "not defined" : threeDigits(row[".estimate"])}`,
        ),
      ].join(" · ");
    case "problem": {
      const place = event.place;
      const where = place
        ? ` (${place.file}:${place.range.start.line + 1}:${place.range.start.character + 1})`
        : "";
      return `${event.severity} ${event.code}: ${event.message}${where}`;
    }
    case "tuning_started":
      return [
        event.method,
        event.resampling,
        `${event.candidates ?? "unknown"} candidates`,
        `${event.trials ?? "unknown"} trials`,
        `${event.workers} ${event.workers === 1 ? "worker" : "workers"}`,
        event.parameters.map(({ id }) => id).join(", "),
      ].join(" · ");
    case "candidates_added":
      return event.candidates.length === 1
        ? `candidate ${event.candidates[0]!.config}: ${valuesWords(event.candidates[0]!.values)}`
        : `${event.candidates.length} candidates`;
    case "trial_started":
      return `trial ${trialName(event)}`;
    case "trial_ended":
      return [
        `trial ${trialName(event)} ${event.status}`,
        ...event.metrics.map(
          (row) =>
            `${row[".metric"]} ${row[".estimate"] === null ? "not defined" : threeDigits(row[".estimate"])}`,
        ),
        ...event.notes.map(({ type, message }) => `${type}: ${message}`),
        `${threeDigits(event.seconds)} s`,
      ].join(" · ");
    case "candidates_eliminated":
      return `${event.configs.length} candidates eliminated after ${event.after} ${event.by}, ${event.spared} trials spared`;
    case "run_ended":
      return [
        `${event.status} after ${threeDigits(event.seconds)} s`,
        ...(event.error ? [event.error.message] : []),
        ...(event.kept ? [event.kept] : []),
      ].join(" · ");
    default:
      return undefined;
  }
}

function trialName({ config, fold, epochs }: { config: string; fold: string; epochs?: number }): string {
  return `${config} on ${fold}${epochs === undefined ? "" : ` to epoch ${epochs}`}`;
}
