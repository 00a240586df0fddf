#!/usr/bin/env python3
"""What the machine may do to the daemon: a full disk, a read-only one, no descriptors, no name service, a
clock that is set. Each ends in a clear state, a metric and a log line; none in a wrong alarm or a hot
loop."""
import glob
import json
import os
import resource
import socket
import time

import private  # first: starts over in a mount namespace
from kit import WORK, check, need, run_tests, skip, wait
import product
from mock import QUICK, MockBroker
from outcome import recording, write_csv
from product import Daemon

need()
UNTIL = 1501867750  # two incidents, on leaf1 and on leaf6
header, rows = recording(until=UNTIL)
part = write_csv(WORK / "part.csv", header, rows)
VERDICTS, EVENTS = product.from_file(part)
RAISED = sum(json.loads(line)["event"] == "raised" for line in EVENTS)
FAILURES = "faultprint_output_failures_total"


def processor(daemon):
    return daemon.metric("process_cpu_seconds_total")


def idle(daemon, what):
    """A loop that tries for ever would take a whole processor."""
    before = processor(daemon)
    time.sleep(2)
    used = processor(daemon) - before
    check(used < 0.6, f"{what}: no hot loop", f"{used:.2f} s of processor in 2 s")


def ticks(pid):
    """Of the processor, used so far: what the metric says, without asking for it."""
    with open(f"/proc/{pid}/stat") as file:
        return sum(map(int, file.read().rsplit(")", 1)[1].split()[11:13]))


def raised(daemon):
    return daemon.metric("faultprint_alarms_raised_total")


def test_disk_full():
    """a full disk: alarms go on, nothing is lost, and all is written when there is room"""
    private.need_mounts()
    disk = private.tmpfs(WORK / "disk", "128k")
    broker = MockBroker()
    daemon = Daemon("full", broker, "kpi", properties=QUICK)
    daemon.verdicts_file = disk / "verdicts.jsonl"
    daemon.sections["output"]["verdicts_file"] = str(daemon.verdicts_file)
    daemon.start()
    product.produced(product.to_topic(broker, "kpi", part))
    daemon.wait_metric("faultprint_records_total", len(rows))
    wait(lambda: "No space left" in daemon.get("/-/ready")[1], 10, "it does not say that it is full")
    status, text = daemon.get("/-/ready")
    check(status == 503 and "output: " in text and str(disk) in text, "not ready, and says why", text)
    check(daemon.get("/-/healthy")[0] == 200, "healthy")
    wait(lambda: daemon.metric(FAILURES) > 0, 5, "failures are not counted")
    check(raised(daemon) == RAISED > 0 and set(daemon.alarms()) == set(EVENTS),
          "every alarm was raised all the same", raised(daemon))
    idle(daemon, "full")
    check(daemon.log.read_text().count("output held back") == 1, "one line in the log")
    private.remount(disk, "size=64m")
    wait(lambda: daemon.get("/-/ready")[0] == 200, 20, "not ready, though there is room")
    check(set(daemon.verdicts()) == set(VERDICTS), "every verdict is written, whole",
          len(set(daemon.verdicts()) ^ set(VERDICTS)))
    check("outputs are written again" in daemon.log.read_text(), "the log says so")
    check(daemon.stop()[0] == 0, "ends with 0")


def test_read_only():
    """a read-only state directory: not ready until it can be written, and snapshots that fail later"""
    private.need_mounts()
    disk = private.tmpfs(WORK / "state", "16m")
    private.remount(disk, "ro")
    broker = MockBroker()
    daemon = Daemon("readonly", broker, "kpi", properties=QUICK,
                    state={"directory": str(disk), "snapshot_every": "500ms"}).start(ready=False)
    wait(lambda: "being loaded" not in daemon.get("/-/ready")[1], 20, "the model is not loaded")
    status, text = daemon.get("/-/ready")
    check(status == 503 and "Read-only file system" in text, "not ready, and says why", text)
    check(daemon.get("/-/healthy")[0] == 200 and daemon.metric(FAILURES) >= 1, "healthy, and counted")
    idle(daemon, "read-only")
    check(daemon.log.read_text().count("cannot be written: nothing is read") == 1,
          "one line in the log")
    private.remount(disk, "rw")
    wait(lambda: daemon.get("/-/ready")[0] == 200, 30, "not ready, though it can be written")
    private.remount(disk, "ro")
    product.produced(product.to_topic(broker, "kpi", part))
    daemon.wait_metric("faultprint_records_total", len(rows))
    wait(lambda: daemon.metric("faultprint_snapshot_failures_total") > 1, 10, "no snapshot failed")
    check("snapshot failed" in daemon.log.read_text(), "the log says so")
    check(daemon.get("/-/ready")[0] == 200 and raised(daemon) == RAISED, "verdicts and alarms go on",
          raised(daemon))
    idle(daemon, "read-only later")
    private.remount(disk, "rw")
    wait(lambda: daemon.metric("faultprint_snapshots_total") > 0, 10, "no snapshot is written")
    check(daemon.stop()[0] == 0, "ends with 0")


def test_descriptors():
    """no descriptor left: HTTP clients are turned away, Kafka goes on"""
    broker = MockBroker()
    daemon = Daemon("few", broker, "kpi", properties=QUICK).start()
    pid = daemon.process.pid
    limits = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    check(daemon.metric("process_max_fds") == limits[0], "the metric of the limit")
    time.sleep(0.2)  # until it has closed that client's
    taken = {int(name) for name in os.listdir(f"/proc/{pid}/fd")}
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (max(taken) + 1, limits[1]))
    idle_clients = [socket.create_connection(("127.0.0.1", daemon.port))
                    for _ in range(max(taken) + 1 - len(taken))]  # take the gaps
    time.sleep(0.3)
    refused = 0
    for _ in range(3):
        try:
            daemon.get("/metrics")
        except OSError:
            refused += 1
    check(refused == 3, "clients are turned away")
    product.produced(product.to_topic(broker, "kpi", part))
    wait(lambda: set(daemon.alarms()) == set(EVENTS), 30, "no alarms without descriptors")
    check(True, "every alarm all the same")
    before = ticks(pid)
    time.sleep(2)
    check(ticks(pid) - before < 60, "no hot loop", f"{ticks(pid) - before} ticks in 2 s")
    resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)
    wait(lambda: daemon.get("/-/healthy")[0] == 200, 10, "no answer, though there are descriptors")
    dropped = daemon.metrics()["faultprint_http_connections_dropped_total",
                               (("reason", "descriptors"),)]
    check(dropped >= 3, "counted", dropped)
    del idle_clients
    check("reason=descriptors" in daemon.log.read_text(), "the log says so")
    check(daemon.stop()[0] == 0, "ends with 0")


def test_no_names():
    """no name service: healthy, not ready, and says which name"""
    class Nowhere:
        address = "no-such-broker.invalid:9092"
    daemon = Daemon("nowhere", Nowhere, "kpi").start(ready=False)
    wait(lambda: "no-such-broker.invalid" in daemon.get("/-/ready")[1], 20, "it does not say why")
    status, text = daemon.get("/-/ready")
    check(status == 503, "not ready, and says which name", text)
    check(daemon.get("/-/healthy")[0] == 200 and daemon.metric("faultprint_ready") == 0,
          "healthy, and the metric says not ready")
    lines = daemon.log.read_text().count("\n")
    idle(daemon, "no names")
    more = daemon.log.read_text().count("\n") - lines
    check("no-such-broker.invalid" in daemon.log.read_text() and more < 10,
          "the log says so, not too often", f"{more} lines in 2 s")
    check(raised(daemon) == 0 and not daemon.alarms(), "no alarm")
    check(daemon.stop()[0] == 0, "ends with 0")


def test_clock():
    """the wall clock is set by hours, both ways: no alarm comes or goes by it"""
    libraries = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
    if not libraries:
        skip("apt-get install libfaketime")
    clock = WORK / "clock"
    clock.write_text("+0")
    broker = MockBroker()
    daemon = Daemon("clock", broker, "kpi", properties=QUICK)
    daemon.environment = {"LD_PRELOAD": libraries[0], "FAKETIME_TIMESTAMP_FILE": str(clock),
                          "FAKETIME_CACHE_DURATION": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                          "NO_FAKE_STAT": "1"}
    daemon.start()
    middle = sum(float(row[0]) < 1501867560 for row in rows)  # the alarm on leaf6 is up
    for name, some in (("before", rows[:middle]), ("after", rows[middle:])):
        product.produced(product.to_topic(broker, "kpi", write_csv(WORK / f"{name}.csv", header, some)))
        if name == "after":
            break
        daemon.wait_metric("faultprint_records_total", middle)
        # Else nobody could say that nothing is left to read, and so that the topic is silent.
        wait(lambda: '"lag_records":0' in daemon.get("/api/v1/status")[1], 30, "no lag is known")
        up, told = daemon.metric("faultprint_alarms_active"), daemon.alarms()
        check(up == 1, "an alarm is up", up)
        for steps, (offset, seconds) in enumerate((("+10800", 10800), ("-7200", -18000)), 1):
            clock.write_text(offset)
            wait(lambda: daemon.metric("faultprint_clock_steps_total") == steps, 10, "no step is counted")
            lines = [line for line in daemon.log.read_text().split("\n") if "the wall clock was set" in line]
            said = float(lines[-1].split("seconds=")[1].split()[0])
            check(len(lines) == steps and abs(said - seconds) < 5, "one log line, with its seconds", said)
            idle(daemon, offset)
            time.sleep(2)  # silence is looked for every second
            check(daemon.alarms() == told and daemon.metric("faultprint_alarms_active") == up,
                  "no alarm comes or goes", len(daemon.alarms()) - len(told))
            check(daemon.get("/-/ready")[0] == 200, "ready")
    daemon.wait_metric("faultprint_records_total", len(rows))
    wait(lambda: set(daemon.alarms()) == set(EVENTS), 20, "other alarms than without")
    check(set(daemon.verdicts()) == set(VERDICTS), "and all verdicts are as without")
    check(daemon.metric("faultprint_clock_steps_total") == 2, "two steps in all")
    check(daemon.stop()[0] == 0, "ends with 0")


run_tests(test_disk_full, test_read_only, test_descriptors, test_no_names, test_clock)
