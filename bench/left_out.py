#!/usr/bin/env python3
"""Fault types that training never saw, told by the embedding: losses side by side.

    bench/left_out.py [--scenarios DATA/ds12_single_event] [--losses NAME...] [--seeds 1 2 3]
                      [-- OPTION of `faultprint train`...]

Each fault type is left out of training in turn. On the bundled recording: trained on its first
part, judged on its held-out one. With --scenarios, on recordings of single events (bench/scenarios.py
says what they look like): judged on those of the type left out and on one of each other type that
has several, trained on the rest.

Of windows that lie in one state as a whole, the AUROC of the type left out against those of known
faults, and against all known ones (of normal every tenth), by two distances:
  mean    to the nearest class mean
  three   to the nearest three of a sample of a label's windows, over what 5 % of that label's own
          exceed, as the product judges

A loss may bring options: --losses triplet "lossless-ln --rest 1 --pull 4"."""
import argparse
import csv
import math
import pathlib
import random
import statistics
import tempfile

import scenarios
from embedding_figures import ROOT, Labels, auroc, embedded, faultprint, mean_of, nearest

DEMO = ROOT / "daemon/demo"
PERIOD, WINDOW = 5, 12  # of the recording


class Part:
    """History with its labels."""

    def __init__(self, data, incidents, length):
        self.data, self.labels = data, Labels(incidents, length)

    def without(self, kind, path):
        with open(path, "w", newline="") as file:
            out = csv.writer(file)
            out.writerow(["element", "start", "end", "fault_type"])
            out.writerows([*rest, "ignore" if of == kind else of] for *rest, of in self.labels.rows)
        return path

    def vectors(self, config, model):
        by_type = {}
        for kind, _, vector in embedded(config, model, self.data, self.labels):
            by_type.setdefault(kind, []).append(vector)
        return by_type


def of_three(vector, sample):
    return statistics.fmean(sorted(math.dist(vector, s) for s in sample)[:3])


class Clusters:
    """What training's windows of each label look like."""

    def __init__(self, by_type, seed):
        draw = random.Random(seed)
        self.means = {kind: mean_of(vectors) for kind, vectors in by_type.items()}
        self.samples, self.radius = {}, {}
        for kind, vectors in by_type.items():
            order = draw.sample(vectors, len(vectors))
            most = 256 if kind == "normal" else 64
            sample, rest = order[:most], order[most:most + 200]
            own = sorted(of_three(v, [s for s in sample if s is not v]) for v in rest or sample)
            self.samples[kind] = sample
            self.radius[kind] = max(own[int(.95 * (len(own) - 1))], 1e-6)

    def distances(self, vector):
        return (nearest(vector, self.means)[0],
                min(of_three(vector, s) / self.radius[k] for k, s in self.samples.items()))


def figures(case, options, seed, work):
    kind, train, test, config = case
    model = work / "model.safetensors"
    faultprint("train", "--config", config, "--data", train.data, "--incidents",
               train.without(kind, work / "incidents.csv"), "--out", model, "--seed", seed, *options)
    known = train.vectors(config, model)
    known.pop(kind, None)
    clusters = Clusters({k: v for k, v in known.items() if len(v) > 3}, seed)
    judged = {k: [clusters.distances(v) for v in vectors]
              for k, vectors in test.vectors(config, model).items()}
    row = []
    for which in range(2):
        of = {k: [d[which] for d in found] for k, found in judged.items()}
        novel, normal = of.pop(kind), of.pop("normal")
        faults = [d for k, found in of.items() if k in clusters.means for d in found]
        row += [auroc(novel, faults), auroc(novel, faults + normal)]
    return row


def recording():
    train, test = (Part(DEMO / f"{part}.csv.gz", DEMO / f"{part}_incidents.csv", PERIOD * WINDOW)
                   for part in ("train", "heldout"))
    return [(kind, train, test, DEMO / "faultprint.yaml") for kind in ("bgp_clear", "port_flap")]


def of_scenarios(folder, work):
    all_of = [scenarios.Recording(path) for path in sorted(folder.glob("*.csv"))
              if not path.name.endswith(".events.csv")]
    all_of = [r for r in all_of if not r.begins_in_fault]
    kpis = list(dict.fromkeys(name for r in all_of for name in r.kpis))
    config = work / "scenarios.yaml"
    scenarios.configuration(config, kpis, "learning")
    cases = []
    for kind in sorted({fault for r in all_of for fault in r.faults}):
        judged = [r for r in all_of if kind in r.faults]
        for other in sorted({fault for r in all_of for fault in r.faults} - {kind}):
            several = [r for r in all_of if other in r.faults and kind not in r.faults]
            judged += several[-1:] if len(several) > 1 else []
        rest = [r for r in all_of if not any(r.overlaps(j) for j in judged)]
        parts = []
        for name, of in (("train", rest), ("test", judged)):
            data, incidents = (work / f"{kind}_{name}{end}.csv" for end in ("", "_incidents"))
            scenarios.write_history(data, of, kpis)
            scenarios.write_incidents(incidents, of)
            parts.append(Part(data, incidents, scenarios.PERIOD * scenarios.WINDOW))
        cases.append((kind, *parts, config))
    return cases


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenarios", type=pathlib.Path, help="a folder of them")
    parser.add_argument("--losses", nargs="+", default=["lossless-ln", "triplet"])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    options, train = parser.parse_known_args()
    train = [word for word in train if word != "--"]
    print(f"{'loss':28} {'seed':>4} {'left out':16}  mean: faults   all  three: faults   all")
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        cases = of_scenarios(options.scenarios, work) if options.scenarios else recording()
        for loss in options.losses:
            rows = []
            for seed in options.seeds:
                for case in cases:
                    rows.append(figures(case, ["--loss", *loss.split(), *train], seed, work))
                    show(loss, seed, case[0], rows[-1])
            show(loss, "", "mean", mean_of(rows))


def show(loss, seed, kind, row):
    print(f"{loss:28} {seed!s:>4} {kind:16}        {row[0]:.3f} {row[1]:.3f}         {row[2]:.3f} "
          f"{row[3]:.3f}", flush=True)


main()
