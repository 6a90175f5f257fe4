import type { LayerCall } from "../layers/layer-call.ts";
import type { Shape, Value } from "../value.ts";
import { eachTap, product, type Placement } from "./operations/placement.ts";

/**
 * Convolutions of small images as matrix products, while their networks are trained: ONNX Runtime goes through rows and groups one by
 * one, and where a row is small that is most of what it does. In prediction its own convolutions are quicker, since weights that do
 * not change are put in order once.
 *
 * test/bench/native-convolutions.bench.mjs compares both; from there come the limits.
 */
const MOST_PLACES = 16;
const MOST_PAIRS = 4096;
const MOST_TAPS = 64;

/** What is convolved, and how. */
export interface SmallConvolution {
  readonly input: Value;
  readonly placement: Placement;
  /** Extents of the result, without channels. */
  readonly along: Shape;
}

/**
 * One product for all rows: what every window sees `[rows × windows, taps × in]`, by the kernel.
 *
 * @param kernel The weight's name; Keras's `[…window, in, out]`.
 * @returns Channels last; undefined where a convolution is better.
 */
export function convolvedAsProduct(
  call: LayerCall,
  { input, placement, along }: SmallConvolution,
  kernel: string,
  bias: () => readonly string[],
): Value | undefined {
  const { size, strides, dilations, before, after } = placement;
  const space = input.shape.slice(0, -1);
  if (!small(call, along) || !known(space) || product(size) > MOST_TAPS) return undefined;
  const [inputs, filters] = call.weight(kernel).shape.slice(-2) as [number, number];
  let { name } = call.layouts.asInKeras(input);
  if ([...before, ...after].some((one) => one !== 0))
    name = call.add("ZeroPad", [name], { pads: { ints: [0, ...before, 0, 0, ...after, 0] } });

  // Taps that see nothing but padding need not be looked through.
  const live = size.map((extent, i) => {
    const sees = (tap: number) =>
      Array.from(
        { length: along[i]! },
        (_, window) => window * strides[i]! + tap * dilations[i]! - before[i]!,
      ).some((at) => at >= 0 && at < space[i]!);
    const taps = Array.from({ length: extent }, (_, tap) => tap).filter(sees);
    return { first: taps[0] ?? 0, end: (taps.at(-1) ?? 0) + 1 };
  });
  const used = live.map(({ first, end }) => end - first);
  const axes = size.map((_, i) => i);
  const seen = eachTap(used).map((tap) => {
    const starts = tap.map((one, i) => (live[i]!.first + one) * dilations[i]!);
    const whole = axes.every(
      (i) => strides[i] === 1 && starts[i] === 0 && space[i]! + before[i]! + after[i]! === along[i],
    );
    if (whole) return name;
    return call.add("Slice", [
      name,
      call.whole("starts", starts),
      call.whole(
        "ends",
        starts.map((start, i) => start + (along[i]! - 1) * strides[i]! + 1),
      ),
      call.whole(
        "axes",
        axes.map((axis) => axis + 1),
      ),
      call.whole("steps", strides),
    ]);
  });
  const columns = product(used) * inputs;
  const together =
    seen.length === 1 ? seen[0]! : call.add("Concat", seen, { axis: { int: size.length + 1 } });
  const rows = call.add("Reshape", [together, call.whole("rows", [-1, columns])]);
  let matrix: string;
  if (product(used) === product(size)) matrix = call.parameter(kernel, undefined, [columns, filters]).name;
  else {
    const ends = live.map(({ end }) => end);
    const firsts = live.map(({ first }) => first);
    const cut = call.add("Slice", [
      call.parameter(kernel).name,
      call.whole("firsts", firsts),
      call.whole("ends", ends),
      call.whole("axes", axes),
    ]);
    matrix = call.add("Reshape", [cut, call.whole("matrix", [columns, filters])]);
  }
  const result = call.add("Gemm", [rows, matrix, ...bias()]);
  return {
    name: call.add("Reshape", [result, call.whole("windows", [-1, ...(along as number[]), filters])]),
    shape: [...along, filters],
    channelsFirst: false,
  };
}

/**
 * One product a channel: all its rows, by the matrix `[places, windows]` that the channel's kernel is when it is written out.
 *
 * @param kernel Names of the weight; Keras's `[…window, channels, 1]`.
 * @returns Undefined where a convolution is better.
 */
export function depthwiseAsProduct(
  call: LayerCall,
  { input, placement, along }: SmallConvolution,
  kernel: readonly string[],
  bias: () => readonly string[],
): Value | undefined {
  const space = input.shape.slice(0, -1);
  if (call.variables === undefined || call.config["data_format"] === "channels_first") return undefined;
  if (!known(space) || !known(along) || product(space) * product(along) > MOST_PAIRS) return undefined;
  const { size } = placement;
  const [channels, multiplier] = call.weight(...kernel).shape.slice(-2) as [number, number];
  if (multiplier !== 1) return undefined;
  const [places, windows, taps] = [product(space), product(along), product(size)];

  const dimensions = size.length;
  const axes = size.map((_, i) => i);
  const order = [dimensions, dimensions + 1, ...axes];
  const { name: weights } = call.parameter(kernel, order, [channels, taps]);
  const pattern = call.constant(`pairs ${space.join("×")}`, [taps, places * windows], () =>
    pairs(placement, space, along),
  );
  const matrix = call.add("Reshape", [
    call.add("MatMul", [weights, pattern]),
    call.whole("matrices", [channels, places, windows]),
  ]);
  const turned = call.add("Transpose", [input.name], {
    perm: {
      ints: input.channelsFirst
        ? [1, 0, ...axes.map((axis) => axis + 2)]
        : [dimensions + 1, 0, ...axes.map((axis) => axis + 1)],
    },
  });
  const rows = call.add("Reshape", [turned, call.whole("rows", [channels, -1, places])]);
  let result = call.add("MatMul", [rows, matrix]);
  const [shift] = bias();
  if (shift !== undefined) {
    const perChannel = call.add("Reshape", [shift, call.whole("by channel", [channels, 1, 1])]);
    result = call.add("Add", [result, perChannel]);
  }
  result = call.add("Reshape", [result, call.whole("windows", [channels, -1, ...along])]);
  // A product of small images that comes next wants channels last.
  const channelsFirst = windows > MOST_PLACES;
  const perm = channelsFirst
    ? [1, 0, ...axes.map((axis) => axis + 2)]
    : [1, ...axes.map((axis) => axis + 2), 0];
  return {
    name: call.add("Transpose", [result], { perm: { ints: perm } }),
    shape: [...along, channels],
    channelsFirst,
  };
}

function small(call: LayerCall, along: Shape): boolean {
  return (
    call.variables !== undefined &&
    call.config["data_format"] !== "channels_first" &&
    known(along) &&
    product(along) <= MOST_PLACES
  );
}

function known(extents: Shape): extents is readonly number[] {
  return !extents.includes(null);
}

/** `[taps, places × windows]`: 1 where a window has a place under a tap. */
function pairs(placement: Placement, space: readonly number[], along: readonly number[]): Float32Array {
  const { size, strides, dilations, before } = placement;
  const [places, windows] = [product(space), product(along)];
  const result = new Float32Array(product(size) * places * windows);
  const number = (at: readonly number[]) => at.reduce((all, one, i) => all * space[i]! + one, 0);
  eachTap(size).forEach((tap, t) => {
    eachTap(along).forEach((window, w) => {
      const at = window.map((one, i) => one * strides[i]! + tap[i]! * dilations[i]! - before[i]!);
      if (at.every((one, i) => one >= 0 && one < space[i]!))
        result[(t * places + number(at)) * windows + w] = 1;
    });
  });
  return result;
}
