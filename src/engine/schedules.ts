import type { Schedule as ScheduleDescription } from "../kspec/schedules.ts";
import { UserError } from "../protocol/index.ts";

/** The learning rate of a step, of which the first is 0; in single precision, as Keras computes it. */
export type Schedule = (step: number) => number;

type Options = Readonly<Record<string, unknown>>;

/**
 * A learning rate that changes from step to step, or one that does not.
 *
 * @param argument A number, or what `schedules.…({ … })` describes.
 * @param where What a message calls it: `learn_rate`.
 * @throws UserError for anything else, and for options that make no schedule.
 */
export function findSchedule(argument: unknown, where: string): Schedule {
  if (typeof argument === "number" && Number.isFinite(argument) && argument >= 0) {
    const rate = fround(argument);
    return () => rate;
  }
  if (!isSchedule(argument))
    throw new UserError(
      "learning-rate",
      `${where} must be a number above 0 or a schedule (schedules.cosineDecay({ … }) and its kin), and it is ${JSON.stringify(argument) ?? String(argument)}.`,
    );
  return SCHEDULES[argument.class_name]!(
    new Numbers(`${where}: schedules.${camel(argument)}`, argument.config),
  );
}

export function isSchedule(argument: unknown): argument is ScheduleDescription {
  const description = argument as Partial<ScheduleDescription> | null | undefined;
  return (
    typeof description === "object" &&
    description?.kind === "schedule" &&
    Object.hasOwn(SCHEDULES, description.class_name ?? "")
  );
}

const { fround } = Math;
const PI = fround(Math.PI);

/** Keras's `keras.optimizers.schedules`, by class name. */
const SCHEDULES: Readonly<Record<string, (options: Numbers) => Schedule>> = {
  ExponentialDecay: (options) => {
    const [initial, rate, progress] = decay(options);
    return (step) => fround(initial * fround(rate ** progress(step)));
  },

  InverseTimeDecay: (options) => {
    const [initial, rate, progress] = decay(options);
    return (step) => fround(initial / fround(1 + fround(rate * progress(step))));
  },

  PiecewiseConstantDecay: (options) => {
    // Keras compares whole steps with boundaries that it makes whole.
    const boundaries = options.list("boundaries").map(Math.trunc);
    const values = options.list("values").map(fround);
    if (values.length !== boundaries.length + 1 || boundaries.length === 0)
      throw options.wrong(
        `needs one boundary at least and one value more than boundaries, and has ${boundaries.length} and ${values.length}`,
      );
    if (boundaries.some((boundary, i) => i > 0 && boundary <= boundaries[i - 1]!))
      throw options.wrong("needs boundaries that rise");
    return (step) => {
      const at = boundaries.findIndex((boundary) => step <= boundary);
      return values[at === -1 ? boundaries.length : at]!;
    };
  },

  PolynomialDecay: (options) => {
    const initial = options.number("initialLearningRate");
    const steps = options.steps("decaySteps");
    const end = options.number("endLearningRate", 1e-4);
    const power = options.number("power", 1);
    const cycle = options.flag("cycle");
    return (step) => {
      const length = cycle ? fround(steps * (step === 0 ? 1 : Math.ceil(fround(step / steps)))) : steps;
      const progress = fround(Math.min(step, length) / length);
      return fround(fround(fround(initial - end) * fround(fround(1 - progress) ** power)) + end);
    };
  },

  CosineDecay: (options) => {
    const initial = options.number("initialLearningRate");
    const steps = options.steps("decaySteps");
    const alpha = options.number("alpha", 0);
    const target = options.optional("warmupTarget");
    const warmup = target === undefined ? 0 : options.number("warmupSteps", 0);
    const from = target ?? initial;
    return (step) => {
      const at = Math.min(step, fround(steps + warmup));
      if (at < warmup) return fround(fround(fround(from - initial) * fround(at / warmup)) + initial);
      const decayed = fround(fround(halfCosine(fround((at - warmup) / steps)) * fround(1 - alpha)) + alpha);
      return fround(from * decayed);
    };
  },

  CosineDecayRestarts: (options) => {
    const initial = options.number("initialLearningRate");
    const first = options.steps("firstDecaySteps");
    const longer = options.number("tMul", 2);
    const smaller = options.number("mMul", 1);
    const alpha = options.number("alpha", 0);
    return (step) => {
      const [restarts, progress] = restarted(fround(step / first), longer);
      const cosine = fround(halfCosine(progress) * fround(smaller ** restarts));
      return fround(initial * fround(fround(fround(1 - alpha) * cosine) + alpha));
    };
  },
};

/** What exponential and inverse decay share: where they begin, how fast they fall, and how far a step is. */
function decay(options: Numbers): [initial: number, rate: number, progress: Schedule] {
  const steps = options.steps("decaySteps");
  const whole = options.flag("staircase");
  return [
    options.number("initialLearningRate"),
    options.number("decayRate"),
    (step) => (whole ? Math.floor(fround(step / steps)) : fround(step / steps)),
  ];
}

/** From 1 at 0 down to 0 at 1. */
function halfCosine(progress: number): number {
  return fround(0.5 * fround(1 + fround(Math.cos(fround(PI * progress)))));
}

/**
 * How often it began anew, and how far the present period is, if each is `longer` times the one before.
 *
 * @param progress Steps so far, in periods of the first length.
 */
function restarted(progress: number, longer: number): [restarts: number, progress: number] {
  if (longer === 1) {
    const restarts = Math.floor(progress);
    return [restarts, fround(progress - restarts)];
  }
  const growth = fround(1 - fround(progress * fround(1 - longer)));
  const restarts = Math.floor(fround(fround(Math.log(growth)) / fround(Math.log(longer))));
  const period = fround(longer ** restarts);
  const before = fround(fround(1 - period) / fround(1 - longer));
  return [restarts, fround(fround(progress - before) / period)];
}

/** Options of a schedule, in single precision. */
class Numbers {
  readonly #where: string;
  readonly #given: Options;

  constructor(where: string, given: Options) {
    this.#where = where;
    this.#given = given;
  }

  optional(name: string): number | undefined {
    const value = this.#given[name] ?? undefined;
    if (value === undefined) return undefined;
    if (typeof value !== "number" || !Number.isFinite(value) || value < 0)
      throw this.wrong(`needs a number from 0 on as ${name}, and has ${JSON.stringify(value)}`);
    return fround(value);
  }

  number(name: string, fallback?: number): number {
    const value = this.optional(name) ?? fallback;
    if (value === undefined) throw this.wrong(`needs ${name}`);
    return fround(value);
  }

  /** A number of steps, above 0. */
  steps(name: string): number {
    const value = this.number(name);
    if (value === 0) throw this.wrong(`needs a number above 0 as ${name}`);
    return value;
  }

  flag(name: string): boolean {
    const value = this.#given[name] ?? false;
    if (typeof value !== "boolean")
      throw this.wrong(`needs true or false as ${name}, and has ${JSON.stringify(value)}`);
    return value;
  }

  list(name: string): readonly number[] {
    const value = this.#given[name];
    if (!Array.isArray(value) || !value.every((one) => typeof one === "number" && one >= 0))
      throw this.wrong(`needs a list of numbers from 0 on as ${name}`);
    return value as number[];
  }

  wrong(what: string): UserError {
    return new UserError("learning-rate", `${this.#where} ${what}.`);
  }
}

function camel({ class_name }: ScheduleDescription): string {
  return class_name.charAt(0).toLowerCase() + class_name.slice(1);
}
