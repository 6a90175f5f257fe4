import { accuracy } from "./class/accuracy.ts";
import { bal_accuracy } from "./class/bal-accuracy.ts";
import { f_meas } from "./class/f-meas.ts";
import { kap } from "./class/kap.ts";
import { precision } from "./class/precision.ts";
import { recall } from "./class/recall.ts";
import type { Metric } from "./metric.ts";
import { mae } from "./numeric/mae.ts";
import { rmse } from "./numeric/rmse.ts";
import { rsq } from "./numeric/rsq.ts";
import { mn_log_loss } from "./probability/mn-log-loss.ts";
import { roc_auc } from "./probability/roc-auc.ts";

/** All metrics, each in a file of its own. */
export const METRICS: readonly Metric[] = [
  accuracy,
  bal_accuracy,
  kap,
  precision,
  recall,
  f_meas,
  roc_auc,
  mn_log_loss,
  rmse,
  rsq,
  mae,
];

/** What is reported when a workflow names no metrics. */
export const DEFAULT_METRICS = {
  classification: ["accuracy"],
  regression: ["rmse", "rsq", "mae"],
} as const;
