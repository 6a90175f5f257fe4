import { confusionMatrix } from "./confusion.ts";
import type { ClassHow, Classified, Confusion, Estimated, Estimator, How } from "./metric.ts";
import { MetricError, type ChosenMetric } from "./metric-set.ts";

/** A row of yardstick's. */
export interface MetricRow {
  readonly ".metric": string;
  readonly ".estimator": Estimator;
  /** null where the metric is not defined. */
  readonly ".estimate": number | null;
}

/** What people should know of a metric's value: why there is none, or what it leaves out. yardstick warns of the same. */
export interface MetricNote {
  /** As the metric is reported. */
  readonly metric: string;
  /** A whole sentence that names the metric. */
  readonly message: string;
}

/** Rows of one outcome as they come: something may be missing. */
export type OutcomeRows = NominalRows | NumericRows;

export interface NominalRows {
  readonly kind: "nominal";
  readonly levels: readonly string[];
  /** Index into `levels`; −1 is missing. */
  readonly truth: ArrayLike<number>;
  /** The same of the estimated class; null where only probabilities are known. */
  readonly estimate: ArrayLike<number> | null;
  /** rows × levels; NaN is missing; null where only classes are known. */
  readonly probabilities: ArrayLike<number> | null;
  readonly weights: ArrayLike<number> | null;
}

export interface NumericRows {
  readonly kind: "numeric";
  /** NaN is missing. */
  readonly truth: ArrayLike<number>;
  readonly estimate: ArrayLike<number>;
  readonly weights: ArrayLike<number> | null;
}

/**
 * One row for each metric.
 *
 * @param metrics All of the rows' mode.
 * @param note told of values that are not defined, or leave classes out.
 * @throws MetricError where a metric needs what the rows do not have, or an estimator does not go with the number of classes.
 */
export function measure(
  metrics: readonly ChosenMetric[],
  rows: OutcomeRows,
  note: (note: MetricNote) => void = () => {},
): MetricRow[] {
  const known = new KnownRows(rows);
  return metrics.map((metric) => {
    let noted = false;
    const how: How = {
      options: metric.given,
      // A metric names itself by its own name; people know it by the one they gave.
      note: (message) => {
        noted = true;
        note({ metric: metric.name, message: message.replace(metric.of, metric.name) });
      },
    };
    const estimator = rows.kind === "nominal" ? estimatorOf(metric, rows) : "standard";
    const value = compute(metric, known, rows, how, estimator);
    if (!Number.isFinite(value) && !noted) how.note(`${metric.of} is not defined on these rows.`);
    return {
      ".metric": metric.name,
      ".estimator": estimator,
      ".estimate": Number.isFinite(value) ? value : null,
    };
  });
}

function compute(
  metric: ChosenMetric,
  known: KnownRows,
  rows: OutcomeRows,
  how: How,
  estimator: Estimator,
): number {
  const { missing, left } = known.count(metric.from);
  if (missing > 0 && metric.given.na_rm === false) {
    how.note(
      `${metric.of} is not defined: ${missing} of the rows have something missing, and na_rm is false.`,
    );
    return NaN;
  }
  if (left === 0) {
    how.note(`${metric.of} is not defined: there is no row whose truth and estimate are both known.`);
    return NaN;
  }
  if (metric.from === "numbers") return metric.compute(known.numbers(), how);
  const event = metric.given.event_level === "second" ? 1 : 0;
  const levels = rows.kind === "nominal" ? rows.levels : [];
  const classHow: ClassHow = { ...how, levels, estimator, event };
  return metric.from === "classes"
    ? metric.compute(known.confusion(), classHow)
    : metric.compute(known.probabilities(metric.of), classHow);
}

function estimatorOf(metric: ChosenMetric, { levels, weights }: NominalRows): Estimator {
  if (metric.mode === "regression") return "standard";
  const [own] = metric.estimators;
  const asked = metric.given.estimator as Estimator | undefined;
  if (asked === undefined) {
    if (levels.length === 2) return "binary";
    // Hand and Till's mean has no place for case weights.
    return own === "hand_till" && weights !== null ? "macro" : own!;
  }
  if (asked === "binary" && levels.length !== 2)
    throw new MetricError(
      `The estimator "binary" of ${metric.name} is for two classes, and there are ${levels.length}: take another estimator.`,
    );
  if (asked === "hand_till" && weights !== null)
    throw new MetricError(
      `The estimator "hand_till" of ${metric.name} cannot take case weights: take "macro" or "macro_weighted".`,
    );
  return asked;
}

/** The rows in which nothing is missing that a kind of metric asks for; each kind is made once. */
class KnownRows {
  readonly #rows: OutcomeRows;
  readonly #kept = new Map<ChosenMetric["from"], readonly number[]>();
  #confusion: Confusion | undefined;
  #probabilities: Classified | undefined;
  #numbers: Estimated | undefined;

  constructor(rows: OutcomeRows) {
    this.#rows = rows;
  }

  count(from: ChosenMetric["from"]): { readonly missing: number; readonly left: number } {
    const left = this.#rowsFor(from).length;
    return { missing: this.#rows.truth.length - left, left };
  }

  numbers(): Estimated {
    const rows = this.#rows as NumericRows;
    const kept = this.#rowsFor("numbers");
    return (this.#numbers ??= {
      truth: Float64Array.from(kept, (i) => rows.truth[i]!),
      estimate: Float64Array.from(kept, (i) => rows.estimate[i]!),
      weights: picked(rows.weights, kept),
    });
  }

  confusion(): Confusion {
    const { truth, levels, weights } = this.#rows as NominalRows;
    const kept = this.#rowsFor("classes");
    const estimate = this.#classes();
    return (this.#confusion ??= confusionMatrix(
      kept.map((i) => truth[i]!),
      kept.map((i) => estimate[i]!),
      levels.length,
      picked(weights, kept),
    ));
  }

  probabilities(metric: string): Classified {
    const { truth, levels, probabilities, weights } = this.#rows as NominalRows;
    if (probabilities === null)
      throw new MetricError(
        `The metric ${metric} needs the estimated probability of each class: name their columns in "probabilities".`,
      );
    const kept = this.#rowsFor("probabilities");
    const n = levels.length;
    return (this.#probabilities ??= {
      truth: Int32Array.from(kept, (i) => truth[i]!),
      probabilities: Float64Array.from({ length: kept.length * n }, (_, at) => {
        return probabilities[kept[Math.floor(at / n)]! * n + (at % n)]!;
      }),
      weights: picked(weights, kept),
    });
  }

  #estimate: ArrayLike<number> | undefined;
  #classes(): ArrayLike<number> {
    return (this.#estimate ??= classes(this.#rows as NominalRows));
  }

  #rowsFor(from: ChosenMetric["from"]): readonly number[] {
    let kept = this.#kept.get(from);
    if (kept === undefined) this.#kept.set(from, (kept = this.#find(from)));
    return kept;
  }

  #find(from: ChosenMetric["from"]): readonly number[] {
    const rows = this.#rows;
    const known: number[] = [];
    for (let i = 0; i < rows.truth.length; i++) {
      if (Number.isNaN(rows.weights?.[i] ?? 1)) continue;
      if (rows.kind === "numeric") {
        if (!Number.isNaN(rows.truth[i]!) && !Number.isNaN(rows.estimate[i]!)) known.push(i);
        continue;
      }
      if (rows.truth[i]! < 0) continue;
      if (from === "classes" ? this.#classes()[i]! >= 0 : allKnown(rows, i)) known.push(i);
    }
    return known;
  }
}

/** The estimated classes: those given, else the most probable ones, the first of equals. */
function classes({ estimate, probabilities, levels, truth }: NominalRows): ArrayLike<number> {
  if (estimate !== null) return estimate;
  if (probabilities === null) return new Int32Array(truth.length).fill(-1);
  return mostProbable(probabilities, levels.length);
}

/** The most probable class of each row, the first of equals; −1 where a probability is NaN. */
export function mostProbable(probabilities: ArrayLike<number>, levels: number): Int32Array {
  const codes = new Int32Array(levels === 0 ? 0 : probabilities.length / levels);
  for (let row = 0; row < codes.length; row++)
    for (let level = 0; level < levels; level++) {
      const p = probabilities[row * levels + level]!;
      if (Number.isNaN(p)) {
        codes[row] = -1;
        break;
      }
      if (p > probabilities[row * levels + codes[row]!]!) codes[row] = level;
    }
  return codes;
}

function allKnown({ probabilities, levels }: NominalRows, row: number): boolean {
  if (probabilities === null) return true;
  for (let level = 0; level < levels.length; level++)
    if (Number.isNaN(probabilities[row * levels.length + level]!)) return false;
  return true;
}

function picked(values: ArrayLike<number> | null, rows: readonly number[]): Float64Array | null {
  return values === null ? null : Float64Array.from(rows, (i) => values[i]!);
}
