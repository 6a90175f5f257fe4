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
function backToImage({ node, x, dy, write, input, int }: GradientCall, placement: Placement): string {
  const { strides, before, after } = placement;
  return write.add("ConvTranspose", [dy, x[1]!], {
    ...placed(placement),
    group: { int: int("group", 1) },
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

function channelSums(write: GradientWriter, dy: string): string {
  const axes = write.extents.of(dy).flatMap((_, i) => (i === 1 ? [] : [i]));
  return write.add("ReduceSum", [dy, write.whole(axes)], { keepdims: { int: 0 } });
}
