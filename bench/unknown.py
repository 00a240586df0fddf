#!/usr/bin/env python3
"""Is a fault type that training never saw called unknown?

    bench/unknown.py [OPTION of `faultprint train`...]

On the bundled recording, for three seeds (SEEDS="1 2 3"): trained with all types, and without each of
them in turn (its incidents are rows of `ignore`). Of the held-out part: the AUROC of unknown; incidents
of the type kept out that raise an alarm, and after how long; incidents named of the other types; false
alarms. ALARMS="{raise: 3/4, raise_unknown: 8/10, clear: 6}" tries other rules.
"""
import argparse
import csv
import datetime
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = os.environ.get("FAULTPRINT", ROOT / "build/release/faultprint")
DEMO = ROOT / "daemon/demo"
PATIENCE = 60  # seconds after an incident's end in which an alarm still belongs to it


def faultprint(*arguments):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return done.stdout


def incidents(path):
    with open(path, newline="") as file:
        return [(r["element"], float(r["start"]), float(r["end"]), r["fault_type"])
                for r in csv.DictReader(file)]


def alarms(path):
    for line in path.read_text().splitlines():
        event = json.loads(line)
        at = datetime.datetime.fromisoformat(event["time"].replace("Z", "+00:00")).timestamp()
        yield event["event"], event["element"], at, event["fault_type"]


def without(kept_out, work):
    if kept_out is None:
        return DEMO / "train_incidents.csv"
    text = (DEMO / "train_incidents.csv").read_text().replace(f",{kept_out}\n", ",ignore\n")
    path = work / "incidents.csv"
    path.write_text(text)
    return path


def measure(config, kept_out, seed, work, options):
    model, events = work / "m.safetensors", work / "alarms.jsonl"
    faultprint("train", "--config", config, "--data", DEMO / "train.csv.gz", "--incidents",
               without(kept_out, work), "--out", model, "--seed", seed, *options)
    common = ("--config", config, "--model", model, "--data", DEMO / "heldout.csv.gz")
    report = work / "report.json"
    faultprint("evaluate", *common, "--incidents", DEMO / "heldout_incidents.csv", "--json", report)
    faultprint("replay", *common, "--alarms", events)
    figures = json.loads(report.read_text())
    raised = [(e, at, t) for kind, e, at, t in alarms(events) if kind == "raised"]
    delays = []
    strangers = [i for i in incidents(DEMO / "heldout_incidents.csv") if i[3] == kept_out]
    for element, start, end, _ in strangers:
        own = [at - start for e, at, _ in raised if e == element and start <= at <= end + PATIENCE]
        delays += own[:1]
    auroc = (figures["unknown"] or {}).get("auroc")
    print(f"{kept_out or 'none':12} {seed:4} "
          f"{float('nan') if auroc is None else auroc:8.3f} "
          f"{len(delays):5} of {len(strangers):2} "
          f"{statistics.median(delays) if delays else float('nan'):6.0f} s "
          f"{figures['incidents']['named']:6} "
          f"{sum(t == 'unknown' for _, _, t in raised):8} "
          f"{figures['false_alarms']['episodes']:6}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    options = parser.parse_known_args()[1]
    types = sorted({i[3] for i in incidents(DEMO / "train_incidents.csv")})
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        config = work / "faultprint.yaml"
        text = (DEMO / "faultprint.yaml").read_text()
        if "ALARMS" in os.environ:
            line = next(row for row in text.splitlines() if row.startswith("alarms:"))
            text = text.replace(line, "alarms: " + os.environ["ALARMS"])
        config.write_text(text)
        print("kept out     seed    AUROC    alarmed    after  named  unknown  false")
        for kept_out in [None, *types]:
            for seed in os.environ.get("SEEDS", "1 2 3").split():
                measure(config, kept_out, seed, work, options)


if __name__ == "__main__":
    main()
