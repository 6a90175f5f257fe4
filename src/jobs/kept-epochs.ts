import type { FittedModel, Reached } from "../engine/contract.ts";
import { cannotWrite, IN_RUN, savedEpoch, type RunWriter } from "../runs/index.ts";

/**
 * The share of a fit's time that may go into keeping its epochs on the way. Where epochs are short, keeping each would take most
 * of the time: a file is safe only when the disk says so.
 */
const SHARE = 0.03;
/** Seconds of finished epochs that a kill may cost all the same: where they are longer, each is kept, whatever that takes. */
const AT_STAKE_S = 1;
/** Seconds that keeping an epoch is taken to need before anybody knows. */
const FIRST_S = 0.01;

/**
 * What a run's folder keeps of its epochs: a model that can be used, and a checkpoint to go on from. The first epoch and the last
 * one are always kept, each that ends a second or more behind the last one that is, and as many between them as cost little. After
 * a kill those behind the last checkpoint are done again, and come out the same.
 */
export class KeptEpochs {
  readonly #run: RunWriter;
  readonly #began: number;
  #spent = 0;
  /** When the last one was kept. */
  #kept: number;
  #cost = FIRST_S;
  /** The epoch of the saved model; 0: there is none. */
  #saved: number;
  /** Of this process; what one before it has saved may come from another engine. */
  #savedHere: number | undefined;
  /** The last epoch's model, where it is one to save. */
  #model: FittedModel | null = null;
  /** Whether this epoch is kept. */
  #due = false;
  #checkpoint: string | undefined;

  /** @param began When the fit began, by `performance.now()`. */
  constructor(run: RunWriter, began: number) {
    this.#run = run;
    this.#began = began;
    this.#kept = began;
    this.#saved = savedEpoch(run.folder);
  }

  /** The epoch of the saved model; 0: there is none. */
  get saved(): number {
    return this.#saved;
  }

  /**
   * After an epoch.
   *
   * @param save Whether the epoch's model is to take the place of the one before.
   * @throws UserError when the folder cannot be written to.
   */
  async epochEnd(model: FittedModel, save: boolean): Promise<void> {
    const now = performance.now();
    const cheap = this.#spent + this.#cost <= (SHARE * (now - this.#began)) / 1000;
    this.#due = this.#saved === 0 || cheap || now - this.#kept >= 1000 * AT_STAKE_S;
    this.#model = save ? model : null;
    if (!this.#due) return;
    this.#cost = 0;
    await this.#saveModel();
    this.#kept = performance.now();
  }

  /** When that epoch can be gone on from. @throws UserError when the folder cannot be written to. */
  async reached({ epoch, last, state }: Reached): Promise<void> {
    const name = `${epoch} ${last}`;
    if (name === this.#checkpoint || !(this.#due || last)) return;
    this.#due = false;
    await this.#saveModel();
    await this.#timed(async () => {
      const { writeCheckpoint } = await import("../engine/index.ts");
      // The history of the epochs it stands for is not to be younger than it.
      this.#run.flush();
      await writeCheckpoint(this.#run.path(IN_RUN.checkpoint), await state(), this.#run.path(IN_RUN.model));
    });
    this.#checkpoint = name;
  }

  /** At the end: a callback may have gone back to an earlier epoch. @throws UserError when the folder cannot be written to. */
  async end(model: FittedModel): Promise<void> {
    this.#model = model;
    await this.#saveModel();
  }

  async #saveModel(): Promise<void> {
    const model = this.#model;
    this.#model = null;
    if (model === null || model.epoch === this.#savedHere) return;
    await this.#timed(() => model.save(this.#run.path(IN_RUN.model)));
    this.#saved = this.#savedHere = model.epoch;
  }

  async #timed(work: () => Promise<void>): Promise<void> {
    const began = performance.now();
    try {
      await work();
    } catch (error) {
      throw cannotWrite(this.#run.folder, error);
    }
    const seconds = (performance.now() - began) / 1000;
    this.#cost += seconds;
    this.#spent += seconds;
  }
}
