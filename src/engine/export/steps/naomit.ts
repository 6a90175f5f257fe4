import { UserError } from "../../../protocol/index.ts";
import type { ExportedStep } from "./exported-step.ts";

/** A step for training rows alone is not written at all; one for all rows would change how many there are. */
export const naomit: ExportedStep = () => {
  throw new UserError(
    "cannot-export",
    "The recipe's step_naomit with skip: false has no form in ONNX, where every row gets a prediction. Leave that option out, or put step_impute_mean and step_impute_mode in its place.",
  );
};
