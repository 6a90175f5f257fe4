import type { CandidateState, TuningState } from "../../src/protocol/index.ts";
import { count } from "../format.ts";
import { metricMeaning } from "../metric-facts.ts";
import type { Column } from "../data-table.tsx";
import { statusWords } from "./candidate-words.ts";
import { errorText, metricText, metricTitle, resampleWord } from "./metric-words.ts";
import type { ShownMetric } from "./tuning-facts.ts";
import { fullValue, valueText } from "./value-words.ts";

export interface CandidateColumn extends Column<CandidateState> {
  readonly kind: "number" | "metric" | "parameter" | "status";
  /** Whether the first click on its head sorts from the largest. */
  readonly downFirst: boolean;
  /** For hover; the name where it is left out. */
  readonly meaning?: string;
}

/**
 * Columns of the candidates: the metric that decides beside the number, so that it is in sight in a narrow panel too, then the
 * values, the other metrics, and what became of it.
 */
export function candidateColumns(tuning: TuningState, metrics: readonly ShownMetric[]): CandidateColumn[] {
  const { started, candidates } = tuning;
  const number = new Map(candidates.map(({ config }, i) => [config, i + 1]));
  const resamples = started.folds.length;
  // Where every candidate has all folds, n stands in the head alone.
  const some = candidates.some(({ summary }) =>
    metrics.some(({ key }) => (summary[key]?.n ?? resamples) < resamples),
  );
  const [first, ...others] = metrics.map((metric): CandidateColumn => {
    const of = ({ summary }: CandidateState) => summary[metric.key];
    const few = (one: CandidateState) => (of(one)?.n ?? 0) < resamples;
    return {
      kind: "metric",
      name: metricTitle(metric.key),
      meaning: metricMeaning(metric.name) ?? metricTitle(metric.key),
      ...(resamples > 1 ? { note: `n = ${count(resamples)}` } : {}),
      numeric: true,
      downFirst: metric.direction === "maximize",
      order: (one) => of(one)?.mean ?? null,
      text: (one) => {
        const summary = of(one);
        if (summary === undefined || summary.mean === null) return "–";
        const n = few(one) ? ` (${summary.n})` : "";
        return `${metricText(metric.name, summary.mean)} ${errorText(metric.name, summary)}${n}`.trim();
      },
      show: (one) => {
        const summary = of(one);
        if (summary === undefined || summary.mean === null) return <span class="quiet">–</span>;
        return (
          <>
            {metricText(metric.name, summary.mean)}
            <span class="quiet error"> {errorText(metric.name, summary)}</span>
            {some && (
              <span
                class="quiet n"
                title={few(one) ? `of ${summary.n} ${resampleWord(started.folds)}s` : undefined}
              >
                {few(one) ? `(${summary.n})` : ""}
              </span>
            )}
          </>
        );
      },
    };
  });
  return [
    {
      kind: "number",
      name: "#",
      numeric: true,
      downFirst: false,
      order: ({ config }) => number.get(config) ?? null,
      text: ({ config }) => count(number.get(config) ?? 0),
    },
    ...(first === undefined ? [] : [first]),
    ...started.parameters.map(({ id, scale }): CandidateColumn => ({
      kind: "parameter",
      name: id,
      numeric: scale !== "nominal",
      downFirst: false,
      order: ({ values }) => {
        const value = values[id];
        return value === undefined ? null : typeof value === "number" ? value : valueText(value);
      },
      text: ({ values }) => valueText(values[id]),
    })),
    ...others,
    { kind: "status", name: "status", downFirst: false, text: (one) => statusWords(one, tuning) },
  ];
}

/** What is copied: tune's `collect_metrics`, one row a candidate, numbers in full. */
export function copiedColumns(
  tuning: TuningState,
  metrics: readonly ShownMetric[],
): Column<CandidateState>[] {
  const numbers = (
    name: string,
    of: (one: CandidateState) => number | null | undefined,
  ): Column<CandidateState> => ({
    name,
    text: (one) => {
      const value = of(one);
      return value == null ? "NA" : String(value);
    },
  });
  return [
    { name: ".config", text: ({ config }) => config },
    ...tuning.started.parameters.map(({ id }) => ({
      name: id,
      text: ({ values }: CandidateState) => fullValue(values[id]),
    })),
    ...metrics.flatMap(({ key }) => [
      numbers(key, ({ summary }) => summary[key]?.mean),
      numbers(`${key} std_err`, ({ summary }) => summary[key]?.std_err),
      numbers(`${key} n`, ({ summary }) => summary[key]?.n),
    ]),
    { name: "status", text: (one) => statusWords(one, tuning) },
  ];
}
