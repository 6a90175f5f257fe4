import { UserError } from "../../../protocol/index.ts";
import { didYouMean } from "../../names.ts";
import { augment } from "./augment.ts";
import { dummy } from "./dummy.ts";
import { normalize } from "./normalize.ts";
import { preprocessInput } from "./preprocess-input.ts";
import { rescale } from "./rescale.ts";
import { resize } from "./resize.ts";
import type { Step } from "./step.ts";

/** Every step there is; a new one is a file beside these and a line here. */
const STEPS = [rescale, resize, augment, preprocessInput, normalize, dummy] as const;

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
