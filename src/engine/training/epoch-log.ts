import type { EpochMetric } from "../epoch-metrics/epoch-metric.ts";
import type { Log } from "./trainer.ts";

/** What an output adds to the log. */
export interface LoggedOutput {
  /** Prefix of its keys where there are several outputs. */
  readonly name: string;
  readonly metrics: readonly EpochMetric[];
}

/** Losses and metrics of an epoch so far; sums are in double precision, whichever engine computes the batches. */
export class EpochLog {
  readonly #outputs: readonly LoggedOutput[];
  #sums: number[] | undefined;
  #rows = 0;

  constructor(outputs: readonly LoggedOutput[]) {
    this.#outputs = outputs;
  }

  /** @param values Of a batch: the total loss, each output's, and what each metric adds, output by output. */
  add(values: ArrayLike<number>, rows: number): void {
    const kinds = this.#outputs.flatMap(({ metrics }) =>
      metrics.flatMap((metric) => Array<EpochMetric["kind"]>(metric.values).fill(metric.kind)),
    );
    const losses = 1 + this.#outputs.length;
    this.#sums ??= Array<number>(values.length).fill(0);
    for (let i = 0; i < values.length; i++)
      this.#sums[i]! += i < losses || kinds[i - losses] === "mean" ? values[i]! * rows : values[i]!;
    this.#rows += rows;
  }

  /** Keras's keys: `loss`, then `accuracy`; with several outputs `{output}_loss`, `{output}_accuracy`. */
  log(): Log {
    const sums = this.#sums!;
    const log: Record<string, number> = { loss: sums[0]! / this.#rows };
    const several = this.#outputs.length > 1;
    if (several)
      for (const [i, { name }] of this.#outputs.entries()) log[`${name}_loss`] = sums[i + 1]! / this.#rows;
    let next = 1 + this.#outputs.length;
    for (const { name, metrics } of this.#outputs)
      for (const metric of metrics) {
        const own = sums.slice(next, (next += metric.values));
        log[`${several ? `${name}_` : ""}${metric.name}`] = metric.result(own, this.#rows);
      }
    return log;
  }
}
