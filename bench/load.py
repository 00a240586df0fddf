#!/usr/bin/env python3
"""A daemon under load, against a real Kafka on this machine: how late verdicts come, how soon after a
kill, what a record costs with one worker and two, what memory it takes.

    bench/load.py latency [--elements 5000] [--seconds 5] [--rounds 3]
    bench/load.py start   [--elements 10000 100000] [--rounds 3]
    bench/load.py cost    [--workers 1 2] [--kpis 12] [--window 30] [--verdicts abnormal] [--rounds 3]

Broker, feed, daemon and reader share this machine's processors: rates are what all of them do together,
and latency at nine tenths is that of a machine which is as busy. A record's cost is the daemon's CPU
time. docs/sizing.md is made of these figures."""
import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests/integration"))
import product  # noqa: E402
from broker import Broker  # noqa: E402
from kit import BUILD, WORK, check, finish, need, say, spawn, wait  # noqa: E402
from outcome import write_csv  # noqa: E402
from product import Daemon, run  # noqa: E402

LOAD = BUILD / "bench_load"
PARTITIONS = 8
PERIOD, BEGIN = 60, 1700000040  # bench_load's
START = 36                      # slots until an element has its level; the window may be longer


def stream(kpis, window):
    names = ", ".join(f"{{name: kpi_{100 + k}}}" for k in range(kpis))
    return (f"stream: {{period: {PERIOD}s, window: {window}, lateness: {2 * PERIOD}s, warm_up: 2h,\n"
            f"  max_elements: 1000000, kpis: [{names}]}}\n")


def model(kpis, window):
    """The encoder of the README's other figures, on made-up values; once for each shape."""
    path = WORK / f"model-{kpis}-{window}.safetensors"
    if path.exists():
        return path
    header = ["time", "element", *(f"kpi_{100 + k}" for k in range(kpis))]

    def rows():
        for slot in range(400):
            for element in range(6):
                far = 30 if 200 <= slot < 230 and element == 0 else 0
                yield [str(BEGIN + slot * PERIOD), f"cell{element}",
                       *(f"{95 + (slot * 7919 + element * 104729 + k * 1299721) % 997 / 100 + far * (k < 3):.3f}"
                         for k in range(kpis))]

    incidents = WORK / "incidents.csv"
    incidents.write_text("element,start,end,fault_type\n"
                         f"cell0,{BEGIN + 200 * PERIOD},{BEGIN + 230 * PERIOD},jam\n")
    config = WORK / "train.yaml"
    config.write_text(stream(kpis, window))
    run("train", "--config", config, "--data", write_csv(WORK / "history.csv", header, rows()),
        "--incidents", incidents, "--out", path, "--epochs", "2", "--no-summaries")
    return path


def first_scored(window):
    """Slots before every record has a window scored."""
    return max(START, window) + 1


class Stage:
    """A topic, where its verdicts go, and the next slot to be sent."""

    def __init__(self, broker, name, elements, kpis=12, window=30):
        self.broker, self.name, self.elements, self.kpis, self.window = (
            broker, name, elements, kpis, window)
        self.verdicts, self.slot = f"{name}-verdicts", 0
        broker.create(name, PARTITIONS)
        broker.create(self.verdicts, 1)

    def config(self, name, workers=1, verdicts="all", topic=True, state=False, group=None):
        path = WORK / f"{name}.yaml"
        output = f"verdicts: {verdicts}" + (f", verdicts_topic: {self.verdicts}" if topic else "")
        path.write_text(stream(self.kpis, self.window) + f"""
kafka: {{brokers: "{self.broker.address}", topics: [{self.name}], group_id: {group or name},
  workers: {workers}}}
model: {{file: {model(self.kpis, self.window)}}}
http: {{listen: "127.0.0.1:0"}}
alarms: {{silence: none}}
log: {{level: info}}
output: {{{output}}}
""" + (f"state: {{directory: {WORK}/{name}-state, snapshot_every: 10s}}\n" if state else ""))
        if state:
            (WORK / f"{name}-state").mkdir(exist_ok=True)
        return path

    def fill(self, slots):
        load("fill", self.broker.address, self.name, self.elements, self.kpis, self.slot, slots)
        self.slot += slots

    def records(self):
        return self.elements * self.slot

    def passes(self, rate, seconds):
        said = load("pass", self.broker.address, self.name, self.elements, self.kpis, self.slot,
                    self.verdicts, rate, seconds)
        words = said.split()
        figures = {name: float(value) for name, value in zip(words[::2], words[1::2])}
        self.slot = int(figures["next_slot"])
        return figures


def load(*words):
    done = subprocess.run([str(LOAD), *map(str, words)], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError("bench_load: " + done.stderr[-2000:])
    return done.stdout


def cpu_seconds(daemon):
    fields = pathlib.Path(f"/proc/{daemon.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def medians(rows):
    return {name: statistics.median(row[name] for row in rows) for name in rows[0]}


# How late verdicts come

def latency(arguments):
    broker = Broker()
    broker.start()
    stage = Stage(broker, "latency", arguments.elements)
    daemon = Daemon("latency", config=stage.config("latency")).start()
    stage.fill(first_scored(stage.window))
    daemon.wait_metric("faultprint_records_total", stage.records(), 300)
    time.sleep(2)
    rounds = []
    for number in range(1, arguments.rounds + 1):
        full = stage.passes(0, arguments.seconds)["rate"]
        say(f"round {number}: {full:.0f} records a second at full rate")
        for share in (0.1, 0.5, 0.9):
            before = cpu_seconds(daemon)
            row = stage.passes(share * full, arguments.seconds)
            row["share"], row["full"] = share, full
            row["cpu_us"] = (cpu_seconds(daemon) - before) / row["sent"] * 1e6
            rounds.append(row)
            say("    " + latency_line(row))
    say(f"median of {arguments.rounds} rounds, {arguments.elements} elements, record to verdict:")
    for share in (0.1, 0.5, 0.9):
        say("    " + latency_line(medians([row for row in rounds if row["share"] == share])))
    low = medians([row for row in rounds if row["share"] == 0.1])
    check(low["p99"] < 100, "p99 at a tenth of full rate below 100 ms", f"{low['p99']:.1f} ms")
    check(daemon.stop()[0] == 0, "the daemon ends with 0")


def latency_line(row):
    return (f"{row['share']:.1f} of full rate ({row['share'] * row['full']:.0f} a second): "
            f"p50 {row['p50']:.1f} p99 {row['p99']:.1f} p99.9 {row['p999']:.1f} most {row['most']:.0f} ms; "
            f"of slots that wait for `lateness` p50 {row['late_p50']:.0f}, after that wait "
            f"{row['late_rest_p50']:.1f} ms; {row['cpu_us']:.2f} us of CPU a record")


# How soon after a kill

def start(arguments):
    broker = Broker()
    broker.start()
    for elements in arguments.elements:
        name = f"start-{elements}"
        stage = Stage(broker, name, elements)
        daemon = Daemon(name, config=stage.config(name, state=True)).start()
        stage.fill(first_scored(stage.window))
        daemon.wait_metric("faultprint_records_total", stage.records(), 600)
        resident, predicted = memory(daemon)
        say(f"{elements} elements: resident {resident:.0f} MiB after catching up, predicted for one "
            f"that keeps up {predicted:.0f}")
        time.sleep(15)  # a snapshot is written
        rows = [restart(stage, daemon) for _ in range(arguments.rounds)]
        say(f"{elements} elements, median of {arguments.rounds}: " + restart_line(medians(rows)))
        check(daemon.stop()[0] == 0, "the daemon ends with 0")


def restart(stage, daemon):
    """Killed while records come; seconds from its start to what its log and its verdicts say."""
    feed = spawn([LOAD, "fill", stage.broker.address, stage.name, stage.elements, stage.kpis,
                  stage.slot, 2], WORK / "feed.log")
    stage.slot += 2
    time.sleep(0.2)
    daemon.kill()
    look = subprocess.Popen([str(LOAD), "wait", stage.broker.address, stage.verdicts, "120"],
                            stdout=subprocess.PIPE, text=True)
    look.stdout.readline()
    began = time.monotonic()
    daemon.start(ready=False)
    up = time.monotonic() - began
    wait(lambda: "partition assigned" in daemon.log.read_text(), 60, "no partition", every=0.01)
    assigned = time.monotonic() - began
    if "first verdict" not in look.stdout.readline():
        raise RuntimeError("no verdict came")
    row = {"up": up, "assigned": assigned, "first": time.monotonic() - began}
    feed.wait(120)
    daemon.wait_metric("faultprint_consumer_lag_records", 0, 120)
    row["resident"] = memory(daemon)[0]
    time.sleep(12)  # the next snapshot
    row["snapshots"] = memory(daemon)[0]
    say("    " + restart_line(row))
    return row


def memory(daemon):
    """MiB: resident, predicted."""
    return (daemon.metric("process_resident_memory_bytes") / 2**20,
            daemon.metric("faultprint_memory_predicted_bytes") / 2**20)


def restart_line(row):
    return (f"serves HTTP after {row['up']:.1f} s, has its partitions after {row['assigned']:.1f}, "
            f"gives its first verdict after {row['first']:.1f}; resident {row['resident']:.0f} MiB, "
            f"after a snapshot {row['snapshots']:.0f}")


# What a record costs

def cost(arguments):
    broker = Broker()
    broker.start()
    slots = first_scored(arguments.window) + arguments.slots
    rows = {}
    for kpis in arguments.kpis:
        stage = Stage(broker, f"cost-{kpis}", arguments.elements, kpis, arguments.window)
        stage.fill(slots)
        for number in range(arguments.rounds):
            for workers in arguments.workers:
                row = drained(stage, f"{stage.name}-{workers}-{number}", workers, arguments)
                rows.setdefault((kpis, workers), []).append(row)
                say(f"    {kpis} KPIs, window {arguments.window}, workers {workers}: {cost_line(row)}")
    for (kpis, workers), all_rounds in rows.items():
        say(f"{kpis} KPIs, window {arguments.window}, workers {workers}, median of "
            f"{arguments.rounds}: {cost_line(medians(all_rounds))}")
    for kpis in arguments.kpis:
        if {1, 2} <= set(arguments.workers):
            ratio = statistics.median(two["cpu_us"] / one["cpu_us"] for one, two in
                                      zip(rows[kpis, 1], rows[kpis, 2]))
            check(ratio <= 1.1, f"{kpis} KPIs: two workers' CPU a record within a tenth of one's",
                  f"{ratio:.2f}")


def drained(stage, name, workers, arguments):
    """A backlog read from where each record has a window scored."""
    daemon = Daemon(name, config=stage.config(
        name, workers, arguments.verdicts, topic=arguments.verdicts == "all")).start(ready=False)
    begin = at_records(daemon, first_scored(stage.window) * stage.elements)
    end = at_records(daemon, stage.records())
    resident = daemon.metric("process_resident_memory_bytes") / 2**20
    daemon.stop()
    records = end[0] - begin[0]
    return {"cpu_us": (end[1] - begin[1]) / records * 1e6,
            "rate": records / (end[2] - begin[2]), "resident": resident}


def at_records(daemon, records):
    """(records, CPU seconds, the time) once it has read so many."""
    def look():
        now = daemon.metric("faultprint_records_total")
        return now >= records and (now, cpu_seconds(daemon), time.monotonic())
    return wait(look, 300, f"{daemon.name} does not read", every=0.02)


def cost_line(row):
    return (f"{row['cpu_us']:.2f} us of CPU a record, {row['rate']:.0f} records a second, "
            f"{row['resident']:.0f} MiB")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for act in (latency, start, cost):
        command = commands.add_parser(act.__name__)
        command.set_defaults(act=act)
        command.add_argument("--rounds", type=int, default=3)
        command.add_argument("--elements", type=int, nargs="+" if act is start else None,
                             default={start: [10000, 100000], latency: 5000, cost: 10000}[act])
        if act is latency:
            command.add_argument("--seconds", type=float, default=5)
        if act is cost:
            command.add_argument("--workers", type=int, nargs="+", default=[1, 2])
            command.add_argument("--kpis", type=int, nargs="+", default=[12])
            command.add_argument("--window", type=int, default=30)
            command.add_argument("--slots", type=int, default=60)
            command.add_argument("--verdicts", choices=["abnormal", "all"], default="abnormal")
    arguments = parser.parse_args()
    need(java="default-jre-headless", mvn="maven")
    arguments.act(arguments)
    finish()


main()
