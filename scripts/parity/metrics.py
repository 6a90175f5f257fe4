"""`python metrics.py FILE`: metrics on random data, as JSON.

What scikit-learn has is scikit-learn's. What it lacks is computed here with numpy and scipy from the published formulas, by another way than
KSpec's where there is one: gain_capture from the area of scikit-learn's ROC curve, poisson_log_loss from scipy's distribution, confusion matrices
by loops over rows. Each number says which ("by").
"""

import json
import sys
from pathlib import Path

import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn import metrics as sk

random = np.random.default_rng(20261124)
MEANS = {"macro": "macro", "macro_weighted": "weighted", "micro": "micro"}


def classification(rows, levels, decimals, absent=0):
    """Probabilities that know something of the truth; few decimals make ties. The last `absent` classes have no rows."""
    shares = 1 / np.arange(1, levels + 1 - absent)
    truth = random.choice(levels - absent, rows, p=shares / shares.sum())
    scores = random.exponential(size=(rows, levels))
    scores[np.arange(rows), truth] += random.exponential(1.2, rows)
    probabilities = scores / scores.sum(axis=1, keepdims=True)
    probabilities = np.round(probabilities, decimals)
    # The last one makes the sum 1, as scikit-learn asks.
    probabilities[:, -1] = np.round(1 - probabilities[:, :-1].sum(axis=1), decimals)
    return {
        "truth": truth,
        "probabilities": np.abs(probabilities),
        "weights": np.round(random.uniform(0.1, 3, rows), 3),
    }


CLASSES = {
    "two classes": classification(80, 2, 6),
    "two classes with ties": classification(60, 2, 1),
    "four classes": classification(150, 4, 6),
    "five classes with ties": classification(120, 5, 1),
    "a class without rows": classification(90, 4, 6, absent=1),
}
NUMBERS = {
    "numbers": (lambda t: {"truth": t, "estimate": t + random.normal(0.2, 0.8, 70)})(random.normal(3, 2, 70)),
    "counts": {"truth": random.poisson(4, 60) + 1.0, "estimate": random.gamma(5, 0.9, 60)},
}
for data in NUMBERS.values():
    data["truth"], data["estimate"] = np.round(data["truth"], 5), np.round(data["estimate"], 5)
    data["weights"] = np.round(random.uniform(0.1, 3, len(data["truth"])), 3)

cases = []


def case(data, weights, metric, value, by, **options):
    value = None if value is None or not np.isfinite(value) else float(value)
    cases.append(
        {"data": data, "weighted": weights is not None, "metric": metric, "options": options, "value": value, "by": by}
    )


def one_against_rest(truth, estimate, level, weights):
    """True positives, false negatives, false positives and true negatives, row by row."""
    counts = {(a, b): 0.0 for a in (True, False) for b in (True, False)}
    for t, e, w in zip(truth, estimate, weights):
        counts[bool(t == level), bool(e == level)] += w
    return counts[True, True], counts[True, False], counts[False, True], counts[False, False]


def mean(values, shares, estimator):
    values = np.asarray(values)
    if estimator == "macro":
        return values.mean()
    some = shares > 0
    return np.average(values[some], weights=shares[some])


def by_formula(name, tp, fn, fp, tn, prevalence=None):
    total = tp + fn + fp + tn
    with np.errstate(invalid="ignore", divide="ignore"):
        sens, spec = np.float64(tp) / (tp + fn), np.float64(tn) / (tn + fp)
        p = (tp + fn) / total if prevalence is None else prevalence
        return {
            "spec": spec,
            "j_index": sens + spec - 1,
            "bal_accuracy": (sens + spec) / 2,
            "detection_prevalence": (tp + fp) / total,
            "ppv": sens * p / (sens * p + (1 - spec) * (1 - p)),
            "npv": spec * (1 - p) / ((1 - sens) * p + spec * (1 - p)),
        }[name]


def of_classes(name, data, weights):
    truth, probabilities = data["truth"], data["probabilities"]
    levels = probabilities.shape[1]
    estimate = probabilities.argmax(axis=1)
    labels = list(range(levels))
    each = weights if weights is not None else np.ones(len(truth))
    present = np.array([each[truth == level].sum() for level in labels])
    full = dict(sample_weight=weights)

    case(name, weights, "accuracy", sk.accuracy_score(truth, estimate, **full), "scikit-learn")
    case(name, weights, "mcc", sk.matthews_corrcoef(truth, estimate, **full), "scikit-learn")
    for weighting in ("none", "linear", "quadratic"):
        value = sk.cohen_kappa_score(
            truth, estimate, labels=labels, weights=None if weighting == "none" else weighting, **full
        )
        case(name, weights, "kap", value, "scikit-learn", weighting=weighting)

    if levels == 2:
        for event, event_level in enumerate(("first", "second")):
            binary = dict(pos_label=event, average="binary", zero_division=np.nan, **full)
            case(name, weights, "precision", sk.precision_score(truth, estimate, **binary), "scikit-learn", event_level=event_level)
            for metric in ("recall", "sens", "sensitivity"):
                case(name, weights, metric, sk.recall_score(truth, estimate, **binary), "scikit-learn", event_level=event_level)
            for beta in (0.5, 1, 2):
                case(name, weights, "f_meas", sk.fbeta_score(truth, estimate, beta=beta, **binary), "scikit-learn", beta=beta, event_level=event_level)
        case(name, weights, "bal_accuracy", sk.balanced_accuracy_score(truth, estimate, **full), "scikit-learn")
    for estimator, average in MEANS.items():
        # A class that lacks what a metric divides by is left out of yardstick's mean: scikit-learn's with NaN for it.
        several = dict(labels=labels, average=average, zero_division=np.nan, **full)
        case(name, weights, "precision", sk.precision_score(truth, estimate, **several), "scikit-learn", estimator=estimator)
        case(name, weights, "recall", sk.recall_score(truth, estimate, **several), "scikit-learn", estimator=estimator)
        if (present > 0).all():
            case(name, weights, "f_meas", sk.fbeta_score(truth, estimate, beta=2, **several), "scikit-learn", estimator=estimator, beta=2)

    tables = [one_against_rest(truth, estimate, level, each) for level in labels]
    summed = np.sum(tables, axis=0)
    for metric in ("spec", "j_index", "bal_accuracy", "detection_prevalence", "ppv", "npv"):
        for prevalence in (None, 0.2) if metric in ("ppv", "npv") else (None,):
            options = {} if prevalence is None else {"prevalence": prevalence}
            if levels == 2:
                for event, event_level in enumerate(("first", "second")):
                    value = by_formula(metric, *tables[event], prevalence)
                    case(name, weights, metric, value, "numpy", event_level=event_level, **options)
            values = np.array([by_formula(metric, *table, prevalence) for table in tables])
            for estimator in ("macro", "macro_weighted"):
                kept = ~np.isnan(values) if metric == "j_index" else np.full(levels, True)
                value = mean(values[kept], present[kept], estimator)
                case(name, weights, metric, value, "numpy", estimator=estimator, **options)
            if metric in ("ppv", "npv") or (present > 0).all():
                case(name, weights, metric, by_formula(metric, *summed, prevalence), "numpy", estimator="micro", **options)


def of_probabilities(name, data, weights):
    truth, probabilities = data["truth"], data["probabilities"]
    levels = probabilities.shape[1]
    labels = list(range(levels))
    each = weights if weights is not None else np.ones(len(truth))
    shares = np.array([each[truth == level].sum() for level in labels])
    full = dict(sample_weight=weights)
    here = [level for level in labels if shares[level] > 0]

    def roc(level):
        return sk.roc_auc_score(truth == level, probabilities[:, level], **full) if level in here else np.nan

    def precise(level):
        return sk.average_precision_score(truth == level, probabilities[:, level], **full) if level in here else np.nan

    def trapezoids(level):
        if level not in here:
            return np.nan
        precision, recall, _ = sk.precision_recall_curve(truth == level, probabilities[:, level], **full)
        return sk.auc(recall, precision)

    # The share of what a perfect order gains beyond chance is 2 · area − 1.
    areas = {
        "roc_auc": (roc, "scikit-learn"),
        "average_precision": (precise, "scikit-learn"),
        "pr_auc": (trapezoids, "scikit-learn"),
        "gain_capture": (lambda level: 2 * roc(level) - 1, "scikit-learn's area of the ROC curve"),
    }
    for metric, (area, by) in areas.items():
        values = np.array([area(level) for level in labels])
        if levels == 2:
            case(name, weights, metric, values[0], by, event_level="first")
            case(name, weights, metric, values[1], by, event_level="second")
        for estimator in ("macro", "macro_weighted"):
            case(name, weights, metric, mean(values, shares, estimator), by, estimator=estimator)
    if weights is None and levels > 2 and len(here) == levels:
        value = sk.roc_auc_score(truth, probabilities, multi_class="ovo", average="macro")
        case(name, weights, "roc_auc", value, "scikit-learn", estimator="hand_till")
    if weights is None and levels > 2 and len(here) < levels:
        # Pairs of classes that have rows: the same with the others' columns taken away.
        pairs = []
        for i in here:
            for j in here:
                if i != j:
                    both = (truth == i) | (truth == j)
                    pairs.append(sk.roc_auc_score(truth[both] == i, probabilities[both, i]))
        case(name, weights, "roc_auc", np.mean(pairs), "scikit-learn, pair by pair", estimator="hand_till")

    eps = np.finfo(float).eps
    chosen = np.clip(probabilities[np.arange(len(truth)), truth], eps, 1 - eps)
    if len(here) == levels and (probabilities > 0).all():
        case(name, weights, "mn_log_loss", sk.log_loss(truth, probabilities, labels=labels, **full), "scikit-learn")
    else:
        case(name, weights, "mn_log_loss", np.average(-np.log(chosen), weights=each), "numpy")
    case(name, weights, "mn_log_loss", (each * -np.log(chosen)).sum(), "numpy", sum=True)
    value = sk.brier_score_loss(truth, probabilities, labels=labels, scale_by_half=True, **full)
    case(name, weights, "brier_class", value, "scikit-learn")


def of_numbers(name, data, weights):
    truth, estimate = data["truth"], data["estimate"]
    full = dict(sample_weight=weights)
    each = weights if weights is not None else np.ones(len(truth))
    error = truth - estimate

    def put(metric, value, by="numpy", **options):
        case(name, weights, metric, value, by, **options)

    def average(values):
        return np.average(values, weights=each)

    put("rmse", sk.root_mean_squared_error(truth, estimate, **full), "scikit-learn")
    put("mae", sk.mean_absolute_error(truth, estimate, **full), "scikit-learn")
    put("mape", 100 * sk.mean_absolute_percentage_error(truth, estimate, **full), "scikit-learn")
    put("rsq_trad", sk.r2_score(truth, estimate, **full), "scikit-learn")
    put("smape", average(200 * np.abs(error) / (np.abs(truth) + np.abs(estimate))))
    put("mpe", 100 * average(error / truth))
    put("msd", average(error))
    for m in (1, 3):
        put("mase", average(np.abs(error)) / np.abs(truth[m:] - truth[:-m]).mean(), m=m)
    put("mase", average(np.abs(error)) / 1.7, mae_train=1.7)
    for delta in (0.3, 1):
        huber = np.where(np.abs(error) <= delta, error**2 / 2, delta * np.abs(error) - delta**2 / 2)
        put("huber_loss", average(huber), delta=delta)
    # numpy's covariance with weights that count how much an observation matters is R's cov.wt.
    aweights = {} if weights is None else {"aweights": weights}
    unbiased = np.cov(truth, estimate, **aweights)
    correlation = unbiased[0, 1] / np.sqrt(unbiased[0, 0] * unbiased[1, 1])
    put("rsq", correlation**2)
    distance = (average(truth) - average(estimate)) ** 2
    put("ccc", 2 * unbiased[0, 1] / (unbiased[0, 0] + unbiased[1, 1] + distance))
    if weights is None:
        biased = np.cov(truth, estimate, ddof=0)
        put("ccc", 2 * biased[0, 1] / (biased[0, 0] + biased[1, 1] + distance), bias=True)
    low, high = error >= 0, error < 0
    sides = [np.average(np.abs(error[side]), weights=each[side]) for side in (low, high)]
    put("iic", correlation * min(sides) / max(sides))
    rmse = np.sqrt(average(error**2))
    put("rpd", np.sqrt(unbiased[0, 0]) / rmse)
    if weights is None:
        put("rpiq", (np.quantile(truth, 0.75) - np.quantile(truth, 0.25)) / rmse)
    else:
        order = np.argsort(truth)
        reached = np.cumsum(weights[order]) / weights.sum()
        put("rpiq", (np.interp(0.75, reached, truth[order]) - np.interp(0.25, reached, truth[order])) / rmse)
    if name == "counts":
        put("poisson_log_loss", average(-stats.poisson.logpmf(truth, estimate)), "scipy")


for name, data in CLASSES.items():
    for weights in (None, data["weights"]):
        of_classes(name, data, weights)
        of_probabilities(name, data, weights)
for name, data in NUMBERS.items():
    for weights in (None, data["weights"]):
        of_numbers(name, data, weights)

confusions = {
    name: {
        "counts": sk.confusion_matrix(
            data["truth"], data["probabilities"].argmax(axis=1), labels=list(range(data["probabilities"].shape[1]))
        ).tolist(),
        "weighted": sk.confusion_matrix(
            data["truth"],
            data["probabilities"].argmax(axis=1),
            labels=list(range(data["probabilities"].shape[1])),
            sample_weight=data["weights"],
        ).tolist(),
    }
    for name, data in CLASSES.items()
}


def curves(data):
    """scikit-learn's ROC and precision-recall curves of the first class."""
    event, score = data["truth"] == 0, data["probabilities"][:, 0]
    false, true, thresholds = sk.roc_curve(event, score, drop_intermediate=False)
    precision, recall, _ = sk.precision_recall_curve(event, score)
    return {
        # The first threshold is infinite, which JSON has no word for.
        "roc": {"threshold": thresholds[1:].tolist(), "sensitivity": true[1:].tolist(), "specificity": (1 - false[1:]).tolist()},
        "pr": {"precision": precision[::-1].tolist(), "recall": recall[::-1].tolist()},
    }


plain = lambda data: {key: np.asarray(value).tolist() for key, value in data.items()}
Path(sys.argv[1]).write_text(
    json.dumps(
        {
            "made_with": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}, scipy {scipy.__version__}",
            "classes": {name: plain(data) for name, data in CLASSES.items()},
            "numbers": {name: plain(data) for name, data in NUMBERS.items()},
            "cases": cases,
            "confusions": confusions,
            "curves": {name: curves(CLASSES[name]) for name in ("two classes", "two classes with ties")},
        }
    )
    + "\n"
)
print(f"{len(cases)} numbers")
