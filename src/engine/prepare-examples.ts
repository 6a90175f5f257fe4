import type { Baked, InputColumn, Outcome, StreamedColumn } from "../data/baked.ts";
import { readAll } from "../data/read-all.ts";
import type { Network } from "../model/network.ts";
import { UserError } from "../protocol/index.ts";
import type { FitJob, FitListener } from "./contract.ts";
import { inputNumber } from "./describe-network.ts";
import type { FeatureProgress, FrozenPrefix } from "./features.ts";
import { inputColumns, plainColumns, someRows, viewsOf, type InputPlan } from "./inputs.ts";
import type { Parts } from "./prefix.ts";
import { sizeOf, type Rows } from "./rows.ts";
import { rowWeights, truthOf, type OutputPlan } from "./targets.ts";
import { availableMemory } from "./training/check-memory.ts";
import { isStreamed, type Examples, type StreamedRows } from "./training/examples.ts";
import type { Settings } from "./training-arguments.ts";

/** The rows to learn from and those to validate on, as the head takes them. */
export async function prepareExamples(
  job: Pick<FitJob, "train" | "validation" | "test" | "memoryForRows">,
  parts: Parts,
  network: Network,
  inputs: readonly InputPlan[],
  plans: readonly OutputPlan[],
  settings: Settings,
  prefix: FrozenPrefix | null,
  listener: Pick<FitListener, "phase" | "progress">,
  signal: AbortSignal | undefined,
): Promise<[Examples, Examples | null]> {
  const [learnt, held] = rowSets(job, inputs, settings);
  const sets = held === null ? [learnt] : [learnt, held];
  const later =
    job.test === undefined || prefix?.keeps !== true
      ? undefined
      : plainColumns(inputColumns(inputs, job.test));
  const unit = inputs.some(({ shape }) => shape.length === 3) ? "images" : "rows";
  const total = sets.reduce(
    (sum, { rows, columns }) => sum + rows * (prefix?.views(columns) ?? 1),
    later === undefined ? 0 : job.test!.rows,
  );
  if (prefix !== null) {
    listener.phase("features");
    listener.progress("features", 0, total, unit);
  }
  const examples: Examples[] = [];
  let done = 0;
  let cached = 0;
  let last = { done: 0, cached: 0 };
  const tell = (progress: FeatureProgress) => {
    last = progress;
    // What cannot be found again has not been kept either, and nothing is said of a cache.
    const kept = prefix!.keeps ? cached + progress.cached : undefined;
    listener.progress("features", done + progress.done, total, unit, kept);
  };
  const finish = () => {
    done += last.done;
    cached += last.cached;
    last = { done: 0, cached: 0 };
  };
  const memory = job.memoryForRows ?? memoryForRows();
  for (const set of sets) {
    const { rows, outcomes, weights } = set;
    const { inputs: taken, views } = await headInputs(set, { parts, network, prefix }, memory, {
      features: tell,
      load: (loaded, all, of) => listener.progress("load", loaded, all, of),
      signal,
    });
    finish();
    examples.push({
      rows,
      inputs: taken,
      views,
      truths: plans.map((plan) => truthOf(plan, outcomes, rows)),
      // Keras's class weights are for the rows that are learnt from; those of rows also for the ones that are validated on.
      weights:
        examples.length === 0
          ? rowWeights(settings.classWeight, weights, plans, outcomes)
          : (weights ?? null),
    });
  }
  // Nobody holds these: they lie in the cache until they are asked for.
  if (prefix?.keeps === true && later !== undefined)
    for await (const _ of prefix.chunks(later, job.test!.rows, signal, tell));
  // Where epochs take features from the cache it stays at hand.
  if (!examples.some(({ inputs: all }) => all.some(isStreamed))) await prefix?.rest();
  return [examples[0]!, examples[1] ?? null];
}

/** Where a head's inputs come from. */
export interface HeadSource {
  readonly parts: Parts;
  readonly network: Network;
  readonly prefix: FrozenPrefix | null;
}

/** Who is told while rows are read, and may stop it. */
export interface ReadingRows {
  features(progress: FeatureProgress): void;
  load(done: number, total: number, unit: "images"): void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Some rows as the head takes them: features, and inputs of the network as they stand; with how many variants of each row there are.
 *
 * @param memory Bytes that they may take; what is larger is read when it is asked for.
 */
export async function headInputs(
  { rows, columns }: Pick<RowSet, "rows" | "columns">,
  { parts, network, prefix }: HeadSource,
  memory: number,
  { features: tell, load, signal }: ReadingRows,
): Promise<{ readonly inputs: (Rows | StreamedRows)[]; readonly views: number[] }> {
  const features = prefix === null ? [] : await featuresOf(prefix, columns, rows, memory, signal, tell);
  let computed = 0;
  const inputs: (Rows | StreamedRows)[] = [];
  const views: number[] = [];
  for (const { layer } of parts.features) {
    const input = inputNumber(network, layer);
    if (input === null) {
      inputs.push(features[computed++]!);
      views.push(prefix!.views(columns));
    } else {
      const column = columns[input]!;
      const own = viewsOf([column]);
      const size = 4 * rows * own * sizeOf(column.shape);
      inputs.push(
        column.kind === "streamed" && size > memory
          ? fromColumn(column)
          : await inMemory(column, rows, load, signal),
      );
      views.push(own);
    }
  }
  return { inputs, views };
}

/** Some rows: what the network's inputs read, in its order, and what is to be learnt. */
export interface RowSet {
  readonly rows: number;
  readonly columns: readonly InputColumn[];
  readonly outcomes: Baked["outcomes"];
  readonly weights: Float32Array | undefined;
}

/** Validation rows are the dataset's own, or Keras's `validation_split`: the last fraction, before any shuffling. They have no random variants. */
export function rowSets(
  { train: all, validation }: Pick<FitJob, "train" | "validation">,
  inputs: readonly InputPlan[],
  { validationSplit: share }: Pick<Settings, "validationSplit">,
): [RowSet, RowSet | null] {
  if (all.rows === 0) throw new UserError("no-rows", "There are no rows to train on.");
  const columns = inputColumns(inputs, all);
  const whole = { rows: all.rows, columns, outcomes: all.outcomes, weights: all.weights };
  if (validation !== undefined)
    return [
      whole,
      {
        rows: validation.rows,
        columns: plainColumns(inputColumns(inputs, validation)),
        outcomes: validation.outcomes,
        weights: validation.weights,
      },
    ];
  if (share === 0) return [whole, null];
  const first = Math.floor(all.rows * (1 - share));
  if (first === 0 || first === all.rows)
    throw new UserError(
      "validation-split",
      `fit_validation_split: ${share} of ${all.rows} rows leaves ${first} to learn from and ${all.rows - first} to validate on. Choose another share.`,
    );
  const part = (from: number, to: number): RowSet => ({
    rows: to - from,
    columns: columns.map((column) => someRows(column, from, to)),
    outcomes: new Map([...all.outcomes].map(([name, outcome]) => [name, someOutcomes(outcome, from, to)])),
    weights: all.weights?.subarray(from, to),
  });
  const held = part(first, all.rows);
  return [part(0, first), { ...held, columns: plainColumns(held.columns) }];
}

function someOutcomes(outcome: Outcome, from: number, to: number): Outcome {
  return outcome.kind === "numeric"
    ? { ...outcome, values: outcome.values.subarray(from, to) }
    : { ...outcome, codes: outcome.codes.subarray(from, to) };
}

/**
 * A sixth of what is free: the engine has them once more, and validation rows and the training itself want room too.
 */
export function memoryForRows(): number {
  return availableMemory() / 6;
}

/** All features in memory, where they are not too many; else each epoch takes them from the cache. */
async function featuresOf(
  prefix: FrozenPrefix,
  columns: readonly InputColumn[],
  rows: number,
  memory: number,
  signal: AbortSignal | undefined,
  tell: (progress: FeatureProgress) => void,
): Promise<readonly (Rows | StreamedRows)[]> {
  const entries = rows * prefix.views(columns);
  const size = 4 * entries * prefix.shapes.reduce((sum, shape) => sum + sizeOf(shape), 0);
  if (size <= memory) return prefix.all(columns, rows, signal, tell);
  const digests: string[] = [];
  for await (const chunk of prefix.chunks(columns, rows, signal, tell)) digests.push(...chunk.digests);
  // Several outputs are asked for the same entries one after the other.
  let last: { readonly entries: Int32Array; readonly features: Promise<readonly Rows[]> } | undefined;
  return prefix.shapes.map((shape, i): StreamedRows => ({
    shape,
    async read(wanted, stop) {
      if (last?.entries.join() !== wanted.join() || prefix.shapes.length === 1)
        last = { entries: wanted, features: prefix.some(columns, digests, wanted, stop) };
      return (await last.features)[i]!.values;
    },
  }));
}

/** Images are decoded when a batch asks for them, some at a time. */
function fromColumn(column: StreamedColumn): StreamedRows {
  const size = sizeOf(column.shape);
  return {
    shape: column.shape,
    async read(entries, signal) {
      const values = new Float32Array(entries.length * size);
      for (let from = 0; from < entries.length; from += AT_ONCE) {
        const some = entries.subarray(from, from + AT_ONCE);
        const read = await Promise.all(Array.from(some, (entry) => column.read(entry, entry + 1, signal)));
        for (const [i, one] of read.entries()) values.set(one, (from + i) * size);
      }
      return values;
    },
  };
}

const AT_ONCE = 16;

/** What a network without a frozen base reads in every epoch. */
async function inMemory(
  column: InputColumn,
  rows: number,
  load: ReadingRows["load"],
  signal: AbortSignal | undefined,
): Promise<Rows> {
  if (column.kind === "tensor") return { shape: column.shape, values: column.values };
  return readAll(column, rows, {
    ...(signal === undefined ? {} : { signal }),
    onProgress: load,
  });
}
