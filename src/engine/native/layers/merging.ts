import { axisInMemory, type Value } from "../value.ts";
import { like, type LayerCall, type LayerRule } from "./layer-call.ts";

/** Layers that make one tensor out of several. */
export const mergingRules: Readonly<Record<string, LayerRule>> = {
  Add: (call) => elementwise(call, "Add"),
  Subtract: (call) => elementwise(call, "Sub"),
  Multiply: (call) => elementwise(call, "Mul"),
  Maximum: (call) => elementwise(call, "Max"),
  Minimum: (call) => elementwise(call, "Min"),
  Average(call) {
    const sum = elementwise(call, "Add");
    return like(sum, call.add("Mul", [sum.name, call.scalar(1 / call.inputs.length)]));
  },
  Concatenate(call) {
    const values = inOneLayout(call);
    const first = values[0]!;
    const axis = call.axis(first, (call.config["axis"] as number | undefined) ?? -1);
    if (axis === 0) call.unsupported("puts rows one after the other.");
    const extents = values.map(({ shape }) => shape[axis - 1] ?? null);
    const shape = first.shape.map((extent, i) =>
      i !== axis - 1 ? extent : extents.reduce((a, b) => (a === null || b === null ? null : a + b)),
    );
    const name = call.add(
      "Concat",
      values.map((value) => value.name),
      { axis: { int: axisInMemory(first, axis) } },
    );
    return like(first, name, shape);
  },
  Dot: dot,
};

function elementwise(call: LayerCall, op: string): Value {
  const values = inOneLayout(call);
  const shape = values[0]!.shape.map((_, i) => {
    const extents = values.map((value) => value.shape[i] ?? null);
    return extents.find((extent) => extent !== 1) ?? (extents.includes(null) ? null : 1);
  });
  const name = values.map((value) => value.name).reduce((left, right) => call.add(op, [left, right]));
  return like(values[0]!, name, shape);
}

/** All with channels first when one has them there: what convolutions made goes on to convolutions. */
function inOneLayout(call: LayerCall): Value[] {
  const rank = call.inputs[0]!.shape.length;
  if (call.inputs.some(({ shape }) => shape.length !== rank))
    call.unsupported("is applied to tensors with different numbers of axes.");
  const first = call.inputs.some((value) => value.channelsFirst);
  return call.inputs.map((value) =>
    first ? call.layouts.channelsFirst(value) : call.layouts.asInKeras(value),
  );
}

/** Sums of products along one axis of each of two tensors, for each row. */
function dot(call: LayerCall): Value {
  if (call.inputs.length !== 2) call.unsupported(`is applied to ${call.inputs.length} tensors.`);
  const axes = call.config["axes"] as number | readonly [number, number];
  const values = call.inputs.map((value, i) => {
    const plain = call.layouts.asInKeras(value);
    if (plain.shape.length > 2) call.unsupported(`is applied to a tensor of ${plain.shape.length + 1} axes.`);
    const axis = call.axis(plain, typeof axes === "number" ? axes : axes[i]!);
    if (axis === 0) call.unsupported("sums over rows.");
    return { ...plain, axis, name: call.config["normalize"] === true ? unit(call, plain, axis) : plain.name };
  });
  const [left, right] = values as [(typeof values)[0], (typeof values)[0]];
  const leftRest = left.shape.filter((_, i) => i !== left.axis - 1);
  const rightRest = right.shape.filter((_, i) => i !== right.axis - 1);

  // As products of matrices: the axis last on the left, first on the right.
  const a =
    leftRest.length === 0
      ? call.add("Unsqueeze", [left.name, call.whole("axis", [1])])
      : left.axis === 2
        ? left.name
        : call.add("Transpose", [left.name], { perm: { ints: [0, 2, 1] } });
  const b =
    rightRest.length === 0
      ? call.add("Unsqueeze", [right.name, call.whole("axis", [2])])
      : right.axis === 1
        ? right.name
        : call.add("Transpose", [right.name], { perm: { ints: [0, 2, 1] } });
  const product = call.add("MatMul", [a, b]);
  const none = [...(leftRest.length === 0 ? [1] : []), ...(rightRest.length === 0 ? [2] : [])];
  // Two vectors give one number, which Keras gives an axis.
  if (none.length === 2) none.pop();
  const shape = [...leftRest, ...rightRest];
  return {
    name: none.length === 0 ? product : call.add("Squeeze", [product, call.whole("axes", none)]),
    shape: shape.length === 0 ? [1] : shape,
    channelsFirst: false,
  };
}

function unit(call: LayerCall, { name }: Value, axis: number): string {
  const length = call.add("ReduceL2", [name, call.whole("axes", [axis])]);
  return call.add("Div", [name, call.add("Max", [length, call.scalar(1e-6)])]);
}
