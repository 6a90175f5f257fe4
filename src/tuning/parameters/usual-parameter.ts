import type { BlockArgument, ModelDescription } from "../../kspec/description.ts";
import {
  activation,
  batch_size,
  dropout,
  epochs,
  filters,
  freq_cut,
  hidden_units,
  kernel_size,
  learn_rate,
  loss_function_keras,
  momentum,
  new_qual_param,
  num_comp,
  num_terms,
  optimizer_function,
  penalty,
  pool_size,
  threshold,
  trim_amount,
  unique_cut,
  weight_decay,
} from "../../kspec/parameters.ts";
import type { ParameterDescription } from "../../kspec/tuning-description.ts";

/** Arguments that every model has (kerasnip's `tunable()`), and two that are true or false. */
const FIXED: Readonly<Record<string, () => ParameterDescription>> = {
  learn_rate: () => learn_rate(),
  fit_epochs: () => epochs(),
  fit_batch_size: () => batch_size(),
  compile_loss: () => loss_function_keras(),
  compile_optimizer: () => optimizer_function(),
  fit_shuffle: trueOrFalse,
};

/** What the end of a block's argument says: `conv_kernel_size` is a `kernel_size`. The longest end that fits counts. */
const ENDS: Readonly<Record<string, () => ParameterDescription>> = {
  units: () => hidden_units(),
  hidden_units: () => hidden_units(),
  filters: () => filters(),
  kernel_size: () => kernel_size(),
  pool_size: () => pool_size(),
  dropout: () => dropout(),
  rate: () => dropout(),
  learn_rate: () => learn_rate(),
  learning_rate: () => learn_rate(),
  activation: () => activation(),
  penalty: () => penalty(),
  momentum: () => momentum(),
  weight_decay: () => weight_decay(),
};

/** Options of recipe steps (recipes' `tunable()` methods, with their ranges), and those that take one of a few words. */
const STEPS: Readonly<Record<string, Readonly<Record<string, () => ParameterDescription>>>> = {
  pca: { num_comp: () => num_comp(), threshold: () => threshold() },
  corr: { threshold: () => threshold(), method: () => new_qual_param({ values: ["pearson", "spearman"] }) },
  other: { threshold: () => threshold([0, 0.1]) },
  nzv: { freq_cut: () => freq_cut(), unique_cut: () => unique_cut() },
  impute_mean: { trim: () => trim_amount() },
  augment: {
    flip: () => new_qual_param({ values: ["horizontal", "vertical", "horizontal_and_vertical"] }),
  },
};
/** Options that are true or false, of whichever step. */
const SWITCHES: ReadonlySet<string> = new Set([
  "one_hot",
  "clipping",
  "signed",
  "keep_original_cols",
  "skip",
]);

/** What the name of a model's argument, or the type of it that its block says, tells of its values; undefined where that is nothing. */
export function usualParameter(
  argument: string,
  model: Pick<ModelDescription, "spec">,
): ParameterDescription | undefined {
  const fixed = own(FIXED, argument);
  if (fixed !== undefined) return fixed();
  const blocks = model.spec.layer_blocks;
  if (argument.startsWith("num_") && Object.hasOwn(blocks, argument.slice(4))) return num_terms();
  const written = argument.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
  const end = Object.keys(ENDS)
    .filter((name) => written.endsWith(`_${name}`))
    .sort((a, b) => b.length - a.length)[0];
  if (end !== undefined) return ENDS[end]!();
  return blockArgument(argument, model)?.type === "boolean" ? trueOrFalse() : undefined;
}

/** What the name of a step's option tells of its values. */
export function usualStepParameter(step: string, option: string): ParameterDescription | undefined {
  return own(own(STEPS, step) ?? {}, option)?.() ?? (SWITCHES.has(option) ? trueOrFalse() : undefined);
}

/** The argument of a block behind a model's argument, as far as blocks have been analysed. */
export function blockArgument(
  argument: string,
  { spec }: Pick<ModelDescription, "spec">,
): BlockArgument | undefined {
  for (const [name, block] of Object.entries(spec.layer_blocks)) {
    const { block_arguments: known = [] } = typeof block === "function" ? block : block.block;
    const found = known.find((own) => `${name}_${own.name}` === argument);
    if (found !== undefined) return found;
  }
  return undefined;
}

function trueOrFalse(): ParameterDescription {
  return new_qual_param({ values: [true, false] });
}

function own<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
