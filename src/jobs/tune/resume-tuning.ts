import { UserError, type Candidate, type RunEvent } from "../../protocol/index.ts";
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

  /** Candidates that its search began with, as it has said; none where it was killed before that. */
  get starting(): readonly Candidate[] {
    return this.events.flatMap((event) =>
      event.type === "candidates_added" ? event.candidates.filter(({ iteration }) => iteration === 0) : [],
    );
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
