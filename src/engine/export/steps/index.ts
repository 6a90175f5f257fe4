import { augment } from "./augment.ts";
import { center } from "./center.ts";
import { rm, select, withoutLearnt } from "./chosen-columns.ts";
import { dummy } from "./dummy.ts";
import type { ExportedStep } from "./exported-step.ts";
import { imputeNumber } from "./impute-number.ts";
import { log } from "./log.ts";
import { imputeMode, unknown } from "./missing-class.ts";
import { mutate } from "./mutate.ts";
import { naomit } from "./naomit.ts";
import { normalize } from "./normalize.ts";
import { preprocessInput } from "./preprocess-input.ts";
import { range } from "./range.ts";
import { novel, other } from "./renamed-classes.ts";
import { rescale } from "./rescale.ts";
import { resize } from "./resize.ts";
import { scale } from "./scale.ts";
import { collapse, pca } from "./whole-matrix.ts";

/** How each recipe step (`src/data/recipe/steps`, by the same names) is written in ONNX. */
export const exportedSteps: ReadonlyMap<string, ExportedStep> = new Map<string, ExportedStep>([
  ["rescale", rescale],
  ["resize", resize],
  ["augment", augment],
  ["preprocess_input", preprocessInput],
  ["center", center],
  ["scale", scale],
  ["normalize", normalize],
  ["range", range],
  ["log", log],
  ["mutate", mutate],
  ["impute_mean", imputeNumber],
  ["impute_median", imputeNumber],
  ["impute_mode", imputeMode],
  ["naomit", naomit],
  ["novel", novel],
  ["unknown", unknown],
  ["other", other],
  ["dummy", dummy],
  ["zv", withoutLearnt],
  ["nzv", withoutLearnt],
  ["corr", withoutLearnt],
  ["rm", rm],
  ["select", select],
  ["pca", pca],
  ["collapse", collapse],
]);
