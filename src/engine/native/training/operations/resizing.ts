import { UnknownOperation } from "../extents.ts";
import type { GradientCall, OperationFacts, Operations } from "./operation.ts";

/** Enlarging and shrinking images, as KSpec writes it: the nearest value with whole factors, or linear with half-pixel centres. */
export const resizingOperations: Operations = {
  Resize: {
    extents: (of) => {
      const factors = factorsOf(of);
      return [
        of.input(0).map((extent, i) => {
          const factor = factors[i]!;
          if (extent === null) return factor === 1 ? extent : null;
          // ONNX Runtime computes it in single precision.
          return Math.floor(Math.fround(extent * Math.fround(factor)));
        }),
      ];
    },
    gradient: (of) => [of.text("mode") === "linear" ? linearBack(of) : nearestBack(of)],
  },
};

function factorsOf({ node, numbers }: OperationFacts): readonly number[] {
  const factors = numbers(2);
  if (factors === undefined) throw new UnknownOperation(node);
  return factors;
}

/** Each value became a block of equal ones: their sum, which ONNX Runtime has quickest as a mean. */
function nearestBack(of: GradientCall): string {
  const { node, dy, write, text } = of;
  const [rows, channels, ...factors] = factorsOf(of);
  const blocks =
    rows === 1 &&
    channels === 1 &&
    factors.every((factor) => Number.isInteger(factor)) &&
    text("coordinate_transformation_mode") === "asymmetric" &&
    text("nearest_mode") === "floor";
  if (!blocks) throw new UnknownOperation(node);
  const block = { kernel_shape: { ints: factors }, strides: { ints: factors } };
  const size = factors.reduce((product, factor) => product * factor, 1);
  return write.math.mul(write.add("AveragePool", [dy], block), size);
}

/** Along each axis it is a product with a matrix, and so is the way back. */
function linearBack(of: GradientCall): string {
  const { node, dy, write, input, text } = of;
  const factors = factorsOf(of);
  const rank = factors.length;
  if (text("coordinate_transformation_mode") !== "half_pixel") throw new UnknownOperation(node);
  return factors.reduce((gradient, factor, axis) => {
    if (factor === 1) return gradient;
    const extent = input(0)[axis];
    if (extent == null || axis < rank - 2) throw new UnknownOperation(node);
    if (axis === rank - 1) return write.add("MatMul", [gradient, weights(of, extent, factor, false)]);
    return write.add("MatMul", [weights(of, extent, factor, true), gradient]);
  }, dy);
}

/** How much of each value is in each result: `[results, values]`, or the other way round. */
function weights({ write }: GradientCall, extent: number, factor: number, turned: boolean): string {
  const results = Math.floor(Math.fround(extent * Math.fround(factor)));
  const shape = turned ? [extent, results] : [results, extent];
  const name = `linear from ${extent} to ${results} by ${factor}${turned ? ", turned" : ""}`;
  return write.graph.constant(name, shape, () => {
    const values = new Float32Array(results * extent);
    for (let result = 0; result < results; result++) {
      const at = Math.min(extent - 1, Math.max(0, (result + 0.5) / factor - 0.5));
      const before = Math.floor(at);
      const behind = Math.min(extent - 1, before + 1);
      const place = (value: number) => (turned ? value * results + result : result * extent + value);
      values[place(before)]! += 1 - (at - before);
      values[place(behind)]! += at - before;
    }
    return values;
  });
}
