import type { CallbackDescription } from "../../kspec/description.ts";
import type { Trial } from "../../tuning/contract.ts";
import type { SettledTuning } from "./settle-tuning.ts";

/**
 * A key that is the same for trials which one fit gives: those on one fold that differ in nothing but `fit_epochs`, because a fit of
 * many epochs goes through all the shorter ones. Not where what is kept depends on the end: best weights that are restored, a base
 * that is fine-tuned after the head.
 */
export function sameFit({ workflow, parameters }: SettledTuning): (trial: Trial) => string {
  const epochs = parameters.find(
    ({ target }) => target.kind === "argument" && target.argument === "fit_epochs",
  );
  const alone =
    epochs === undefined ||
    workflow.fine_tune !== undefined ||
    callbacksOf(workflow.model.arguments).some(keepsBest);
  let next = 0;
  return ({ fold, values, epochs: budget }) => {
    if (alone) return String(next++);
    const { [epochs.id]: _, ...rest } = values;
    return JSON.stringify([fold, budget, rest]);
  };
}

function callbacksOf({ fit_callbacks: given }: Readonly<Record<string, unknown>>): CallbackDescription[] {
  return (given === undefined ? [] : Array.isArray(given) ? given : [given]) as CallbackDescription[];
}

function keepsBest(callback: CallbackDescription): boolean {
  switch (callback.name) {
    case "earlyStopping":
      return callback.options.restoreBestWeights === true;
    case "modelCheckpoint":
      return callback.options.saveBestOnly === true;
    default:
      return false;
  }
}
