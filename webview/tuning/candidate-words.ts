import type { CandidateState, TuningState } from "../../src/protocol/index.ts";
import { count, countOf } from "../format.ts";
import { resampleWord } from "./metric-words.ts";
import { failureOf } from "./tuning-facts.ts";

/** What became of a candidate, in a few words: `done`, `3 of 5 folds`, `eliminated after 3 folds`, `failed: …`. */
export function statusWords(
  { trials, status, eliminated, config }: CandidateState,
  { started, running }: TuningState,
): string {
  const word = `${resampleWord(started.folds)}s`;
  const failed = trials.filter((one) => one.status === "failed");
  if (status === "failed") return `failed: ${(failed[0] && failureOf(failed[0])) ?? "it did not say why"}`;
  const some = failed.length > 0 ? `, ${count(failed.length)} failed` : "";
  if (eliminated !== null)
    return `eliminated after ${countOf(eliminated.after, eliminated.by === "epochs" ? "epochs" : word)}${some}`;
  if (status === "done") return failed.length > 0 ? `done, ${countOf(failed.length, word)} failed` : "done";
  const over = `${count(trials.length)} of ${countOf(started.folds.length, word)}`;
  if (running.some((one) => one.config === config))
    return trials.length === 0 ? "running" : `running, ${over}${some}`;
  return trials.length === 0 ? "not yet" : `${over}${some}`;
}
