import type { LearningRateFunction } from "../../../kspec/description.ts";
import { UserError } from "../../../protocol/index.ts";
import type { EpochCallback, Verdict } from "./epoch-callback.ts";

/** Keras 3's LearningRateScheduler: a function of the spec gives each epoch its learning rate, by the epoch (from 0) and the rate so far. */
export class LearningRateScheduler implements EpochCallback {
  readonly name = "learningRateScheduler";
  readonly setsRate = true;
  readonly #schedule: LearningRateFunction;

  constructor({ schedule }: { readonly schedule: LearningRateFunction }) {
    this.#schedule = schedule;
  }

  /** @throws UserError when the function gives no rate. */
  before(epoch: number, rate: number): number {
    const given: unknown = this.#schedule(epoch - 1, rate);
    if (typeof given === "number" && Number.isFinite(given) && given >= 0) return given;
    throw new UserError(
      "learning-rate-scheduler",
      `learningRateScheduler: the function gave ${typeof given === "number" ? given : (JSON.stringify(given) ?? String(given))} for epoch ${epoch - 1} (Keras counts from 0). It must give the learning rate, a number from 0.`,
    );
  }

  see(): Verdict {
    return {};
  }

  state(): null {
    return null;
  }

  resume(): void {
    // The rate it has set so far is part of the fit, not of the function.
  }
}
