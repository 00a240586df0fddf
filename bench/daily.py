#!/usr/bin/env python3
"""What a daily swing costs, and what `stream.baseline.profile: daily` gives back: 15-minute KPIs of a
made-up group, the same noise and the same faults without a swing and with one.

    bench/daily.py [--swing 10] [--seeds 1 2 3] [--elements 40] [--days 14] [--weekend 1]
                   [--raise 1/2] [--short]

Each KPI has its own course of the day, shared by the elements; each element has its own level and
its own amplitude of it (half to one and a half times --swing noise deviations, highest to lowest).
--weekend: on Saturday and Sunday the course is that share of a weekday's (1: no difference). Noise
remembers (lag-one correlation .5). Faults shift two or three KPIs by 3 to 5 noise deviations for two
to four hours. Trains on --days, judges on as many. --raise: alarms from so few verdicts that there
are false ones to compare; the default of a configuration, 3/4, leaves none to one. --short: only
the two cases to compare, whose ratio has a 95 % interval (10,000 redraws of seeds, both cases of one
together: it has the same noise and faults in both). Says nothing of real networks."""
import argparse
import csv
import json
import math
import os
import pathlib
import random
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
FAULTPRINT = os.environ.get("FAULTPRINT", str(ROOT / "build/release/faultprint"))
PERIOD, DAY, KPIS, TYPES, MEMORY = 900, 96, 8, 4, 0.5
BEGIN = 1767571200  # a Monday


def courses(seed):
    """Of each KPI its course over the day, from -.5 to .5: a day's wave and a quicker one."""
    result = []
    for kpi in range(KPIS):
        draw = random.Random(f"course {seed} {kpi}")
        phase, second = draw.uniform(0, 2 * math.pi), draw.uniform(0, 2 * math.pi)
        size = draw.uniform(.2, .5)
        curve = [math.sin(2 * math.pi * t / DAY + phase) +
                 size * math.sin(4 * math.pi * t / DAY + second) for t in range(DAY)]
        low, high = min(curve), max(curve)
        result.append([(v - low) / (high - low) - .5 for v in curve])
    return result


def faults_of(seed, element, slots):
    """(first slot, end, type, size): one every three days or so, apart by more than a window."""
    draw = random.Random(f"faults {seed} {element}")
    found, at = [], draw.randrange(60, 3 * DAY)
    while at + 16 < slots:
        length = draw.randrange(8, 17)
        found.append((at, at + length, draw.randrange(TYPES), draw.uniform(3, 5)))
        at += length + draw.randrange(DAY, 5 * DAY)
    return found


def write(folder, options, seed, swing):
    """train.csv and later.csv, with their incidents."""
    half = options.days * DAY
    signatures = [[(k, random.Random(f"{seed} {kind} {k}").choice((-1, 1))) for k in
                   random.Random(f"type {seed} {kind}").sample(range(KPIS), 2 + kind % 2)]
                  for kind in range(TYPES)]
    curves = courses(seed)
    rows = {"train": [], "later": []}
    incidents = {"train": [], "later": []}
    for e in range(options.elements):
        draw = random.Random(f"noise {seed} {e}")
        level = [draw.uniform(-50, 50) for _ in range(KPIS)]
        amplitude = [swing * draw.uniform(.5, 1.5) for _ in range(KPIS)]
        noise = [draw.gauss(0, 1) for _ in range(KPIS)]
        shifts = {}
        for first, end, kind, size in faults_of(seed, e, 2 * half):
            part = "train" if first < half else "later"
            incidents[part].append([f"e{e}", BEGIN + first * PERIOD, BEGIN + end * PERIOD,
                                    f"fault_{kind}"])
            for slot in range(first, end):
                shifts[slot] = {k: sign * size for k, sign in signatures[kind]}
        for slot in range(2 * half):
            weekend = options.weekend if slot // DAY % 7 >= 5 else 1
            shift = shifts.get(slot, {})
            values = []
            for k in range(KPIS):
                noise[k] = MEMORY * noise[k] + math.sqrt(1 - MEMORY**2) * draw.gauss(0, 1)
                values.append(level[k] + amplitude[k] * weekend * curves[k][slot % DAY] +
                              noise[k] + shift.get(k, 0))
            rows["train" if slot < half else "later"].append(
                [BEGIN + slot * PERIOD, f"e{e}", *(f"{v:.3f}" for v in values)])
    for part, history in rows.items():
        history.sort(key=lambda row: row[0])
        with open(folder / f"{part}.csv", "w", newline="") as file:
            csv.writer(file).writerows([["time", "element", *(f"k{i}" for i in range(KPIS))],
                                        *history])
        with open(folder / f"{part}_incidents.csv", "w", newline="") as file:
            csv.writer(file).writerows([["element", "start", "end", "fault_type"],
                                        *incidents[part]])


def run(*words):
    done = subprocess.run([FAULTPRINT, *map(str, words)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)


def judged(folder, profile, seed, alarm_rule):
    kpis = "".join(f"    - {{name: k{i}, kind: gauge}}\n" for i in range(KPIS))
    config = folder / f"{profile}.yaml"
    config.write_text(f"stream:\n  period: 15m\n  window: 12\n  kpis:\n{kpis}"
                      f"  baseline: {{profile: {profile}}}\n"
                      f"alarms: {{raise: {alarm_rule}, raise_unknown: {alarm_rule}}}\n")
    model, report = folder / f"{profile}.safetensors", folder / f"{profile}.json"
    run("train", "--config", config, "--data", folder / "train.csv", "--incidents",
        folder / "train_incidents.csv", "--seed", seed, "--out", model)
    run("evaluate", "--config", config, "--model", model, "--data", folder / "later.csv",
        "--incidents", folder / "later_incidents.csv", "--json", report)
    return json.loads(report.read_text())


def ratio_line(plain, daily):
    """plain, daily: false alarms by seed."""
    seeds, draw, ratios = sorted(plain), random.Random(1), []
    if sum(plain.values()) == 0:
        return "no false alarm without a swing: there is no ratio"
    for _ in range(10000):
        drawn = draw.choices(seeds, k=len(seeds))
        below = sum(plain[s] for s in drawn)
        ratios.append(sum(daily[s] for s in drawn) / below if below else math.inf)
    ratios.sort()
    return (f"false alarms with swing and profile: {sum(daily.values()) / sum(plain.values()):.2f} of those "
            f"without either ({ratios[249]:.2f} to {ratios[9749]:.2f})")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--swing", type=float, default=10)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--elements", type=int, default=40)
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--weekend", type=float, default=1)
    parser.add_argument("--raise", dest="rule", default="1/2")
    parser.add_argument("--short", action="store_true")
    options = parser.parse_args()
    cases = [(0, "none"), (options.swing, "daily")]
    if not options.short:
        cases[1:1] = [(0, "daily"), (options.swing, "none")]
    if options.weekend != 1:
        cases.append((options.swing, "weekly"))
    print("swing profile  seed  named  median delay  false alarms  macro-F1")
    sums, false_of = {}, {}
    for swing, profile in cases:
        for seed in options.seeds:
            with tempfile.TemporaryDirectory() as name:
                folder = pathlib.Path(name)
                write(folder, options, seed, swing)
                found = judged(folder, profile, seed, options.rule)
            incidents, alarms = found["incidents"], found["false_alarms"]
            delay = incidents["median_delay_s"] or 0
            print(f"{swing:5g} {profile:8} {seed:4} {incidents['named']:4}/{incidents['total']}"
                  f" {delay / 60:9.0f} min {alarms['episodes']:13} {found['macro_f1']:9.3f}",
                  flush=True)
            false_of.setdefault((swing, profile), {})[seed] = alarms["episodes"]
            total = sums.setdefault((swing, profile), [0, 0, 0, 0])
            for i, figure in enumerate((incidents["named"], incidents["total"], delay / 60,
                                        alarms["episodes"])):
                total[i] += figure
    print("all seeds:")
    for (swing, profile), (named, total, delay, false) in sums.items():
        print(f"{swing:5g} {profile:8}   {named:5}/{total} {delay / len(options.seeds):9.0f} min"
              f" {false:13}")
    print(ratio_line(false_of[cases[0]], false_of[options.swing, "daily"]))


if __name__ == "__main__":
    main()
