#!/usr/bin/env python3
"""What operators say beside the stream, in event time: planned work withholds alarms, an inventory
labels them, alarms of long ago are events and no pages. A replay and a killed daemon agree."""
import json
import subprocess
import time

import product
from kit import BINARY, WORK, check, need, run_tests
from mock import MockBroker
from outcome import event_key, recording, write_csv
from product import Daemon

need()
UNTIL = 1501867750  # two incidents, on leaf1 and on leaf6
QUICK = {"session.timeout.ms": 5000, "heartbeat.interval.ms": 500}  # the mock waits 3 s for members
WORK_ENDS = "2017-08-04T17:26:00Z"  # amid the fault on leaf6
PLANNED = WORK / "planned.csv"
PLANNED.write_text("element,start,end,reason\n"
                   f"leaf[67],2017-08-04T17:20:00Z,{WORK_ENDS},new line card\n")
INVENTORY = WORK / "inventory.csv"
INVENTORY.write_text('element,site,serial\nleaf6,"north ""1""",x\nleaf1,south,y\n')
SECTIONS = {"alarms": {"maintenance": str(PLANNED)},
            "inventory": {"file": str(INVENTORY), "labels": ["site"]}}
header, rows = recording(until=UNTIL)
part = write_csv(WORK / "part.csv", header, rows)


def events(lines):
    return {event_key(event): event for event in map(json.loads, lines)}


def replayed(**sections):
    return product.from_file(part, **sections)[1]


def test_replay():
    """a replay withholds the alarm during the work and raises it when that ends"""
    plain = events(replayed())
    planned = events(replayed(**SECTIONS))
    withheld = [event for event in planned.values() if event["event"] == "withheld"]
    check([(event["element"], event["reason"]) for event in withheld] == [("leaf6", "new line card")],
          "the alarm on leaf6 is withheld", withheld[:1])
    raised = {event["element"]: event["time"] for event in planned.values()
              if event["event"] == "raised"}
    before = {event["element"]: event["time"] for event in plain.values()
              if event["event"] == "raised"}
    check(before["leaf6"] == withheld[0]["time"] and raised["leaf6"] >= WORK_ENDS,
          "and raised when the work ends", (before["leaf6"], raised["leaf6"]))
    check(raised["leaf1"] == before["leaf1"], "that on leaf1 is raised as without")
    labels = {event["element"]: event["labels"] for event in planned.values()}
    check(labels == {"leaf6": {"site": 'north "1"'}, "leaf1": {"site": "south"}},
          "events carry the inventory's labels, and no other column", labels)
    check(not any("labels" in event for event in plain.values()), "none without an inventory")


def test_killed():
    """a daemon that is killed over and over tells the same events as the replay"""
    broker = MockBroker()
    daemon = Daemon("killed", broker, "kpi", properties=QUICK,
                    state={"directory": str(WORK / "state"), "snapshot_every": "100ms"},
                    **SECTIONS).start()
    replay = product.to_topic(broker, "kpi", part, speed=60)  # 12 s
    for pause in (3, 3):
        time.sleep(pause)
        daemon.kill()
        daemon.start(ready=False)
    product.produced(replay)
    reference = events(replayed(**SECTIONS))
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and not reference.keys() <= events(daemon.alarms()).keys():
        time.sleep(0.2)
    told = [event_key(json.loads(line)) for line in daemon.alarms()]
    check(events(daemon.alarms()) == reference and len(told) == len(reference),
          "the same events, each told once", sorted(told))
    check(daemon.stop()[0] == 0, "it ends well")


def test_series():
    """the alarm's series has the labels; one of long ago has none"""
    cut = write_csv(WORK / "cut.csv", header, [row for row in rows if float(row[0]) < 1501867600])
    for name, more, series, late in (("labelled", {}, 1, 0),
                                     ("late", {"alarms": {"max_age": "1h"}}, 0, 2)):
        broker = MockBroker()
        daemon = Daemon(name, broker, "kpi", properties=QUICK, **{**SECTIONS, **more}).start()
        product.produced(product.to_topic(broker, "kpi", cut))
        records = sum(float(row[0]) < 1501867600 for row in rows)
        daemon.wait_metric("faultprint_records_total", records)
        active = [dict(labels) for metric, labels in daemon.metrics()
                  if metric == "faultprint_alarm_active"]
        check(len(active) == series and all(one["site"] == 'north "1"' for one in active),
              f"{name}: {series} series", active)
        check(daemon.metric("faultprint_alarms_late_total") == late, f"{name}: {late} late",
              daemon.metric("faultprint_alarms_late_total"))
        check(daemon.metric("faultprint_alarms_withheld_total") == (name == "labelled"),
              f"{name}: withheld", daemon.metric("faultprint_alarms_withheld_total"))
        api = json.loads(daemon.get("/api/v1/alarms")[1])["alarms"]
        check([(one["element"], one["labels"]) for one in api] ==
              [("leaf6", {"site": 'north "1"'})], f"{name}: the API shows it", api[:1])
        daemon.stop()


def test_bad_files():
    """files that cannot be used are named, at the start and in check-config"""
    bad = WORK / "bad.csv"
    bad.write_text("element,start,end,reason\nleaf1,5,4,x\n")
    for sections, words in (({"alarms": {"maintenance": str(bad)}},
                             f"alarms.maintenance: {bad}:2: end: is not after start"),
                            ({"inventory": {"file": str(bad), "labels": ["site"]}},
                             f"inventory.file: {bad}:1: site: the column is missing")):
        config = product.configuration(WORK / "bad.yaml", "127.0.0.1:1", "kpi", **sections)
        for command in ("check-config", "run"):
            done = subprocess.run([str(BINARY), command, "--config", str(config)],
                                  capture_output=True, text=True, timeout=30)
            check(done.returncode == 78 and words in done.stderr, f"{command}: {words[:30]}",
                  done.stderr[-200:])


run_tests(test_replay, test_killed, test_series, test_bad_files)
