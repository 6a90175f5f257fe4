import { registered } from "../kspec/registered.ts";
import { UserError } from "../protocol/index.ts";
import { findLoss, LOSS_NAMES } from "./losses.ts";
import { tf, type Tensor } from "./tensorflow/index.ts";

/** A metric of the epoch log: running over batches, as Keras's are. */
export interface EpochMetric {
  /** Its key in the log. */
  readonly name: string;
  /** Truth and estimate of a batch, `[rows, units]`. */
  update(truth: Tensor, estimate: Tensor): void;
  /** NaN before the first row. */
  result(): number;
  reset(): void;
}

/**
 * The metric that a model's argument says: a name (registered ones first, then Keras's), or a function of
 * truth and estimate whose mean over rows is taken.
 *
 * @throws UserError for a name that nobody knows.
 */
export function findEpochMetric(argument: unknown): EpochMetric {
  if (typeof argument === "function") return mean(argument.name || "custom", argument as RowValue);
  if (typeof argument === "string") {
    const own = registered.metrics.get(argument);
    if (own !== undefined) return mean(argument, own as unknown as RowValue);
    const make = METRICS[argument];
    if (make !== undefined) return make(argument);
    const loss = LOSS_NAMES.includes(argument) || SHORT.has(argument) ? findLoss(argument) : undefined;
    if (loss !== undefined) return mean(argument, loss.perRow);
  }
  throw new UserError(
    "unknown-metric",
    `compile_metrics: ${JSON.stringify(argument) ?? String(argument)} is no metric of the epoch log. There are: ${[...Object.keys(METRICS), ...LOSS_NAMES].join(", ")}; others are given as a function of truth and estimate.`,
  );
}

type RowValue = (truth: Tensor, estimate: Tensor) => Tensor;

const SHORT: ReadonlySet<string> = new Set(["mse", "mae", "mape", "msle", "kld", "bce", "logcosh"]);

const METRICS: Readonly<Record<string, (name: string) => EpochMetric>> = {
  accuracy: (name) => mean(name, (y, p) => (y.shape.at(-1) === 1 ? binaryHits(y, p) : categoricalHits(y, p))),
  acc: (name) => METRICS["accuracy"]!(name),
  binary_accuracy: (name) => mean(name, binaryHits),
  categorical_accuracy: (name) => mean(name, categoricalHits),
  sparse_categorical_accuracy: (name) => mean(name, categoricalHits),
  top_k_categorical_accuracy: (name) =>
    mean(name, (y, p) => {
      // In the best five when at most four classes are estimated higher than the true one.
      const own = tf.sum(tf.mul(y, p), -1, true);
      return tf.cast(tf.less(tf.sum(tf.cast(tf.greater(p, own), "float32"), -1), 5), "float32");
    }),
  root_mean_squared_error: (name) => {
    const squares = mean(name, (y, p) => tf.mean(tf.squaredDifference(p, y), -1));
    return { ...squares, result: () => Math.sqrt(squares.result()) };
  },
  precision: (name) => counted(name, ({ hits, estimated }) => (estimated === 0 ? 0 : hits / estimated)),
  recall: (name) => counted(name, ({ hits, positive }) => (positive === 0 ? 0 : hits / positive)),
};

function binaryHits(y: Tensor, p: Tensor): Tensor {
  return tf.mean(tf.cast(tf.equal(tf.greater(p, 0.5), tf.greater(y, 0.5)), "float32"), -1);
}

function categoricalHits(y: Tensor, p: Tensor): Tensor {
  return tf.cast(tf.equal(tf.argMax(y, -1), tf.argMax(p, -1)), "float32");
}

/** The mean of one value a row; a function that gives one value for the batch counts for all its rows. */
export function mean(name: string, perRow: RowValue): EpochMetric {
  let sum = 0;
  let rows = 0;
  return {
    name,
    update(truth, estimate) {
      const batch = truth.shape[0]!;
      sum += tf.tidy(() => tf.mean(perRow(truth, estimate)).dataSync<"float32">()[0]!) * batch;
      rows += batch;
    },
    result: () => sum / rows,
    reset() {
      sum = 0;
      rows = 0;
    },
  };
}

/** Keras's precision and recall: over all columns, estimated positive above one half. */
function counted(
  name: string,
  value: (counts: { hits: number; estimated: number; positive: number }) => number,
): EpochMetric {
  const counts = { hits: 0, estimated: 0, positive: 0 };
  return {
    name,
    update(truth, estimate) {
      const y = truth.dataSync<"float32">();
      const p = estimate.dataSync<"float32">();
      for (let i = 0; i < y.length; i++) {
        if (p[i]! > 0.5) counts.estimated++;
        if (y[i]! > 0.5) counts.positive++;
        if (p[i]! > 0.5 && y[i]! > 0.5) counts.hits++;
      }
    },
    result: () => value(counts),
    reset() {
      counts.hits = counts.estimated = counts.positive = 0;
    },
  };
}
