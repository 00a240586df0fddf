#!/usr/bin/env python3
"""Groups of elements: one daemon with two gives out what two daemons with one each do, on a real
Kafka broker, and says of each which group it is of."""
import collections
import csv
import json

import outcome
import product
from broker import Broker
from kit import WORK, check, need, run_tests, say, wait
from outcome import by_id, differences, event_key, show
from product import Daemon

need(java="default-jre-headless", mvn="maven")
PARTITIONS = 3
broker = Broker()
# The second reads both topics, has other rules, and takes what the first leaves.
ALARMS = {"leafs": "{raise: 3/4, severity: {port_flap: critical}}",
          "spines": "{raise: 2/3, clear: 4, silence: {elements: false, topics: none}}"}
GLOBS = {"leafs": "[\"leaf*\"]", "spines": "[\"spine*\", \"dr*\"]"}
TOPICS = {"leafs": "[kpi]", "spines": "[kpi, more]"}
SECONDS = {"leafs": "10s", "spines": "20s"}  # lateness


def group_sections(name, indent):
    text = product.stream_section().replace("lateness: 10s", f"lateness: {SECONDS[name]}")
    text += f"model: {{file: {product.model()}}}\nalarms: {ALARMS[name]}\n"
    return "".join(" " * indent + line + "\n" for line in text.splitlines())


def common(name, topics):
    output = {"verdicts_file": str(WORK / f"{name}.verdicts.jsonl"), "verdicts": "all",
              "alarms_file": str(WORK / f"{name}.alarms.jsonl")}
    kafka = {"brokers": broker.address, "topics": topics, "group_id": name}
    return (f"kafka: {json.dumps(kafka)}\nhttp: {{listen: \"127.0.0.1:0\", reload: true}}\n"
            f"output: {json.dumps(output)}\n")


def write_groups(path, name, change=lambda text: text):
    text = common(name, ["kpi", "more"]) + "groups:\n"
    for group in ("leafs", "spines"):
        text += (f"  - name: {group}\n    elements: {GLOBS[group]}\n    topics: {TOPICS[group]}\n" +
                 group_sections(group, 4))
    path.write_text(change(text + f"state: {{directory: {WORK / name}, snapshot_every: 1s}}\n"))
    return path


def alone(name):
    """A daemon without groups, of the group's records in topics of their own."""
    path = WORK / f"{name}.yaml"
    path.write_text(common(name, [f"{name}-kpi", f"{name}-more"]) + group_sections(name, 0))
    return Daemon(name, config=path)


def is_of(name, element):
    return element.startswith("leaf") == (name == "leafs")


def fill():
    """The recording in two topics, and each group's share of them in its own. One router is nobody's."""
    header, rows = outcome.recording()
    rows = [row if row[1] != "leaf3" else [row[0], "core1", *row[2:]] for row in rows]
    counts = {}
    half = len(rows) // 2
    spine = next(row[1] for row in rows if row[1].startswith("spine"))
    parts = {"kpi": [row for row in rows if row[1] != spine],
             "more": [row for row in rows if row[1] == spine]}
    say(f"    {len(rows)} records, {half} in the first half; {spine} has a topic of its own")
    for topic, part in parts.items():
        for target in (None, "leafs", "spines"):
            own = [row for row in part if target is None or
                   (row[1] != "core1" and is_of(target, row[1]))]
            place = topic if target is None else f"{target}-{topic}"
            broker.create(place, PARTITIONS)
            counts[target] = counts.get(target, 0) + len(own)
            if own:
                data = outcome.write_csv(WORK / f"{place}.csv", header, own)
                product.produced(product.to_topic(broker, place, data))
    counts["core1"] = sum(row[1] == "core1" for row in rows)
    return counts


def stripped(lines, group, key=lambda line: line["id"]):
    """The group's lines as they would be without groups, by id."""
    own = [line for line in lines if json.loads(line).get("element_group") == group]
    plain = [line.replace(f'"element_group":"{group}",'.encode(), b"")
             .replace(f'"{group}/'.encode(), b'"') for line in own]
    return by_id(plain, key)[0]


def same(group, both, one):
    for what, lines, key in (("verdicts", Daemon.verdicts, lambda line: line["id"]),
                             ("alarm events", Daemon.alarms, event_key)):
        expected = by_id(lines(one), key)[0]
        found = stripped(lines(both), group, key)
        missing, extra, changed = differences(expected, found)
        check(expected and not missing and not extra and not changed,
              f"{group}: the same {what} as of a daemon of its own, byte for byte",
              f"{len(expected)}; missing {missing[:3]}, extra {extra[:3]}" +
              show(expected, found, changed))


def read_all(daemon, records):
    daemon.wait_metric("faultprint_records_total", records)
    return daemon


def rejects(daemon):
    return collections.Counter({labels[0][1]: int(value)
                                for (name, labels), value in daemon.metrics().items()
                                if name == "faultprint_records_rejected_total"})


def test_same_as_two_daemons():
    """two groups in one daemon, and two daemons"""
    both = read_all(Daemon("both", config=write_groups(WORK / "both.yaml", "both")).start(),
                    counts[None])
    rejected = rejects(both)
    check(rejected["no_group"] == counts["core1"], "what no group takes is counted",
          dict(+rejected))
    status = json.loads(both.get("/api/v1/status")[1])
    check([group["element_group"] for group in status["groups"]] == ["leafs", "spines"] and
          status["model"] is None, "status: a model for each group")
    clusters = json.loads(both.get("/api/v1/clusters")[1])
    check([group["element_group"] for group in clusters["groups"]] == ["leafs", "spines"],
          "clusters: of each group")
    groups = {labels[0][1] for (name, labels), _ in both.metrics().items()
              if name == "faultprint_verdicts_total"}
    check(groups == {"leafs", "spines"}, "metrics: verdicts of each group", groups)
    both.stop()
    for group in ("leafs", "spines"):
        one = read_all(alone(group).start(), counts[group])
        rejected.subtract(rejects(one))
        one.stop()
        same(group, both, one)
    check(set(+rejected) == {"no_group"} and not -rejected,
          "all else is rejected as by the two, and counted once", dict(+rejected))
    ids = [json.loads(line)["id"] for line in both.alarms()]
    check(ids and all(id.split("/")[0] in ("leafs", "spines") for id in ids),
          "alarms' ids begin with their group", len(ids))


def test_killed():
    """the same with kills and snapshots: nothing is lost, what comes twice is the same"""
    config = write_groups(WORK / "killed.yaml", "killed")
    daemon = Daemon("killed", config=config).start()
    for enough in (500, 1500, 2500, 3500):
        wait(lambda: len(daemon.verdicts()) >= enough, 60, "no verdicts", every=0.01)
        daemon.kill()
        daemon.start(ready=False)
    expected = by_id(read_lines("both", "verdicts"))[0]
    wait(lambda: len(by_id(daemon.verdicts())[0]) == len(expected), 60, "verdicts do not come")
    daemon.stop()
    found, differing, torn, repeats = by_id(daemon.verdicts())
    check(found == expected and not differing and len(torn) <= 4,
          "verdicts: as without kills, byte for byte", f"{len(found)}, {repeats} repeated")
    events, differing, torn, repeats = by_id(daemon.alarms(), event_key)
    check(events == by_id(read_lines("both", "alarms"), event_key)[0] and not repeats,
          "alarm events: as without kills, each told once", len(events))


def read_lines(name, what):
    return outcome.read_lines(WORK / f"{name}.{what}.jsonl")


def test_reload():
    """a reload changes the rules of a group, all or none, and names what it cannot"""
    config = WORK / "reload.yaml"
    daemon = Daemon("reload", config=write_groups(config, "reload")).start()
    write_groups(config, "reload", lambda text: text.replace("raise: 2/3", "raise: 2/4"))
    check(daemon.reload(), "other alarm rules of one group are taken")
    check("changed=groups[spines].alarms.raise" in daemon.log.read_text(), "the log names the key")
    write_groups(config, "reload", lambda text: text.replace("raise: 2/3", "raise: 1/4").replace(
        "lateness: 20s", "lateness: 30s"))
    check(not daemon.reload(), "a change of another group's stream is refused")
    check("groups[spines].stream.lateness: cannot change while running" in daemon.log.read_text(),
          "the log names that key, and its group")
    rules = json.loads(daemon.get("/api/v1/status")[1])["groups"][1]["alarm_rules"]
    check(rules["raise"] == "2/4", "and nothing of it is taken", rules)
    daemon.stop()


def test_commands():
    """commands of one group ask which; replay takes all"""
    config = write_groups(WORK / "commands.yaml", "commands")
    data = WORK / "kpi.csv"
    try:
        product.run("embed", "--config", config, "--data", data, "--out", WORK / "v.npy")
        check(False, "without --group there is an error")
    except RuntimeError as error:
        check("groups: which is meant? --group NAME, one of leafs, spines" in str(error),
              "without --group an error names the groups")
    product.run("embed", "--config", config, "--group", "spines", "--data", data, "--out",
                WORK / "v.csv")
    with (WORK / "v.csv").open() as file:
        elements = {row["element"] for row in csv.DictReader(file)}
    check(elements and not any(name.startswith("leaf") for name in elements),
          "a group's command takes its elements alone", sorted(elements))
    lines = product.run("replay", "--config", config, "--data", data).splitlines()
    found = {json.loads(line)["element_group"] for line in lines}
    check(found == {"leafs", "spines"}, "replay takes all groups", len(lines))
    shown = product.run("check-config", config).decode()
    check(shown.count("  - name: ") == 2, "check-config prints every group")


say(f"recording {outcome.HELDOUT.name}")
product.model()
broker.start()
counts = fill()
run_tests(test_same_as_two_daemons, test_killed, test_reload, test_commands)
