"""What came out: verdict and alarm lines, incidents named, the recording."""
import collections
import gzip
import json
import time

from kit import HELDOUT, INCIDENTS, check, say, wait


def read_lines(path):
    """Whole lines, as bytes."""
    data = path.read_bytes() if path.exists() else b""
    return data[:data.rfind(b"\n") + 1].splitlines()


def by_id(lines, key=lambda line: line["id"]):
    """(id -> line, ids whose repeats differ, torn lines, how many came twice)."""
    found, differing, torn, repeats = {}, [], [], 0
    for line in lines:
        try:
            identity = key(json.loads(line))
        except ValueError:
            torn.append(line)
            continue
        repeats += identity in found
        if found.setdefault(identity, line) != line:
            differing.append(identity)
    return found, differing, torn, repeats


def event_key(event):
    return event["id"], event["event"], event["time"]


def undated(events):
    """The same events but for when they were detected: in a file by a row, in a stream by the record
    that moved the watermark, where a slot was not whole."""
    return {key: {**json.loads(line), "detected": None} for key, line in events.items()}


def differences(expected, found):
    """Ids missing, ids too many, ids whose lines differ."""
    return ([i for i in expected if i not in found], [i for i in found if i not in expected],
            [i for i in expected if i in found and expected[i] != found[i]])


def epoch(text):
    return time.mktime(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ")) - time.timezone


def incidents():
    Incident = collections.namedtuple("Incident", "element start end fault_type")
    rows = [line.split(",") for line in INCIDENTS.read_text().split()[1:]]
    return [Incident(row[0], float(row[1]), float(row[2]), row[3]) for row in rows]


def named(alarm_lines):
    """Incidents with an alarm of their type raised from start to end + 60 s (design)."""
    raised = [event for event in map(json.loads, alarm_lines) if event["event"] == "raised"]
    return [i for i in incidents() if any(
        event["element"] == i.element and event["fault_type"] == i.fault_type and
        i.start <= epoch(event["time"]) <= i.end + 60 for event in raised)]


def recording(until=None, begin=0):
    """(header, rows) of the held-out recording, by time."""
    with gzip.open(HELDOUT, "rt") as file:
        header, *rows = [line.rstrip("\n").split(",") for line in file]
    rows = [row for row in rows if begin <= float(row[0]) < (until or 1e18)]
    return header, sorted(rows, key=lambda row: float(row[0]))


def write_csv(path, header, rows):
    path.write_text("".join(",".join(row) + "\n" for row in [header, *rows]))
    return path


def json_record(header, row):
    kpis = {name: float(value) for name, value in zip(header[2:], row[2:]) if value}
    return json.dumps({"element": row[1], "time": int(row[0]), "kpis": kpis})


class Reference:
    """Verdicts and alarm events of a run that nothing disturbed: what every other run gives out."""

    def __init__(self, verdict_lines, alarm_lines):
        self.verdicts = by_id(verdict_lines)[0]
        self.alarms = by_id(alarm_lines, event_key)[0]

    def missing(self, *daemons):
        lines = [line for daemon in daemons for line in daemon.verdicts()]
        return differences(self.verdicts, by_id(lines)[0])[0]

    def wait_for_all(self, *daemons):
        try:
            wait(lambda: not self.missing(*daemons), 40, "", every=0.3)
        except TimeoutError:
            missing = self.missing(*daemons)
            say(f"    {len(missing)} verdicts do not come, such as {missing[:3]}")

    def compare(self, name, *daemons, torn_allowed=0, killed=False):
        """killed: who took over may tell again, in its own file, what was told before the kill."""
        found, differing, torn, repeats = by_id(
            line for daemon in daemons for line in daemon.verdicts())
        missing, extra, changed = differences(self.verdicts, found)
        check(not missing and not extra, f"{name}: every verdict is there, none is made up",
              f"{len(found)}, {repeats} repeated; missing {missing[:3]}, extra {extra[:3]}")
        check(not changed and not differing, f"{name}: all equal byte for byte, repeats too",
              show(self.verdicts, found, changed) or differing[:3] or "")
        check(len(torn) <= torn_allowed, f"{name}: no torn line but by a kill", len(torn))
        events, differing, torn, repeats = by_id(
            (line for daemon in daemons for line in daemon.alarms()), event_key)
        if killed:
            repeats = sum(by_id(daemon.alarms(), event_key)[3] for daemon in daemons)
        missing, extra, changed = differences(self.alarms, events)
        raised = [i for i, event, _ in events if event == "raised"]
        check(not missing and not extra and not changed and not differing and
              len(set(raised)) == len(raised) and repeats == 0,
              f"{name}: the same alarm events, each told once",
              f"{len(events)}, {repeats} repeated; missing {missing[:3]}, extra {extra[:3]}, "
              f"different {changed[:3] + differing[:3]}")


def show(expected, found, changed):
    return "".join(f"\n    {len(changed)} differ, such as\n    {expected[i].decode()}\n    "
                   f"{found[i].decode()}" for i in changed[:1])
