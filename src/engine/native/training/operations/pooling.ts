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
  const { node, x, dy, write, input } = of;
  const placement = windowsOf(of);
  const image = input(0);
  // The pooling itself says where they stood.
  if (node.furtherOutputs === undefined) {
    const indices = write.graph.freshName(`${node.output} places`);
    write.extents.set(indices, pooled(of));
    node.furtherOutputs = [indices];
  }
  const places = node.furtherOutputs[0]!;
  const apart = placement.size.every(
    (size, i) => (size - 1) * placement.dilations[i]! < placement.strides[i]!,
  );
  const shape = write.add("Shape", [x[0]!]);
  if (apart) {
    // Windows of one value: they are for guessing a shape that is not given, and ONNX Runtime compares that with the one that is.
    const ones = { ints: placement.size.map(() => 1) };
    const gradient = write.add("MaxUnpool", [dy, places, shape], { kernel_shape: ones, strides: ones });
    write.extents.set(gradient, image);
    return gradient;
  }
  // A value may be the largest of several windows.
  const flat = (name: string) => write.add("Reshape", [name, write.whole([-1])]);
  const zeros = flat(write.add("ConstantOfShape", [shape]));
  const sums = write.add("ScatterElements", [zeros, flat(places), flat(dy)], {
    axis: { int: 0 },
    reduction: { text: "add" },
  });
  return write.reshapeLike(sums, x[0]!);
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
  if (apart) {
    // Each window's share is repeated all over it.
    const factors = write.graph.constant(`factors 1 1 ${size.join(" ")}`, [size.length + 2], () =>
      Float32Array.of(1, 1, ...size),
    );
    const spread = write.add("Resize", [share, "", factors], {
      mode: { text: "nearest" },
      coordinate_transformation_mode: { text: "asymmetric" },
      nearest_mode: { text: "floor" },
    });
    // What lies on padding is cut off, what no window covers gets zeros.
    const behind = space.map((extent, i) => extent + before[i]! - along[i]! * size[i]!);
    if (behind.every((one) => one === 0) && before.every((one) => one === 0)) return spread;
    return write.add("ZeroPad", [spread], {
      pads: { ints: [0, 0, ...before.map((one) => -one), 0, 0, ...behind] },
    });
  }
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

/** How many values each window covers, from how many it covers along each axis. */
function coveredBy(covered: readonly (readonly number[])[]): Float32Array {
  return Float32Array.from(
    covered.reduce((all, axis) => all.flatMap((one) => axis.map((count) => one * count)), [1]),
  );
}
