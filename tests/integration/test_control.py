#!/usr/bin/env python3
"""kafka.control_topic on a real Kafka: planned work withholds alarms and elements learn anew as control
records say, from ten seconds of event time after each record; a daemon started later, or killed, says the
same; bad records are counted and do no harm; without the topic nothing is judged; and an element in two
partitions is counted and named."""
import json
import time

import outcome
import product
from broker import Broker
from kit import WORK, check, need, run_tests, wait
from product import Daemon

need(java="default-jre-headless", mvn="maven")
UNTIL = 1501867750  # two incidents, on leaf1 and on leaf6
QUICK = {"session.timeout.ms": 2000, "heartbeat.interval.ms": 300, "topic.metadata.refresh.interval.ms": 500}
CONTROL = {"control_topic": "control"}
TAKEN, REFUSED = (("faultprint_control_records_total", (("result", result),))
                  for result in ("taken", "refused"))
header, ROWS = outcome.recording(until=UNTIL)
broker = Broker()


def at(text):
    return outcome.epoch(f"2017-08-04T{text}Z")


def produce(topic, rows, partition=0):
    broker.produce(topic, partition, [(row[1].encode(), outcome.json_record(header, row).encode(),
                                       int(float(row[0]) * 1000)) for row in rows])


def say_so(when, text):
    """A control record of that time."""
    value = text if isinstance(text, bytes) else json.dumps(text).encode()
    broker.produce("control", 0, [(b"", value, int(when * 1000))])


def work(element, start, end, **more):
    return {"type": "maintenance", "element": element, "start": f"2017-08-04T{start}Z",
            "end": f"2017-08-04T{end}Z", **more}


def daemon(name, topic="kpi", **sections):
    return Daemon(name, broker, topic, name, properties=QUICK, kafka=CONTROL,
                  state={"directory": str(WORK / name), "snapshot_every": "300ms"}, **sections)


def told(daemon):
    """(element, event, time) of its alarm events."""
    return sorted((event["element"], event["event"], event["time"])
                  for event in map(json.loads, daemon.alarms()))


def wait_read(daemon, count):
    daemon.wait_metric("faultprint_records_total", count)
    time.sleep(0.5)


BAD = [b"", b"nonsense", b"[]", b"\xff\xfe", b"{" * 5000, b'{"type": "maintenance"}',
       json.dumps(work("*", "17:00:00", "16:00:00")).encode(),
       json.dumps(work("*", "17:00:00", "18:00:00", until=3)).encode(),
       b'{"type": "relearn", "element": "*", "time": 1e300}']


def test_without_topic():
    """nothing is judged while the control topic cannot be read"""
    broker.create("kpi", 1)
    produce("kpi", ROWS)
    early = daemon("early").start(ready=False)
    wait(lambda: "control topic" in early.get("/-/ready")[1], 20, "it does not say what it waits for")
    check(early.get("/-/healthy")[0] == 200, "healthy, not ready", early.get("/-/ready")[1].strip())
    time.sleep(1)
    check(early.metric("faultprint_records_total") == 0, "nothing is read")
    broker.create("control", 1)
    wait(lambda: early.get("/-/ready")[0] == 200, 30, "not ready, though the topic is there")
    wait_read(early, len(ROWS))
    check([what for what in told(early) if what[1] == "raised"], "then it is", len(told(early)))
    early.stop()
    global plain
    plain = {(element, event): when for element, event, when in told(early)}


def test_work():
    """planned work withholds from ten seconds after its record, another end ends it"""
    raised = plain["leaf6", "raised"]
    for bad in BAD:
        say_so(at("17:00:00"), bad)
    say_so(at("17:20:00"), work("leaf[67]", "17:15:00", "18:30:00", reason="new line card"))
    say_so(at("17:25:50"), work("leaf[67]", "17:15:00", "17:16:00"))  # it is over
    say_so(at("17:59:00"), work("*", "17:00:00", "19:00:00"))         # too late for all of it
    one = daemon("one").start()
    wait_read(one, len(ROWS))
    withheld = [event for event in map(json.loads, one.alarms()) if event["event"] == "withheld"]
    check([(event["element"], event["time"], event["reason"]) for event in withheld] ==
          [("leaf6", raised, "new line card")], "the alarm on leaf6 is withheld", withheld[:1])
    later = [what for what in told(one) if what[:2] == ("leaf6", "raised")]
    check(later and later[0][2] >= "2017-08-04T17:26:00Z", "and raised once the work is over", later)
    check(("leaf1", "raised", plain["leaf1", "raised"]) in told(one), "that on leaf1 is raised as without")
    metrics = one.metrics()
    check((metrics[TAKEN], metrics[REFUSED]) == (3, len(BAD)), "control records are counted",
          (metrics[TAKEN], metrics[REFUSED]))
    check("control record refused" in one.log.read_text() and "is no JSON object" in one.log.read_text(),
          "and bad ones named")
    check(one.get("/-/ready")[0] == 200, "and do no harm")
    one.stop()
    return one


def test_while_it_runs():
    """a daemon that reads along says what one says that comes later, be it killed meanwhile"""
    broker.create("live", 1)
    live = daemon("live", "live").start()
    middle = [i for i, row in enumerate(ROWS) if float(row[0]) >= at("17:21:30")][0]
    produce("live", ROWS[:middle])
    wait_read(live, middle)
    before = live.metrics()[TAKEN]
    say_so(at("17:21:20"), {"type": "relearn", "element": "leaf1", "time": "2017-08-04T17:21:00Z",
                            "reason": "rebuilt"})
    say_so(at("17:21:20"), work("spine*", "17:21:00", "17:22:00"))
    wait(lambda: live.metrics()[TAKEN] == before + 2, 10, "the records are not read")
    live.kill()
    produce("live", ROWS[middle:])
    live.start()
    live.wait_metric("faultprint_consumer_lag_records", 0)
    wait(lambda: "baseline starts anew" in live.log.read_text(), 20, "nothing learns anew")
    time.sleep(1)
    check("reason=rebuilt" in live.log.read_text(), "an element learns anew as a control record says")
    live.stop()
    later = daemon("later", "live").start()
    wait_read(later, len(ROWS))
    later.stop()
    live_verdicts, later_verdicts = (outcome.by_id(one.verdicts())[0] for one in (live, later))
    check(live_verdicts == later_verdicts and len(later_verdicts) > 1000,
          "verdicts are the same, byte for byte", f"{len(live_verdicts)}, {len(later_verdicts)}")
    check(set(live.alarms()) == set(later.alarms()), "and alarm events", len(later.alarms()))


def test_two_partitions():
    """an element in two partitions is counted and named, by whichever worker has them"""
    broker.create("twice", 2)
    for workers in (1, 2):
        two = daemon(f"twice-{workers}", "twice")
        two.sections["kafka"] = {**CONTROL, "workers": workers}
        two.start()
        if workers == 1:
            produce("twice", ROWS[:2000], 0)
            produce("twice", [row for row in ROWS[:2000] if row[1] == "leaf3"], 1)
        wait(lambda: two.metric("faultprint_elements_in_several_partitions") == 1, 20,
             f"{workers} workers: it is not counted")
        status = json.loads(two.get("/api/v1/status")[1])
        check(status["elements_in_several_partitions"] == {"total": 1, "names": ["leaf3"]},
              f"{workers} workers: counted and named", status["elements_in_several_partitions"])
        check("element in several partitions" in two.log.read_text() and
              "element=leaf3" in two.log.read_text(), f"{workers} workers: in the log, too")
        two.stop()


product.model()
broker.start()
run_tests(test_without_topic, test_work, test_while_it_runs, test_two_partitions)
