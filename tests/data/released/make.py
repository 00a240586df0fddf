#!/usr/bin/env python3
"""Makes the files of a released version that later ones must read (tests/integration/
test_versions.py): FAULTPRINT=<that version's program> make.py, once for each release. Prints the
folder."""
import gzip
import math
import os
import pathlib
import random
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "integration"))
from kit import BINARY, WORK, spawn, stop, wait  # noqa: E402
from mock import MockBroker  # noqa: E402

START, PERIOD, SLOTS = 1700000000, 10, 420
CONFIG = """kafka: {brokers: "@BROKER@", topics: [kpi], properties: {session.timeout.ms: 6000}}
stream:
  period: 10s
  window: 6
  lateness: 0s
  baseline: {fast: 60, slow: 600, start: 20}
  kpis: [{name: load, kind: gauge}, {name: drops, kind: delta}]
model: {file: model.safetensors}
alarms: {raise: 3/4, clear: 6}
http: {listen: "127.0.0.1:0"}
state: {directory: "@STATE@", snapshot_every: 1s}
output: {verdicts_file: "@VERDICTS@", verdicts: all}
"""


def history():
    """Four elements; every 100 slots one of them has a fault of 20 slots, of two kinds in turn."""
    noise = random.Random(1)
    rows, incidents = ["time,element,load,drops"], ["element,start,end,fault_type"]
    for fault in range(4):
        begin = START + (60 + 100 * fault) * PERIOD
        incidents.append(f"e{fault},{begin},{begin + 20 * PERIOD},{('loss', 'jam')[fault % 2]}")
    for slot in range(SLOTS):
        for element in range(4):
            faulty = 60 + 100 * element <= slot < 80 + 100 * element
            load = 50 + 5 * math.sin(slot / 20) + noise.gauss(0, 1) + 30 * (faulty and element % 2)
            drops = max(0, noise.gauss(5, 1)) + 60 * (faulty and element % 2 == 0)
            rows.append(f"{START + slot * PERIOD},e{element},{load:.2f},{drops:.2f}")
    return "\n".join(rows) + "\n", "\n".join(incidents) + "\n"


def run(*words, **options):
    return subprocess.run([str(BINARY), *map(str, words)], check=True, stdout=subprocess.PIPE,
                          **options).stdout


def main():
    version = run("--version").decode().split()[1]
    folder = HERE / version
    folder.mkdir()
    (folder / "faultprint.yaml").write_text(CONFIG)
    rows, incidents = history()
    (folder / "history.csv.gz").write_bytes(gzip.compress(rows.encode(), mtime=0))
    (WORK / "incidents.csv").write_text(incidents)
    lines = rows.splitlines(keepends=True)
    half = WORK / "half.csv"
    half.write_text("".join(lines[:1 + len(lines) // 8 * 4]))  # whole slots

    broker = MockBroker()
    config = WORK / "faultprint.yaml"
    config.write_text(CONFIG.replace("@BROKER@", broker.address)
                      .replace("@STATE@", str(WORK / "state"))
                      .replace("@VERDICTS@", str(WORK / "verdicts.jsonl")))
    model = WORK / "model.safetensors"
    run("train", "--config", config, "--data", folder / "history.csv.gz", "--incidents",
        WORK / "incidents.csv", "--out", model, "--embedding", 4, "--hidden", 8, "--epochs", 4,
        "--seed", 1)
    shutil.copy(model, folder)
    verdicts = run("replay", "--config", config, "--data", folder / "history.csv.gz")
    (folder / "verdicts.jsonl.gz").write_bytes(gzip.compress(verdicts, mtime=0))

    run("replay", "--config", config, "--data", half, "--to-topic", "kpi")
    daemon = spawn([BINARY, "run", "--config", config], WORK / "daemon.log", env=os.environ)
    told = WORK / "verdicts.jsonl"
    wait(lambda: told.exists() and told.read_text().count("\n") > 700, 60, "no verdicts")
    stop(daemon)
    shutil.copy(WORK / "state/kpi-0.snapshot", folder)
    print(folder)


main()
