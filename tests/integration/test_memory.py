#!/usr/bin/env python3
"""The memory that `check-config --elements N` predicts, against a real process's with so many elements:
within a tenth, for two numbers of elements and another window. On a real Kafka."""
import re

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


def config(name, window, topic="none"):
    """A file of this stream, and the model beside it that fits."""
    path = WORK / f"{name}.yaml"
    path.write_text(stream(window) + f"""
kafka: {{brokers: "{broker.address}", topics: [{topic}], group_id: {name},
  properties: {{queued.max.messages.kbytes: 4096}}}}
model: {{file: model-{window}.safetensors}}
http: {{listen: "127.0.0.1:0"}}
output: {{verdicts_file: {WORK}/{name}.verdicts.jsonl, verdicts: none}}
""")
    return path


HEADER = ["time", "element", *(f"kpi_{k}" for k in range(KPIS))]


def rows(elements, slots, fault=None):
    """Values that go up and down a little, and far where the fault is."""
    for slot in range(slots):
        for element in range(elements):
            far = 30 if fault and slot in fault and element == 0 else 0
            yield [str(BEGIN + slot * PERIOD), f"cell{element:06d}",
                   *(str(100 + (slot * 7 + element * 5 + k) % 11 + (far if k < 3 else 0))
                     for k in range(KPIS))]


def train(window):
    history = write_csv(WORK / f"history-{window}.csv", HEADER, rows(6, 400, range(200, 230)))
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


def measured(name, window, elements):
    path = config(name, window, name)
    broker.create(name, 1)
    file = write_csv(WORK / f"{name}.csv", HEADER, rows(elements, SLOTS))
    daemon = Daemon(name, config=path).start()  # first, so that it keeps up
    run("replay", "--config", path, "--data", file, "--to-topic", name)
    file.unlink()
    daemon.wait_metric("faultprint_records_total", elements * SLOTS, 120)
    wait(lambda: daemon.metric("faultprint_elements") == elements, 10, "elements are missing")
    resident = daemon.metric("process_resident_memory_bytes") / 2**20
    own = daemon.metric("faultprint_memory_predicted_bytes") / 2**20
    check(daemon.stop()[0] == 0, f"{name}: ends with 0")
    return resident, own


def compare(name, window, elements):
    whole, text = predicted(config(name, window, name), elements)
    say("    " + "    ".join(re.findall(r"^#.*\n", text, re.M)))
    resident, own = measured(name, window, elements)
    check(abs(resident / whole - 1) < 0.1, f"{name}: within a tenth",
          f"predicted {whole:.0f} MiB, resident {resident:.0f}: {resident / whole:.2f}")
    check(abs(own / resident - 1) < 0.1, f"{name}: by the metric too",
          f"{own:.0f} MiB: {resident / own:.2f} of it")


def test_prediction():
    """predicted, and resident in a process that keeps up"""
    for window in (30, 60):
        train(window)
    broker.start()
    compare("few", 30, 40000)  # of fewer the libraries' part says most, and differs by release
    compare("many", 30, 80000)
    compare("long", 60, 40000)


run_tests(test_prediction)
