#!/usr/bin/env python3
"""How long `faultprint evaluate` takes on a made-up network: 22 classes, 52 KPIs, 11,800 windows,
with all baselines and confidence intervals. Prints seconds; says nothing of quality: the faults are
steps in a few KPIs.

    bench/evaluation_size.py [--elements 50] [--slots 236] [--window 30] [--kpis 52] [--types 21]
"""
import argparse
import csv
import json
import os
import pathlib
import random
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
FAULTPRINT = os.environ.get("FAULTPRINT", str(ROOT / "build/release/faultprint"))
PERIOD, START, LASTS = 60, 36, 20  # seconds, slots that no window ends in, slots of an incident


def write(folder, name, options, seed):
    """A history in which each element has two incidents, and its incidents."""
    draw = random.Random(seed)
    signatures = [random.Random(kind).sample(range(options.kpis), 3)
                  for kind in range(options.types)]
    with open(folder / f"{name}.csv", "w", newline="") as data, \
            open(folder / f"{name}_incidents.csv", "w", newline="") as rows:
        history, incidents = csv.writer(data), csv.writer(rows)
        history.writerow(["time", "element", *(f"k{i}" for i in range(options.kpis))])
        incidents.writerow(["element", "start", "end", "fault_type"])
        length = START + options.slots
        for e in range(options.elements):
            starts = [START + options.slots // 4, START + options.slots * 3 // 4]
            kinds = [(2 * e + i) % options.types for i in range(2)]
            for slot in range(length):
                values = [draw.gauss(0, 1) for _ in range(options.kpis)]
                for start, kind in zip(starts, kinds):
                    if start <= slot < start + LASTS:
                        for kpi in signatures[kind]:
                            values[kpi] += 6
                history.writerow([slot * PERIOD, f"e{e}", *(f"{v:.3f}" for v in values)])
            for start, kind in zip(starts, kinds):
                incidents.writerow([f"e{e}", start * PERIOD, (start + LASTS) * PERIOD,
                                    f"fault_{kind}"])


def run(*words):
    began = time.monotonic()
    done = subprocess.run([FAULTPRINT, *map(str, words)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return time.monotonic() - began


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("elements", 50), ("slots", 236), ("window", 30), ("kpis", 52),
                          ("types", 21)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for part, seed in (("train", 1), ("test", 2)):
            write(folder, part, options, seed)
        config, model = folder / "faultprint.yaml", folder / "model.safetensors"
        kpis = "".join(f"    - {{name: k{i}, kind: gauge}}\n" for i in range(options.kpis))
        config.write_text(f"stream:\n  period: {PERIOD}s\n  window: {options.window}\n"
                          f"  lateness: {PERIOD}s\n  kpis:\n{kpis}")
        figures = folder / "figures.json"
        run("train", "--config", config, "--data", folder / "train.csv", "--incidents",
            folder / "train_incidents.csv", "--out", model, "--epochs", 2)
        seconds = run("evaluate", "--config", config, "--data", folder / "test.csv", "--incidents",
                      folder / "test_incidents.csv", "--model", model, "--json", figures)
        report = json.loads(figures.read_text())
        print(f"{len(report['per_class'])} classes, {options.kpis} KPIs, {report['windows']} windows "
              f"of {options.window} slots, {report['incidents']['total']} incidents: "
              f"evaluated in {seconds:.1f} s beside {', '.join(report['baselines'])}")


main()
