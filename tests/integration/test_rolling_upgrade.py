#!/usr/bin/env python3
"""A rolling upgrade and the way back: daemons of the version before and of this one in one consumer
group, on a real Kafka under load. Each is stopped and started as the other version, one after the other,
forth and back. What they give out together is what either version gives out alone: no verdict missing,
none made up, none different, no alarm raised twice. Prints how long each step kept verdicts waiting.

    test_rolling_upgrade.py [PROGRAM OF THE VERSION BEFORE]

Without it that one is built from the history (build_previous.sh). Of what both versions tell, the older
one's part is compared: a newer one may tell more.

One thing differs on purpose, and is told in CHANGELOG.md: what models of 0.1 say of windows unlike all of
training is passed over since 0.2. It is counted first, and then taken out of the model."""
import json
import math
import pathlib
import statistics
import subprocess
import sys
import time

import chaos
import outcome
import product
from broker import Broker
from kit import BINARY, BUILD, DEMO, HELDOUT, SOURCE, WORK, check, need, run_tests, say, skip, wait
from product import Daemon

need(java="default-jre-headless", mvn="maven")
RELEASED = max((SOURCE / "tests/data/released").glob("*.*.*"),
               key=lambda folder: [int(number) for number in folder.name.split(".")])
FORTH_AND_BACK = 6  # steps of three daemons
STEP_S = 5
SPEED = 1000  # times as fast as it was recorded
SECONDS = STEP_S * (FORTH_AND_BACK + 2)
# The younger one's alone, and on by default: an alarm that comes over and over is then told less often.
YOUNGER = {"alarms": "{flapping: none, folding: none, silence: none}"}


def previous():
    """The program of the version before."""
    if len(sys.argv) > 1:
        return pathlib.Path(sys.argv[1])
    built = subprocess.run([SOURCE / "tests/integration/build_previous.sh", BUILD / "previous"],
                           capture_output=True, text=True)
    if built.returncode == 77:
        skip(built.stderr.strip().removeprefix("SKIPPED: "))
    if built.returncode:
        raise RuntimeError(built.stderr)
    return pathlib.Path(built.stdout.strip())


def outcomes(lines):
    """id -> what every version tells of a verdict; ids that were told twice, and not the same."""
    told, differing = {}, []
    for line in map(json.loads, lines):
        what = line["verdict"], line.get("fault_type")
        if told.setdefault(line["id"], what) != what:
            differing.append(line["id"])
    return told, differing


def events(lines):
    """(id, event, time) of each alarm event -> fault type; those told more than once."""
    told, twice = {}, []
    for event in map(json.loads, lines):
        key = outcome.event_key(event)
        twice += [key] if key in told else []
        told[key] = event["fault_type"]
    return told, twice


class Upgrade:
    """Three daemons of one group and one state directory, as daemons on one machine have it."""

    def __init__(self, broker, old, model):
        self.broker, self.old, self.model = broker, old, model
        self.daemons = [self.daemon(f"rolling-{number}", "rolling") for number in range(3)]
        for daemon in self.daemons:
            self.become(daemon, old)
        self.began = {"forth": [], "back": []}  # each step
        self.logs = {"old": [], "new": []}

    def daemon(self, name, group):
        # Where a version does not read the other's snapshot, it reads back as far as there is.
        return Daemon(name, self.broker, "rolling", group, properties=chaos.QUICK,
                      stream="  warm_up: 3650d\n", model={"file": str(self.model)},
                      state={"directory": str(WORK / group), "snapshot_every": "1s"})

    def become(self, daemon, binary):
        daemon.binary = binary
        daemon.sections.pop("alarms", None)
        daemon.sections.update(YOUNGER if binary == BINARY else {})

    def go(self):
        self.broker.create("rolling", chaos.PARTITIONS)
        header, rows = outcome.recording()
        passes = math.ceil(SECONDS * SPEED / (chaos.PASS_S * chaos.SPEED))
        again = (row for number in range(passes) for row in chaos.shifted(rows, number))
        file = outcome.write_csv(WORK / "rolling.csv", header, again)
        self.records = passes * len(rows)
        for daemon in self.daemons:
            daemon.start()
        arrivals = chaos.Arrivals(self.daemons)
        arrivals.start()
        replay = product.to_topic(self.broker, "rolling", file, speed=SPEED)
        for way, binary in (("forth", BINARY), ("back", self.old)):
            for daemon in self.daemons:
                time.sleep(STEP_S)
                self.replace(daemon, binary, way)
        check(replay.poll() is None, "records came all the while")
        product.produced(replay, 120)
        self.compare()
        self.tell(arrivals)

    def replace(self, daemon, binary, way):
        self.began[way].append(time.monotonic())
        self.keep_log(daemon)
        status, seconds = daemon.stop()
        check(status == 0, f"{way}: {daemon.name} ends with 0", f"{seconds:.1f} s")
        self.become(daemon, binary)
        daemon.start()

    def keep_log(self, daemon):
        self.logs["new" if daemon.binary == BINARY else "old"].append(daemon.log)

    def alone(self, binary, name):
        """What one daemon of that version gives out that nothing disturbs."""
        daemon = self.daemon(name, name)
        self.become(daemon, binary)
        daemon.start()
        daemon.wait_metric("faultprint_records_total", self.records, 120)
        daemon.stop()
        return outcomes(daemon.verdicts())[0], events(daemon.alarms())[0]

    def compare(self):
        alone = {"new": self.alone(BINARY, "new"), "old": self.alone(self.old, "old")}
        expected, alarms = alone["new"]
        check(len(expected) > 1000 and len(alarms) > 20, "there is something to tell",
              f"{len(expected)} verdicts, {len(alarms)} alarm events of {self.records} records")
        for number, what in enumerate(("verdicts", "alarm events")):
            compare(alone["new"][number], alone["old"][number], f"each version alone: the same {what}")
        wait_for(expected, self.daemons)
        for daemon in self.daemons:
            self.keep_log(daemon)
            check(daemon.stop()[0] == 0, f"{daemon.name} ends with 0")
        found, differing = outcomes(line for daemon in self.daemons for line in daemon.verdicts())
        compare(expected, found, "together: no verdict missing, made up or different", differing)
        found, twice = events(line for daemon in self.daemons for line in daemon.alarms())
        compare(alarms, found, "together: the same alarm events, none told twice", twice)

    def tell(self, arrivals):
        for way, steps in self.began.items():
            waited = [longest_pause(times, when) for when in steps for times in arrivals.times.values()]
            check(max(waited) < math.inf, f"{way}: every partition went on",
                  f"its longest pause between two verdicts p50 {statistics.median(waited):.1f} s, "
                  f"max {max(waited):.1f} s ({len(steps)} steps, {len(arrivals.times)} partitions)")
        refused = {version: sum("snapshot refused" in log.read_text() for log in logs)
                   for version, logs in self.logs.items()}
        check(refused["new"] == 0, "forth: each snapshot of the older version is gone on from")
        check(refused["old"] > 0, "back: newer snapshots are refused, and read back instead",
              f"by {refused['old']} of {len(self.logs['old'])}")


def longest_pause(times, when):
    """Between two verdicts of a partition, from just before a step to where the next one begins."""
    near = [t for t in times if when - 1 <= t <= when + STEP_S]
    return max((b - a for a, b in zip(near, near[1:])), default=math.inf)


def compare(expected, found, what, differing=()):
    missing, extra, changed = outcome.differences(expected, found)
    check(not (missing or extra or changed or differing), what,
          f"{len(found)}; missing {len(missing)} {missing[:2]}, extra {len(extra)} {extra[:2]}, "
          f"changed {len(changed)} {[(i, expected[i], found[i]) for i in changed[:2]]}, "
          f"repeated otherwise {list(differing)[:2]}")


def wait_for(expected, daemons):
    def all_there():
        return expected.keys() <= outcomes(line for d in daemons for line in d.verdicts())[0].keys()
    try:
        wait(all_there, 60, "", every=0.5)
    except TimeoutError:
        say("    some verdicts do not come")


def forget_familiarity(model):
    """Takes what is said of windows unlike all of training out of a model file."""
    data = model.read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + size])
    header["__metadata__"].pop("faultprint.familiarity", None)
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    assert len(text) <= size
    model.write_bytes(data[:8] + text.ljust(size) + data[8 + size:])


def replayed(binary, model):
    return outcomes(product.run("replay", "--config", DEMO / "faultprint.yaml", "--model", model,
                                "--data", HELDOUT, binary=binary).splitlines())[0]


def trained(old):
    """A model of the version before that both judge alike."""
    model = WORK / "old.safetensors"
    product.run("train", "--config", DEMO / "faultprint.yaml", "--data", DEMO / "train.csv.gz",
                "--incidents", DEMO / "train_incidents.csv", "--out", model, "--epochs", "8", binary=old)
    before, now = replayed(old, model), replayed(BINARY, model)
    changed = {(before[name][0], now[name][0]) for name in before if before[name] != now[name]}
    count = sum(before[name] != now[name] for name in before)
    check(before.keys() == now.keys() and changed <= {("unknown", "normal")},
          "a model of the version before: the same verdicts but where only it knows that it knows nothing",
          f"{count} of {len(now)}")
    forget_familiarity(model)
    return model


def test_rolling_upgrade():
    """three daemons, upgraded one after the other and taken back, under load"""
    old = previous()
    said = product.run("--version", binary=old).decode().split("(")[0].strip()
    check(said == f"faultprint {RELEASED.name}", "the version before", said)
    broker = Broker()
    broker.start()
    Upgrade(broker, old, trained(old)).go()


run_tests(test_rolling_upgrade)
