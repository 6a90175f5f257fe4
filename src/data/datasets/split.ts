import type { DatasetDescription } from "../../kspec/description.ts";
import type { SplitDatasetDescription } from "../../kspec/tuning-description.ts";
import { UserError } from "../../protocol/index.ts";
import { fingerprint } from "../fingerprint.ts";
import { groupShare } from "../resamples/group-share.ts";
import { drawShare } from "../resamples/mc-cv.ts";
import { ResamplingOptions } from "../resamples/resampling-options.ts";
import { rowsBetween } from "../resamples/resampling.ts";
import { takeRows } from "../rows.ts";
import type { Dataset } from "../table.ts";

/** Like the seed of other datasets: the same test rows whatever the run's seed is. */
const USUAL_SEED = 1;

/**
 * A dataset whose training and test rows are dealt anew (`initial_split`, `initial_time_split`, and parts of them), as rsample 1.3 does:
 * the share of training rows is rounded down, of each stratum where there are some. Training rows come in random order, so that the last
 * ones, which `fit_validation_split` takes, are no class of their own.
 *
 * @param read Reads the dataset that is dealt. Validation rows that it brings stay what they are.
 * @throws UserError where it has test rows already, where there are too few rows, and for options that cannot be.
 */
export async function readSplit(
  description: SplitDatasetDescription,
  read: (inner: DatasetDescription) => Promise<Dataset>,
): Promise<Dataset> {
  const { data, method, part, options } = description;
  const whole = await read(data);
  if (whole.test !== undefined)
    throw new UserError(
      "split",
      `${method}: ${whole.name} has test rows already. ${data.name === "csv" || data.name === "image_folder" ? "Leave its option test out, or use it without" : "Use it without"} ${method}().`,
    );
  const asked = new ResamplingOptions(method, options, whole.train, USUAL_SEED);
  const { analysis, assessment } =
    method === "initial_time_split" ? byTime(asked) : asked.has("group") ? byGroup(asked) : atRandom(asked);
  const shared = {
    name: whole.name,
    fingerprint: fingerprint("split", whole.fingerprint, method, part, options),
    notes: [...whole.notes, ...asked.notes],
  };
  if (part === "testing") return { ...shared, train: takeRows(whole.train, assessment) };
  return {
    ...shared,
    train: takeRows(whole.train, analysis),
    ...(whole.validation === undefined ? {} : { validation: whole.validation }),
    ...(part === "both" ? { test: takeRows(whole.train, assessment) } : {}),
  };
}

interface Halves {
  readonly analysis: Int32Array;
  readonly assessment: Int32Array;
}

function atRandom(options: ResamplingOptions): Halves {
  return drawShare(options, options.share("prop", 0.75), options.strata(), options.random("split"));
}

function byGroup(options: ResamplingOptions): Halves {
  if (options.has("strata"))
    throw new UserError(
      "resampling-option",
      `${options.method}: rows are dealt by strata or by group, not both. Leave one of them out.`,
    );
  return groupShare(options, options.group()!, options.share("prop", 0.75), options.random("split"));
}

function byTime(options: ResamplingOptions): Halves {
  const prop = options.share("prop", 0.75);
  const lag = options.whole("lag", 0, 0);
  options.needRows(2, "rows are trained on and others tested, so it takes two at least");
  const train = Math.floor(options.rows * prop);
  if (train === 0)
    throw new UserError(
      "too-few-rows",
      `${options.method}: prop is ${prop}, and of ${options.rows} rows that is none. Ask for a larger share.`,
    );
  if (lag > train)
    throw new UserError(
      "resampling-option",
      `${options.method}: lag (${lag}) is more than the ${train} training rows. Make it smaller.`,
    );
  return {
    analysis: rowsBetween(0, train - 1),
    assessment: rowsBetween(train - lag, options.rows - 1),
  };
}
