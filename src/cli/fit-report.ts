import {
  featuresCost,
  NO_RUN,
  reduce,
  type FeaturesCost,
  type MetricRow,
  type Phase,
  type RunEvent,
} from "../protocol/index.ts";
import { readRecord } from "../runs/index.ts";
import { counted, duration, rate, threeDigits } from "./numbers.ts";
import { bar, ProgressLine, progressText, timeLeft } from "./progress-line.ts";
import { colours, say, shortPath } from "./terminal.ts";

/**
 * A fit as a person reads it. On a terminal: one line that moves, with epoch and accuracy, and a line for each
 * epoch where there are few. Elsewhere: plain lines.
 */
export class FitReport {
  readonly #line = new ProgressLine();
  #epochs = 0;
  /** `fit_verbose`, in Keras's sense: 0 tells no epochs, 2 each on a line of its own, 1 as suits the place. */
  #verbose: unknown = 1;
  #lastEpoch = "epoch 1";
  /** Of the run's state the phases alone. */
  #phases = NO_RUN;

  /** @param resumed Folder of the run that goes on; absent: one is made. */
  constructor(resumed?: string) {
    const record = resumed === undefined ? null : readRecord(resumed);
    if (record !== null) {
      this.#verbose = record.arguments["fit_verbose"] ?? 1;
      this.#say(`${colours.bold(record.spec.model)}  ${shortPath(record.spec.file)}`);
    }
  }

  /** Takes the moving line away, before something else is written. */
  clear(): void {
    this.#line.clear();
  }

  event(event: RunEvent): void {
    this.#followFeatures(event);
    switch (event.type) {
      case "run_started":
        this.#epochs = event.epochs;
        this.#verbose = event.arguments["fit_verbose"] ?? 1;
        this.#say(`${colours.bold(event.spec.model)}  ${shortPath(event.spec.file)}`);
        this.#say(colours.dim(`seed ${event.seed}`));
        break;
      case "resumed":
        this.#epochs = event.epochs;
        if (event.epoch > 0) this.#lastEpoch = `epoch ${event.epoch} of ${event.epochs}`;
        this.#say(
          event.epoch === 0
            ? `${event.run} begins anew: none of its epochs was kept`
            : `${event.run} goes on after epoch ${event.epoch} of ${event.epochs}`,
        );
        break;
      case "progress": {
        const { phase, done, total, unit, eta_s, per_s } = event;
        if (phase === "fit") this.#line.show(this.#fitting(total === null ? 0 : done / total, eta_s, per_s));
        else this.#line.show(progressText(TITLES[phase], done, total, unit, eta_s, per_s));
        break;
      }
      case "model_built":
        this.#say(
          `${counted(event.layers.length, "layer")}, ${counted(event.parameters.total, "parameter")}, ` +
            `${event.parameters.trainable.toLocaleString("en-US")} of them trainable`,
        );
        break;
      case "trainer_chosen": {
        const { name, reason } = event.trainer;
        this.#say(
          colours.dim(`Trained by ${ENGINES[name] ?? name}${name === "onnxruntime" ? "" : `: ${reason}`}`),
        );
        break;
      }
      case "epoch_end":
        this.#lastEpoch = [`epoch ${event.epoch} of ${event.epochs}`, ...headline(event.logs)].join(" · ");
        if (this.#tellsEpoch(event.epoch))
          this.#say(`epoch ${event.epoch} of ${event.epochs} · ${logWords(event.logs)}`);
        this.#line.show(this.#fitting(event.epoch / event.epochs, null));
        break;
      case "problem": {
        const paint = {
          error: colours.red,
          warning: colours.yellow,
          information: colours.cyan,
          hint: colours.dim,
        };
        this.#say(`${paint[event.severity](event.severity)} ${event.message}`);
        break;
      }
    }
  }

  /** When the features are complete, one line says where they came from; of a phase that was broken off there is none. */
  #followFeatures(event: RunEvent): void {
    if (event.type !== "phase_started" && event.type !== "progress") return;
    this.#phases = reduce(this.#phases, event);
    if (event.type !== "phase_started") return;
    const cost = featuresCost(this.#phases.phases.at(-2));
    if (cost !== null) this.#say(featuresLine(cost));
  }

  /** On a terminal the moving line stands for the many epochs of a long fit. */
  #tellsEpoch(epoch: number): boolean {
    if (this.#verbose === 0) return false;
    if (this.#verbose === 2 || !this.#line.active) return true;
    return this.#epochs <= 20 || epoch % Math.ceil(this.#epochs / 20) === 0;
  }

  #fitting(share: number, eta_s: number | null, per_s?: number): string {
    const speed = per_s === undefined ? "" : ` · ${rate(per_s, "steps")}`;
    const left = eta_s === null ? "" : ` · ${timeLeft(eta_s)}`;
    return `Fitting ${bar(share)} ${this.#lastEpoch}${speed}${left}`;
  }

  #say(line: string): void {
    this.#line.clear();
    say(line);
  }
}

/** `Features of 600 images: 480 from the cache, 120 computed in 1.2 s (100 images/s)` */
export function featuresLine({ total, unit, cached, computed, seconds, per_s }: FeaturesCost): string {
  const of = `Features of ${total.toLocaleString("en-US")} ${unit}`;
  const time = duration(seconds);
  if (computed === 0) return `${of}: all from the cache in ${time}`;
  const speed = per_s === null ? "" : ` (${rate(per_s, unit)})`;
  if (cached === 0) return `${of}: computed in ${time}${speed}`;
  return `${of}: ${cached.toLocaleString("en-US")} from the cache, ${computed.toLocaleString("en-US")} computed in ${time}${speed}`;
}

/** `accuracy multiclass 0.944` */
export function metricLine(row: MetricRow): string {
  const estimate = row[".estimate"];
  const outcome = row.outcome === undefined ? "" : `${row.outcome} `;
  return `${outcome}${row[".metric"]} ${row[".estimator"]} ${estimate === null ? "NA" : threeDigits(estimate)}`;
}

const ENGINES: Readonly<Record<string, string>> = {
  onnxruntime: "ONNX Runtime",
  tensorflow: "TensorFlow",
  wasm: "TensorFlow.js on WebAssembly",
};

const TITLES: Record<Phase, string> = {
  load: "Loading",
  features: "Features",
  fit: "Fitting",
  tune: "Tuning",
  evaluate: "Evaluating",
  save: "Saving",
};

/** What one looks at while it runs: `accuracy 0.941` and `val_accuracy 0.950`, or the losses where there is no metric. */
function headline(logs: Readonly<Record<string, number>>): string[] {
  const name = Object.keys(logs).find((key) => key !== "loss" && !key.startsWith("val_")) ?? "loss";
  return [name, `val_${name}`].filter((key) => key in logs).map((key) => `${key} ${threeDigits(logs[key]!)}`);
}

/** `loss 0.413 · accuracy 0.941 · val_loss 0.402 · val_accuracy 0.950` */
function logWords(logs: Readonly<Record<string, number>>): string {
  return Object.entries(logs)
    .map(([name, value]) => `${name} ${threeDigits(value)}`)
    .join(" · ");
}
