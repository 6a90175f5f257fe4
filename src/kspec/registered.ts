import type { Optimizer } from "./optimizers.ts";
import type { TensorFunction } from "./training-arguments.ts";
import { named } from "./layer.ts";
import { SpecError } from "./spec-error.ts";

/** Makes an optimizer from the model's learning rate. */
export type OptimizerFunction = (options: { learning_rate: number }) => Optimizer;

/** What the engine looks names up in, before Keras's own. */
export const registered = {
  optimizers: new Map<string, OptimizerFunction>(),
  losses: new Map<string, TensorFunction>(),
  metrics: new Map<string, TensorFunction>(),
} as const;

/**
 * Gives an optimizer a name that `compile_optimizer` understands.
 *
 * ```ts
 * register_keras_optimizer("momentum", ({ learning_rate }) =>
 *   optimizers.sgd({ learningRate: learning_rate, momentum: 0.9 }));
 * ```
 */
export function register_keras_optimizer(name: string, optimizer_fn: OptimizerFunction): void {
  put("register_keras_optimizer", registered.optimizers, name, optimizer_fn);
}

/** Gives a loss a name that `compile_loss` understands. */
export function register_keras_loss(name: string, loss_fn: TensorFunction): void {
  put("register_keras_loss", registered.losses, name, loss_fn);
}

/** Gives a metric a name that `compile_metrics` understands. */
export function register_keras_metric(name: string, metric_fn: TensorFunction): void {
  put("register_keras_metric", registered.metrics, name, metric_fn);
}

function put<Fn>(where: string, map: Map<string, Fn>, name: unknown, fn: Fn): void {
  if (typeof name !== "string" || name === "")
    throw new SpecError("bad-name", `${where}() takes a name first, and got ${named(name)}.`);
  if (typeof fn !== "function")
    throw new SpecError("no-function", `${where}("${name}") takes a function second, and got ${named(fn)}.`);
  map.set(name, fn);
}
