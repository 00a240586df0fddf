#!/usr/bin/env python3
"""Accuracy on public sets of series, by `faultprint train` and `evaluate`, beside published figures.

    bench/public_sets.py [SET ...] [--wheel aeon-1.6.0-py3-none-any.whl] [--seeds 1 2 3] [-- OPTION ...]

The Python package aeon carries the sets: pip fetches it unless --wheel names it, and nothing of it is
installed. Each series is an element of its own, one window, `baseline: none`; its class is its fault
type, the first class `normal`, so that the accuracy of all windows is the plain accuracy on the
default split. What stands behind -- goes to `faultprint train`, after `--encoder conv`.

The conv encoder learns slowly: minutes a seed on all but the shortest series. Few series of a set are
kept out to tell when to stop, and tell little: where it stops early by them (ArrowHead: after 300 of
750 steps), `-- --windows-per-batch 24 --epochs 10 --steps-per-epoch 75` goes to the schedule's end.
`--learning-rate 0.003` is better by the series kept out (macro-F1: JapaneseVowels .982, with 72 windows
a batch, where .001 and a dropout of .3 have .964; OSULeaf .902, with 200 steps an epoch, where .001 and
75 have .833)."""
import argparse
import io
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
FAULTPRINT = os.environ.get("FAULTPRINT", str(ROOT / "build/release/faultprint"))
PUBLISHED = {  # on the default split
    "JapaneseVowels": (.993, "FCN"), "GunPoint": (.993, "MiniRocket"),
    "OSULeaf": (.959, "MiniRocket"), "ItalyPowerDemand": (.969, "MiniRocket"),
    "BasicMotions": (1.0, "T-Loss"), "ArrowHead": (.863, "MiniRocket")}


def fetch(folder):
    done = subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
                           "--dest", folder, "aeon"], capture_output=True, text=True)
    wheels = list(pathlib.Path(folder).glob("aeon-*.whl"))
    if done.returncode or not wheels:
        sys.exit("aeon could not be fetched (pip download --no-deps aeon); name it with --wheel\n" +
                 done.stderr[-500:])
    return wheels[0]


def series_of(wheel, name, part):
    """(label, channels) of each series of a .ts file."""
    text = io.TextIOWrapper(wheel.open(f"aeon/datasets/data/{name}/{name}_{part}.ts"), "utf-8")
    found = []
    for line in text:
        if line.strip() and line[0] not in "#@":
            *channels, label = line.strip().split(":")
            found.append((label, [[float(v) for v in c.split(",")] for c in channels]))
    return found


def write(found, classes, history, incidents):
    """Each series an element that reports once a second."""
    channels = len(found[0][1])
    with open(history, "w") as data, open(incidents, "w") as rows:
        data.write("time,element," + ",".join(f"c{i}" for i in range(channels)) + "\n")
        rows.write("element,start,end,fault_type\n")
        for i, (label, values) in enumerate(found):
            for t, row in enumerate(zip(*values)):
                data.write(f"{1000 + t},s{i}," + ",".join(map(repr, row)) + "\n")
            rows.write(f"s{i},1000,{1000 + len(values[0])},{classes[label]}\n")


def prepare(wheel, name, work):
    """Files of both parts, and the configuration. Returns how many series each part has."""
    train, test = (series_of(wheel, name, part) for part in ("TRAIN", "TEST"))
    labels = sorted({label for label, _ in train})
    classes = {label: f"class_{label}" if i else "normal" for i, label in enumerate(labels)}
    window = max(len(values[0]) for _, values in train + test)
    kpis = "".join(f"    - {{name: c{i}, kind: gauge}}\n" for i in range(len(train[0][1])))
    (work / "faultprint.yaml").write_text(f"stream:\n  period: 1s\n  window: {window}\n"
                                          f"  lateness: 1s\n  baseline: none\n  kpis:\n{kpis}")
    for part, found in (("train", train), ("test", test)):
        write(found, classes, work / f"{part}.csv", work / f"{part}_incidents.csv")
    return len(train), len(test)


def faultprint(name, *words):
    done = subprocess.run([FAULTPRINT, *map(str, words)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{name}: {words[0]}: {done.stderr[-1000:]}")


def measure(name, work, seed, arguments):
    config, model, figures = work / "faultprint.yaml", work / "model.safetensors", work / "out.json"
    faultprint(name, "train", "--config", config, "--data", work / "train.csv", "--incidents",
               work / "train_incidents.csv", "--out", model, "--seed", seed, *arguments)
    faultprint(name, "evaluate", "--config", config, "--data", work / "test.csv", "--incidents",
               work / "test_incidents.csv", "--model", model, "--json", figures)
    return json.loads(figures.read_text())


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=list(PUBLISHED))
    parser.add_argument("--wheel", type=pathlib.Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    words = sys.argv[1:]
    end = words.index("--") if "--" in words else len(words)
    options, arguments = parser.parse_args(words[:end]), words[end + 1:]
    if "--encoder" not in arguments:
        arguments = ["--encoder", "conv", *arguments]
    print(f"{'set':18} train  test   published           minirocket    1nn  faultprint, seeds "
          f"{' '.join(map(str, options.seeds))}  (mean, less minirocket)")
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        with zipfile.ZipFile(options.wheel or fetch(folder)) as wheel:
            for name in options.sets:
                train, test = prepare(wheel, name, work)
                began = time.monotonic()
                reports = [measure(name, work, seed, arguments) for seed in options.seeds]
                ours = [report["accuracy"] for report in reports]
                rocket, nearest = (statistics.mean(r["baselines"][b]["accuracy"] for r in reports)
                                   for b in ("minirocket", "1nn"))
                figure, by = PUBLISHED.get(name, (float("nan"), ""))
                print(f"{name:18} {train:5} {test:5}   {figure:.3f} {by:12} {rocket:11.3f} "
                      f"{nearest:6.3f}  {' '.join(f'{a:.3f}' for a in ours)}  "
                      f"({statistics.mean(ours):.3f}, {statistics.mean(ours) - rocket:+.3f}; "
                      f"{(time.monotonic() - began) / len(reports):.0f} s a seed)", flush=True)


main()
