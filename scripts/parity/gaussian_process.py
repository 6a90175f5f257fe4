"""What scikit-learn computes for the tests of tune_bayes's Gaussian process (test/tuning/searches/gaussian-process.test.ts).

Usage: gaussian_process.py TARGET, with scikit-learn and scipy.
"""

import json
import sys

import numpy as np
import sklearn
from scipy.stats import norm
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

random = np.random.default_rng(20261124)


def bumps(points):
    return np.sin(5 * points[:, 0]) + (points[:, 1:] ** 2).sum(axis=1)


def case(n, lengths, signal, noise):
    """The posterior under a kernel that is given."""
    points = random.random((n, len(lengths)))
    values = bumps(points)
    values = (values - values.mean()) / values.std()
    asked = random.random((12, len(lengths)))
    process = GaussianProcessRegressor(
        ConstantKernel(signal) * Matern(lengths, nu=2.5), alpha=noise, optimizer=None
    ).fit(points, values)
    mean, sd = process.predict(asked, return_std=True)
    return {
        "points": points.tolist(),
        "values": values.tolist(),
        "kernel": {"lengths": lengths, "signal": signal, "noise": noise},
        "asked": asked.tolist(),
        "mean": mean.tolist(),
        "sd": sd.tolist(),
        "log_likelihood": process.log_marginal_likelihood(process.kernel_.theta),
    }


def fitted(n, d):
    """How likely the most likely kernel is, within the bounds that KSpec has."""
    points = random.random((n, d))
    values = bumps(points) + 0.1 * random.standard_normal(n)
    values = (values - values.mean()) / values.std()
    kernel = ConstantKernel(1.0, (0.01, 100)) * Matern([0.5] * d, [(0.05, 20)] * d, nu=2.5) + WhiteKernel(
        0.01, (1e-6, 1)
    )
    process = GaussianProcessRegressor(kernel, alpha=0, n_restarts_optimizer=30, random_state=1).fit(points, values)
    return {
        "points": points.tolist(),
        "values": values.tolist(),
        "log_likelihood": process.log_marginal_likelihood_value_,
    }


def acquisition(mean, sd, best, trade_off, kappa):
    """Jones, Schonlau and Welch's formulas, larger being better."""
    z = (mean - best - trade_off) / sd
    return {
        "mean": mean,
        "sd": sd,
        "best": best,
        "trade_off": trade_off,
        "kappa": kappa,
        "exp_improve": (mean - best - trade_off) * norm.cdf(z) + sd * norm.pdf(z),
        "prob_improve": norm.cdf(z),
        "conf_bound": mean + kappa * sd,
    }


json.dump(
    {
        "made_by": f"scripts/parity/gaussian_process.py with scikit-learn {sklearn.__version__}",
        "cases": [
            case(5, [0.4], 1.0, 1e-6),
            case(15, [0.3, 1.5], 2.0, 0.01),
            case(40, [0.5, 0.8, 3.0], 0.7, 0.1),
        ],
        "fitted": [fitted(8, 1), fitted(20, 2), fitted(40, 3)],
        "acquisition": [
            acquisition(0.8, 0.05, 0.82, 0.0, 0.1),
            acquisition(0.9, 0.02, 0.82, 0.01, 2.0),
            acquisition(-3.0, 1.5, -1.0, 0.5, 1.0),
        ],
    },
    open(sys.argv[1], "w"),
)
