import type { Reached } from "../engine/contract.ts";
import { cannotWrite, IN_RUN, type RunWriter } from "../runs/index.ts";

/**
 * Keeps in a run's folder what a later fit can go on from. After each epoch would be too dear where epochs are short, so checkpoints get
 * at most this share of the time; the last state of a fit is always kept. What lies behind a checkpoint is done again, and comes out the same.
 */
const SHARE = 0.02;
/** Seconds that the first one is taken to need. */
const FIRST_S = 0.01;

export class Checkpoints {
  readonly #run: RunWriter;
  readonly #began: number;
  #spent = 0;
  #cost = FIRST_S;
  #written: string | undefined;

  /** @param began When the fit began, by `performance.now()`. */
  constructor(run: RunWriter, began: number) {
    this.#run = run;
    this.#began = began;
  }

  /** After an epoch. @throws UserError when the folder cannot be written to. */
  async reached({ epoch, last, state }: Reached): Promise<void> {
    const now = performance.now();
    const due = this.#spent + this.#cost <= (SHARE * (now - this.#began)) / 1000;
    // An epoch that is thrown away leaves the state as it was; only that it was the last may be new.
    const name = `${epoch} ${last}`;
    if (name === this.#written || !(due || last)) return;
    const { writeCheckpoint } = await import("../engine/index.ts");
    try {
      // The history of the epochs it stands for is not to be younger than it.
      this.#run.flush();
      await writeCheckpoint(this.#run.path(IN_RUN.checkpoint), await state(), this.#run.path(IN_RUN.model));
    } catch (error) {
      throw cannotWrite(this.#run.folder, error);
    }
    this.#written = name;
    this.#cost = (performance.now() - now) / 1000;
    this.#spent += this.#cost;
  }
}
