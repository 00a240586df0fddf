#!/usr/bin/env python3
"""Bad records beside good ones, through a real Kafka broker: each is counted under its reason, and
the good records' verdicts are what they are without them."""
import collections
import gzip
import json
import re

import product
from broker import Broker
from kit import check, need, run_tests, say, wait
from outcome import by_id, differences, event_key, json_record, recording, show
from product import Daemon, promtool

need(java="default-jre-headless", mvn="maven", promtool="prometheus")
UNTIL = 1501867750  # 12 minutes of the recording with two incidents, on leaf1 and on leaf6
MAX_ELEMENTS = 12   # the recording's eleven and one more
FLOOD = 5000
STRANGE = 'we"ird\n\\leaf\t{x="1"} 7 \u00e9\u2603'  # leaf1 under a name that wants quoting
broker = Broker()
header, rows = recording(until=UNTIL)


def record(row, **changes):
    """(key, value, timestamp in ms) as `replay --to-topic` writes it; changes replace fields."""
    data = {**json.loads(json_record(header, row)), **changes}
    return row[1].encode(), json.dumps({k: v for k, v in data.items() if v is not None}).encode(), \
        int(row[0]) * 1000


def text(row, value):
    return row[1].encode(), value, int(row[0]) * 1000


def bad_records(row):
    """Of one moment, beside the good record `row`: (reason, record)."""
    key, good, stamp = record(row)
    # What a bad record would do if it counted: end the element's normal state.
    kpis = json.dumps({name: 1e6 for name in header[2:]}).encode()
    head = b'{"element": "%s", "time": %s, "kpis": ' % (key, row[0].encode())

    def kpi(value):
        return text(row, head + b'{"in_kbps": 7, "out_kbps": ' + value + b"}}")

    return [
        ("empty", text(row, b"")),
        ("empty", text(row, None)),
        *[("not_json", text(row, good[:len(good) * part // 7])) for part in range(1, 7)],
        ("not_json", text(row, good[:-1])),
        ("not_json", text(row, good + b"}")),
        ("not_json", text(row, good + b"\n" + good)),
        ("not_json", text(row, b"null and void")),
        ("not_json", text(row, b"\0\1\2\3")),
        ("not_json", text(row, head + kpis + b', "deep": ' + b"[" * 3000 + b"]" * 3000 + b"}")),
        ("not_json", text(row, b"[" * 100_000)),
        ("not_json", text(row, b'{"element":' * 20_000)),
        ("too_large", text(row, head + kpis + b', "pad": "' + b"x" * 900_000 + b'"}')),
        ("too_large", text(row, gzip.compress(b" " * 20_000_000))),
        ("bad_gzip", text(row, gzip.compress(good)[:-9])),
        ("not_utf8", text(row, good.replace(key, b"leaf\xff\xfe", 1))),
        ("not_utf8", text(row, good.replace(b'"in_kbps"', b'"in_\xc3("', 1))),
        ("no_element", record(row, element=None)),
        ("no_element", record(row, element="")),
        ("no_element", record(row, element=17)),
        ("no_element", record(row, element={"name": row[1]})),
        ("no_element", text(row, b"[]")),
        ("element_too_long", record(row, element="leaf" * 100)),
        ("no_time", record(row, time=None)),
        ("bad_time", record(row, time="yesterday")),
        ("bad_time", record(row, time=True)),
        ("bad_time", record(row, time=[1501867012])),
        ("bad_time", record(row, time=1e300)),
        ("no_kpis", record(row, kpis=None)),
        ("no_kpis", record(row, kpis=[1, 2, 3])),
        ("no_kpis", record(row, kpis={})),
        ("no_kpis", record(row, kpis={"temperature": 21.5})),
        *[("bad_value", kpi(value)) for value in
          (b"NaN", b"Infinity", b"-Infinity", b"1e999", b'"12"', b"[1]", b'{"a": 1}')],
        ("too_far_ahead", record(row, time=4102444800)),            # the year 2100
        ("too_far_ahead", record(row, time=int(row[0]) + 3700)),    # max_future is an hour
        ("late", record(row, time=int(row[0]) - 3000)),
        ("late", record(row, time=0)),
        ("late", record(row, time="1999-12-31T23:59:59Z")),
        ("too_old", record(row, element="ghost", time=int(row[0]) - 90_000)),
    ]


def pieces(row):
    """A good record in three, with a repeated gauge and a KPI that nobody configured."""
    kpis = json.loads(json_record(header, row))["kpis"]
    half = list(kpis)[:len(kpis) // 2]
    return [record(row, kpis={**{k: kpis[k] for k in half}, "not_configured": 5}),
            record(row, kpis={half[0]: kpis[half[0]]}),
            record(row, kpis={k: kpis[k] for k in kpis if k not in half})]


def good_records(row):
    """leaf1's come a second time, as another element's."""
    records = [record(row)]
    if row[1] == "leaf1":
        records.append((STRANGE.encode(), *record(row, element=STRANGE)[1:]))
    return records


def stream():
    """(records, how many bad ones by reason, unknown KPIs). Good ones keep their order."""
    records, expected, unknown_kpis = [], collections.Counter(), 0
    newest, steady = {}, collections.Counter()  # full records slot by slot complete them at once

    def add(reason, bad):
        expected[reason] += 1
        records.append(bad)

    for i, row in enumerate(rows):
        slot, before = int(row[0]) // 5, newest.get(row[1], 0)
        newest[row[1]] = slot
        steady[row[1]] = steady[row[1]] + 1 if all(row[2:]) and slot <= before + 1 else 0
        sure = steady[row[1]] > 8
        if i % 10 == 5 and sure and slot > before and row[1] != "leaf1":
            records += pieces(row)
            unknown_kpis += 1
        else:
            records += good_records(row)
        if i % 200 == 199:
            for reason, bad in bad_records(row):
                add(reason, bad)
        if i % 10 == 1 and sure:
            add("late", record(row))  # a duplicate at once
        elif i % 10 == 1 and not all(row[2:]) and slot > before:
            add("duplicate", record(row))  # of one whose slot waits for what never comes
        if i % 10 == 0 and i >= 200:
            add("late", record(rows[i - 150]))  # and one a minute later
        if i == 500:
            for n in range(FLOOD):
                add("element_limit", record(row, element=f"flood-{n}"))
    say(f"{len(rows)} good records, {len(bad_records(rows[0]))} kinds of bad ones and {FLOOD} "
        f"elements too many, {len(records)} records in all")
    return records, expected, unknown_kpis


def run(name, records):
    """One partition, one daemon; stopped once all is read, its elements at the cap."""
    broker.create(name, 1)
    broker.produce(name, 0, records)
    daemon = Daemon(name, broker, name, stream=f"  max_elements: {MAX_ELEMENTS}\n").start()
    daemon.wait_metric("faultprint_records_total", len(records))
    wait(lambda: daemon.metric("faultprint_elements") == MAX_ELEMENTS, 5, f"{name}: elements")
    daemon.page = daemon.get("/metrics")[1]
    check(daemon.get("/-/ready")[0] == 200, f"{name}: ready at the end")
    status, seconds = daemon.stop()
    check(status == 0, f"{name}: ends well", f"{seconds:.1f} s")
    return daemon


def test_bad_records():
    """counted under their reasons, and without any effect on the good ones"""
    good = run("good", [one for row in rows for one in good_records(row)])
    late = {pairs: value for (_, pairs), value in product.parse_metrics(good.page).items()}
    records, expected, unknown_kpis = stream()
    expected["late"] += int(late[(("reason", "late"),)])
    mixed = run("mixed", records)
    after = product.parse_metrics(mixed.page)

    counted = {labels[0][1]: int(value) for (metric, labels), value in after.items()
               if metric == "faultprint_records_rejected_total"}
    for reason, count in sorted(counted.items()):
        check(count == expected[reason], f"rejected as {reason}",
              f"{count}" + ("" if count == expected[reason] else f", not {expected[reason]}"))
    of_other_formats = {"malformed", "other_kpis", "suspect", "no_group"}
    check(set(expected) == set(counted) - of_other_formats, "every reason of this format occurred",
          len(counted))
    value = after["faultprint_unknown_kpis_total", ()]
    check(value == unknown_kpis, "faultprint_unknown_kpis_total",
          f"{value:.0f}, expected {unknown_kpis}")

    # Verdicts and alarms
    reference, found = by_id(good.verdicts())[0], by_id(mixed.verdicts())[0]
    twin = {i: line for i, line in found.items() if i.startswith(STRANGE)}
    missing, extra, changed = differences(reference, found)
    check(not missing and not extra and not changed,
          "the good records' verdicts are the same, byte for byte", f"{len(reference)}; missing "
          f"{missing[:3]}, extra {extra[:3]}" + show(reference, found, changed))
    events = by_id(good.alarms(), event_key)[0]
    events_mixed = by_id(mixed.alarms(), event_key)[0]
    check(events == events_mixed and events, "alarm events too", len(events))
    renamed = {json.dumps({**json.loads(line), "id": "", "element": ""})
               for i, line in reference.items() if i.startswith("leaf1@")}
    got = {json.dumps({**json.loads(line), "id": "", "element": ""}) for line in twin.values()}
    check(got == renamed, "an element whose name wants quoting is judged like any other",
          f"{len(twin)} verdicts of {json.dumps(STRANGE)}")
    names = {json.loads(line)["element"] for line in twin.values()}
    check(names == {STRANGE}, "and keeps its name")


def test_metrics_page():
    """/metrics while an alarm of the strange element is up"""
    # leaf1 alone, up to the middle of its incident, under the strange name.
    part = [(STRANGE.encode(), *record(row, element=STRANGE)[1:]) for row in rows
            if row[1] == "leaf1" and float(row[0]) < 1501867330]
    broker.create("strange", 1)
    broker.produce("strange", 0, part)
    daemon = Daemon("strange", broker, "strange").start()
    daemon.wait_metric("faultprint_records_total", len(part))
    daemon.wait_metric("faultprint_alarms_active", 1, 10)
    page = daemon.get("/metrics")[1]
    labels = [dict(pairs) for (metric, pairs) in product.parse_metrics(page)
              if metric == "faultprint_alarm_active"]
    check(labels == [{"element": STRANGE, "fault_type": "bgp_clear", "severity": "major"}],
          "its alarm's labels are its name", labels)
    status, words = promtool("check", "metrics", text=page)
    check(status == 0 and not words, "promtool check metrics is content",
          words or f"{len(page.splitlines())} lines")
    lines = page.splitlines()
    series = [re.sub(r" [^ ]*$", "", line) for line in lines if line and not line.startswith("#")]
    check(len(series) == len(set(series)), "no series twice", len(series))
    check(daemon.get("/")[0] == 200 and STRANGE not in daemon.get("/")[1], "the status page")
    daemon.stop()


product.model()
broker.start()
run_tests(test_bad_records, test_metrics_page)
