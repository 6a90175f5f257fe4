import { UnknownOperation } from "../extents.ts";
import type { GradientWriter } from "../gradient-writer.ts";
import type { Extents, GradientCall, OperationFacts, Operations } from "./operation.ts";
import { kernelGradient } from "./kernel-gradient.ts";
import { placed, placementOf, reach, windowsAlong, type Placement } from "./placement.ts";

/** Convolutions of any number of axes, and their reverse: each one's gradient is written with the other. */
export const convolutionOperations: Operations = {
  /** Of `[rows, in, …space]` with a kernel `[out, in / groups, …window]`. */
  Conv: {
    extents: (of) => {
      const [rows, , ...space] = of.input(0) as [null, null, ...Extents];
      return [[rows, of.input(1)[0]!, ...windowsAlong(windowsOf(of, space), space)]];
    },
    gradient(of) {
      const { x, dy, wanted, write, input, int, has } = of;
      const placement = windowsOf(of, input(0).slice(2));
      const groups = int("group", 1);
      return [
        wanted(0) ? backToImage(of, placement) : undefined,
        wanted(1) ? kernelGradient(of, { image: x[0]!, windows: dy, placement, groups }) : undefined,
        has(2) && wanted(2) ? channelSums(write, dy) : undefined,
      ];
    },
  },

  /** Of `[rows, in, …space]` with a kernel `[in, out / groups, …window]`: what a convolution does to gradients. */
  ConvTranspose: {
    extents: (of) => {
      const [rows, , ...space] = of.input(0) as [null, null, ...Extents];
      const placement = transposedWindows(of);
      const more = of.ints("output_padding") ?? space.map(() => 0);
      return [
        [
          rows,
          of.input(1)[1]! * of.int("group", 1),
          ...space.map((extent, i) =>
            extent === null
              ? null
              : (extent - 1) * placement.strides[i]! +
                reach(placement, i) -
                placement.before[i]! -
                placement.after[i]! +
                more[i]!,
          ),
        ],
      ];
    },
    gradient(of) {
      const { x, dy, wanted, write, int, has } = of;
      const placement = transposedWindows(of);
      const groups = int("group", 1);
      return [
        wanted(0)
          ? write.add("Conv", [dy, x[1]!], { ...placed(placement), group: { int: groups } })
          : undefined,
        wanted(1) ? kernelGradient(of, { image: dy, windows: x[0]!, placement, groups }) : undefined,
        has(2) && wanted(2) ? channelSums(write, dy) : undefined,
      ];
    },
  },
};

function windowsOf(of: OperationFacts, space: Extents): Placement {
  return placementOf(of, space, of.input(1).slice(2) as number[]);
}

/** The windows lie on the output here, whose extents say nothing that the padding does not. */
function transposedWindows(of: OperationFacts): Placement {
  const size = of.input(1).slice(2) as number[];
  return placementOf(of, Array<null>(size.length).fill(null), size);
}

/** The gradient of what a convolution reads. */
function backToImage(of: GradientCall, placement: Placement): string {
  const { node, x, dy, write, input, int } = of;
  const { strides, before, after } = placement;
  const groups = int("group", 1);
  const turned = turnedKernel(of, placement, groups);
  if (turned !== undefined)
    return write.add("Conv", [dy, turned], {
      ...placed(placement),
      pads: { ints: [...before, ...after].map((one, i) => reach(placement, i % before.length) - 1 - one) },
      group: { int: groups },
    });
  return write.add("ConvTranspose", [dy, x[1]!], {
    ...placed(placement),
    group: { int: groups },
    // Behind the last window there may be values that none covers.
    output_padding: {
      ints: input(0)
        .slice(2)
        .map((extent, i) => {
          if (strides[i] === 1) return 0;
          if (extent === null) throw new UnknownOperation(node);
          return (extent + before[i]! + after[i]! - reach(placement, i)) % strides[i]!;
        }),
    },
  });
}

/**
 * The kernel as a convolution takes it that goes the way back, where ONNX Runtime is quicker with one: at steps of 1, in windows of
 * one value, and of channels each by itself.
 */
function turnedKernel(
  { x, write, input }: GradientCall,
  placement: Placement,
  groups: number,
): string | undefined {
  const { size, strides, before, after } = placement;
  const possible =
    strides.every((one) => one === 1) &&
    [...before, ...after].every((one, i) => one < reach(placement, i % size.length));
  if (!possible) return undefined;
  const [outputs, inputs] = input(1) as [number, number];
  if (groups === 1 && size.every((one) => one === 1))
    return write.add("Transpose", [x[1]!], { perm: { ints: [1, 0, ...size.map((_, i) => i + 2)] } });
  if (groups === 1 || inputs !== 1 || outputs !== groups) return undefined;
  const axes = size.map((_, i) => i + 2);
  return write.add("Slice", [
    x[1]!,
    write.whole(axes.map(() => -1)),
    write.whole(axes.map(() => -(2 ** 31))),
    write.whole(axes),
    write.whole(axes.map(() => -1)),
  ]);
}

function channelSums(write: GradientWriter, dy: string): string {
  const axes = write.extents.of(dy).flatMap((_, i) => (i === 1 ? [] : [i]));
  return write.add("ReduceSum", [dy, write.whole(axes)], { keepdims: { int: 0 } });
}
