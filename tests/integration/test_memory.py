#!/usr/bin/env python3
"""The memory that `check-config --elements N` predicts, against a real process's with so many elements:
within a tenth, for two numbers of elements, another window and several workers; without snapshots, with them in a
folder and in a topic, then also after a start from one. On a real Kafka."""
import pathlib
import re
import time

import product
from broker import Broker
from kit import WORK, check, need, run_tests, say, wait
from outcome import write_csv
from product import Daemon, run

need(java="default-jre-headless", mvn="maven")
KPIS, START, PERIOD = 12, 4, 60
BEGIN = 1700000040  # a slot's
SLOTS = START + 3   # rings are whole by then
broker = Broker()


def stream(window):
    kpis = ", ".join(f"{{name: kpi_{k}}}" for k in range(KPIS))
    return (f"stream: {{period: {PERIOD}s, window: {window}, lateness: 0s, kpis: [{kpis}],\n"
            f"  baseline: {{fast: 30, slow: 600, start: {START}}}, max_elements: 1000000}}\n")


def config(name, window, topic="none", state="", workers=1):
    """A file of this stream, and the model beside it that fits."""
    path = WORK / f"{name}.yaml"
    path.write_text(stream(window) + f"""
kafka: {{brokers: "{broker.address}", topics: [{topic}], group_id: {name},
  workers: {workers}, properties: {{queued.max.messages.kbytes: 4096}}}}
model: {{file: model-{window}.safetensors}}
http: {{listen: "127.0.0.1:0"}}
output: {{verdicts_file: {WORK}/{name}.verdicts.jsonl, verdicts: none}}
""" + (f"state: {{{state}, snapshot_every: 2s}}\n" if state else ""))
    return path


HEADER = ["time", "element", *(f"kpi_{k}" for k in range(KPIS))]


def rows(elements, first, slots, fault=None):
    """Values that go up and down a little, and far where the fault is."""
    for slot in range(first, first + slots):
        for element in range(elements):
            far = 30 if fault and slot in fault and element == 0 else 0
            yield [str(BEGIN + slot * PERIOD), f"cell{element:06d}",
                   *(str(100 + (slot * 7 + element * 5 + k) % 11 + (far if k < 3 else 0))
                     for k in range(KPIS))]


def train(window):
    history = write_csv(WORK / f"history-{window}.csv", HEADER, rows(6, 0, 400, range(200, 230)))
    incidents = WORK / f"incidents-{window}.csv"
    first, last = (BEGIN + slot * PERIOD for slot in (200, 230))
    incidents.write_text(f"element,start,end,fault_type\ncell000000,{first},{last},jam\n")
    run("train", "--config", config(f"train-{window}", window), "--data", history, "--incidents",
        incidents, "--out", WORK / f"model-{window}.safetensors", "--epochs", "2")


def predicted(path, elements):
    """MiB, and the whole text."""
    text = run("check-config", path, "--elements", elements).decode()
    whole = re.search(rf"^# memory: (\d+) MiB for {elements} elements in one process$", text, re.M)
    return float(whole.group(1)), text


def feed(path, name, elements, first, slots):
    file = write_csv(WORK / f"{name}.csv", HEADER, rows(elements, first, slots))
    run("replay", "--config", path, "--data", file, "--to-topic", name)
    file.unlink()


def memory(daemon, elements, records, snapshots):
    """MiB, once it has read and written so much: resident, predicted by its own metric, and the most that
    was resident since it began."""
    daemon.wait_metric("faultprint_records_total", records, 120)
    wait(lambda: daemon.metric("faultprint_elements") == elements, 30, "elements are missing")
    wait(lambda: daemon.metric("faultprint_snapshots_total") >= snapshots, 60, "no snapshot")
    time.sleep(0.5)  # what is free after the last one is given back
    most = re.search(r"^VmHWM:\s+(\d+) kB$", pathlib.Path(f"/proc/{daemon.process.pid}/status").read_text(), re.M)
    return (daemon.metric("process_resident_memory_bytes") / 2**20,
            daemon.metric("faultprint_memory_predicted_bytes") / 2**20, int(most.group(1)) / 2**10)


def measured(name, path, elements, state, workers):
    """What it does, and memory()."""
    broker.create(name, workers)
    daemon = Daemon(name, config=path).start()  # first, so that it keeps up
    feed(path, name, elements, 0, SLOTS)
    yield "keeping up", memory(daemon, elements, elements * SLOTS, workers if state else 0)
    check(daemon.stop()[0] == 0, f"{name}: ends with 0")
    if not state:
        return
    daemon.start()
    yield "after a start from a snapshot", memory(daemon, elements, 0, 0)
    feed(path, name, elements, SLOTS, 1)
    yield "and going on", memory(daemon, elements, elements, workers)
    check(daemon.stop()[0] == 0, f"{name}: ends with 0")


def compare(name, window, elements, state="", workers=1):
    path = config(name, window, name, state, workers)
    whole, text = predicted(path, elements)
    say("    " + "    ".join(re.findall(r"^#.*\n", text, re.M)))
    for when, (resident, own, most) in measured(name, path, elements, state, workers):
        check(abs(resident / whole - 1) < 0.1, f"{name}, {when}: within a tenth",
              f"predicted {whole:.0f} MiB, resident {resident:.0f}: {resident / whole:.2f}")
        check(abs(own / resident - 1) < 0.1, f"{name}, {when}: by the metric too",
              f"{own:.0f} MiB: {resident / own:.2f} of it")
        check(most / whole < 1.2, f"{name}, {when}: at no moment much more",
              f"at most {most:.0f} MiB: {most / whole:.2f}")


def test_prediction():
    """predicted, and resident in a process that keeps up, and that is started again"""
    for window in (30, 60):
        train(window)
    broker.start()
    compare("few", 30, 40000)  # of fewer the libraries' part says most, and differs by release
    compare("many", 30, 80000, f"directory: {WORK}/state")
    compare("shared", 30, 40000, f"directory: {WORK}/shared-state", workers=4)
    compare("long", 60, 40000, "topic: memory-state")


run_tests(test_prediction)
