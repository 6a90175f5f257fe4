import type { MetricSummary } from "../../src/protocol/index.ts";
import { fraction, measure } from "../format.ts";
import { isBounded } from "../metric-facts.ts";

/** A metric's value: three decimals where it lies between 0 and 1, else three significant digits. */
export function metricText(metric: string, value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return "–";
  return isBounded(metric) ? fraction(value) : measure(value);
}

/** `±0.012`, with as many decimals as its mean; empty below two folds. */
export function errorText(metric: string, { mean, std_err }: MetricSummary): string {
  if (std_err === null || mean === null || !Number.isFinite(std_err)) return "";
  const decimals = /^[-−\d,]*\.(\d+)$/.exec(metricText(metric, mean))?.[1]?.length;
  // A mean without decimals is a large one, or has an exponent: its error stands for itself.
  return `±${decimals === undefined ? measure(std_err) : std_err.toFixed(decimals)}`;
}

/** `mean of 5 folds`, `of one fold`. */
export function meanOf(n: number, resamples: string): string {
  return n === 1 ? `of one ${resamples}` : `mean of ${n} ${resamples}s`;
}

/** What one resample is called: folds have it in their ids. */
export function resampleWord(folds: readonly { readonly id: string }[]): string {
  return folds.every(({ id }) => /fold/i.test(id)) ? "fold" : "resample";
}

/** `accuracy`, and `accuracy of label` where there are several outcomes. */
export function metricTitle(key: string): string {
  return key.replace("/", " of ");
}
