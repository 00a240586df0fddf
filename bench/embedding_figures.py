"""What the measurements of embeddings have in common: running the program, and the state that a window
lies in as a whole."""
import csv
import datetime
import fnmatch
import math
import os
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FAULTPRINT = os.environ.get("FAULTPRINT", str(ROOT / "build/release/faultprint"))


def faultprint(*words):
    done = subprocess.run([FAULTPRINT, *map(str, words)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"faultprint {words[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def seconds(text):
    try:
        return float(text)
    except ValueError:
        return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class Labels:
    """The state in which a window lies as a whole. length: of a window, in seconds."""

    def __init__(self, path, length):
        self.length = length
        with open(path) as file:
            self.rows = [(r["element"], seconds(r["start"]), seconds(r["end"]), r["fault_type"])
                         for r in csv.DictReader(file)]
        self.of = {}

    def __call__(self, element, end):
        """(type, incident), or None where it straddles a change or is ignored."""
        if element not in self.of:
            self.of[element] = [(i, *row[1:]) for i, row in enumerate(self.rows)
                                if fnmatch.fnmatchcase(element, row[0])]
        begin = end - self.length
        met = [row for row in self.of[element] if row[1] < end and begin < row[2]]
        if not met:
            return "normal", -1
        number, start, stop, kind = met[0]
        whole = len(met) == 1 and start <= begin and end <= stop and kind != "ignore"
        return (kind, number) if whole else None


def embedded(config, model, data, labels):
    """[(type, incident, vector)] of whole windows, of normal every tenth."""
    found = []
    text = faultprint("embed", "--config", config, "--model", model, "--data", data, "--format",
                      "csv", "--out", "-")
    for i, row in enumerate(csv.reader(text.splitlines()[1:])):
        label = labels(row[0], seconds(row[1]))
        if label and (label[0] != "normal" or i % 10 == 0):
            found.append((*label, [float(v) for v in row[2:]]))
    return found


def mean_of(vectors):
    return [statistics.fmean(column) for column in zip(*vectors)]


def nearest(vector, means):
    """(distance, type) of the nearest class mean."""
    return min((math.dist(vector, mean), kind) for kind, mean in means.items())


def auroc(novel, known):
    order = sorted([(d, 1) for d in novel] + [(d, 0) for d in known])
    ranks = sum(i + 1 for i, (_, is_novel) in enumerate(order) if is_novel)
    return (ranks - len(novel) * (len(novel) + 1) / 2) / (len(novel) * len(known))
