import type { DataSplit, RunState } from "../../src/protocol/index.ts";
import { DataTable, type Column } from "../data-table.tsx";
import { count, fraction, measure } from "../format.ts";
import { isBounded, metricMeaning } from "../metric-facts.ts";

interface MetricLine {
  readonly metric: string;
  readonly estimator: string;
  readonly sets: Partial<Record<DataSplit, number | null>>;
}

const SETS = ["train", "validation", "test"] as const;

/** Every metric, one a row, over the sets that it was computed from. */
export function MetricsTable({ metrics }: Pick<RunState, "metrics">) {
  const sets = SETS.filter((set) => metrics.some((row) => row.set === set));
  const columns: Column<MetricLine>[] = [
    {
      name: "Metric",
      text: (line) => line.metric,
      show: (line) => (
        <>
          <span title={metricMeaning(line.metric)}>{line.metric}</span>{" "}
          {line.estimator !== "standard" && <span class="quiet estimator">{line.estimator}</span>}
        </>
      ),
    },
    ...sets.map((set): Column<MetricLine> => {
      const n = metrics.find((row) => row.set === set)?.n ?? 0;
      return {
        name: set === "train" ? "Train" : set === "validation" ? "Validation" : "Test",
        note: `n = ${count(n)}`,
        numeric: true,
        order: (line) => line.sets[set] ?? null,
        text: (line) => {
          const value = line.sets[set];
          if (value === undefined) return "–";
          return value !== null && isBounded(line.metric) ? fraction(value) : measure(value);
        },
      };
    }),
  ];
  return (
    <DataTable
      caption="Metrics by set"
      columns={columns}
      rows={metricLines(metrics)}
      rowKey={(line) => `${line.metric} ${line.estimator}`}
    />
  );
}

export function metricLines(metrics: RunState["metrics"]): MetricLine[] {
  const lines = new Map<string, MetricLine>();
  for (const row of metrics) {
    const key = `${row[".metric"]} ${row[".estimator"]}`;
    const line = lines.get(key) ?? { metric: row[".metric"], estimator: row[".estimator"], sets: {} };
    lines.set(key, { ...line, sets: { ...line.sets, [row.set]: row[".estimate"] } });
  }
  return [...lines.values()];
}
