import { CAFFE_MEANS, TORCH_DEVIATIONS, TORCH_MEANS, type Preprocessing } from "../../../spec/index.ts";
import type { Value } from "../../native/value.ts";
import { single } from "../graph-column.ts";
import { doesNotFit, eachColumn, type StepOnColumn } from "./exported-step.ts";

/** What an application was trained with; Keras's numbers and order of operations (`keras.applications.imagenet_utils`). */
export const preprocessInput = eachColumn((step) => {
  const { name, column } = step;
  if (column.kind !== "image") return doesNotFit(step);
  const { mode } = step.options as { mode: Preprocessing };
  return [[name, { kind: "image", value: MODES[mode](step, column.value) }]];
});

type Write = (step: StepOnColumn, value: Value) => Value;

const MODES: Readonly<Record<Preprocessing, Write>> = {
  raw: (_, value) => value,
  tf: (step, value) => {
    const halves = changed(step, value, "Div", single(step.graph, 127.5));
    return changed(step, halves, "Sub", single(step.graph, 1));
  },
  torch: (step, value) => {
    const shares = changed(step, value, "Div", single(step.graph, 255));
    const centred = changed(step, shares, "Sub", perChannel(step, value, TORCH_MEANS));
    return changed(step, centred, "Div", perChannel(step, value, TORCH_DEVIATIONS));
  },
  /** RGB becomes BGR. */
  caffe: (step, value) => {
    const order = step.graph.constant("order 2 1 0", [3], () => BigInt64Array.of(2n, 1n, 0n));
    const axis = value.channelsFirst ? 1 : 3;
    const name = step.graph.add("Gather", step.label, [value.name, order], { axis: { int: axis } });
    const means = perChannel(step, value, CAFFE_MEANS);
    return changed(step, { ...value, name }, "Sub", means);
  },
};

function changed({ graph, label }: StepOnColumn, value: Value, op: string, by: string): Value {
  return { ...value, name: graph.add(op, label, [value.name, by]) };
}

/** In the shape that spreads over an image. */
function perChannel({ graph }: StepOnColumn, { channelsFirst }: Value, numbers: readonly number[]): string {
  const shape = channelsFirst ? [numbers.length, 1, 1] : [numbers.length];
  return graph.constant(`numbers ${numbers.join(" ")} ${shape.join("×")}`, shape, () =>
    Float32Array.from(numbers),
  );
}
