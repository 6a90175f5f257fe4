/** What the panel knows of a metric's name: how it is written, which way is better, whether it is a share. */

/** yardstick's and Keras's names of metrics of which less is better. */
const LESS_IS_BETTER =
  /(^|_)(loss|rmse|mae|mse|mape|smape|mase|msd|brier_class|error|cosh|crossentropy|absolute_error|squared_error|hinge|poisson|kl_divergence|dice|tversky|false_positives|false_negatives)$/;

/** Metrics between 0 and 1 that are a share of the rows, so that a binomial interval is theirs. */
const SHARE_OF_ROWS = /(^|_)(accuracy|acc)$/;

/** Metrics of which one number between 0 and 1 is usual: axes start at 0 and end at 1, three decimals. */
const BOUNDED =
  /(^|_)(accuracy|acc|precision|recall|sens|spec|sensitivity|specificity|f_meas|f1|f1_score|fbeta_score|binary_io_u|one_hot_mean_io_u|sensitivity_at_specificity|specificity_at_sensitivity|precision_at_recall|recall_at_precision|roc_auc|pr_auc|auc|j_index|ppv|npv|kap|mcc|bal_accuracy|rsq|detection_prevalence)$/;

export function lessIsBetter(metric: string): boolean {
  return LESS_IS_BETTER.test(metric);
}

export function isShareOfRows(metric: string): boolean {
  return SHARE_OF_ROWS.test(metric) && metric !== "bal_accuracy";
}

export function isBounded(metric: string): boolean {
  return BOUNDED.test(metric);
}
