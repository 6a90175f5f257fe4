/** tune's functions over what a tuning has found: pure, from its state. */
export { collectMetrics, type CollectOptions, type FoldRow, type SummaryRow } from "./collect-metrics.ts";
export { foldColumns } from "./fold-columns.ts";
export { collectNotes, showNotes, type NoteRow } from "./notes.ts";
export { rankResults, type RankRow, type RankedWorkflow } from "./rank-results.ts";
export {
  metricOf,
  selectBest,
  selectByOneStdErr,
  selectByPctLoss,
  selectCandidate,
  showBest,
  type SelectionOrder,
} from "./select.ts";
