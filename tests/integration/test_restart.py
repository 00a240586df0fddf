#!/usr/bin/env python3
"""The daemon killed, stopped, started again, and joined by a second one: on a real Kafka broker
nothing is lost, and what comes twice is the same.

FAULTPRINT_SEED=N repeats the points in time of the kills."""
import os
import random
import time

import outcome
import product
from broker import Broker
from kit import HELDOUT, WORK, check, need, run_tests, say, stop, wait
from outcome import by_id, differences, event_key
from product import Daemon

need(java="default-jre-headless", mvn="maven")
SEED = int(os.environ.get("FAULTPRINT_SEED") or random.SystemRandom().randrange(1_000_000))
dice = random.Random(SEED)
PARTITIONS = 3
SPEED = 200  # the recording in 12 s
# A killed consumer is missed by its group only after this.
QUICK = {"session.timeout.ms": 2000, "heartbeat.interval.ms": 300}
broker = Broker()


def test_kills():
    """SIGKILL at random points of a running replay, with and without snapshots"""
    broker.create("killed", PARTITIONS)
    # One hour back holds the whole of a day's stretch; by default it is 8 minutes.
    variants = {"snapshots": {"state": {"directory": str(WORK / "killed"), "snapshot_every": "1s"}},
                "warm-up": {"stream": "  warm_up: 1h\n"}, "short warm-up": {}}
    daemons = [Daemon(name, broker, "killed", properties=QUICK, **sections).start()
               for name, sections in variants.items()]
    replay = product.to_topic(broker, "killed", speed=SPEED)
    began = time.monotonic()
    plan = sorted((dice.uniform(0.3, 14), daemon) for daemon in daemons for _ in range(3))
    for at, daemon in sorted(plan, key=lambda kill: kill[0]):
        time.sleep(max(0, began + at - time.monotonic()))
        daemon.kill()
        daemon.start(ready=False)
        say(f"    {daemon.name} killed at {at:.2f} s, {len(daemon.verdicts())} verdicts out")
    product.produced(replay)
    for daemon in daemons:
        reference.wait_for_all(daemon)
        daemon.stop()
    for daemon in daemons[:2]:
        reference.compare(daemon.name, daemon, torn_allowed=3)
    # Baselines began anew, 8 minutes before: figures differ, no verdict is lost.
    found = by_id(daemons[2].verdicts())[0]
    missing, extra, changed = differences(reference.verdicts, found)
    check(not missing and not extra, "short warm-up: every verdict is there",
          f"{len(changed)} of {len(found)} differ")


def test_clean_restart():
    """SIGTERM in the middle, and more records waiting at the next start: nothing comes twice"""
    variants = {"kept": {"state": {"directory": str(WORK / "kept")}},
                "read back": {"stream": "  warm_up: 1h\n"}, "read back 8 minutes": {}}
    broker.create("restart", PARTITIONS)
    header, rows = outcome.recording()
    stop_at = dice.uniform(1501868000, 1501868700)  # while faults are on
    at = next(i for i, row in enumerate(rows) if float(row[0]) >= stop_at)
    halves = [outcome.write_csv(WORK / f"half{i}.csv", header, half)
              for i, half in enumerate((rows[:at], rows[at:]))]
    daemons = [Daemon(name, broker, "restart", **sections).start()
               for name, sections in variants.items()]
    product.produced(product.to_topic(broker, "restart", halves[0]))
    for daemon in daemons:
        daemon.wait_metric("faultprint_records_total", at)
        daemon.stop()
    product.produced(product.to_topic(broker, "restart", halves[1]))
    for daemon in daemons:
        before = len(daemon.verdicts())
        daemon.start()
        reference.wait_for_all(daemon)
        daemon.stop()
        _, differing, _, repeats = by_id(daemon.verdicts())
        check(repeats == 0, f"{daemon.name}: no verdict comes twice",
              f"{repeats} do, {len(differing)} of them with other content; stopped after {before}")
        events = by_id(daemon.alarms(), event_key)
        check(events[3] == 0, f"{daemon.name}: no alarm event comes twice", events[3])
        if daemon is not daemons[-1]:
            reference.compare(daemon.name, daemon)


def test_kills_after_output():
    """SIGKILL right after output, with snapshots and commits all the time"""
    broker.create("fast", PARTITIONS)
    # A static member: the group knows it again at once. Before the first snapshot, 1 h is all.
    daemon = Daemon("after output", broker, "fast", stream="  warm_up: 1h\n",
                    state={"directory": str(WORK / "fast"), "snapshot_every": "10ms"},
                    properties={"group.instance.id": "one", "auto.commit.interval.ms": 20})
    replay = product.to_topic(broker, "fast", speed=2 * SPEED)
    kills = 6
    for _ in range(kills):
        enough = output_size(daemon) + dice.uniform(0, 250_000)  # 1.6 MB are all
        daemon.start(ready=False)
        wait(lambda: output_size(daemon) > enough, 30, "no output", every=0.0005)
        daemon.kill()
        say(f"    killed after {output_size(daemon)} bytes of verdicts")
    daemon.start(ready=False)
    product.produced(replay)
    reference.wait_for_all(daemon)
    daemon.stop()
    reference.compare("after output", daemon, torn_allowed=kills)


def output_size(daemon):
    return daemon.verdicts_file.stat().st_size if daemon.verdicts_file.exists() else 0


def test_back_in_time():
    """killed and started again with default settings: verdicts within 10 s"""
    broker.create("back", PARTITIONS)
    replay = product.to_topic(broker, "back", speed=SPEED / 2)
    daemon = Daemon("back", broker, "back", state={"directory": str(WORK / "back")}).start()
    wait(lambda: len(daemon.verdicts()) > 100, 20, "no verdicts")
    daemon.kill()
    before, began = len(daemon.verdicts()), time.monotonic()
    daemon.start(ready=False)
    try:
        wait(lambda: len(daemon.verdicts()) > before, 15, "no verdicts after the kill")
        seconds = time.monotonic() - began
        check(seconds < 10, "start to first verdict after a kill", f"{seconds:.1f} s")
    except TimeoutError as error:
        check(False, "start to first verdict after a kill", error)
    stop(replay)
    daemon.stop()


def test_handover():
    """two daemons of one group: the second takes over at once when the first ends"""
    broker.create("shared", PARTITIONS)
    state = {"directory": str(WORK / "shared"), "snapshot_every": "1s"}
    first = Daemon("first", broker, "shared", "both", state=state).start()
    replay = product.to_topic(broker, "shared", speed=SPEED)
    time.sleep(dice.uniform(1, 2))
    second = Daemon("second", broker, "shared", "both", state=state).start()
    time.sleep(dice.uniform(0.5, 2))
    before = len(second.log.read_text())
    check("partition assigned" in second.log.read_text(), "the second has a share")
    began = time.monotonic()
    status, seconds = first.stop()
    check(status == 0 and seconds < 3, "the first leaves on SIGTERM", f"{seconds:.2f} s")
    try:
        wait(lambda: second.log.read_text()[before:].count("partition assigned") == PARTITIONS, 60,
             "the second does not get the partitions", every=0.01)
        seconds = time.monotonic() - began
        check(seconds < 3, "the second has all partitions within 3 s", f"{seconds:.2f} s")
    finally:
        product.produced(replay)
    reference.wait_for_all(first, second)
    second.stop()
    say(f"    {len(first.verdicts())} verdicts of the first, "
        f"{len(second.verdicts())} of the second")
    reference.compare("handover", first, second)


say(f"seed {SEED}: FAULTPRINT_SEED={SEED} repeats it; recording {HELDOUT.name}")
product.model()
broker.start()
calm = product.undisturbed(broker, "kpi", PARTITIONS)
reference = outcome.Reference(calm.verdicts(), calm.alarms())
run_tests(test_kills, test_clean_restart, test_kills_after_output, test_back_in_time, test_handover)
