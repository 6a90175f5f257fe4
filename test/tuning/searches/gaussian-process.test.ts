import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { acquisition } from "../../../src/tuning/searches/acquisition.ts";
import { drawsOf } from "../../../src/tuning/searches/draws.ts";
import {
  fitGaussianProcess,
  gaussianProcess,
  type Kernel,
} from "../../../src/tuning/searches/gaussian-process.ts";
import { parityFixtures } from "../../parity-fixtures.ts";

interface Fixture {
  readonly cases: readonly {
    readonly points: readonly (readonly number[])[];
    readonly values: readonly number[];
    readonly kernel: Kernel;
    readonly asked: readonly (readonly number[])[];
    readonly mean: readonly number[];
    readonly sd: readonly number[];
    readonly log_likelihood: number;
  }[];
  readonly fitted: readonly {
    readonly points: readonly (readonly number[])[];
    readonly values: readonly number[];
    readonly log_likelihood: number;
  }[];
  readonly acquisition: readonly {
    readonly mean: number;
    readonly sd: number;
    readonly best: number;
    readonly trade_off: number;
    readonly kappa: number;
    readonly exp_improve: number;
    readonly prob_improve: number;
    readonly conf_bound: number;
  }[];
}
const fixture = JSON.parse(
  readFileSync(path.join(parityFixtures, "gaussian-process.json"), "utf8"),
) as Fixture;

describe("the Gaussian process of tune_bayes is scikit-learn's", () => {
  it.each(fixture.cases)(
    "its posterior under a given kernel, $points.length points",
    ({ points, values, kernel, asked, mean, sd, log_likelihood }) => {
      const process = gaussianProcess(points, values, kernel)!;
      asked.forEach((point, i) => {
        const predicted = process.predict(point);
        expect(Math.abs(predicted.mean - mean[i]!)).toBeLessThan(1e-6);
        expect(Math.abs(predicted.sd - sd[i]!)).toBeLessThan(1e-6);
      });
      expect(Math.abs(process.logLikelihood - log_likelihood)).toBeLessThan(1e-6);
    },
  );

  it.each(fixture.fitted)(
    "finds a kernel that is as likely as the one that scikit-learn finds, $points.length points",
    ({ points, values, log_likelihood }) => {
      const groups = points[0]!.map((_, i) => i);
      const process = fitGaussianProcess(points, values, groups, drawsOf(1, 1).uniform)!;
      expect(process.logLikelihood).toBeGreaterThan(log_likelihood - 0.01);
    },
  );

  it("has no answer for points that are the same and have no noise", () => {
    const twice = [[0.5], [0.5]];
    expect(gaussianProcess(twice, [1, -1], { lengths: [1], signal: 1, noise: 0 })).toBeNull();
  });
});

describe("acquisition functions", () => {
  it.each(fixture.acquisition)("are those that scipy computes, mean $mean", (row) => {
    const { trade_off, kappa, best } = row;
    const value = (name: "exp_improve" | "prob_improve" | "conf_bound") =>
      acquisition({ kind: "objective", name, trade_off, kappa }, row, best);
    expect(value("exp_improve")).toBeCloseTo(row.exp_improve, 12);
    expect(value("prob_improve")).toBeCloseTo(row.prob_improve, 12);
    expect(value("conf_bound")).toBeCloseTo(row.conf_bound, 12);
  });

  it("expect nothing of what is known exactly and is worse", () => {
    expect(acquisition({ kind: "objective", name: "exp_improve" }, { mean: 0.7, sd: 0 }, 0.8)).toBe(0);
  });
});
