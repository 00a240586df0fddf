#!/usr/bin/env python3
"""Three daemons of one group, killed and started again at random, and their broker restarted: what
they give out together must be what one daemon gives out that nothing disturbs.

    tests/integration/chaos.py --minutes 10 --seed 1 --groups

Snapshots are in a topic, as those of daemons on several machines are, or in one directory (--state). An
alarm event that was told between the last commit and a kill is told again by who takes the partition
over, in a file of its own: the same line, of the same id. No file holds one twice."""
import argparse
import collections
import heapq
import math
import random
import re
import statistics
import threading
import time
import zlib

import admin
import outcome
import product
from broker import Broker
from kit import WORK, check, finish, need, say, wait
from product import Daemon

PARTITIONS = 6
SPEED = 200            # times as fast as it was recorded: a pass takes 13.5 s
PASS_S = 13.5
SHIFT = 30 * 86400     # between two passes; the recording is of two days, 28 apart
# A killed consumer is missed by its group only after this.
QUICK = {"session.timeout.ms": 2000, "heartbeat.interval.ms": 300}
QUIET_S = 3            # nothing is killed so long before the end, nor at the begin

# Routers of two kinds in the same partitions, with rules of their own; a few are of neither.
GROUPS = {"leafs": (["leaf[1-7]"], []),
          "spines": (["spine*", "dr*"], ["alarms: {raise: 2/3, clear: 4, silence: {topics: none}}"])}

Action = collections.namedtuple("Action", "at what daemon")  # seconds from the begin; a number


def plan(dice, seconds, daemons):
    """Who is killed and started when, and the broker's restart in the middle."""
    actions, down_until = [], [0.0] * daemons
    at = QUIET_S
    while at < seconds - QUIET_S:
        for daemon in dice.sample(range(daemons), dice.choices(range(1, daemons + 1), (8, 2, 1))[0]):
            if down_until[daemon] > at:
                continue
            down_until[daemon] = at + dice.uniform(0, 3)
            actions += [Action(at, "kill", daemon), Action(down_until[daemon], "start", daemon)]
        at += dice.uniform(0.3, 6)
    half = seconds / 2 + dice.uniform(-1, 1)
    actions += [Action(half, "broker stops", -1), Action(half + 2, "broker starts", -1)]
    return sorted(actions)


def feed(seconds):
    """The recording again and again, each time a month later; (file, records)."""
    header, rows = outcome.recording()
    passes = math.ceil(seconds / PASS_S)
    again = (row for number in range(passes) for row in shifted(rows, number))
    return outcome.write_csv(WORK / "chaos.csv", header, again), passes * len(rows)


def shifted(rows, months):
    return [[str(int(float(row[0])) + months * SHIFT), *row[1:]] for row in rows]


def partition_of(element):
    """As librdkafka places a key."""
    return zlib.crc32(element.encode()) % PARTITIONS


class Arrivals(threading.Thread):
    """When new verdicts of each partition came, whichever daemon gave them out."""

    def __init__(self, daemons):
        super().__init__(daemon=True)
        self.times = collections.defaultdict(list)
        self.repeats = 0
        self._read = {daemon.verdicts_file: 0 for daemon in daemons}
        self._seen = set()
        self._lock = threading.Lock()

    def run(self):
        while True:
            self.look()
            time.sleep(0.02)

    def look(self):
        with self._lock:
            for path in self._read:
                if path.exists():
                    self._take(path)

    def _take(self, path):
        with open(path, "rb") as file:
            file.seek(self._read[path])
            data = file.read()
        data = data[:data.rfind(b"\n") + 1]
        self._read[path] += len(data)
        for verdict in re.findall(rb'"id":\s*"(([^"@]+)@[^"]+)"', data):
            self.repeats += verdict[0] in self._seen
            if verdict[0] not in self._seen:
                self._seen.add(verdict[0])
                element = verdict[1].decode().rpartition("/")[2]  # its group stands before it
                self.times[partition_of(element)].append(time.monotonic())

    def __len__(self):
        return len(self._seen)


def held(daemon):
    """The partitions that its log says it has."""
    mine = set()
    for what, partition in re.findall(r"partition (assigned|revoked).*?partition=\S+/(\d+)",
                                      daemon.log.read_text()):
        (mine.add if what == "assigned" else mine.discard)(int(partition))
    return mine


class Run:
    """`name`: of the topic and the group; new for each."""

    def __init__(self, broker, seconds, dice, name="chaos", daemons=3, state="topic", groups=None):
        self.broker, self.seconds, self.name, self.groups = broker, seconds, name, groups
        self.state = {"snapshot_every": "1s",
                      state: str(WORK / name) if state == "directory" else f"{name}-state"}
        self.daemons = [self._daemon(f"{name}-{number}") for number in range(daemons)]
        self.actions = plan(dice, seconds, daemons)
        self.kills = []  # (when, partitions)
        self.outage = (0, 0)

    def _daemon(self, name):
        return Daemon(name, self.broker, self.name, self.name, properties=QUICK,
                      state=self.state, groups=self.groups)

    def go(self):
        self.broker.create(self.name, PARTITIONS)
        file, self.records = feed(self.seconds)
        for daemon in self.daemons:
            daemon.start()
        arrivals = Arrivals(self.daemons)
        arrivals.start()
        replay = product.to_topic(self.broker, self.name, file, speed=SPEED)
        self._disturb(arrivals)
        product.produced(replay, 120)
        self._compare()
        self._tell(arrivals)

    def _disturb(self, arrivals):
        began, told = time.monotonic(), 0
        todo = list(self.actions)
        heapq.heapify(todo)
        while todo:
            action = heapq.heappop(todo)
            while (left := began + action.at - time.monotonic()) > 0:
                if time.monotonic() > told + 10:
                    told = time.monotonic()
                    say(f"    {told - began:.0f} of {self.seconds:.0f} s: {len(self.kills)} kills, "
                        f"{len(arrivals)} verdicts, {arrivals.repeats} repeated")
                time.sleep(min(left, 1))
            self._act(action, arrivals)

    def _act(self, action, arrivals):
        if action.what == "broker stops":
            self.outage = (time.monotonic(), math.inf)
            self.broker.stop()
        elif action.what == "broker starts":
            self.broker.launch()
            threading.Thread(target=self._await_broker, daemon=True).start()
        elif action.what == "kill":
            daemon = self.daemons[action.daemon]
            mine = held(daemon)
            daemon.kill()
            arrivals.look()
            self.kills.append((time.monotonic(), mine))
        else:
            self.daemons[action.daemon].start(ready=False)

    def _await_broker(self):
        wait(self.broker.answers, 60, "the broker does not come back")
        self.outage = (self.outage[0], time.monotonic())

    def _held(self):
        """Records of the topic. A broker that starts again knows no producer by records that are older
        than a day, as the recording's are: one that it had taken already it may take twice."""
        held = sum(self.broker.admin(admin.end_offset, self.name, partition)
                   for partition in range(PARTITIONS))
        check(held >= self.records, "every record that was produced is in the topic",
              f"{held} of {self.records}")
        return held

    def _compare(self):
        held = self._held()
        quiet = Daemon(f"{self.name}-quiet", self.broker, self.name, groups=self.groups).start()
        quiet.wait_metric("faultprint_records_total", held, 300)
        quiet.stop()
        reference = outcome.Reference(quiet.verdicts(), quiet.alarms())
        reference.wait_for_all(*self.daemons)
        for daemon in self.daemons:
            check(daemon.stop()[0] == 0, f"{daemon.name} ends with 0")
        say(f"    {len(reference.verdicts)} verdicts, {len(reference.alarms)} alarm events of "
            f"{held} records")
        reference.compare(self.name, *self.daemons, torn_allowed=len(self.kills), killed=True)

    def _tell(self, arrivals):
        """Seconds from a kill to the next verdict of each partition that it left."""
        def after(partition, when):
            return next((t - when for t in arrivals.times[partition] if t > when), None)
        gone, back = self.outage
        takes = [(after(partition, when), when) for when, mine in self.kills for partition in mine
                 if partition in arrivals.times]  # some have no element
        lost = [when for seconds, when in takes if seconds is None]
        takes = [(seconds, when) for seconds, when in takes if seconds is not None]
        calm = sorted(s for s, when in takes if when + s < gone or when > back + 5)
        say(f"    {len(self.kills)} kills of {len(takes) + len(lost)} held partitions; "
            f"{arrivals.repeats} verdicts repeated")
        if calm:
            say(f"    seconds from a kill to the next verdict of its partitions: "
                f"p50 {statistics.median(calm):.1f}, max {calm[-1]:.1f} ({len(calm)})")
        again = max(after(partition, back) or math.inf for partition in arrivals.times)
        say(f"    the broker was away for {back - gone:.1f} s; {again:.1f} s later every partition "
            "had its next verdict")
        check(bool(calm) and not lost, "every partition of a killed daemon was taken over")


def main():
    words = argparse.ArgumentParser(description=__doc__,
                                    formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--minutes", type=float, default=2)
    words.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    words.add_argument("--state", choices=("topic", "directory"), default="topic",
                       help="where the daemons keep snapshots")
    words.add_argument("--groups", action="store_true", help="elements in two groups")
    asked = words.parse_args()
    need(java="default-jre-headless", mvn="maven")
    say(f"--minutes {asked.minutes:g} --seed {asked.seed} repeats the schedule")
    product.model()
    broker = Broker()
    broker.start()
    Run(broker, 60 * asked.minutes, random.Random(asked.seed), state=asked.state,
        groups=GROUPS if asked.groups else None).go()
    finish()


if __name__ == "__main__":
    main()
