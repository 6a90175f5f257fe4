import { UserError, type RunEvent } from "../../protocol/index.ts";
import type { Claim, RunRecord } from "../../runs/index.ts";
import type { SettledTuning } from "./settle-tuning.ts";

/** A tuning that goes on in its folder: trials that it has told of are not tried again. */
export class ResumedTuning {
  readonly record: RunRecord;
  readonly folder: string;
  readonly claim: Claim;
  readonly events: readonly RunEvent[];

  constructor(record: RunRecord, folder: string, claim: Claim, events: readonly RunEvent[]) {
    this.record = record;
    this.folder = folder;
    this.claim = claim;
    this.events = events;
  }

  /** How long it has worked so far. */
  get seconds(): number {
    let sum = 0;
    let from: number | undefined;
    let to = 0;
    for (const { type, time } of this.events) {
      if (type === "resumed" && from !== undefined) sum += to - from;
      if (type === "run_started" || type === "resumed") from = Date.parse(time);
      to = Date.parse(time);
    }
    return from === undefined ? 0 : Math.round(sum + to - from) / 1000;
  }

  /** @throws UserError when the rows are not what they were: their folds would be others. */
  check({ dataset }: SettledTuning): void {
    const { data, run } = this.record;
    if (data !== undefined && data.fingerprint !== dataset.fingerprint)
      throw new UserError(
        "data-changed",
        `The data of ${run} are not what they were when it began (${data.name}), so it cannot go on. Bring them back, or tune the spec anew.`,
      );
  }
}
