import {
  reduceAll,
  type BuiltLayer,
  type Evaluation,
  type Example,
  type RunEvent,
  type RunState,
} from "../../src/protocol/index.ts";

/**
 * Runs as lists of events, for the tests of the panel and for its preview pages. Numbers are made by a
 * seeded generator: the same fixture is the same everywhere.
 */
export interface FixtureRun {
  readonly name: string;
  readonly run: string | null;
  readonly events: readonly RunEvent[];
  readonly lost?: boolean;
}

const RUN = "2026-11-24-140203-digits_transfer-x7";
const START = Date.parse("2026-11-24T14:02:03.000Z");

/** `Omit` that keeps a union a union. */
type WithoutStamp<E> = E extends RunEvent ? Omit<E, "run" | "time"> : never;

/** Stamps events with the run and a time; `at` is seconds after the start. */
function said(at: number, event: WithoutStamp<RunEvent>): RunEvent {
  return { run: RUN, time: new Date(START + at * 1000).toISOString(), ...event } as RunEvent;
}

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const DIGITS = ["5", "6", "7", "8", "9"];

const PLACE = {
  file: "/home/ada/digits/digits_transfer.kspec.ts",
  range: { start: { line: 23, character: 11 }, end: { line: 23, character: 26 } },
};

export const started = (over: Partial<Extract<RunEvent, { type: "run_started" }>> = {}): RunEvent =>
  said(0, {
    type: "run_started",
    version: 1,
    spec: { file: PLACE.file, workflow: "digits_transfer", model: "digits_transfer" },
    mode: "classification",
    arguments: { fit_epochs: 5, fit_validation_split: 0.2, learn_rate: 0.01 },
    seed: 1,
    backend: { name: "wasm", reason: "TensorFlow's native library was not found." },
    versions: { kspec: "0.1.0", node: "20.20.2", tfjs: "4.22.0" },
    folder: `/home/ada/digits/.kspec/runs/${RUN}`,
    epochs: 5,
    previous: {
      run: "2026-11-24-135210-digits_transfer-k2",
      metrics: [{ ".metric": "accuracy", ".estimator": "multiclass", ".estimate": 0.932, set: "test" }],
    },
    ...over,
  });

const layer = (
  block: string,
  name: string,
  kind: string,
  output_shape: BuiltLayer["output_shape"],
  parameters: number,
  frozen: boolean,
  reads: string[],
): BuiltLayer => ({ block, name, class: kind, output_shape, parameters, trainable: !frozen, frozen, reads });

const LAYERS: BuiltLayer[] = [
  layer("input", "input", "InputLayer", [28, 28, 1], 0, true, []),
  layer("base", "base_conv2d", "Conv2D", [28, 28, 16], 160, true, ["input"]),
  layer("base", "base_batch_normalization", "BatchNormalization", [28, 28, 16], 64, true, ["base_conv2d"]),
  layer("base", "base_max_pooling2d", "MaxPooling2D", [14, 14, 16], 0, true, ["base_batch_normalization"]),
  layer("base", "base_conv2d_1", "Conv2D", [14, 14, 32], 4640, true, ["base_max_pooling2d"]),
  layer("base", "base_batch_normalization_1", "BatchNormalization", [14, 14, 32], 128, true, [
    "base_conv2d_1",
  ]),
  layer("base", "base_max_pooling2d_1", "MaxPooling2D", [7, 7, 32], 0, true, ["base_batch_normalization_1"]),
  layer("flatten", "flatten", "Flatten", [1568], 0, true, ["base_max_pooling2d_1"]),
  layer("output", "output_dense", "Dense", [5], 7845, false, ["flatten"]),
];

export const built = (layers: BuiltLayer[] = LAYERS): RunEvent =>
  said(0.4, {
    type: "model_built",
    layers,
    parameters: {
      total: layers.reduce((sum, one) => sum + one.parameters, 0),
      trainable: layers.filter((one) => one.trainable).reduce((sum, one) => sum + one.parameters, 0),
    },
  });

const phase = (at: number, name: Extract<RunEvent, { type: "phase_started" }>["phase"]): RunEvent =>
  said(at, { type: "phase_started", phase: name });

const progress = (
  at: number,
  name: Extract<RunEvent, { type: "progress" }>["phase"],
  done: number,
  total: number | null,
  unit: Extract<RunEvent, { type: "progress" }>["unit"],
  eta_s: number | null,
  more: { readonly cached?: number; readonly per_s?: number } = {},
): RunEvent => said(at, { type: "progress", phase: name, done, total, unit, eta_s, ...more });

/** Epochs of a fit whose validation loss falls and then rises a little. */
export function epochs(count: number, planned: number, seed = 3, from = 1.4): RunEvent[] {
  const noise = random(seed);
  const half = Math.max(1, planned / 6);
  return Array.from({ length: count }, (_, i) => {
    const fall = Math.exp(-i / half);
    const loss = from * 0.62 * fall + 0.05 + 0.02 * noise() * from;
    const val_loss =
      from * 0.5 * Math.exp(-i / (half * 0.8)) + 0.16 + (0.12 * i) / planned + 0.035 * noise() * from;
    return said(1 + (i + 1) * 0.4, {
      type: "epoch_end",
      epoch: i + 1,
      epochs: planned,
      logs: {
        loss,
        accuracy: Math.min(1, 0.985 - 0.34 * fall + 0.012 * noise()),
        val_loss,
        val_accuracy: Math.min(1, 0.94 - 0.25 * Math.exp(-i / (half * 0.7)) + 0.015 * noise()),
      },
    });
  });
}

const row = (
  metric: string,
  estimator: string,
  value: number | null,
  set: "train" | "validation" | "test",
) => ({
  ".metric": metric,
  ".estimator": estimator,
  ".estimate": value,
  set,
});

/** A confusion matrix and examples of so many classes, `right` of each row on the diagonal. */
export function evaluation(
  levels: readonly string[],
  n: number,
  right: number,
  images: boolean,
  seed = 7,
): RunEvent {
  const draw = random(seed);
  const k = levels.length;
  const confusion = levels.map(() => levels.map(() => 0));
  const examples: Example[] = [];
  const hard = levels.map((_, i) => (i * 3 + 2) % k);
  for (let i = 0; i < n; i++) {
    const truth = i % k;
    const easy = right + (1 - right) * 0.6 * Math.sin(truth * 2.1);
    let estimate = truth;
    if (draw() > easy) estimate = draw() < 0.6 ? (hard[truth] as number) : Math.floor(draw() * k);
    const cells = confusion[truth] as number[];
    cells[estimate] = (cells[estimate] as number) + 1;
    const wrong = truth !== estimate;
    if (examples.length < 48 || (wrong && examples.length < 110)) {
      const probability = wrong ? 0.35 + 0.5 * draw() : 0.6 + 0.4 * draw();
      examples.push({
        row: i + 1,
        truth: levels[truth] as string,
        estimate: levels[estimate] as string,
        probability,
        ...(images ? { image: `images/${i % 60}.png` } : {}),
      });
    }
  }
  return said(3.2, {
    type: "evaluation",
    set: "test",
    outcome: "label",
    n,
    levels,
    confusion,
    baseline: 1 / k + 0.004,
    examples,
  });
}

export function accuracyOf(event: RunEvent): number {
  const { confusion, n } = event as Evaluation;
  return confusion.reduce((sum, cells, i) => sum + (cells[i] as number), 0) / n;
}

const ended = (over: Partial<Extract<RunEvent, { type: "run_ended" }>> = {}): RunEvent =>
  said(3.5, { type: "run_ended", status: "done", folder: `.kspec/runs/${RUN}`, seconds: 3.14, ...over });

const problem = (
  severity: "error" | "warning" | "information" | "hint",
  code: string,
  message: string,
  fix?: string,
): RunEvent =>
  said(0.5, {
    type: "problem",
    severity,
    code,
    message,
    place: PLACE,
    ...(fix === undefined ? {} : { fix }),
  });

const toFit = [
  started(),
  phase(0.1, "load"),
  progress(0.3, "load", 1500, 1500, "images", 0),
  built(),
  phase(0.5, "features"),
  progress(0.9, "features", 500, 500, "images", 0, { cached: 480, per_s: 52.1 }),
  phase(1, "fit"),
];

function done(levels: readonly string[], n: number, right: number, fitEpochs: number): RunEvent[] {
  const test = evaluation(levels, n, right, true);
  const accuracy = accuracyOf(test);
  return [
    started({ epochs: fitEpochs }),
    ...toFit.slice(1),
    ...epochs(fitEpochs, fitEpochs),
    problem(
      "information",
      "still-improving",
      "Validation loss was still falling at the last epoch. More epochs may help: raise fit_epochs.",
    ),
    phase(3, "evaluate"),
    progress(3.1, "evaluate", n, n, "images", 0),
    said(3.2, {
      type: "metrics",
      set: "validation",
      n: 100,
      metrics: [
        row("accuracy", "multiclass", 0.93, "validation"),
        row("mn_log_loss", "multiclass", 0.2013, "validation"),
      ],
    }),
    said(3.2, {
      type: "metrics",
      set: "test",
      n,
      metrics: [
        row("accuracy", "multiclass", accuracy, "test"),
        row("mn_log_loss", "multiclass", 0.1874, "test"),
        row("roc_auc", "hand_till", 0.9953, "test"),
        row("kap", "multiclass", accuracy - 0.014, "test"),
      ],
    }),
    test,
    phase(3.3, "save"),
    ended(),
  ];
}

const PLANTS = `acer betula carpinus corylus fagus fraxinus ginkgo ilex juglans larix malus morus picea pinus
  platanus populus prunus pseudotsuga quercus rhododendron robinia salix sambucus sequoia sorbus taxus thuja
  tilia ulmus viburnum`.split(/\s+/);

function regression(): RunEvent[] {
  const draw = random(11);
  const examples: Example[] = Array.from({ length: 120 }, (_, i) => {
    const truth = 12 + 38 * draw() ** 1.3;
    return { row: i + 1, truth, estimate: truth * 0.93 + 2 + (draw() + draw() - 1) * 6 };
  });
  return [
    started({
      spec: { file: "/home/ada/cars/mpg.kspec.ts", workflow: "mpg", model: "mpg" },
      mode: "regression",
      epochs: 60,
      previous: {
        run: "before",
        metrics: [row("rmse", "standard", 2.61, "test")],
      },
    }),
    phase(0.1, "load"),
    progress(0.2, "load", 392, 392, "rows", 0),
    built([
      layer("input", "input", "InputLayer", [9], 0, false, []),
      layer("dense", "dense", "Dense", [64], 640, false, ["input"]),
      layer("dense", "dense_1", "Dense", [64], 4160, false, ["dense"]),
      layer("output", "output", "Dense", [1], 65, false, ["dense_1"]),
    ]),
    phase(1, "fit"),
    ...epochs(60, 60, 5, 310).map((event) => {
      if (event.type !== "epoch_end") return event;
      const { loss, val_loss } = event.logs as { loss: number; val_loss: number };
      return {
        ...event,
        logs: {
          loss,
          mean_absolute_error: Math.sqrt(loss) * 0.8,
          val_loss,
          val_mean_absolute_error: Math.sqrt(val_loss) * 0.8,
        },
      };
    }),
    phase(25, "evaluate"),
    progress(25.2, "evaluate", 120, 120, "rows", 0),
    said(25.3, {
      type: "metrics",
      set: "test",
      n: 120,
      metrics: [
        row("rmse", "standard", 2.473, "test"),
        row("rsq", "standard", 0.9012, "test"),
        row("mae", "standard", 1.94, "test"),
      ],
    }),
    said(25.3, {
      type: "evaluation",
      set: "test",
      outcome: "mpg",
      n: 120,
      levels: [],
      confusion: [],
      baseline: null,
      examples,
    }),
    phase(25.4, "save"),
    ended({ seconds: 25.6 }),
  ];
}

const run = (name: string, events: readonly RunEvent[], lost = false): FixtureRun => ({
  name,
  run: RUN,
  events,
  lost,
});

export const FIXTURES = {
  empty: { name: "empty", run: null, events: [] },
  starting: { name: "starting", run: "digits_transfer", events: [] },
  features: run("features", [
    ...toFit.slice(0, 5),
    progress(0.8, "features", 320, 500, "images", 4, { cached: 0, per_s: 45.3 }),
  ]),
  cached: run("cached", [
    ...toFit.slice(0, 5),
    progress(0.8, "features", 490, 500, "images", 1, { cached: 480, per_s: 212 }),
  ]),
  many: run("many", [
    ...toFit.slice(0, 5),
    progress(64, "features", 12_480, 20_000, "images", 38, { cached: 480, per_s: 1187 }),
  ]),
  fit: run("fit", [
    ...toFit,
    problem(
      "warning",
      "preprocessing-mismatch",
      '"resnet50" was trained on pixels of 0–255 in blue-green-red order, less the means of ImageNet, and step_rescale makes others of them. Write `.step_preprocess_input("resnet50")` in its place.',
      'Replace with step_preprocess_input("resnet50")',
    ),
    ...epochs(3, 5),
    progress(2.4, "fit", 8, 13, "batches", 12),
  ]),
  done5: run("done5", done(DIGITS, 1000, 0.945, 5)),
  done30: run("done30", done(PLANTS, 3000, 0.86, 40)),
  regression: run("regression", regression()),
  failed: run("failed", [
    ...toFit.slice(0, 3),
    said(0.8, {
      type: "run_ended",
      status: "failed",
      folder: `.kspec/runs/${RUN}`,
      seconds: 0.8,
      error: {
        message:
          "Block `output`: Dense needs one row of numbers an image, it got [7, 7, 32]. Put a flatten block between `base` and `output`.",
        place: PLACE,
      },
    }),
  ]),
  cancelled: run("cancelled", [
    ...toFit,
    ...epochs(3, 5),
    said(2.6, {
      type: "run_ended",
      status: "cancelled",
      folder: `.kspec/runs/${RUN}`,
      seconds: 2.6,
      kept: "The model of epoch 3 is kept.",
    }),
  ]),
  lost: run("lost", [...toFit, ...epochs(2, 5)], true),
  long: run("long", [started({ epochs: 5000 }), ...toFit.slice(1), ...epochs(3210, 5000)]),
} satisfies Record<string, FixtureRun>;

export function stateOf(fixture: FixtureRun): RunState {
  return reduceAll(fixture.events);
}
