import { marksOf } from "../marks.ts";
import type { FileRule } from "./rule.ts";

/** Successive halving gives out epochs, so that they are no parameter of a candidate. */
export const halvingTunesEpochs: FileRule = {
  code: "halving-tunes-epochs",
  severity: "error",
  about: "Successive halving tunes `fit_epochs`, which it sets itself.",
  on: "file",
  *check({ tunings = [] }) {
    for (const { method, workflow } of tunings) {
      if (method !== "tune_successive_halving" || workflow === undefined) continue;
      for (const { given, step } of marksOf(workflow).list)
        if (given.name === "fit_epochs" && step === undefined)
          yield {
            message:
              'tune_successive_halving() says itself how many epochs a candidate gets. Give "fit_epochs" a value: the most that one may get.',
            span: given.value_span ?? given.span,
            covers: given.entry,
          };
    }
  },
};
