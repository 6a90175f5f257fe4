import { UserError } from "../../../protocol/index.ts";
import type { Value } from "../../native/value.ts";
import { single } from "../graph-column.ts";
import { doesNotFit, type ExportedStep, type StepOnColumn } from "./exported-step.ts";

/** What an application was trained with; Keras's numbers and order of operations (`keras.applications.imagenet_utils`). */
export const preprocessInput: ExportedStep = (step) => {
  const { name, column } = step;
  if (column.kind !== "image") return doesNotFit(step);
  const { mode } = step.options as { mode: string };
  const write = MODES[mode];
  if (write === undefined)
    throw new UserError(
      "cannot-export",
      `step_preprocess_input has the mode "${mode}", and can be exported with ${Object.keys(MODES).join(", ")}.`,
    );
  return [[name, { kind: "image", value: write(step, column.value) }]];
};

type Write = (step: StepOnColumn, value: Value) => Value;

const MODES: Readonly<Record<string, Write>> = {
  raw: (_, value) => value,
  tf: (step, value) => {
    const halves = changed(step, value, "Div", single(step.graph, 127.5));
    return changed(step, halves, "Sub", single(step.graph, 1));
  },
  torch: (step, value) => {
    const shares = changed(step, value, "Div", single(step.graph, 255));
    const centred = changed(step, shares, "Sub", perChannel(step, value, "mean", [0.485, 0.456, 0.406]));
    return changed(step, centred, "Div", perChannel(step, value, "sd", [0.229, 0.224, 0.225]));
  },
  /** RGB becomes BGR. */
  caffe: (step, value) => {
    const order = step.graph.constant(`${step.label}/order`, [3], () => BigInt64Array.of(2n, 1n, 0n));
    const axis = value.channelsFirst ? 1 : 3;
    const name = step.graph.add("Gather", step.label, [value.name, order], { axis: { int: axis } });
    const means = perChannel(step, value, "mean", [103.939, 116.779, 123.68]);
    return changed(step, { ...value, name }, "Sub", means);
  },
};

function changed({ graph, label }: StepOnColumn, value: Value, op: string, by: string): Value {
  return { ...value, name: graph.add(op, label, [value.name, by]) };
}

/** In the shape that spreads over an image. */
function perChannel(
  { graph, label }: StepOnColumn,
  { channelsFirst }: Value,
  name: string,
  numbers: readonly number[],
): string {
  const shape = channelsFirst ? [numbers.length, 1, 1] : [numbers.length];
  return graph.constant(`${label}/${name}`, shape, () => Float32Array.from(numbers));
}
