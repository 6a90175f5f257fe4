import { accuracy } from "./class/accuracy.ts";
import { bal_accuracy } from "./class/bal-accuracy.ts";
import { detection_prevalence } from "./class/detection-prevalence.ts";
import { f_meas } from "./class/f-meas.ts";
import { j_index } from "./class/j-index.ts";
import { kap } from "./class/kap.ts";
import { mcc } from "./class/mcc.ts";
import { npv } from "./class/npv.ts";
import { ppv } from "./class/ppv.ts";
import { precision } from "./class/precision.ts";
import { recall, sens, sensitivity } from "./class/sens.ts";
import { spec, specificity } from "./class/spec.ts";
import type { Metric } from "./metric.ts";
import { ccc } from "./numeric/ccc.ts";
import { huber_loss } from "./numeric/huber-loss.ts";
import { iic } from "./numeric/iic.ts";
import { mae } from "./numeric/mae.ts";
import { mape } from "./numeric/mape.ts";
import { mase } from "./numeric/mase.ts";
import { mpe } from "./numeric/mpe.ts";
import { msd } from "./numeric/msd.ts";
import { poisson_log_loss } from "./numeric/poisson-log-loss.ts";
import { rmse } from "./numeric/rmse.ts";
import { rpd } from "./numeric/rpd.ts";
import { rpiq } from "./numeric/rpiq.ts";
import { rsq } from "./numeric/rsq.ts";
import { rsq_trad } from "./numeric/rsq-trad.ts";
import { smape } from "./numeric/smape.ts";
import { average_precision } from "./probability/average-precision.ts";
import { brier_class } from "./probability/brier-class.ts";
import { gain_capture } from "./probability/gain-capture.ts";
import { mn_log_loss } from "./probability/mn-log-loss.ts";
import { pr_auc } from "./probability/pr-auc.ts";
import { roc_auc } from "./probability/roc-auc.ts";

/** All metrics, in the order in which messages list them. */
export const METRICS: readonly Metric[] = [
  accuracy,
  bal_accuracy,
  kap,
  mcc,
  sens,
  sensitivity,
  recall,
  spec,
  specificity,
  precision,
  ppv,
  npv,
  f_meas,
  j_index,
  detection_prevalence,
  roc_auc,
  pr_auc,
  average_precision,
  gain_capture,
  mn_log_loss,
  brier_class,
  rmse,
  rsq,
  rsq_trad,
  mae,
  mape,
  smape,
  mase,
  mpe,
  msd,
  ccc,
  huber_loss,
  iic,
  rpd,
  rpiq,
  poisson_log_loss,
];

/** What is reported when a workflow names no metrics. */
export const DEFAULT_METRICS = {
  classification: ["accuracy"],
  regression: ["rmse", "rsq", "mae"],
} as const;
