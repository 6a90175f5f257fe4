import { UserError } from "../../../protocol/index.ts";
import { listNames } from "../../../data/names.ts";
import type { ExportedStep } from "./exported-step.ts";

/** Functions of the spec are not translated. */
export const mutate: ExportedStep = ({ options }) => {
  const { expressions } = options as { expressions: Readonly<Record<string, string>> };
  throw new UserError(
    "cannot-export",
    `The recipe's step_mutate, which computes ${listNames(Object.keys(expressions))}, has no form in ONNX. Put those columns into the data and name them in the formula instead, or export the model for TensorFlow.js (--to tfjs) and prepare its inputs by yourself.`,
  );
};
