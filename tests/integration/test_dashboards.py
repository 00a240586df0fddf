#!/usr/bin/env python3
"""Every query of the Grafana dashboards, run on a real Prometheus that scrapes a daemon during a
replay, returns data; and monitoring/metrics.md says what that daemon's /metrics says."""
import math
import re
import time
import urllib.error

import product
from broker import Broker
from kit import SOURCE, WORK, check, need, run_tests, stop
from outcome import recording, write_csv
from product import Daemon

need(yaml=True, jsonschema=True, java="default-jre-headless", mvn="maven", prometheus="prometheus")
import dashboard  # noqa: E402 (it wants jsonschema)
import yaml  # noqa: E402
from prometheus import Prometheus, job  # noqa: E402 (it wants yaml)

UNTIL = 1501867560  # 9 minutes of the recording: leaf1's alarm has cleared, that on leaf6 stays up
SPEED = 60
INVENTORY = ["site"]  # labels
UNIT_OF = {"seconds": "seconds", "bytes": "bytes"}  # by a name's last word
broker = Broker()
daemon = prometheus = None
began = ended = 0  # with an alarm up at the end
exposition = ""  # of the daemon with an alarm up


def test_replay():
    """a daemon with elements, alarms, snapshots and a reload, and Prometheus's view of it"""
    global daemon, prometheus, began, ended, exposition
    header, rows = recording(until=UNTIL)
    part = write_csv(WORK / "part.csv", header, rows)
    broker.create("kpi", 2)
    inventory = WORK / "inventory.csv"
    inventory.write_text("element,site\nleaf1,south\nleaf6,north\n")
    daemon = Daemon("watched", broker, "kpi", state={"directory": str(WORK / "state"),
                                                     "snapshot_every": "1s"},
                    inventory={"file": str(inventory), "labels": INVENTORY},
                    alarms={"severity": {"default": "minor"},
                            "severity_rules": [{"after": "10s", "severity": "critical"}]}).start()
    prometheus = Prometheus(job(f"127.0.0.1:{daemon.port}"))
    began = time.time()
    product.produced(product.to_topic(broker, "kpi", part, speed=SPEED))
    daemon.wait_metric("faultprint_records_total", len(rows))
    daemon.wait_metric("faultprint_alarms_active", 1)
    check(daemon.reload(), "reloaded")
    exposition = daemon.get("/metrics")[1]
    check("faultprint_alarm_active{" in exposition, "an alarm is up, and stays")
    prometheus.wait_scraped()
    ended = time.time()


def finite(series):
    values = series["values"] if "values" in series else [series["value"]]
    return any(math.isfinite(float(value)) for _, value in values)


def result(expression, instant):
    # The recording has no unknown fault: those that it has stand for it.
    query = dashboard.filled_in(expression).replace('fault_type="unknown"', 'fault_type!="unknown"')
    if instant:
        return prometheus.api("query", query=query, time=ended)["result"]
    # A step of a second after the last scrape.
    return prometheus.api("query_range", query=query, start=began, end=ended + 1, step=1)["result"]


def test_queries():
    """every query of every panel and annotation returns at least one series with a value"""
    for name in dashboard.NAMES:
        for where, expression, instant in dashboard.queries(dashboard.load(name)):
            try:
                found = [series for series in result(expression, instant) if finite(series)]
                check(found, f"{name}: {where}", f"{len(found)} series")
            except urllib.error.HTTPError as error:
                check(False, f"{name}: {where}", error.read().decode())


def test_variables():
    """every variable has values"""
    for name in dashboard.NAMES:
        for variable, entry in dashboard.variables(dashboard.load(name)).items():
            if entry["type"] != "query":
                continue
            series, label = re.fullmatch(r"label_values\((.*), (\w+)\)", entry["definition"]).groups()
            values = prometheus.api(f"label/{label}/values",
                                    **{"match[]": dashboard.filled_in(series)})
            check(values, f"{name}: ${variable}", values)


def test_grafana_texts():
    """the query for what an alert of Grafana says has, for each alarm, its labels and why"""
    rules = yaml.safe_load((dashboard.GRAFANA / "provisioning/alerting/faultprint.yaml").read_text())
    explained = 0

    def found(query):
        return [series["metric"] for series in prometheus.api("query", query=query, time=ended)["result"]]

    for rule in (rule for group in rules["groups"] for rule in group["rules"]):
        asked = {data["refId"]: data["model"]["expr"] for data in rule["data"] if "expr" in data["model"]}
        if "why" not in asked:
            continue
        alarms, whys = found(asked["query"]), found(asked["why"])
        # Grafana gives a text the results whose labels are those of the alert and more.
        mine = [[why for why in whys if alarm.items() <= why.items()] for alarm in alarms]
        check(alarms and len(alarms) == len(whys), f"{rule['title']}: alarms", len(alarms))
        check(all(len(own) == 1 and {"why", "now", "since"} <= set(own[0]) for own in mine),
              "each has one explanation", whys[:1])
        check(all(why["why"] and why["now"] for why in whys), "that says something")
        if "faultprint_alarm_info" not in asked["query"]:
            bare = found(asked["why"].replace("faultprint_alarm_info", "no_such_series"))
            check(bare == alarms, "and where there is none it has a result all the same", bare[:1])
        used = set(re.findall(r"\.Labels\.(\w+)", rule["annotations"]["description"]))
        check(used <= set(whys[0]), "its text uses labels that there are", sorted(used))
        explained += 1
    check(explained == 2, "alerts that explain themselves", explained)


def test_legends():
    """legends and columns name labels that the result has"""
    for name in dashboard.NAMES:
        for panel in dashboard.panels(dashboard.load(name)):
            wanted = {label for target in panel["targets"]
                      for label in re.findall(r"{{(\w+)}}", target["legendFormat"])}
            for change in panel.get("transformations", []):
                wanted |= set(change["options"]["renameByName"]) - {"Value"}
            target = panel["targets"][0]
            labels = {label for series in result(target["expr"], target["instant"])
                      for label in series["metric"]}
            wanted.discard("element_group")  # of several groups alone; without them the column is absent
            check(wanted <= labels, f"{name}: {panel['title']}", sorted(wanted - labels))


def exposed():
    """Name -> (type, help, labels) of what /metrics says."""
    helps = dict(re.findall(r"^# HELP (\w+) (.*)$", exposition, re.M))
    types = dict(re.findall(r"^# TYPE (\w+) (\w+)$", exposition, re.M))
    labels = {name: set() for name in types}
    for series, found in product.parse_metrics(exposition):
        name = series if series in types else re.sub(r"_(bucket|sum|count)$", "", series)
        labels[name] |= {label for label, _ in found} - {"le"}
    return {name: (types[name], helps.get(name, ""), labels[name]) for name in types}


def table():
    """Name -> (type, unit, labels, meaning) of metrics.md."""
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*?) \| (.*?) \| (.*?) \|$",
                      (SOURCE / "monitoring/metrics.md").read_text(), re.M)
    return {name: (kind, unit, set(re.findall(r"`(\w+)`", labels)) |
                   set(INVENTORY if "`inventory.labels`" in labels else ()), meaning)
            for name, kind, unit, labels, meaning in rows}


def test_table():
    """metrics.md lists each metric's type, labels and meaning as the daemon has them"""
    binary, written = exposed(), table()
    check(set(binary) == set(written), "the same metrics", sorted(set(binary) ^ set(written)))
    for name in sorted(set(binary) & set(written)):
        kind, meaning, labels = binary[name]
        said_kind, unit, said_labels, said_meaning = written[name]
        check((kind, labels, meaning) == (said_kind, said_labels, said_meaning), name,
              "" if (kind, labels, meaning) == (said_kind, said_labels, said_meaning)
              else (kind, sorted(labels), meaning))
        last = name.removesuffix("_total").rsplit("_", 1)[-1]
        check(unit == UNIT_OF.get(last, unit) and unit not in ("", "-"), f"{name}: unit", unit)


def test_reasons():
    """the runbook has every reason for which a record is rejected"""
    runbook = (SOURCE / "monitoring/runbook.md").read_text()
    reasons = {dict(labels)["reason"] for series, labels in product.parse_metrics(exposition)
               if series == "faultprint_records_rejected_total"}
    missing = {reason for reason in reasons if f"`{reason}`" not in runbook}
    check(reasons and not missing, f"{len(reasons)} reasons", sorted(missing))


def test_end():
    """both end"""
    prometheus.stop()
    check(stop(daemon.process)[0] == 0, "the daemon ends with 0")


product.model()
broker.start()
run_tests(test_replay, test_queries, test_variables, test_grafana_texts, test_legends, test_table, test_reasons,
          test_end)
