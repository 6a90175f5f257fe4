/** Every metric and curve as a function of rows, by yardstick's names: what `kspec/results` offers to scripts. */
import { metricFunction } from "./over-rows.ts";

export {
  confMat as conf_mat,
  gainCurveOf as gain_curve,
  liftCurveOf as lift_curve,
  metricsOf as metrics,
  prCurveOf as pr_curve,
  rocCurveOf as roc_curve,
  summaryOf as summary_conf_mat,
  type ConfusionTable,
  type CurveRow,
  type GroupedMetricRow,
  type MetricFunction,
  type MetricsRequest,
  type SummaryOptions,
  type TableRequest,
} from "./over-rows.ts";
export type { TableRow } from "./table-columns.ts";

export const accuracy = metricFunction("accuracy");
export const bal_accuracy = metricFunction("bal_accuracy");
export const kap = metricFunction("kap");
export const mcc = metricFunction("mcc");
export const sens = metricFunction("sens");
export const sensitivity = metricFunction("sensitivity");
export const recall = metricFunction("recall");
export const spec = metricFunction("spec");
export const specificity = metricFunction("specificity");
export const precision = metricFunction("precision");
export const ppv = metricFunction("ppv");
export const npv = metricFunction("npv");
export const f_meas = metricFunction("f_meas");
export const j_index = metricFunction("j_index");
export const detection_prevalence = metricFunction("detection_prevalence");
export const roc_auc = metricFunction("roc_auc");
export const pr_auc = metricFunction("pr_auc");
export const average_precision = metricFunction("average_precision");
export const gain_capture = metricFunction("gain_capture");
export const mn_log_loss = metricFunction("mn_log_loss");
export const brier_class = metricFunction("brier_class");
export const rmse = metricFunction("rmse");
export const rsq = metricFunction("rsq");
export const rsq_trad = metricFunction("rsq_trad");
export const mae = metricFunction("mae");
export const mape = metricFunction("mape");
export const smape = metricFunction("smape");
export const mase = metricFunction("mase");
export const mpe = metricFunction("mpe");
export const msd = metricFunction("msd");
export const ccc = metricFunction("ccc");
export const huber_loss = metricFunction("huber_loss");
export const iic = metricFunction("iic");
export const rpd = metricFunction("rpd");
export const rpiq = metricFunction("rpiq");
export const poisson_log_loss = metricFunction("poisson_log_loss");
