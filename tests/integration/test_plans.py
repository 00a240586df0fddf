#!/usr/bin/env python3
"""What operators say beside the stream, in event time: planned work withholds alarms, an inventory
labels them, elements learn anew, alarms of long ago are events and no pages. A replay and a killed
daemon agree. What only a daemon does: alarms beyond a rate fold into one, silence is an alarm."""
import json
import time

import product
from cli import faultprint
from kit import WORK, check, need, run_tests, wait
from mock import QUICK, MockBroker
from outcome import event_key, recording, write_csv
from product import Daemon

need()
UNTIL = 1501867750  # two incidents, on leaf1 and on leaf6
WORK_ENDS = "2017-08-04T17:26:00Z"  # amid the fault on leaf6
PLANNED = WORK / "planned.csv"
PLANNED.write_text("element,start,end,reason\n"
                   f"leaf[67],2017-08-04T17:20:00Z,{WORK_ENDS},new line card\n")
INVENTORY = WORK / "inventory.csv"
INVENTORY.write_text('element,site,serial\nleaf6,"north ""1""",x\nleaf1,south,y\n')
RELEARN = WORK / "relearn.csv"
RELEARN.write_text("element,time,reason\nleaf1,2017-08-04T17:21:00Z,rebuilt\n")  # amid its alarm
FOLDED = WORK / "folded.csv"
FOLDED.write_text("element,site\nleaf6,south\nleaf1,south\n")
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


def relearning():
    return {**SECTIONS, "alarms": {**SECTIONS["alarms"], "relearn": str(RELEARN)}}


def test_relearn():
    """a replay clears the alarm of what was rebuilt, and learns its normal anew"""
    verdicts, lines = product.from_file(part, **relearning())
    cleared = [event for event in map(json.loads, lines)
               if event["event"] == "cleared" and event["element"] == "leaf1"]
    check([(event["reason"], event["time"]) for event in cleared] ==
          [("baseline relearned", "2017-08-04T17:21:05Z")], "its alarm is cleared by name", cleared)
    learning = [verdict["time"] for verdict in map(json.loads, verdicts)
                if verdict["element"] == "leaf1" and verdict.get("reason") == "learning" and
                verdict["time"] > "2017-08-04T17:21:00Z"]
    check(len(learning) == 36 and min(learning) == "2017-08-04T17:21:05Z",
          "its next 36 slots are its start", learning[:2])


def test_killed():
    """a daemon that is killed over and over tells the same events as the replay"""
    sections = relearning()
    broker = MockBroker()
    daemon = Daemon("killed", broker, "kpi", properties=QUICK,
                    state={"directory": str(WORK / "state"), "snapshot_every": "100ms"},
                    **sections).start()
    replay = product.to_topic(broker, "kpi", part, speed=120)  # 6 s
    for verdicts in (300, 800):  # of 1500
        wait(lambda: len(daemon.verdicts()) > verdicts, 60, "no verdicts", every=0.005)
        daemon.kill()
        daemon.start(ready=False)
    product.produced(replay)
    reference = events(replayed(**sections))
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not reference.keys() <= events(daemon.alarms()).keys():
        time.sleep(0.05)
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


def active(daemon):
    """element -> labels, of the alarms that have a series."""
    return {dict(labels)["element"]: dict(labels) for metric, labels in daemon.metrics()
            if metric == "faultprint_alarm_active"}


def kinds(daemon, element):
    return [event["event"] for event in map(json.loads, daemon.alarms())
            if event["element"] == element]


def test_folded():
    """beyond the rate an alarm has no series, its group has one; a kill changes nothing"""
    broker = MockBroker()
    cut = [row for row in rows if float(row[0]) < 1501867600]
    daemon = Daemon("folded", broker, "kpi", properties=QUICK,
                    state={"directory": str(WORK / "folded"), "snapshot_every": "200ms"},
                    alarms={"folding": {"above": 1, "within": "1h", "by": "site"}, "clear": 1000},
                    inventory={"file": str(FOLDED), "labels": ["site"]}).start()
    product.produced(product.to_topic(broker, "kpi", write_csv(WORK / "storm.csv", header, cut)))
    daemon.wait_metric("faultprint_records_total", len(cut))
    group = "group:site=south"
    shown = active(daemon)
    check(shown.keys() == {"leaf1", group}, "the first and the group have a series", list(shown))
    check(shown[group]["fault_type"] == "group" and shown[group]["site"] == "south",
          "the group's has its label", shown[group])
    check(daemon.metric("faultprint_alarms_folded_total") == 1 and
          daemon.metric("faultprint_alarms_active") == 3, "all are counted")
    told = [json.loads(line) for line in daemon.alarms()]
    raised = next(event for event in told if event["element"] == group)
    check(raised["group"] == {"alarms": 2, "folded": 1, "fault_types": {"bgp_clear": 2}},
          "the group's alarm counts them", raised)
    check([event["folded_into"] for event in told if event["element"] == "leaf6" and
           event["event"] == "raised"] == [raised["id"]], "the folded one is told, and says so")
    wait(lambda: daemon.metric("faultprint_snapshots_total") > 0, 20, "no snapshot")
    time.sleep(1)
    daemon.kill()
    daemon.start()
    wait(lambda: active(daemon) == shown, 20, "the series are not what they were")
    check(kinds(daemon, group) == ["raised"], "and nothing is told twice", kinds(daemon, group))
    daemon.stop()


def test_silence():
    """an element that the others go on without, and a topic that brings nothing, are alarms"""
    broker = MockBroker()
    last = 1501867400  # of leaf3
    first = [row for row in rows if float(row[0]) < 1501867500]
    heard = [row for row in first if row[header.index("element")] != "leaf3" or
             float(row[0]) < last]
    daemon = Daemon("silence", broker, "kpi", properties=QUICK,
                    state={"directory": str(WORK / "silence"), "snapshot_every": "200ms"},
                    alarms={"silence": {"topics": "3s"}}).start()
    product.produced(product.to_topic(broker, "kpi", write_csv(WORK / "heard.csv", header, heard)))
    daemon.wait_metric("faultprint_records_total", len(heard))
    check(kinds(daemon, "leaf3") == ["raised"], "the element is silent", daemon.alarms()[-1:])
    event = next(event for event in map(json.loads, daemon.alarms())
                 if event["element"] == "leaf3")
    check(event["fault_type"] == "silent" and event["time"] == "2017-08-04T17:24:10Z",
          "ten slots after its last record", event)
    wait(lambda: kinds(daemon, "topic:kpi") == ["raised"], 20, "the topic is not silent")
    check({"leaf3", "topic:kpi"} <= active(daemon).keys(), "both have a series")
    time.sleep(1)
    daemon.kill()
    daemon.start()
    wait(lambda: {"leaf3", "topic:kpi"} <= active(daemon).keys(), 20, "they are not up again")
    check(kinds(daemon, "topic:kpi") == ["raised"], "a kill tells it no second time")
    rest = [row for row in rows if 1501867500 <= float(row[0]) < 1501867700]
    product.produced(product.to_topic(broker, "kpi", write_csv(WORK / "rest.csv", header, rest)))
    wait(lambda: kinds(daemon, "topic:kpi")[:2] == ["raised", "cleared"], 20, "it is silent still")
    wait(lambda: kinds(daemon, "leaf3") == ["raised", "cleared"], 20, "it is silent still")
    check([event["element"] for event in map(json.loads, daemon.alarms())
           if event["fault_type"] == "silent" and event["event"] == "raised" and
           event["element"].startswith(("leaf", "spine"))] == ["leaf3"], "and no other element was")
    daemon.stop()


def test_bad_files():
    """files that cannot be used are named, at the start and in check-config"""
    bad = WORK / "bad.csv"
    bad.write_text("element,start,end,reason\nleaf1,5,4,x\n")
    for sections, words in (({"alarms": {"maintenance": str(bad)}},
                             f"alarms.maintenance: {bad}:2: end: is not after start"),
                            ({"alarms": {"relearn": str(bad)}},
                             f"alarms.relearn: {bad}:1: time: the column is missing"),
                            ({"inventory": {"file": str(bad), "labels": ["site"]}},
                             f"inventory.file: {bad}:1: site: the column is missing")):
        config = product.configuration(WORK / "bad.yaml", "127.0.0.1:1", "kpi", **sections)
        for command in ("check-config", "run"):
            done = faultprint(command, "--config", config, timeout=30)
            check(done.returncode == 78 and words in done.stderr, f"{command}: {words[:30]}",
                  done.stderr[-200:])


run_tests(test_replay, test_relearn, test_killed, test_series, test_folded, test_silence,
          test_bad_files)
