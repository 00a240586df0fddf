#!/usr/bin/env python3
"""Golden values of MiniRocket's features and of ridge: make_minirocket.py > minirocket.json

Straight from the definitions, with numpy, in double: a convolution is nine products at a time, ridge
the solution of its normal equations, generalised cross-validation its hat matrix. numpy is needed to
make the file anew, never to build or test.
"""
import json
from itertools import combinations

import numpy as np

random = np.random.default_rng(20261127)
KERNELS = list(combinations(range(9), 3))


def convolve(series, kernel, dilation):
    """series: steps. Zeros around it."""
    weights = np.full(9, -1.0)
    weights[list(KERNELS[kernel])] = 2
    steps = len(series)
    return np.array([sum(weights[tap] * series[t + (tap - 4) * dilation]
                         for tap in range(9) if 0 <= t + (tap - 4) * dilation < steps)
                     for t in range(steps)])


def features():
    steps, columns, rows = 21, 4, 19
    windows = np.round(random.normal(size=(rows, steps, columns)), 3)
    kernels = [{"kernel": int(random.integers(84)), "dilation": dilation, "padded": padded,
                "channels": channels, "biases": list(np.round(random.normal(size=3) * 3, 4))}
               for dilation, padded, channels in
               ((1, True, [0]), (1, False, [1, 2]), (2, True, [3]), (2, False, [0, 1, 3]))]
    result = []
    for window in windows:
        row = []
        for k in kernels:
            values = convolve(window[:, k["channels"]].sum(axis=1), k["kernel"], k["dilation"])
            if not k["padded"]:
                edge = 4 * k["dilation"]
                values = values[edge:steps - edge]
            row += [float((values > bias).mean()) for bias in k["biases"]]
        result.append(row)
    return {"steps": steps, "columns": columns, "kernels": kernels,
            "windows": windows.reshape(rows, -1).tolist(), "features": result}


def dilations():
    """As the authors' code has it (fit_dilations)."""
    cases = []
    for steps, per_kernel in ((9, 119), (12, 119), (12, 7), (24, 119), (60, 7), (150, 119),
                              (251, 119), (427, 119)):
        tried = min(per_kernel, 32)
        found, counts = np.unique(np.logspace(0, np.log2((steps - 1) / 8), tried,
                                              base=2).astype(np.int32), return_counts=True)
        counts = (counts * (per_kernel / tried)).astype(np.int32)
        i = 0
        while counts.sum() < per_kernel:
            counts[i] += 1
            i = (i + 1) % len(counts)
        cases.append({"steps": steps, "features_per_kernel": per_kernel,
                      "dilations": found.tolist(), "features": counts.tolist()})
    return cases


def ridge(rows, columns, classes):
    centres = random.normal(size=(classes, columns)) * 0.8
    labels = random.integers(classes, size=rows)
    x = np.round(centres[labels] + random.normal(size=(rows, columns)) * (1 + np.arange(columns)), 4)
    standard = (x - x.mean(0)) / x.std(0)
    y = np.where(labels[:, None] == np.arange(classes), 1.0, -1.0)
    centred = y - y.mean(0)
    penalties = [float(p) for p in np.logspace(-3, 3, 10)]
    scores, fitted = [], []
    for penalty in penalties:
        inverse = np.linalg.inv(standard.T @ standard + penalty * np.eye(columns))
        hat = standard @ inverse @ standard.T
        residual = centred - hat @ centred
        free = rows - np.trace(hat) - 1
        scores.append(float((residual ** 2).sum() * rows / free ** 2))
        fitted.append(hat @ centred + y.mean(0))
    best = int(np.argmin(scores))
    return {"x": x.tolist(), "labels": labels.tolist(), "penalty": penalties[best],
            "scores": fitted[best].tolist()}


print(json.dumps({"features": features(), "dilations": dilations(),
                  "ridge": [ridge(40, 6, 3), ridge(15, 30, 2), ridge(25, 25, 4)]}))
