import { UnknownOperation } from "../extents.ts";
import type { GradientWriter } from "../gradient-writer.ts";
import type { GradientCall } from "./operation.ts";
import { eachTap, product, reach, type Placement } from "./placement.ts";

/** A convolution as its kernel, `[out, in / groups, …window]`, sees it. */
export interface KernelCall {
  /** `[rows, in, …space]`: what the windows lie on. */
  readonly image: string;
  /** `[rows, out, …windows]`: the gradient of what each window gave. */
  readonly windows: string;
  readonly placement: Placement;
  readonly groups: number;
}

interface Known extends KernelCall {
  readonly write: GradientWriter;
  /** Channels of the image that one group reads. */
  readonly inputs: number;
  readonly outputs: number;
  /** Extents of the image and of the windows' gradients, without rows and channels. */
  readonly space: readonly number[];
  readonly along: readonly number[];
}

/**
 * The gradient of a convolution's kernel, which is its second input, in the kernel's own order of axes: written in whichever of
 * several ways ONNX Runtime is quickest with, as test/bench/native-convolutions.bench.mjs compares them.
 */
export function kernelGradient({ node, write, input }: GradientCall, call: KernelCall): string {
  const known = (name: string) =>
    write.extents
      .of(name)
      .slice(2)
      .map((extent) => {
        if (extent === null) throw new UnknownOperation(node);
        return extent;
      });
  const [outputs, inputs] = input(1) as [number, number];
  const [space, along] = [known(call.image), known(call.windows)];
  const all: Known = { ...call, write, inputs, outputs, space, along };
  const { groups, placement } = call;
  const taps = product(placement.size);
  // So large a window would become too many operations.
  if (taps > 64) return byConvolution(all);
  if (groups > 1) return inputs === 1 && outputs === groups ? byChannels(all) : byConvolution(all);
  const plain = taps === 1 && untouched(all) && product(space) >= 100;
  return inputs < 8 || plain ? byRows(all) : byTaps(all);
}

/** Matrix products, one a tap: what the tap saw in all windows of all rows, by the gradients of those windows. */
function byTaps(call: Known): string {
  const { write, windows, inputs, outputs, placement } = call;
  const { size } = placement;
  const gradients = flat(call, write.add("Transpose", [windows], swapped(size)), [outputs, -1]);
  const image = padded(call, channelsLast(call), 1);
  const parts = eachTap(size).map((tap) => {
    const seen = write.add("Reshape", [seenBy(call, image, tap, 1), write.whole([-1, inputs])]);
    return flat(call, write.add("MatMul", [gradients, seen]), [outputs, inputs, 1]);
  });
  const together = parts.length === 1 ? parts[0]! : write.add("Concat", parts, { axis: { int: 2 } });
  return flat(call, together, [outputs, inputs, ...size]);
}

/** A matrix product a row, and their sum: of few channels, or where a row's image is a matrix as it is. */
function byRows(call: Known): string {
  const { write, windows, inputs, outputs, placement, along } = call;
  const { size } = placement;
  const axes = size.map((_, i) => i + 2);
  const places = product(along);
  const taps = eachTap(size);
  const image = padded(call, call.image, 2);
  const seen = taps.map((tap) => flat(call, seenBy(call, image, tap, 2), [-1, inputs, places]));
  const columns = seen.length === 1 ? seen[0]! : write.add("Concat", seen, { axis: { int: 1 } });
  const turned = write.add("Transpose", [columns], { perm: { ints: [0, 2, 1] } });
  const perRow = write.add("MatMul", [flat(call, windows, [-1, outputs, places]), turned]);
  const sum = write.add("ReduceSum", [perRow, write.whole([0])], { keepdims: { int: 0 } });
  if (taps.length === 1) return flat(call, sum, [outputs, inputs, ...size]);
  return write.add("Transpose", [flat(call, sum, [outputs, ...size, inputs])], {
    perm: { ints: [0, axes.length + 1, ...axes.map((axis) => axis - 1)] },
  });
}

/** Of channels each by itself: products value by value and their sums, channels last. */
function byChannels(call: Known): string {
  const { write, windows, outputs, placement } = call;
  const { size } = placement;
  const gradients = write.add("Transpose", [windows], { perm: { ints: lastOrder(size) } });
  const image = padded(call, channelsLast(call), 1);
  const all = write.whole([0, ...size.map((_, i) => i + 1)]);
  const parts = eachTap(size).map((tap) => {
    const products = write.add("Mul", [seenBy(call, image, tap, 1), gradients]);
    const sum = write.add("ReduceSum", [products, all], { keepdims: { int: 0 } });
    return flat(call, sum, [outputs, 1, 1]);
  });
  const together = parts.length === 1 ? parts[0]! : write.add("Concat", parts, { axis: { int: 2 } });
  return flat(call, together, [outputs, 1, ...size]);
}

/**
 * As a convolution in which rows and channels have changed places: each input channel is an image, whose channels are the
 * rows; the gradients of the windows are the kernel. Steps become gaps and gaps become steps.
 */
function byConvolution({ write, image, windows, inputs, space, along, placement, groups }: Known): string {
  const { size, strides, dilations, before } = placement;
  const axes = size.map((_, i) => i + 2);
  const swap = swapped(size);
  let images = image;
  if (groups === 1) images = write.add("Transpose", [images], swap);
  else {
    // [rows, groups × in, …] → [in, groups × rows, …]
    images = write.add("Reshape", [images, write.whole([-1, groups, inputs, ...space])]);
    images = write.add("Transpose", [images], { perm: { ints: [2, 1, 0, ...axes.map((axis) => axis + 1)] } });
    images = write.add("Reshape", [images, write.whole([inputs, -1, ...space])]);
  }
  // How far this convolution has to see beyond the image for as many results as the kernel is large.
  const after = size.map(
    (_, i) => reach(placement, i) + (along[i]! - 1) * strides[i]! - space[i]! - before[i]!,
  );
  const gradient = write.add("Conv", [images, write.add("Transpose", [windows], swap)], {
    kernel_shape: { ints: along },
    strides: { ints: dilations },
    dilations: { ints: strides },
    pads: { ints: [...before, ...after.map((one) => Math.max(0, one))] },
    group: { int: groups },
  });
  // What no window covers at the end of the image gives results behind the kernel's.
  const cut = after.some((one, i) => -one >= dilations[i]!)
    ? write.add("Slice", [gradient, write.whole(axes.map(() => 0)), write.whole(size), write.whole(axes)])
    : gradient;
  return write.add("Transpose", [cut], swap);
}

/** What one tap of the window sees, of an image with its padding whose space begins at an axis. */
function seenBy(
  { write, along, placement, space }: Known,
  image: string,
  tap: readonly number[],
  first: number,
): string {
  const { size, strides, dilations } = placement;
  const moved = size.flatMap((one, i) => (one === 1 && strides[i] === 1 && space[i] === along[i] ? [] : [i]));
  if (moved.length === 0) return image;
  const starts = moved.map((i) => tap[i]! * dilations[i]!);
  const ends = moved.map((i, at) => starts[at]! + (along[i]! - 1) * strides[i]! + 1);
  return write.add("Slice", [
    image,
    write.whole(starts),
    write.whole(ends),
    write.whole(moved.map((i) => i + first)),
    ...(moved.every((i) => strides[i] === 1) ? [] : [write.whole(moved.map((i) => strides[i]!))]),
  ]);
}

/** The image with zeros around it as far as windows reach, its space beginning at an axis. */
function padded({ write, placement, space, along }: Known, image: string, first: number): string {
  const { before, strides } = placement;
  const after = space.map((extent, i) =>
    Math.max(0, (along[i]! - 1) * strides[i]! + reach(placement, i) - extent - before[i]!),
  );
  if ([...before, ...after].every((one) => one === 0)) return image;
  const around = (list: readonly number[]) => (first === 1 ? [0, ...list, 0] : [0, 0, ...list]);
  return write.add("ZeroPad", [image], { pads: { ints: [...around(before), ...around(after)] } });
}

/** Whether the windows, of one value each, are the image as it is. */
function untouched({ placement, space, along }: Known): boolean {
  return placement.strides.every((one) => one === 1) && space.every((extent, i) => extent === along[i]);
}

function channelsLast({ write, image, placement }: Known): string {
  return write.add("Transpose", [image], { perm: { ints: lastOrder(placement.size) } });
}

function lastOrder(size: readonly number[]): number[] {
  return [0, ...size.map((_, i) => i + 2), 1];
}

function swapped(size: readonly number[]): { readonly perm: { readonly ints: readonly number[] } } {
  return { perm: { ints: [1, 0, ...size.map((_, i) => i + 2)] } };
}

function flat({ write }: Known, value: string, shape: readonly number[]): string {
  return write.add("Reshape", [value, write.whole(shape)]);
}
