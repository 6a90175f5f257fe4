import path from "node:path";
import {
  readWeightsFile,
  weightFile,
  writeWeightFiles,
  type WeightFile,
  type WeightsGroup,
} from "../../model/tfjs-files.ts";
import { UserError } from "../../protocol/index.ts";
import type { Json } from "./callbacks/index.ts";
import type { NamedWeights } from "./head-weights.ts";
import type { OptimizerState } from "./trainer.ts";

/** All that a fit needs to go on after an epoch as if it had never stopped. Random numbers go by seed, epoch and step, and need no state. */
export interface TrainingState {
  /** Which of the fit's stages it is in: 0 trains the head, 1 is the fine-tuning of the base behind it. */
  readonly stage: number;
  /** Epochs of the stages before it. */
  readonly before: number;
  /** Epochs that are finished. */
  readonly epoch: number;
  /** A callback has ended the fit: nothing is left to do. */
  readonly ended: boolean;
  /** Of the last finished epoch. */
  readonly weights: NamedWeights;
  /** Of the epoch that the fit is to end with, where that is the best one. */
  readonly best: { readonly epoch: number; readonly weights: NamedWeights } | null;
  readonly optimizer: OptimizerState;
  readonly callbacks: Json;
}

/** The one file of a checkpoint whose place is fixed; it names the others. */
const INDEX = "checkpoint.json";

interface Index {
  readonly format: "kspec-checkpoint";
  readonly version: 1;
  readonly stage: number;
  readonly before: number;
  readonly epoch: number;
  readonly ended: boolean;
  /** The epoch of the best weights; null: there are none. */
  readonly best: number | null;
  readonly steps: number;
  readonly callbacks: Json;
  /** Weights, the optimizer's slots, and the best weights. */
  readonly weightsManifest: readonly WeightsGroup[];
}

/**
 * Writes a state so that the folder holds a complete one at every moment: the one before, or this one.
 *
 * @param shared A model's folder: weights that lie there already are linked, not written again.
 */
export async function writeCheckpoint(
  folder: string,
  state: TrainingState,
  shared?: string | undefined,
): Promise<void> {
  const linked = (file: WeightFile): WeightFile =>
    shared === undefined ? file : { ...file, source: path.join(shared, file.name) };
  const slots = [...state.optimizer.slots].map(
    ([name, { shape, values }]) => [name, { shape, dtype: "float32", values }] as const,
  );
  const files = [
    linked(weightFile("trained", state.weights)),
    weightFile("optimizer", slots),
    ...(state.best === null ? [] : [linked(weightFile("trained", state.best.weights))]),
  ];
  await writeWeightFiles(folder, INDEX, files, {
    format: "kspec-checkpoint",
    version: 1,
    stage: state.stage,
    before: state.before,
    epoch: state.epoch,
    ended: state.ended,
    best: state.best?.epoch ?? null,
    steps: state.optimizer.steps,
    callbacks: withoutInfinities(state.callbacks),
  });
}

/**
 * Reads what {@link writeCheckpoint} wrote; null when there is none.
 *
 * @throws UserError when it is damaged, or a newer KSpec's.
 */
export async function readCheckpoint(folder: string): Promise<TrainingState | null> {
  const file = path.join(folder, INDEX);
  const read = await readWeightsFile<Index>(file);
  if (read === null) return null;
  const { header, groups } = read;
  if (header.format !== "kspec-checkpoint" || header.version !== 1)
    throw new UserError(
      "checkpoint-format",
      `${file} is no checkpoint that this version of KSpec reads. Go on with the version that wrote it, or fit the spec anew.`,
    );
  // The names of the files stand for what is in them.
  for (const [i, kind] of ["trained", "optimizer", "trained"].slice(0, groups.length).entries())
    if (weightFile(kind, groups[i]!).name !== header.weightsManifest[i]!.paths[0])
      throw new UserError(
        "checkpoint-damaged",
        `${header.weightsManifest[i]!.paths[0]} in ${folder} is damaged: it does not hold what was written. Fit the spec anew.`,
      );
  const [weights, slots, best] = groups;
  return {
    stage: header.stage,
    before: header.before,
    epoch: header.epoch,
    ended: header.ended,
    weights: weights!,
    best: header.best === null ? null : { epoch: header.best, weights: best! },
    optimizer: {
      steps: header.steps,
      slots: new Map(
        slots!.map(([name, { shape, values }]) => [name, { shape, values: values as Float32Array }]),
      ),
    },
    callbacks: withInfinities(header.callbacks),
  };
}

/** JSON has no NaN and no infinities, and the best loss so far may be one. */
function withoutInfinities(value: Json): Json {
  if (typeof value === "number" && !Number.isFinite(value)) return { number: String(value) };
  return mapped(value, withoutInfinities);
}

function withInfinities(value: Json): Json {
  const { number } = (value ?? {}) as { number?: Json };
  return typeof number === "string" ? Number(number) : mapped(value, withInfinities);
}

function mapped(value: Json, change: (one: Json) => Json): Json {
  if (Array.isArray(value)) return value.map(change);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]: [string, Json | undefined]) => [
      key,
      one === undefined ? undefined : change(one),
    ]),
  );
}
