import { isUserError, UserError, type ParameterValues, type Place } from "../../protocol/index.ts";
import { configNames } from "../../tuning/grids/index.ts";
import { finalizeWorkflow } from "../../tuning/parameters/index.ts";
import { blockLine } from "../block-line.ts";
import { chooseWorkflow, type RunnableWorkflow } from "../choose-workflow.ts";
import { detailsOf, messageOf } from "../error-message.ts";
import { loadChecked, type FitHooks, type Refused } from "../fit.ts";
import type { LoadedSpec } from "../load-spec.ts";
import { readDataset, rowsOf } from "../read-rows.ts";
import { chooseTunable, kindOf } from "./choose-tunable.ts";
import { searchContext } from "./run-tuning.ts";
import { settleTuning } from "./settle-tuning.ts";

/** A candidate that was built and not fitted: kerasnip's row of `compile_keras_grid()`. */
export interface CompiledCandidate {
  readonly config: string;
  readonly values: ParameterValues;
  /** null on success. */
  readonly error: string | null;
  /** Where the layer block stands that could not be built. */
  readonly place?: Place;
  /** Of the network; null where it could not be built. */
  readonly parameters: { readonly total: number; readonly trainable: number } | null;
}

export interface CompiledGrid {
  readonly how: "compiled";
  readonly name: string;
  readonly candidates: readonly CompiledCandidate[];
}

export interface CompileRequest {
  readonly file: string;
  /** The exported tuning or workflow; absent: the default export, else the only one. */
  readonly export?: string;
  readonly seed?: number;
}

/**
 * Builds the network of every candidate of a grid, with its training, and fits none (kerasnip's `compile_keras_grid`): a candidate that
 * cannot be says why, at its block's line, and the others go on. A workflow without a tuning is one candidate.
 *
 * @param compiled told of each as it is done.
 */
export async function compileGrid(
  request: CompileRequest,
  hooks: Pick<FitHooks, "log" | "userCode">,
  compiled: (candidate: CompiledCandidate, done: number, total: number) => void,
  signal?: AbortSignal,
): Promise<CompiledGrid | Refused> {
  hooks.userCode?.(true);
  const loaded = await loadChecked(request.file, hooks.log).finally(() => hooks.userCode?.(false));
  if ("how" in loaded) return loaded;
  const { spec } = loaded;
  const { name, workflow, grid } = await gridOf(spec, request, signal);
  const { openTrialBench } = await import("../../engine/index.ts");
  const bench = openTrialBench({ specFolder: spec.folder });
  const { dataset } = await readDataset(workflow, spec.folder, signal);
  const candidates: CompiledCandidate[] = [];
  const configs = configNames(grid.candidates, grid.parameters);
  try {
    for (const [i, values] of grid.candidates.entries()) {
      signal?.throwIfAborted();
      const one = await compileOne(values, configs[i]!);
      candidates.push(one);
      compiled(one, i + 1, grid.candidates.length);
    }
  } finally {
    await bench.dispose();
  }
  return { how: "compiled", name, candidates };

  async function compileOne(values: ParameterValues, config: string): Promise<CompiledCandidate> {
    try {
      const own = finalizeWorkflow(workflow, values) as RunnableWorkflow;
      const { train } = await rowsOf(own, { specFolder: spec.folder }, {}, dataset);
      const { parameters } = await bench.compile(own.model, train.baked);
      return { config, values, error: null, parameters };
    } catch (error) {
      if (!isUserError(error)) hooks.log(detailsOf(error));
      const place = spec.lineOf(error) ?? (await blockLine(error, spec));
      return {
        config,
        values,
        error: messageOf(error),
        ...(place === undefined ? {} : { place }),
        parameters: null,
      };
    }
  }
}

async function gridOf(spec: LoadedSpec, request: CompileRequest, signal: AbortSignal | undefined) {
  const name = request.export ?? ("default" in spec.exports ? "default" : undefined);
  if (name !== undefined && kindOf(spec.exports[name]) === "workflow") {
    const { workflow } = chooseWorkflow(spec, name);
    return { name, workflow, grid: { candidates: [{}], parameters: [] } };
  }
  const tunable = chooseTunable(spec, name);
  const last = tunable.tunings.at(-1);
  if (last === undefined) throw new UserError("nothing-to-tune", `"${tunable.name}" has no tuning.`);
  const seed = request.seed ?? last.tuning.control.seed ?? 1;
  const settled = await settleTuning(last.tuning, spec.folder, seed, signal);
  const { candidates, parameters } = searchContext({ tuning: last.tuning, seed }, settled);
  return { name: tunable.name, workflow: settled.workflow, grid: { candidates, parameters } };
}
