import { randomInt } from "node:crypto";
import path from "node:path";
import type { Outcome } from "../data/baked.ts";
import { numberArray, textArray, writeNpz, type NpzArray } from "../data/formats/write-npz.ts";
import type { Table } from "../data/table.ts";
import type { FeatureProgress, OpenFeatures } from "../engine/index.ts";
import type { DataSplit, FeaturesCost, Phase, Progress } from "../protocol/index.ts";
import { refusedBy, understand, type Refused, type Understood } from "./fit.ts";
import { Pace, Throttle } from "./pace.ts";
import { rowsOf, type Rows } from "./read-rows.ts";

export interface FeaturesRequest {
  /** Absolute path of the spec. */
  readonly file: string;
  /** An export's name; absent: as for a fit. */
  readonly workflow?: string;
  /** Of frozen weights that come from no file, and of splits; absent: a new one. */
  readonly seed?: number;
  /** The `.npz` that is written. */
  readonly out: string;
}

export interface FeaturesHooks {
  progress(progress: Omit<Progress, "type" | "run" | "time">): void;
  note(severity: "warning" | "information", message: string): void;
  /** Lines that the user's code prints, and the inner workings of failures. */
  log(line: string): void;
  /** True while code of the user's runs that may never come back. */
  userCode?(running: boolean): void;
}

export interface ExportedFeatures {
  readonly how: "written";
  readonly file: string;
  readonly seed: number;
  /** What the features cost: how many rows came from the cache, and how long it took with the writing. */
  readonly cost: FeaturesCost;
  /** Names and shapes of the arrays in the file. */
  readonly arrays: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/**
 * Writes the features that a workflow's frozen base makes of its data as a NumPy archive: `train_x`, `train_y`, `train_ids`, the
 * same for `test` and for `validation` where the data bring such rows, and the class `levels`. Features go from the feature cache, or from
 * the base, to the file in chunks. Where the base gives several tensors they are `train_x_NAME` each; with several outcomes there are
 * `train_y_NAME` and `levels_NAME` of each.
 *
 * @returns what was written; or that the spec has errors, with its problems.
 * @throws UserError when there is no frozen base, or data, weights or the file are not to be had.
 */
export async function exportFeatures(
  request: FeaturesRequest,
  hooks: FeaturesHooks,
  signal?: AbortSignal,
): Promise<ExportedFeatures | Refused> {
  let understood: Understood | Refused;
  try {
    hooks.userCode?.(true);
    understood = await understand(request, hooks.log);
  } catch (error) {
    return refusedBy(error, "spec", hooks.log);
  } finally {
    hooks.userCode?.(false);
  }
  if ("how" in understood) return understood;
  return exportFrom(understood, request, hooks, signal);
}

async function exportFrom(
  { spec, workflow }: Understood,
  request: FeaturesRequest,
  hooks: FeaturesHooks,
  signal: AbortSignal | undefined,
): Promise<ExportedFeatures> {
  const engine = await import("../engine/index.ts");
  const seed = request.seed ?? randomInt(1, 2 ** 31);
  const tell = teller(hooks);
  const context = {
    specFolder: spec.folder,
    onProgress: (done: number, total: number | null, unit: Progress["unit"]) =>
      tell("load", done, total, unit),
    onNote: (severity: "warning" | "information", _code: string, message: string) =>
      hooks.note(severity, message),
    ...(signal ? { signal } : {}),
  };
  hooks.userCode?.(true);
  await engine.preflight(workflow.model, spec.folder, context).finally(() => hooks.userCode?.(false));
  const all = await rowsOf(workflow, context);
  signal?.throwIfAborted();
  const job = { model: workflow.model, train: all.train.baked, specFolder: spec.folder, seed };
  hooks.userCode?.(true);
  const base = await engine.openFeatures(job, context.onNote).finally(() => hooks.userCode?.(false));
  try {
    const sets = (["train", "validation", "test"] as const).flatMap((set): [DataSplit, Rows][] => {
      const rows = all[set];
      return rows === undefined ? [] : [[set, rows]];
    });
    const unit = [...all.train.table.columns.values()].some(({ kind }) => kind === "image")
      ? "images"
      : "rows";
    const began = performance.now();
    const told = new Map<DataSplit, FeatureProgress>();
    const total = sum(sets.map(([, { baked }]) => baked.rows));
    const arrays = sets.flatMap(([set, rows]) => [
      ...featureArrays(set, rows, base, signal, (progress) => {
        told.set(set, progress);
        const counts = [...told.values()];
        const cached = sum(counts.map((count) => count.cached));
        tell("features", sum(counts.map(({ done }) => done)), total, unit, cached);
      }),
      ...truthArrays(set, rows),
      textArray(`${set}_ids`, idsOf(rows.table)),
    ]);
    arrays.push(...levelArrays(all.train));
    const file = path.resolve(request.out);
    await writeNpz(file, arrays, signal);
    const cached = sum([...told.values()].map((count) => count.cached));
    const seconds = Math.round(performance.now() - began) / 1000;
    const computed = total - cached;
    const cost = {
      total,
      unit,
      cached,
      computed,
      seconds,
      per_s: computed === 0 ? null : computed / seconds,
    };
    return { how: "written", file, seed, cost, arrays: arrays.map(({ name, shape }) => ({ name, shape })) };
  } finally {
    await base.close();
  }
}

/** One for each tensor of the base. With several the rows are gone through once for each: all but the first come from the cache. */
function featureArrays(
  set: DataSplit,
  { baked }: Rows,
  base: OpenFeatures,
  signal: AbortSignal | undefined,
  onProgress: (progress: FeatureProgress) => void,
): NpzArray[] {
  return base.tensors.map(({ name, shape }, i) => ({
    name: base.tensors.length === 1 ? `${set}_x` : `${set}_x_${name}`,
    type: "<f4",
    shape: [baked.rows, ...shape],
    async *parts() {
      for await (const { features } of base.chunks(baked, signal, i === 0 ? onProgress : undefined)) {
        const { values } = features[i]!;
        yield new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      }
    },
  }));
}

/** Codes of classes count from 0 in `levels`; -1 is missing. */
function truthArrays(set: DataSplit, { baked }: Rows): NpzArray[] {
  return [...baked.outcomes].map(([name, outcome]) =>
    numberArray(
      named(`${set}_y`, name, baked.outcomes),
      outcome.kind === "nominal" ? outcome.codes : outcome.values,
    ),
  );
}

function levelArrays({ baked }: Rows): NpzArray[] {
  return [...baked.outcomes].flatMap(([name, outcome]) =>
    outcome.kind === "nominal" ? [textArray(named("levels", name, baked.outcomes), outcome.levels)] : [],
  );
}

function named(array: string, outcome: string, all: ReadonlyMap<string, Outcome>): string {
  return all.size === 1 ? array : `${array}_${outcome}`;
}

/** Images by their names; rows of a text file by the line they begin at; others by their number, from 1. */
function idsOf({ rows, columns, lines }: Table): string[] {
  for (const column of columns.values())
    if (column.kind === "image") return column.images.map(({ id }) => id);
  return Array.from({ length: rows }, (_, row) => String(lines?.[row] ?? row + 1));
}

/** Tells progress with speed and time left, no more often than people can read. */
function teller(hooks: FeaturesHooks) {
  let last: { phase: Phase; total: number | null; done: number; pace: Pace; throttle: Throttle } | undefined;
  return (
    phase: Phase,
    done: number,
    total: number | null,
    unit: Progress["unit"],
    cached?: number,
  ): void => {
    if (last?.phase !== phase || last.total !== total || done < last.done)
      last = { phase, total, done, pace: new Pace(), throttle: new Throttle() };
    last.done = done;
    const now = performance.now();
    const speed = last.pace.tell(done, total, now, cached);
    if (!last.throttle.lets(now, done === total)) return;
    hooks.progress({ phase, done, total, unit, ...speed, ...(cached === undefined ? {} : { cached }) });
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
