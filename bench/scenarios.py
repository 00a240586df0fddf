#!/usr/bin/env python3
"""Faults of real routers that the model never saw: figures of `faultprint evaluate` on two sets of
the Cisco telemetry data (cisco-ie/telemetry), made one row a device and 10 s, one column a KPI.

    bench/scenarios.py single DATA/ds12_single_event     each scenario left out in turn
    bench/scenarios.py leaf7  DATA/ds11_leaf7            the first part of the time, then the rest

The data is not in this repository. A folder of `single` holds one CSV a scenario (epoch_s, device,
KPIs, last_event, fault_state), that of `leaf7` one CSV of a single router. fault_state is that of
the whole network, so all devices of a scenario carry it: an incident is named when an alarm on any
of them names it, and a window of a device that noticed nothing counts as missed.

Every scenario's devices begin anew, with a baseline learned from its first two minutes. One that
begins within a fault teaches that fault as normal; it is left out unless --from-start is given.
When a scenario is left out, so are those recorded at the same time."""
import argparse
import concurrent.futures
import csv
import json
import pathlib
import re
import statistics
import sys
import tempfile

from embedding_figures import faultprint

NOT_KPIS = {"epoch_s", "device", "last_event", "fault_state"}
PERIOD, WINDOW, START = 10, 12, 12  # seconds, slots, slots
METHODS = ("faultprint", "1nn", "nearest_class_mean")


def kpi(name):
    """What a column is, by its name: volumes on a logarithmic scale, counts since the last sample."""
    if name.endswith("_delta"):
        return f"{{name: {name}, kind: delta, scale: log}}"
    volume = re.search(r"(kbps|pps|bytes|paths|routes)$", name)
    return f"{{name: {name}, kind: gauge{', scale: log' if volume else ''}}}"


def configuration(path, kpis, baseline):
    learned = f"{{start: {START}}}" if baseline == "learning" else "none"
    lines = "".join(f"    - {kpi(name)}\n" for name in kpis)
    path.write_text(f"stream:\n  period: {PERIOD}s\n  window: {WINDOW}\n  lateness: 20s\n"
                    f"  baseline: {learned}\n  kpis:\n{lines}alarms: {{raise: 3/4, clear: 6}}\n")


class Recording:
    """One CSV: its rows in time order, and the stretches of each state."""

    def __init__(self, path):
        self.name = path.stem
        with open(path, newline="") as file:
            self.rows = sorted(csv.DictReader(file), key=lambda row: float(row["epoch_s"]))
        self.kpis = [name for name in self.rows[0] if name not in NOT_KPIS]
        self.first, self.last = (float(self.rows[i]["epoch_s"]) for i in (0, -1))
        self.stretches = []  # state, start, end
        for row in self.rows:
            time = float(row["epoch_s"])
            if not self.stretches or self.stretches[-1][0] != row["fault_state"]:
                if self.stretches:
                    self.stretches[-1][2] = time
                self.stretches.append([row["fault_state"], time, self.last + PERIOD])
        self.faults = {state for state, _, _ in self.stretches} - {"normal"}
        learned = self.first + PERIOD * START
        self.begins_in_fault = any(state != "normal" and start < learned
                                   for state, start, _ in self.stretches)

    def overlaps(self, other):
        return self.first <= other.last and other.first <= self.last


def write_history(path, recordings, kpis, begin=0, end=float("inf")):
    with open(path, "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["time", "element", *kpis])
        for recording in recordings:
            out.writerows([row["epoch_s"], f"{row['device']}@{recording.name}",
                           *(row.get(name, "") for name in kpis)]
                          for row in recording.rows if begin <= float(row["epoch_s"]) < end)


def write_incidents(path, recordings, begin=0, end=float("inf")):
    with open(path, "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["element", "start", "end", "fault_type"])
        for recording in recordings:
            out.writerows([f"*@{recording.name}", start, stop, state]
                          for state, start, stop in recording.stretches
                          if state != "normal" and begin <= start < end)


def figures(work, config, options):
    """Trains on train.csv, evaluates on test.csv: the report."""
    model, report = work / "model.safetensors", work / "figures.json"
    faultprint("train", "--config", config, "--data", work / "train.csv", "--incidents",
               work / "train_incidents.csv", "--out", model, "--seed", options.seed,
               *(("--epochs", options.epochs) if options.epochs else ()))
    faultprint("evaluate", "--config", config, "--model", model, "--data", work / "test.csv",
               "--incidents", work / "test_incidents.csv", "--json", report)
    return json.loads(report.read_text())


def of_method(report, method):
    return report if method == "faultprint" else report["baselines"][method]


def macro_f1(confusions):
    """Over all folds' windows, the mean over the classes that occur in the truth."""
    cells = {}
    for confusion in confusions:
        for truth, row in confusion.items():
            for predicted, count in row.items():
                cells[truth, predicted] = cells.get((truth, predicted), 0) + count
    scores = []
    for label in {truth for truth, _ in cells}:
        support = sum(n for (truth, _), n in cells.items() if truth == label)
        said = sum(n for (_, predicted), n in cells.items() if predicted == label)
        if support:
            scores.append(2 * cells.get((label, label), 0) / (support + said))
    return statistics.mean(scores)


def print_table(reports):
    print(f"\n{'pooled':18} macro-F1    named  false alarms  in {len(reports)} evaluations, "
          f"{sum(r['element_days'] for r in reports) * 24:.1f} element-hours")
    for method in METHODS:
        mine = [of_method(report, method) for report in reports]
        named = sum(m["incidents"]["named"] for m in mine)
        total = sum(m["incidents"]["total"] for m in mine)
        false = sum(m["false_alarms"]["episodes"] for m in mine)
        print(f"{method:18} {macro_f1([m['confusion'] for m in mine]):8.3f} "
              f"{named:5} of {total:<3} {false:8}")


def print_fold(name, report):
    said = ", ".join(
        f"{method} {m['macro_f1']:.3f} {m['incidents']['named']}/{m['incidents']['total']} "
        f"{m['false_alarms']['episodes']}"
        for method, m in ((method, of_method(report, method)) for method in METHODS))
    print(f"{name}: {said}", flush=True)


def single(options, work):
    scenarios = [Recording(path) for path in sorted(options.folder.glob("*.csv"))
                 if not path.name.endswith(".events.csv")]
    if not options.from_start:
        scenarios = [s for s in scenarios if not s.begins_in_fault]
    if not scenarios:
        sys.exit(f"{options.folder}: no scenario in it")
    kpis = list(dict.fromkeys(name for s in scenarios for name in s.kpis))
    configuration(work / "faultprint.yaml", kpis, options.baseline)
    by_type = {}
    for scenario in scenarios:
        for fault in scenario.faults:
            by_type.setdefault(fault, []).append(scenario)
    print("scenarios: " + ", ".join(f"{fault} {len(by_type[fault])}" for fault in sorted(by_type)))
    print("left out: macro-F1, incidents named, false alarms")
    folds = []
    for left_out in scenarios:
        train = [s for s in scenarios if not s.overlaps(left_out)]
        if all(any(fault in s.faults for s in train) for fault in left_out.faults):
            folds.append((left_out, train))  # else it is the only one of its type

    def run(fold):
        left_out, train = fold
        folder = work / left_out.name
        folder.mkdir()
        for part, of in (("train", train), ("test", [left_out])):
            write_history(folder / f"{part}.csv", of, kpis)
            write_incidents(folder / f"{part}_incidents.csv", of)
        return figures(folder, work / "faultprint.yaml", options)

    reports = []
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for (left_out, _), report in zip(folds, pool.map(run, folds)):
            print_fold(f"{left_out.name} ({', '.join(sorted(left_out.faults))})", report)
            reports.append(report)
    if not reports:
        sys.exit("no fault type has two scenarios")
    print_table(reports)


def leaf7(options, work):
    paths = sorted(options.folder.glob("*features.csv"))
    if len(paths) != 1:
        sys.exit(f"{options.folder}: one *features.csv is wanted, there are {len(paths)}")
    recording = Recording(paths[0])
    configuration(work / "faultprint.yaml", recording.kpis, options.baseline)
    # Split where the states begin to repeat: each is in the first part once.
    states = [state for state, _, _ in recording.stretches]
    repeat = next((i for i in range(1, len(states)) if states[i] in states[:i]), None)
    if repeat is None:
        sys.exit(f"{paths[0]}: no state comes twice")
    split = recording.stretches[repeat][1]
    print(f"trained on {', '.join(states[:repeat])}; evaluated on {', '.join(states[repeat:])}")
    for part, begin, end in (("train", 0, split), ("test", split, float("inf"))):
        write_history(work / f"{part}.csv", [recording], recording.kpis, begin, end)
        write_incidents(work / f"{part}_incidents.csv", [recording], begin, end)
    print_table([figures(work, work / "faultprint.yaml", options)])


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", choices=("single", "leaf7"))
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--epochs", type=int, help="of training; else as many as it chooses")
    parser.add_argument("--jobs", type=int, default=1, help="scenarios at the same time")
    parser.add_argument("--baseline", choices=("learning", "none"), default="learning")
    parser.add_argument("--from-start", action="store_true",
                        help="keep scenarios that begin within a fault")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        {"single": single, "leaf7": leaf7}[options.mode](options, pathlib.Path(work))


if __name__ == "__main__":
    main()
