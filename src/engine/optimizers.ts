import type { KerasObjectDescription } from "../kspec/description.ts";
import { registered } from "../kspec/registered.ts";
import type { Schedule as ScheduleDescription } from "../kspec/schedules.ts";
import { UserError } from "../protocol/index.ts";
import type { Optimizer } from "./optimizer.ts";
import { clippingOf } from "./optimizers/clipping.ts";
import { Options } from "./optimizers/options.ts";
import { OPTIMIZERS } from "./optimizers/registry.ts";
import type { MakeRule } from "./optimizers/rule.ts";
import { findSchedule, isSchedule } from "./schedules.ts";

/** Name in small letters → class name. */
const NAMES: ReadonlyMap<string, string> = new Map(
  [...OPTIMIZERS.keys()].map((name) => [name.toLowerCase(), name]),
);

/**
 * The optimizer that a model's arguments say; nothing given is Adam.
 *
 * @param rate The model's `learn_rate`, a number or a schedule: used unless the optimizer's description has one of its own.
 * @throws UserError for a name that nobody knows, and for options that the optimizer cannot have.
 */
export function findOptimizer(argument: unknown, rate: number | ScheduleDescription): Optimizer {
  let wanted = argument ?? "adam";
  const own = typeof wanted === "string" ? registered.optimizers.get(wanted) : undefined;
  if (own !== undefined) {
    if (typeof rate !== "number")
      throw new UserError(
        "learning-rate",
        `compile_optimizer: "${String(wanted)}" makes its optimizer from a number, and learn_rate is a schedule. Give the schedule to the optimizer itself, as its learningRate.`,
      );
    wanted = own({ learning_rate: rate });
  }

  const description: Partial<KerasObjectDescription> | null =
    typeof wanted === "string"
      ? { class_name: NAMES.get(wanted) ?? "", config: {} }
      : (wanted as KerasObjectDescription);
  const name = typeof description === "object" ? (description?.class_name ?? "") : "";
  const make = OPTIMIZERS.get(name);
  if (make === undefined)
    throw new UserError(
      "unknown-optimizer",
      `compile_optimizer: ${JSON.stringify(argument) ?? String(argument)} is no optimizer. There are: ${[...NAMES.keys()].join(", ")}; options are given by optimizers.adam({ … }) and its kin.`,
    );
  return optimizerOf(make, new Options(name, description!.config ?? {}), rate);
}

/** A rule with what every optimizer of Keras has: a learning rate or a schedule of it, clipping, decay of weights. */
function optimizerOf(make: MakeRule, options: Options, learnRate: number | ScheduleDescription): Optimizer {
  const rule = make(options);
  const own = options.given("learningRate");
  const schedule =
    own === undefined
      ? findSchedule(learnRate, "learn_rate")
      : findSchedule(own, `compile_optimizer: learningRate of ${options.optimizer}`);
  const rate = (step: number, factor: number) => Math.fround(schedule(step - 1) * factor);
  const { constants, clip } = clippingOf(options);
  const weightDecay = options.optional("weightDecay") ?? rule.weightDecay;

  return {
    name: options.optimizer,
    slots: rule.slots,
    constants: { ...rule.constants, ...constants },
    rate,
    scheduled: isSchedule(own ?? learnRate),
    numbers(step, factor) {
      const now = rate(step, factor);
      const numbers = rule.numbers(step, now);
      return weightDecay === undefined ? numbers : { ...numbers, weightDecay: weightDecay * now };
    },
    ...(clip !== undefined && { clip }),
    update(math, weight, gradient, slots, numbers) {
      const { weightDecay: share } = numbers;
      const decayed = share === undefined ? weight : math.sub(weight, math.mul(weight, share));
      return rule.update(math, decayed, gradient, slots, numbers);
    },
  };
}
