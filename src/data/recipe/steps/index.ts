import { UserError } from "../../../protocol/index.ts";
import { didYouMean } from "../../names.ts";
import { augment } from "./augment.ts";
import { center } from "./center.ts";
import { collapse } from "./collapse.ts";
import { corr } from "./corr.ts";
import { dummy } from "./dummy.ts";
import { imputeMean } from "./impute-mean.ts";
import { imputeMedian } from "./impute-median.ts";
import { imputeMode } from "./impute-mode.ts";
import { log } from "./log.ts";
import { mutate } from "./mutate.ts";
import { naomit } from "./naomit.ts";
import { normalize } from "./normalize.ts";
import { novel } from "./novel.ts";
import { nzv } from "./nzv.ts";
import { other } from "./other.ts";
import { pca } from "./pca.ts";
import { preprocessInput } from "./preprocess-input.ts";
import { range } from "./range.ts";
import { rescale } from "./rescale.ts";
import { resize } from "./resize.ts";
import { rm } from "./rm.ts";
import { scale } from "./scale.ts";
import { select } from "./select.ts";
import type { Step } from "./step.ts";
import { unknown } from "./unknown.ts";
import { zv } from "./zv.ts";

/** Every step there is; a new one is a file beside these and a line here. */
const STEPS = [
  ...[rescale, resize, augment, preprocessInput],
  ...[center, scale, normalize, range, log, mutate],
  ...[imputeMean, imputeMedian, imputeMode, naomit],
  ...[novel, unknown, other, dummy],
  ...[zv, nzv, corr, rm, select],
  ...[pca, collapse],
] as const;

const byName: ReadonlyMap<string, Step<unknown, unknown>> = new Map(
  STEPS.map((step) => [step.name, step as Step<unknown, unknown>]),
);

/** @throws UserError where there is no step of this name (without `step_`). */
export function stepNamed(name: string): Step<unknown, unknown> {
  const step = byName.get(name);
  if (step) return step;
  const names = [...byName.keys()].map((known) => `step_${known}`);
  throw new UserError(
    "unknown-step",
    `There is no step_${name}.${didYouMean(`step_${name}`, names)} The steps are ${names.join(", ")}.`,
  );
}
