import { blockNameCollides } from "./block-name-collides.ts";
import { blockNameNoIdentifier } from "./block-name-no-identifier.ts";
import { blockNameProtected } from "./block-name-protected.ts";
import { blockWithoutTensor } from "./block-without-tensor.ts";
import { cycle } from "./cycle.ts";
import { danglingBlock } from "./dangling-block.ts";
import { duplicateBlock } from "./duplicate-block.ts";
import { emptyGrid } from "./empty-grid.ts";
import { frozenAboveTrainable } from "./frozen-above-trainable.ts";
import { gridTooLarge } from "./grid-too-large.ts";
import { griddedNotTuned } from "./gridded-not-tuned.ts";
import { halvingTunesEpochs } from "./halving-tunes-epochs.ts";
import { imagesTooSmall } from "./images-too-small.ts";
import { mappingInventsArgument } from "./mapping-invents-argument.ts";
import { mappingMissesArgument } from "./mapping-misses-argument.ts";
import { missingArgument } from "./missing-argument.ts";
import { mistypedArgument } from "./mistyped-argument.ts";
import { mistypedCandidate } from "./mistyped-candidate.ts";
import { noInput } from "./no-input.ts";
import { noOutput } from "./no-output.ts";
import { nothingToRun } from "./nothing-to-run.ts";
import { nothingTuned } from "./nothing-tuned.ts";
import { outputAgainstMode } from "./output-against-mode.ts";
import { preprocessingMismatch } from "./preprocessing-mismatch.ts";
import { repeatedBlock } from "./repeated-block.ts";
import type { Rule } from "./rule.ts";
import { tuneIdTwice } from "./tune-id-twice.ts";
import { tuneInFit } from "./tune-in-fit.ts";
import { tunedNotGridded } from "./tuned-not-gridded.ts";
import { twoInputs } from "./two-inputs.ts";
import { twoOutputs } from "./two-outputs.ts";
import { unknownArgument } from "./unknown-argument.ts";
import { unknownRange } from "./unknown-range.ts";
import { unknownUpstream } from "./unknown-upstream.ts";
import { unmeasuredMetric } from "./unmeasured-metric.ts";
import { unsuppliedArgument } from "./unsupplied-argument.ts";
import { untellableArguments } from "./untellable-arguments.ts";

/** Every rule there is. A new one is a file beside this one and a line here. */
export const RULES: readonly Rule[] = [
  unknownUpstream,
  cycle,
  noInput,
  noOutput,
  twoInputs,
  twoOutputs,
  duplicateBlock,
  danglingBlock,
  mappingMissesArgument,
  mappingInventsArgument,
  blockWithoutTensor,
  unsuppliedArgument,
  untellableArguments,
  blockNameProtected,
  blockNameNoIdentifier,
  blockNameCollides,
  outputAgainstMode,
  unknownArgument,
  mistypedArgument,
  missingArgument,
  repeatedBlock,
  tuneInFit,
  nothingTuned,
  tunedNotGridded,
  griddedNotTuned,
  unknownRange,
  mistypedCandidate,
  tuneIdTwice,
  halvingTunesEpochs,
  emptyGrid,
  unmeasuredMetric,
  gridTooLarge,
  preprocessingMismatch,
  imagesTooSmall,
  frozenAboveTrainable,
  nothingToRun,
];
