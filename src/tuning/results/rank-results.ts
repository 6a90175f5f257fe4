import { UserError, type TuningState } from "../../protocol/index.ts";
import { collectMetrics, type SummaryRow } from "./collect-metrics.ts";
import { metricOf, showBest } from "./select.ts";

/** A finished tuning of a workflow set. */
export interface RankedWorkflow {
  /** The workflow's id in the set. */
  readonly wflow_id: string;
  readonly state: TuningState;
  /** The model's name. */
  readonly model?: string;
}

/** A row of workflowsets' `rank_results()`. */
export interface RankRow {
  readonly wflow_id: string;
  readonly ".config": string;
  readonly ".metric": string;
  readonly mean: number | null;
  readonly std_err: number | null;
  readonly n: number;
  readonly model?: string;
  /** 1 is the best of all; all metrics of a candidate have its rank. */
  readonly rank: number;
}

/**
 * workflowsets' `rank_results()`: candidates of several workflows together, best first. Equal ones are in the order of the workflows
 * (workflowsets draws lots). Candidates that a race gave up are left out.
 *
 * @param options.rank_metric Default: the first metric of the first workflow.
 * @param options.select_best Only the best candidate of each workflow. Default false.
 * @throws UserError where a workflow has not computed the metric, or none has a value of it.
 */
export function rankResults(
  workflows: readonly RankedWorkflow[],
  {
    rank_metric,
    select_best = false,
  }: { readonly rank_metric?: string; readonly select_best?: boolean } = {},
): RankRow[] {
  const first = workflows[0];
  if (first === undefined)
    throw new UserError("nothing-to-rank", "There is no workflow to rank: give the runs of a workflow set.");
  const metric = metricOf(first.state, rank_metric);
  const turned = (mean: number) =>
    metric.direction === "maximize" ? -mean : metric.direction === "zero" ? Math.abs(mean) : mean;
  const ranks = workflows
    .flatMap((workflow) => {
      metricOf(workflow.state, metric.name);
      const rows = new Map<string, SummaryRow[]>();
      for (const row of collectMetrics(workflow.state)) {
        const own = rows.get(row[".config"]);
        if (own === undefined) rows.set(row[".config"], [row]);
        else own.push(row);
      }
      const measured = [...rows.values()]
        .flat()
        .some((row) => row[".metric"] === metric.name && row.mean !== null);
      const best = measured
        ? showBest(workflow.state, { metric: metric.name, n: select_best ? 1 : Infinity })
        : [];
      return best.map((row) => ({ workflow, mean: row.mean!, rows: rows.get(row[".config"])! }));
    })
    .map((one, i) => ({ one, i }))
    .sort((a, b) => turned(a.one.mean) - turned(b.one.mean) || a.i - b.i);
  return ranks.flatMap(({ one: { workflow, rows } }, i) =>
    rows.map((row): RankRow => ({
      wflow_id: workflow.wflow_id,
      ".config": row[".config"],
      ".metric": row[".metric"],
      mean: row.mean,
      std_err: row.std_err,
      n: row.n,
      ...(workflow.model === undefined ? {} : { model: workflow.model }),
      rank: i + 1,
    })),
  );
}
