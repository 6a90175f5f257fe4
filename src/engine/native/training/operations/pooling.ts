import { UnknownOperation } from "../extents.ts";
import type { Extents, GradientCall, OperationFacts, Operations } from "./operation.ts";
import { placed, placementOf, product, windowsAlong, type Placement } from "./placement.ts";

/** The largest value or the mean of each window, or of all places. */
export const poolingOperations: Operations = {
  MaxPool: {
    extents(of) {
      const extents = pooled(of);
      return [extents, extents];
    },
    gradient: (of) => [toTheLargest(of)],
  },

  /** Puts values where those came from that a MaxPool gave. Its extents are said by whoever writes it. */
  MaxUnpool: { extents: ({ input }) => [input(0).map(() => null)] },

  AveragePool: { extents: (of) => [pooled(of)], gradient: (of) => [toTheWholeWindow(of)] },

  GlobalAveragePool: {
    extents: ({ input }) => [onePlace(input(0))],
    gradient: (of) => {
      const { dy, write, input } = of;
      return [write.math.div(dy, product(spaceOf(of, input(0))))];
    },
  },

  GlobalMaxPool: {
    extents: ({ input }) => [onePlace(input(0))],
    gradient({ x, y, dy, write, input }) {
      const { math } = write;
      const is = math.equal(x[0]!, y[0]!);
      const axes = input(0).flatMap((_, i) => (i < 2 ? [] : [i]));
      // Several that are equal share it, as in TensorFlow, where this is the maximum along axes and no pooling.
      return [math.mul(is, math.div(dy, math.sum(is, axes, true)))];
    },
  },
};

function windowsOf(of: OperationFacts): Placement {
  return placementOf(of, of.input(0).slice(2), of.ints("kernel_shape")!);
}

function pooled(of: OperationFacts): Extents {
  const image = of.input(0);
  return [...image.slice(0, 2), ...windowsAlong(windowsOf(of), image.slice(2))];
}

function onePlace(image: Extents): Extents {
  return image.map((extent, i) => (i < 2 ? extent : 1));
}

function spaceOf({ node }: OperationFacts, extents: Extents): number[] {
  return extents.slice(2).map((extent) => {
    if (extent === null) throw new UnknownOperation(node);
    return extent;
  });
}

/** To the first of the largest values of each window, as in TensorFlow. */
function toTheLargest(of: GradientCall): string {
  const placement = windowsOf(of);
  const sideBySide = placement.size.every(
    (size, i) => size === placement.strides[i] && placement.dilations[i] === 1,
  );
  return sideBySide && !of.input(0).slice(1).includes(null) ? toPlaces(of, placement) : toIndices(of);
}

/**
 * Where windows stand side by side, their largest values are put beside all that they were found among, which ONNX Runtime is quicker
 * with than with a pooling that says where they stood. Of several that are equal, the one with the largest number is the first: places
 * are numbered from the last to the first.
 */
function toPlaces(of: GradientCall, placement: Placement): string {
  const { node, x, y, dy, write, input } = of;
  const { math } = write;
  const [, channels, ...space] = input(0) as [null, number, ...number[]];
  const places = product(space);
  const numbers = write.graph.constant(`places ${space.join(" ")}`, [1, 1, ...space], () =>
    Float32Array.from({ length: places }, (_, i) => places - i),
  );
  const largest = math.equal(x[0]!, spreadOver(of, placement, y[0]!));
  const found = write.add("MaxPool", [math.mul(largest, numbers)], node.attributes);
  // Where nothing is equal to the largest, since a value is no number, some place is as good as another, as long as it is one.
  const backwards = math.max(found, 1);
  const inChannel = write.add("Cast", [math.sub(places, backwards)], { to: { int: 7 } });

  const rows = write.add("Shape", [dy], { start: { int: 0 }, end: { int: 1 } });
  const count = write.add("Reshape", [
    rows,
    write.graph.constant("no axes", [0], () => new BigInt64Array(0)),
  ]);
  const row = write.add("Range", [write.wholeScalar(0), count, write.wholeScalar(1)]);
  const ones = space.map(() => 1);
  const rowStarts = write.add("Reshape", [
    write.add("Mul", [row, write.wholeScalar(channels * places)]),
    write.whole([-1, 1, ...ones]),
  ]);
  const channelStarts = write.graph.constant(
    `starts of ${channels} of ${places} ${ones.join("")}`,
    [1, channels, ...ones],
    () => BigInt64Array.from({ length: channels }, (_, i) => BigInt(i * places)),
  );
  const indices = write.add("Add", [inChannel, write.add("Add", [rowStarts, channelStarts])]);
  return unpooled(of, indices, space.length);
}

/** By the places that the pooling itself gives; a value may be the largest of several windows. */
function toIndices(of: GradientCall): string {
  const { node, x, dy, write } = of;
  if (node.furtherOutputs === undefined) {
    const indices = write.graph.freshName(`${node.output} places`);
    write.extents.set(indices, pooled(of));
    node.furtherOutputs = [indices];
  }
  const places = node.furtherOutputs[0]!;
  const { size, strides, dilations } = windowsOf(of);
  if (size.every((one, i) => (one - 1) * dilations[i]! < strides[i]!))
    return unpooled(of, places, size.length);
  const flat = (name: string) => write.add("Reshape", [name, write.whole([-1])]);
  const sums = write.add("ScatterElements", [flat(write.zerosLike(x[0]!)), flat(places), flat(dy)], {
    axis: { int: 0 },
    reduction: { text: "add" },
  });
  return write.reshapeLike(sums, x[0]!);
}

/** The gradients in their places, each of which is that of one window at most; zeros in all others. */
function unpooled({ x, dy, write, input }: GradientCall, places: string, dimensions: number): string {
  // Windows of one value: they are for guessing a shape that is not given, and ONNX Runtime compares that with the one that is.
  const ones = { ints: Array<number>(dimensions).fill(1) };
  const gradient = write.add("MaxUnpool", [dy, places, write.add("Shape", [x[0]!])], {
    kernel_shape: ones,
    strides: ones,
  });
  write.extents.set(gradient, input(0));
  return gradient;
}

/** An equal share to each value of a window; padding is none. */
function toTheWholeWindow(of: GradientCall): string {
  const { x, dy, write, input, int } = of;
  const placement = windowsOf(of);
  const { size, strides, dilations, before, after } = placement;
  const space = spaceOf(of, input(0));
  const along = windowsAlong(placement, space) as number[];
  const covered = size.map((_, axis) =>
    Array.from({ length: along[axis]! }, (_, window) => {
      const first = window * strides[axis]! - before[axis]!;
      const inside = Array.from({ length: size[axis]! }, (_, i) => first + i * dilations[axis]!);
      return int("count_include_pad", 0) === 1
        ? size[axis]!
        : inside.filter((at) => at >= 0 && at < space[axis]!).length;
    }),
  );
  const all = product(size);
  const everywhere = covered.every((counts, axis) => counts.every((count) => count === size[axis]));
  const share = everywhere
    ? write.math.div(dy, all)
    : write.math.div(
        dy,
        write.graph.constant(write.graph.freshName(`${write.label}/places`), [1, 1, ...along], () =>
          coveredBy(covered),
        ),
      );

  const apart = size.every((one, i) => one === strides[i] && dilations[i] === 1);
  if (apart) return spreadOver(of, placement, share);
  // Each channel by itself is an image of one channel.
  const single = write.add("Reshape", [share, write.whole([-1, 1, ...along])]);
  const kernel = write.graph.constant(`ones 1 1 ${size.join(" ")}`, [1, 1, ...size], () =>
    new Float32Array(all).fill(1),
  );
  const spread = write.add("ConvTranspose", [single, kernel], {
    ...placed(placement),
    output_padding: {
      ints: space.map(
        (extent, i) =>
          extent +
          before[i]! +
          after[i]! -
          ((size[i]! - 1) * dilations[i]! + 1) -
          (along[i]! - 1) * strides[i]!,
      ),
    },
  });
  return write.reshapeLike(spread, x[0]!);
}

/** What each window has, all over it, where windows stand side by side: with the extents of what they stand on. */
function spreadOver({ write, input }: GradientCall, placement: Placement, value: string): string {
  const { size, before } = placement;
  const space = input(0).slice(2) as number[];
  const along = windowsAlong(placement, space) as number[];
  const factors = write.graph.constant(`factors 1 1 ${size.join(" ")}`, [size.length + 2], () =>
    Float32Array.of(1, 1, ...size),
  );
  const spread = write.add("Resize", [value, "", factors], {
    mode: { text: "nearest" },
    coordinate_transformation_mode: { text: "asymmetric" },
    nearest_mode: { text: "floor" },
  });
  // What lies on padding is cut off, what no window covers gets zeros.
  const behind = space.map((extent, i) => extent + before[i]! - along[i]! * size[i]!);
  if ([...behind, ...before].every((one) => one === 0)) return spread;
  return write.add("ZeroPad", [spread], {
    pads: { ints: [0, 0, ...before.map((one) => -one), 0, 0, ...behind] },
  });
}

/** How many values each window covers, from how many it covers along each axis. */
function coveredBy(covered: readonly (readonly number[])[]): Float32Array {
  return Float32Array.from(
    covered.reduce((all, axis) => all.flatMap((one) => axis.map((count) => one * count)), [1]),
  );
}
