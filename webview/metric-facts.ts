/** What the panel knows of a metric's name: how it is written, which way is better, whether it is a share, what it means. */

/** yardstick's and Keras's names of metrics of which less is better. */
const LESS_IS_BETTER =
  /(^|_)(loss|rmse|mae|mse|mape|smape|mase|brier_class|error|cosh|crossentropy|absolute_error|squared_error|hinge|poisson|kl_divergence|dice|tversky|false_positives|false_negatives)$/;

/** yardstick's metrics that are best at 0, with either sign. */
const ZERO_IS_BEST = /^(msd|mpe)$/;

/** Metrics between 0 and 1 that are a share of the rows, so that a binomial interval is theirs. */
const SHARE_OF_ROWS = /(^|_)(accuracy|acc)$/;

/** Metrics of which one number between 0 and 1 is usual: axes start at 0 and end at 1, three decimals. */
const BOUNDED =
  /(^|_)(accuracy|acc|precision|recall|sens|spec|sensitivity|specificity|f_meas|f1|f1_score|fbeta_score|binary_io_u|one_hot_mean_io_u|sensitivity_at_specificity|specificity_at_sensitivity|precision_at_recall|recall_at_precision|roc_auc|pr_auc|auc|gain_capture|j_index|ppv|npv|kap|mcc|bal_accuracy|rsq|rsq_trad|ccc|iic|brier_class|detection_prevalence)$/;

/** yardstick's metrics in a sentence: what is counted, from where to where it goes. Keras's names in the log explain themselves. */
const MEANINGS: Readonly<Record<string, string>> = {
  accuracy: "Share of rows whose class is estimated right, 0 to 1.",
  bal_accuracy:
    "Mean of sensitivity and specificity, 0 to 1: classes count alike, however many rows they have.",
  kap: "Agreement beyond chance (Cohen’s kappa), −1 to 1; 0 is chance.",
  mcc: "Correlation of true and estimated class (Matthews), −1 to 1; 0 is chance.",
  sens: "Of the rows of a class, the share that is found, 0 to 1.",
  sensitivity: "Of the rows of a class, the share that is found, 0 to 1.",
  recall: "Of the rows of a class, the share that is found, 0 to 1.",
  spec: "Of the rows of other classes, the share that is not taken for the class, 0 to 1.",
  specificity: "Of the rows of other classes, the share that is not taken for the class, 0 to 1.",
  precision: "Of the rows taken for a class, the share that is of it, 0 to 1.",
  ppv: "How probably a row taken for the class is of it, 0 to 1.",
  npv: "How probably a row not taken for the class is not of it, 0 to 1.",
  f_meas: "Harmonic mean of precision and recall, 0 to 1.",
  j_index: "Sensitivity + specificity − 1 (Youden), −1 to 1; 0 is chance.",
  detection_prevalence: "Share of rows taken for the class, rightly or not, 0 to 1.",
  roc_auc: "How probably a row of the class gets a higher probability than another, 0 to 1; 0.5 is chance.",
  pr_auc: "Area under the precision-recall curve, 0 to 1; chance is the share of the class.",
  average_precision:
    "Precision over all thresholds, weighted by the gain in recall, 0 to 1; chance is the share of the class.",
  gain_capture: "Share of what a perfect order would gain over chance, up to 1; 0 is chance.",
  mn_log_loss: "Mean of −log of the probability of the true class, from 0; less is better.",
  brier_class: "Half the squared distance of the probabilities from the truth, 0 to 1; less is better.",
  rmse: "Root of the mean squared error, in the outcome’s units, from 0; less is better.",
  rsq: "Squared correlation of truth and estimate, 0 to 1.",
  rsq_trad: "Share of the outcome’s variance that is explained, up to 1; below 0 the mean would be better.",
  mae: "Mean absolute error, in the outcome’s units, from 0; less is better.",
  mape: "Mean absolute error in percent of the truth, from 0; less is better.",
  smape: "Mean absolute error in percent of the mean of truth and estimate, 0 to 200; less is better.",
  mase: "Mean absolute error over that of repeating an earlier value, from 0; below 1 is better than that.",
  mpe: "Mean error in percent of the truth; 0 is best, above it estimates are too low.",
  msd: "Mean of truth − estimate, in the outcome’s units; 0 is best, above it estimates are too low.",
  ccc: "Correlation and closeness to equality at once (Lin), −1 to 1.",
  huber_loss: "Half the squared error, of large errors only the size, from 0; less is better.",
  iic: "Correlation times how balanced the errors are, −1 to 1.",
  rpd: "Standard deviation of the truth over rmse, from 0; more is better.",
  rpiq: "Distance of the truth’s quartiles over rmse, from 0; more is better.",
  poisson_log_loss: "Mean of −log of the count’s probability (Poisson); less is better.",
};

export function lessIsBetter(metric: string): boolean {
  return LESS_IS_BETTER.test(metric);
}

/** Whether one value of a metric is better than another. */
export function isBetter(metric: string, value: number, than: number): boolean {
  if (ZERO_IS_BEST.test(metric)) return Math.abs(value) < Math.abs(than);
  return lessIsBetter(metric) ? value < than : value > than;
}

export function isShareOfRows(metric: string): boolean {
  return SHARE_OF_ROWS.test(metric) && metric !== "bal_accuracy";
}

export function isBounded(metric: string): boolean {
  return BOUNDED.test(metric);
}

/** What yardstick's metric of this name says; undefined for others, also for those people named themselves. */
export function metricMeaning(metric: string): string | undefined {
  return Object.hasOwn(MEANINGS, metric) ? MEANINGS[metric] : undefined;
}
