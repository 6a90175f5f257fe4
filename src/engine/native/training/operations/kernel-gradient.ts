import { UnknownOperation } from "../extents.ts";
import type { GradientWriter } from "../gradient-writer.ts";
import type { GradientCall } from "./operation.ts";
import { reach, type Placement } from "./placement.ts";

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
  /** Extents of the image and of the windows' gradients, without rows and channels. */
  readonly space: readonly number[];
  readonly along: readonly number[];
}

/** The gradient of a convolution's kernel, which is its second input, in the kernel's own order of axes. */
export function kernelGradient({ node, write, input }: GradientCall, call: KernelCall): string {
  const known = (name: string) =>
    write.extents
      .of(name)
      .slice(2)
      .map((extent) => {
        if (extent === null) throw new UnknownOperation(node);
        return extent;
      });
  const [space, along] = [known(call.image), known(call.windows)];
  return byConvolution({ ...call, write, inputs: input(1)[1]!, space, along });
}

/**
 * As a convolution in which rows and channels have changed places: each input channel is an image, whose channels are the
 * rows; the gradients of the windows are the kernel. Steps become gaps and gaps become steps.
 */
function byConvolution({ write, image, windows, inputs, space, along, placement, groups }: Known): string {
  const { size, strides, dilations, before } = placement;
  const axes = size.map((_, i) => i + 2);
  const swap = { perm: { ints: [1, 0, ...axes] } };
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
