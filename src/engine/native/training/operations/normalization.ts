import type { Extents, GradientCall, OperationFacts, Operations } from "./operation.ts";

/** Operations that bring values to a common scale, by statistics of their own. */
export const normalizationOperations: Operations = {
  /**
   * KSpec's own: batch normalisation in training, (x − mean) / √(variance + ε) · scale + shift by mean and (population) variance over all
   * axes but one. Further outputs: mean and variance, for moving averages; what is made of them has no gradient.
   */
  NormalizedBatch: {
    extents: ({ input, int }) => [input(0), [input(0)[int("axis", 1)]!], [input(0)[int("axis", 1)]!]],
    gradient(of) {
      const { x, y, dy, write, wanted, input, int, float } = of;
      const { math } = write;
      const [values, scale] = x as [string, string];
      const [, mean, variance] = y as [string, string, string];
      const axis = int("axis", 1);
      const extents = input(0);
      const others = extents.map((_, i) => i).filter((i) => i !== axis);
      const perChannel = (value: string) => math.sum(value, others);
      const shift = perChannel(dy);
      const inverse = math.div(1, math.sqrt(math.add(variance, float("epsilon", 1e-3))));
      const products = math.sub(perChannel(math.mul(dy, values)), math.mul(mean, shift));
      const toScale = math.mul(products, inverse);
      if (!wanted(0)) return [undefined, toScale, shift];

      // Of dy · a + x · b + c, a, b and c are one number for each channel: few passes over the values.
      const number = count(of, others);
      const a = math.mul(scale, inverse);
      const b = math.neg(math.div(math.mul(math.mul(a, inverse), toScale), number));
      const c = math.neg(math.add(math.div(math.mul(a, shift), number), math.mul(b, mean)));
      const channels = extents[axis];
      const leading = axis === 1 && extents.length > 2 && typeof channels === "number";
      const spread = (vector: string) =>
        axis === extents.length - 1
          ? vector
          : write.add("Reshape", [vector, write.whole([-1, ...extents.slice(axis + 1).map(() => 1)])]);
      const fromX = leading
        ? scaleAndShift(of, values, b, c, channels)
        : math.add(math.mul(values, spread(b)), spread(c));
      return [math.add(math.mul(dy, spread(a)), fromX), toScale, shift];
    },
  },

  /** ONNX's, in inference mode: KSpec writes it in gradients, and what is lowered. */
  BatchNormalization: { extents: ({ input }) => [input(0)] },

  /** ONNX's, with its mean and inverse deviation as further outputs. */
  LayerNormalization: {
    extents: (of) => [of.input(0), statisticsOf(of), statisticsOf(of)],
    gradient(of) {
      const { x, y, dy, write, wanted, input, has } = of;
      const { math } = write;
      const [values, scale] = x as [string, string];
      const [, mean, inverse] = y as [string, string, string];
      const axes = input(0)
        .map((_, i) => i)
        .slice(firstAxis(of));
      const unit = math.mul(math.sub(values, mean), inverse);
      const toScale = () => write.reduceTo(math.mul(dy, unit), input(1));
      const toValues = () => {
        const scaled = math.mul(dy, scale);
        const along = math.mean(math.mul(scaled, unit), axes, true);
        const rest = math.sub(math.sub(scaled, math.mean(scaled, axes, true)), math.mul(unit, along));
        return math.mul(rest, inverse);
      };
      return [
        wanted(0) ? toValues() : undefined,
        wanted(1) ? toScale() : undefined,
        has(2) && wanted(2) ? write.reduceTo(dy, input(2)) : undefined,
      ];
    },
  },
};

/**
 * values · scale + shift for each channel, in one pass: what ONNX's batch normalisation is with a mean of 0 and a variance of 1.
 */
function scaleAndShift(
  { write }: GradientCall,
  values: string,
  scale: string,
  shift: string,
  channels: number,
): string {
  const fill = (name: string, one: number) =>
    write.graph.constant(`${name} ${channels}`, [channels], () => new Float32Array(channels).fill(one));
  return write.add("BatchNormalization", [values, scale, shift, fill("zeros", 0), fill("ones", 1)], {
    epsilon: { float: 0 },
  });
}

/** How many values one statistic is of: a number, or one that a run tells. */
function count({ input, x, write }: GradientCall, axes: readonly number[]): string | number {
  const extents = input(0);
  const known = axes.reduce((size, axis) => size * (extents[axis] ?? 1), 1);
  return axes.reduce<string | number>((size, axis) => {
    if (extents[axis] !== null) return size;
    const extent = write.add("Shape", [x[0]!], { start: { int: axis }, end: { int: axis + 1 } });
    return write.math.mul(write.add("Cast", [extent], { to: { int: 1 } }), size);
  }, known);
}

function firstAxis({ input, int }: OperationFacts): number {
  const axis = int("axis", -1);
  return axis < 0 ? axis + input(0).length : axis;
}

function statisticsOf(of: OperationFacts): Extents {
  return of.input(0).map((extent, i) => (i < firstAxis(of) ? extent : 1));
}
