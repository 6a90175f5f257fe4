import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { minimise } from "./minimise.ts";

/** What a Gaussian process takes for granted of the function: how far points that are alike may lie apart, and how much it varies. */
export interface Kernel {
  /** One for each coordinate. */
  readonly lengths: readonly number[];
  /** Variance of the function. */
  readonly signal: number;
  /** Variance of what is measured around it. */
  readonly noise: number;
}

export interface GaussianProcess {
  readonly kernel: Kernel;
  /** Log marginal likelihood of the values under the kernel. */
  readonly logLikelihood: number;
  /** The function's posterior at a point: its mean and standard deviation, the noise of measuring left out. */
  predict(point: readonly number[]): { readonly mean: number; readonly sd: number };
}

/**
 * A Gaussian process with mean 0 and a Matérn kernel with ν = 5/2, a length for each coordinate (Rasmussen and Williams 2006, §2.2 and
 * §4.2), conditioned on values at points.
 *
 * @param points n × coordinates.
 * @param values n.
 * @returns null where the kernel's matrix is not positive definite in double precision.
 */
export function gaussianProcess(
  points: readonly (readonly number[])[],
  values: readonly number[],
  kernel: Kernel,
): GaussianProcess | null {
  const solved = condition(points, values, kernel);
  if (solved === null) return null;
  const { factor, weights, logLikelihood } = solved;
  return {
    kernel,
    logLikelihood,
    predict: (point) => {
      const near = points.map((one) => covariance(point, one, kernel));
      const mean = near.reduce((sum, value, i) => sum + value * weights[i]!, 0);
      // v of L v = near: what is known takes v'v of the variance away.
      const v = new Float64Array(near.length);
      let known = 0;
      for (let i = 0; i < near.length; i++) {
        let left = near[i]!;
        for (let j = 0; j < i; j++) left -= factor[i]![j]! * v[j]!;
        v[i] = left / factor[i]![i]!;
        known += v[i]! ** 2;
      }
      return { mean, sd: Math.sqrt(Math.max(0, kernel.signal - known)) };
    },
  };
}

/** Lengths in a unit cube; variances where values have variance 1. */
const BOUNDS = { length: [0.05, 20], signal: [0.01, 100], noise: [1e-6, 1] } as const;

/**
 * The Gaussian process whose kernel makes the values most likely: gradient descent from several kernels, drawn by `uniform`.
 *
 * @param values should have mean 0 and variance 1.
 * @param groups which length each coordinate has: coordinates of one parameter share theirs.
 * @returns null where no kernel's matrix is positive definite.
 */
export function fitGaussianProcess(
  points: readonly (readonly number[])[],
  values: readonly number[],
  groups: readonly number[],
  uniform: () => number,
): GaussianProcess | null {
  const lengths = Math.max(-1, ...groups) + 1;
  const limits = [
    ...Array<readonly [number, number]>(lengths).fill(BOUNDS.length),
    BOUNDS.signal,
    BOUNDS.noise,
  ];
  const lower = limits.map(([least]) => Math.log(least));
  const upper = limits.map(([, most]) => Math.log(most));
  const kernelOf = (logs: readonly number[]): Kernel => ({
    lengths: groups.map((group) => Math.exp(logs[group]!)),
    signal: Math.exp(logs[lengths]!),
    noise: Math.exp(logs[lengths + 1]!),
  });
  const cost = (logs: readonly number[]) =>
    negativeLikelihood(points, values, kernelOf(logs), groups, lengths);
  const starts = [
    limits.map((_, i) => Math.log(i < lengths ? 0.5 : i === lengths ? 1 : 0.01)),
    ...Array.from({ length: restarts(points.length) }, () =>
      lower.map((least, i) => least + uniform() * (upper[i]! - least)),
    ),
  ];
  let best: GaussianProcess | null = null;
  for (const start of starts) {
    const logs = minimise(cost, start, lower, upper);
    const found = logs === null ? null : gaussianProcess(points, values, kernelOf(logs));
    if (found !== null && (best === null || found.logLikelihood > best.logLikelihood)) best = found;
  }
  return best;
}

/** A step costs n³: many points say so much that fewer starts do. */
function restarts(n: number): number {
  return n <= 60 ? 4 : n <= 150 ? 1 : 0;
}

function covariance(a: readonly number[], b: readonly number[], { lengths, signal }: Kernel): number {
  let squares = 0;
  for (let i = 0; i < a.length; i++) squares += ((a[i]! - b[i]!) / lengths[i]!) ** 2;
  const far = Math.sqrt(5 * squares);
  return signal * (1 + far + far ** 2 / 3) * Math.exp(-far);
}

function condition(points: readonly (readonly number[])[], values: readonly number[], kernel: Kernel) {
  const n = points.length;
  const matrix = Matrix.zeros(n, n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      const value = covariance(points[i]!, points[j]!, kernel) + (i === j ? kernel.noise : 0);
      matrix.set(i, j, value);
      matrix.set(j, i, value);
    }
  const cholesky = new CholeskyDecomposition(matrix);
  if (!cholesky.isPositiveDefinite()) return null;
  const weights = cholesky.solve(Matrix.columnVector([...values])).to1DArray();
  const factor = cholesky.lowerTriangularMatrix.to2DArray();
  let logLikelihood = -0.5 * n * Math.log(2 * Math.PI);
  for (let i = 0; i < n; i++) logLikelihood -= 0.5 * values[i]! * weights[i]! + Math.log(factor[i]![i]!);
  return { factor, weights, logLikelihood };
}

/** With its gradient by the logarithms of lengths, signal and noise (Rasmussen and Williams, eq. 5.9). */
function negativeLikelihood(
  points: readonly (readonly number[])[],
  values: readonly number[],
  kernel: Kernel,
  groups: readonly number[],
  lengths: number,
): { value: number; gradient: number[] } | null {
  const solved = condition(points, values, kernel);
  if (solved === null) return null;
  const n = points.length;
  const inverse = inverseBelow(solved.factor);
  const gradient = new Array<number>(lengths + 2).fill(0);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      // Half of the trace; pairs off the diagonal count twice.
      const share = (i === j ? -0.5 : -1) * (solved.weights[i]! * solved.weights[j]! - inverse[i]![j]!);
      let squares = 0;
      const a = points[i]!;
      const b = points[j]!;
      for (let c = 0; c < a.length; c++) squares += ((a[c]! - b[c]!) / kernel.lengths[c]!) ** 2;
      const far = Math.sqrt(5 * squares);
      const decay = Math.exp(-far) * kernel.signal;
      gradient[lengths]! += share * (1 + far + far ** 2 / 3) * decay;
      const slope = share * (5 / 3) * (1 + far) * decay;
      for (let c = 0; c < a.length; c++)
        gradient[groups[c]!]! += slope * ((a[c]! - b[c]!) / kernel.lengths[c]!) ** 2;
      if (i === j) gradient[lengths + 1]! += share * kernel.noise;
    }
  return { value: -solved.logLikelihood, gradient };
}

/**
 * The inverse of L L', its lower half alone. By the factor and in place of solving for n unit vectors, since a search asks for it a
 * thousand times: L⁻¹ is triangular, so that a sixth of the work is left.
 */
function inverseBelow(factor: readonly (readonly number[])[]): Float64Array[] {
  const n = factor.length;
  // Columns of L⁻¹, from the diagonal on.
  const columns = factor.map(() => new Float64Array(n));
  for (let c = 0; c < n; c++) {
    const column = columns[c]!;
    column[c] = 1 / factor[c]![c]!;
    for (let i = c + 1; i < n; i++) {
      const row = factor[i]!;
      let left = 0;
      for (let j = c; j < i; j++) left -= row[j]! * column[j]!;
      column[i] = left / row[i]!;
    }
  }
  return columns.map((a, i) => {
    const row = new Float64Array(i + 1);
    for (let j = 0; j <= i; j++) {
      const b = columns[j]!;
      let sum = 0;
      for (let k = i; k < n; k++) sum += a[k]! * b[k]!;
      row[j] = sum;
    }
    return row;
  });
}
