import { UserError } from "../protocol/index.ts";
import { readRecord } from "../runs/index.ts";
import { openFittedRun } from "./fitted-run.ts";
import type { NewDataHooks, NewDataRequest } from "./predict.ts";
import { readTruth } from "./read-truth.ts";

/**
 * kerasnip's `keras_evaluate`: the loss and the metrics of the epoch log that a run's model was trained with, on new data whose outcomes are
 * known. Yardstick's metrics are `evaluate`'s.
 *
 * @returns `values` by their keys in the epoch log: `loss`, `accuracy`, …; with several outputs each output's too.
 * @throws UserError when the run has no model, the data do not fit it or tell no outcome, or the loss is a function of the spec, which a run
 *   does not keep.
 */
export async function kerasEvaluate(
  request: NewDataRequest,
  hooks: NewDataHooks,
  signal?: AbortSignal,
): Promise<{ readonly n: number; readonly values: Readonly<Record<string, number>> }> {
  const run = await openFittedRun(request.run);
  try {
    const given = readRecord(run.folder)?.arguments ?? {};
    for (const argument of ["compile_loss", "compile_metrics"] as const)
      refuseFunctions(run.name, argument, given[argument]);
    const baked = await readTruth(run, request.data, hooks, signal);
    const values = await run.model.evaluate(baked, given, signal, (done) =>
      hooks.progress?.(done, baked.rows),
    );
    return { n: baked.rows, values };
  } finally {
    run.model.dispose();
  }
}

/** A run names functions where it had them; also within lists and objects of outputs. */
function refuseFunctions(model: string, argument: string, value: unknown): void {
  if (typeof value === "string" && value.startsWith("function "))
    throw new UserError(
      "function-of-spec",
      `${argument} of ${model} is the ${value} of its spec, and a run keeps no functions. Leave out --keras: kspec evaluate gives the metrics of the metric set.`,
    );
  if (typeof value === "object" && value !== null)
    for (const part of Object.values(value)) refuseFunctions(model, argument, part);
}
