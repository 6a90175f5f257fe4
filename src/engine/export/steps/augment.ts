import type { ExportedStep } from "./exported-step.ts";

/** Random views are for training: a prediction sees the image as it is. */
export const augment: ExportedStep = ({ columns }) => columns;
