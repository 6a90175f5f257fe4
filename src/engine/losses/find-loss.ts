import type { KerasObjectDescription } from "../../kspec/description.ts";
import { registered } from "../../kspec/registered.ts";
import { UserError } from "../../protocol/index.ts";
import { customLoss, type CustomFunction, type Link, type Loss } from "./loss.ts";
import { marginLosses } from "./margin.ts";
import { overlapLosses } from "./overlap.ts";
import { probabilityLosses } from "./probability.ts";
import { regressionLosses } from "./regression.ts";

/** Options of losses, as a spec gives them. */
export interface LossOptions {
  readonly fromLogits?: boolean;
  readonly labelSmoothing?: number;
  readonly delta?: number;
  readonly alpha?: number | readonly number[];
  readonly beta?: number;
  readonly gamma?: number;
  readonly applyClassBalancing?: boolean;
  readonly q?: number;
  readonly axis?: number | null;
}
export type MakeLoss = (options: LossOptions) => Loss["perRow"];

/** Keras's losses by class name. */
const LOSSES: Readonly<Record<string, MakeLoss>> = {
  ...regressionLosses,
  ...probabilityLosses,
  ...marginLosses,
  ...overlapLosses,
};

const ALIASES: Readonly<Record<string, string>> = {
  mse: "MeanSquaredError",
  mae: "MeanAbsoluteError",
  mape: "MeanAbsolutePercentageError",
  msle: "MeanSquaredLogarithmicError",
  bce: "BinaryCrossentropy",
  kld: "KLDivergence",
  kl_divergence: "KLDivergence",
  logcosh: "LogCosh",
  // The truth is one column a class here, so both forms of the loss are the same.
  sparse_categorical_crossentropy: "CategoricalCrossentropy",
};

/** The class that a name of Keras's stands for; undefined when there is none. */
function classOf(name: string): string | undefined {
  const found =
    ALIASES[name] ??
    name
      .split("_")
      .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
      .join("");
  return Object.hasOwn(LOSSES, found) ? found : undefined;
}

/** Names of Keras's losses, for messages. */
export const LOSS_NAMES: readonly string[] = Object.keys(LOSSES).map(snakeCased);

/** Keras's name of a class in functions and logs: `mean_squared_error`, `kl_divergence`. */
export function snakeCased(class_name: string): string {
  return class_name.replaceAll(/(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, "_").toLowerCase();
}

/** Whether Keras knows a loss by this name, a short one included. */
export function isLossName(name: string): boolean {
  return classOf(name) !== undefined;
}

/**
 * The loss that a model's argument says: a name (registered ones first, then Keras's), a description with
 * options, or a function of truth and estimate.
 *
 * @throws UserError for a name that nobody knows, and for options that are out of their range.
 */
export function findLoss(argument: unknown): Loss {
  if (typeof argument === "function")
    return customLoss(argument.name || "custom", argument as unknown as CustomFunction);
  if (typeof argument === "string") {
    const own = registered.losses.get(argument);
    if (own !== undefined) return customLoss(argument, own as unknown as CustomFunction);
    const keras = classOf(argument);
    if (keras !== undefined) return kerasLoss(keras, {});
  }
  const description = argument as Partial<KerasObjectDescription> | null;
  const name = typeof description === "object" ? (description?.class_name ?? "") : "";
  if (!Object.hasOwn(LOSSES, name))
    throw new UserError(
      "unknown-loss",
      `compile_loss: ${JSON.stringify(argument) ?? String(argument)} is no loss. There are: ${LOSS_NAMES.join(", ")}; others are given as a function of truth and estimate.`,
    );
  return kerasLoss(name, description!.config ?? {});
}

function kerasLoss(name: string, options: LossOptions): Loss {
  check(name, options);
  const ofBatch = Object.hasOwn(overlapLosses, name) && (options.axis ?? 0) === 0;
  return {
    name,
    perRow: LOSSES[name]!(options),
    link: linkOf(name, options),
    ...(ofBatch ? { ofBatch } : {}),
  };
}

function linkOf(name: string, { fromLogits }: LossOptions): Link {
  if (fromLogits !== true) return "none";
  return name.startsWith("Binary") ? "sigmoid" : "softmax";
}

/** Options of which Keras's formula makes nothing outside a range. */
function check(name: string, options: LossOptions): void {
  const within = (
    option: "q" | "labelSmoothing" | "gamma",
    fine: (value: number) => boolean,
    range: string,
  ) => {
    const value: unknown = options[option];
    if (value !== undefined && (typeof value !== "number" || !fine(value)))
      throw new UserError(
        "bad-argument",
        `compile_loss: ${option} of ${name} must be ${range}, and it is ${JSON.stringify(value) ?? String(value)}.`,
      );
  };
  within("q", (q) => q > 0 && q < 1, "a number between 0 and 1");
  within("labelSmoothing", (share) => share >= 0 && share <= 1, "a number from 0 to 1");
  const { axis = null } = options;
  if (axis !== null && ![-1, 0, 1].includes(axis as number))
    throw new UserError(
      "bad-argument",
      `compile_loss: axis of ${name} must be -1 (each row by itself), 0 (each column) or null (the whole batch), and it is ${JSON.stringify(axis)}.`,
    );
  within("gamma", (gamma) => gamma >= 0, "a number from 0");
}
