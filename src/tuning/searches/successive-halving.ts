import { UserError } from "../../protocol/index.ts";
import type { Search, SearchContext, SearchPlan, SearchStep, Trial } from "../contract.ts";
import { numberOption } from "./number-option.ts";
import { Standings } from "./standings.ts";
import { startingCandidates } from "./starting-candidates.ts";

/** So many candidates are trained up to so many epochs. */
export interface Rung {
  readonly epochs: number;
  readonly candidates: number;
}

/**
 * Successive halving by epochs (Jamieson and Talwalkar 2016): all candidates are trained for `min_epochs` on every fold, the best one of
 * `factor` for `factor` times as many, and so on up to `max_epochs`. Candidates that failed, or have no value, never go on while
 * others do.
 */
export const successiveHalving: Search = function* (context) {
  const rungs = rungsOf(context);
  const standings = new Standings(context);
  const candidates = startingCandidates(context);
  const values = new Map(candidates.map((one) => [one.config, one.values]));
  let left = candidates.map(({ config }) => config);
  let eliminated: NonNullable<SearchStep["eliminated"]> = [];
  for (const [i, { epochs }] of rungs.entries()) {
    standings.add(
      yield {
        ...(i === 0 ? { candidates } : {}),
        eliminated,
        trials: left.flatMap((config) =>
          context.folds.map((fold): Trial => ({
            config,
            values: values.get(config)!,
            fold: fold.id,
            epochs,
          })),
        ),
      },
    );
    const later = rungs.slice(i + 1);
    if (later.length === 0) return;
    const sound = left.filter((config) => standings.failures(config) < context.folds.length);
    const measured = sound.filter((config) => standings.of(config) !== null);
    const running = new Set(
      standings.ranked(measured.length > 0 ? measured : sound).slice(0, later[0]!.candidates),
    );
    const gone = left.filter((config) => !running.has(config));
    left = left.filter((config) => running.has(config));
    eliminated =
      gone.length === 0
        ? []
        : [
            {
              configs: gone,
              after: epochs,
              by: "epochs",
              spared: gone.length * context.folds.length * later.length,
            },
          ];
    if (left.length === 0) break;
  }
  yield { eliminated };
};

/** As if nothing were eliminated: every candidate at every rung. */
export function planSuccessiveHalving(context: SearchContext): SearchPlan {
  const { candidates, folds } = context;
  return {
    candidates: candidates.length,
    trials: candidates.length * folds.length * rungsOf(context).length,
  };
}

/**
 * How many candidates get how many epochs. Where one is left, it gets all of them at once.
 *
 * @throws UserError where nobody has said how many epochs the last ones get.
 */
export function rungsOf(context: SearchContext): readonly Rung[] {
  const most = numberOption(context, "max_epochs", NaN);
  if (!(most >= 1))
    throw new UserError(
      "no-max-epochs",
      "Successive halving needs to know how many epochs the last candidates get: tune_successive_halving(wf, { …, max_epochs: 27 }), or fit_epochs of the model.",
    );
  const factor = numberOption(context, "factor", 3);
  const all = context.candidates.length;
  const halvings = Math.max(0, Math.ceil(Math.log(all) / Math.log(factor) - 1e-9));
  const usual = Math.max(1, Math.ceil(most / factor ** halvings - 1e-9));
  const least = Math.min(most, numberOption(context, "min_epochs", usual));
  const rungs: Rung[] = [];
  let candidates = all;
  for (let i = 0; ; i++) {
    const epochs = candidates === 1 ? most : Math.min(most, Math.round(least * factor ** i));
    // A factor near 1 can come to the same number of epochs twice.
    if (rungs.at(-1)?.epochs !== epochs) rungs.push({ epochs, candidates });
    if (epochs >= most) return rungs;
    candidates = Math.max(1, Math.floor(candidates / factor + 1e-9));
  }
}
