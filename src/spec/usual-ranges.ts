import type { Mark } from "./marks.ts";

/** Arguments of every model whose names say which values are tried. */
const FIXED: ReadonlySet<string> = new Set([
  "learn_rate",
  "fit_epochs",
  "fit_batch_size",
  "fit_shuffle",
  "compile_loss",
  "compile_optimizer",
]);

/** Ends of blocks' arguments that say it. */
const ENDS: readonly string[] = [
  "units",
  "hidden_units",
  "filters",
  "kernel_size",
  "pool_size",
  "dropout",
  "rate",
  "learn_rate",
  "learning_rate",
  "activation",
  "penalty",
  "momentum",
  "weight_decay",
];

/** Options of recipe steps that say it. */
const STEPS: ReadonlySet<string> = new Set([
  "step_pca num_comp",
  "step_pca threshold",
  "step_corr threshold",
  "step_corr method",
  "step_other threshold",
  "step_nzv freq_cut",
  "step_nzv unique_cut",
  "step_impute_mean trim",
  "step_augment flip",
]);

/** Options of any step that are true or false. */
const SWITCHES: ReadonlySet<string> = new Set([
  "one_hot",
  "clipping",
  "signed",
  "keep_original_cols",
  "skip",
]);

/**
 * Whether the name of what is marked, or its type, says which values are tried where nobody says it otherwise. Which ones these are is
 * in `src/tuning/parameters`; a test holds the two together.
 */
export function hasUsualRange({ given: { name }, step, argument }: Mark): boolean {
  if (step !== undefined) return STEPS.has(`${step} ${name}`) || SWITCHES.has(name);
  if (FIXED.has(name)) return true;
  if (argument?.block && argument.argument === undefined) return true;
  const written = name.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
  return ENDS.some((end) => written.endsWith(`_${end}`)) || argument?.argument?.type === "boolean";
}
