#!/usr/bin/env python3
"""A real Prometheus scrapes the daemon during a replay: the shipped rule fires with the alarm's
labels and resolves, and promtool is content with rules and metrics."""
import json
import time
import urllib.parse
import urllib.request

import product
from broker import Broker
from kit import SOURCE, WORK, check, free_port, need, run_tests, say, spawn, stop, wait
from outcome import recording, write_csv
from product import Daemon, promtool

need(java="default-jre-headless", mvn="maven", prometheus="prometheus", promtool="prometheus")
RULES = SOURCE / "monitoring/faultprint.rules.yml"
TESTS = SOURCE / "monitoring/faultprint.rules.test.yml"
UNTIL = 1501867750  # 12 minutes of the recording with two incidents, on leaf1 and on leaf6
SPEED = 60          # in 12 s; an alarm is up for three
INTERVAL = "500ms"  # of scrapes and of rules
# Substitutions in a copy of the rules: what they wait for is waited for in seconds.
SHORTER = {"keep_firing_for: 2m": "keep_firing_for: 1s"}
broker = Broker()


def test_rules():
    """promtool check rules, promtool test rules"""
    for words in (("check", "rules", RULES), ("test", "rules", TESTS)):
        status, text = promtool(*words)
        check(status == 0, f"promtool {words[0]} {words[1]}", text.split("\n")[-1])


def start_prometheus(port, target):
    rules = RULES.read_text()
    for shipped, shorter in SHORTER.items():
        check(shipped in rules, f"the rules say {shipped}")
        rules = rules.replace(shipped, shorter)
    (WORK / "rules.yml").write_text(rules)
    config = {"global": {"scrape_interval": INTERVAL, "scrape_timeout": INTERVAL,
                         "evaluation_interval": INTERVAL},
              "rule_files": [str(WORK / "rules.yml")],
              "scrape_configs": [{"job_name": "faultprint",
                                  "static_configs": [{"targets": [target]}]}]}
    (WORK / "prometheus.yml").write_text(json.dumps(config))
    began = time.monotonic()
    process = spawn(["prometheus", f"--config.file={WORK}/prometheus.yml",
                     f"--storage.tsdb.path={WORK}/tsdb", f"--web.listen-address=127.0.0.1:{port}",
                     "--log.level=warn"], WORK / "prometheus.log")

    def ready():
        if process.poll() is not None:
            raise RuntimeError("Prometheus ended: " + (WORK / "prometheus.log").read_text())
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/-/ready", timeout=5) as page:
                return page.status == 200
        except OSError:
            return False

    wait(ready, 30, "Prometheus is not ready")
    say(f"    Prometheus ready after {time.monotonic() - began:.1f} s")
    return process


def test_alert():
    """the alarm's way into a firing alert, and out of it"""
    header, rows = recording(until=UNTIL)
    part = write_csv(WORK / "part.csv", header, rows)
    broker.create("kpi", 2)
    daemon = Daemon("watched", broker, "kpi").start()
    port = free_port()
    prometheus = start_prometheus(port, f"127.0.0.1:{daemon.port}")

    def api(path, **query):
        url = f"http://127.0.0.1:{port}/api/v1/{path}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(url, timeout=5) as page:
            return json.load(page)["data"]

    replay = product.to_topic(broker, "kpi", part, speed=SPEED)
    seen, delays, checked = {}, {}, False
    raised_at = {}
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        now = time.monotonic()
        events = [json.loads(line) for line in daemon.alarms()]
        for event in events:
            if event["event"] == "raised":
                raised_at.setdefault((event["element"], event["fault_type"]), now)
        for alert in api("alerts")["alerts"]:
            labels = alert["labels"]
            if alert["state"] == "firing" and labels["alertname"] == "FaultprintFaultAlarm":
                key = labels["element"], labels["fault_type"]
                seen.setdefault(key, alert)
                delays.setdefault(key, now - raised_at.get(key, now))
        if seen and not checked:
            checked = True
            status, words = promtool("check", "metrics", text=daemon.get("/metrics")[1])
            check(status == 0 and not words, "promtool check metrics, an alarm being up", words)
        if replay.poll() is not None and events and \
                sum(e["event"] == "raised" for e in events) == \
                sum(e["event"] == "cleared" for e in events):
            break
        time.sleep(0.05)
    product.produced(replay)
    check(set(seen) == {("leaf1", "bgp_clear"), ("leaf6", "bgp_clear")},
          "alerts name the elements and their fault", sorted(seen))
    check(set(seen) == set(raised_at), "one alert for each alarm", sorted(raised_at))
    for (element, fault_type), alert in seen.items():
        labels = alert["labels"]
        check(labels["alarm_severity"] == "major" and labels["severity"] == "critical" and
              labels["job"] == "faultprint" and "instance" not in labels, f"{element}: its labels",
              labels)
        check(alert["annotations"]["summary"] == f"{element}: {fault_type} (major)",
              f"{element}: its summary", alert["annotations"]["summary"])
    check(delays and max(delays.values()) < 3, "alarm event to firing alert",
          f"{max(delays.values(), default=0):.1f} s at most")

    def faults():
        return [alert for alert in api("alerts")["alerts"]
                if alert["labels"]["alertname"] == "FaultprintFaultAlarm"]

    began = time.monotonic()
    try:
        wait(lambda: not faults(), 15, "alerts stay")
        check(True, "resolved after the alarms cleared", f"{time.monotonic() - began:.1f} s")
    except TimeoutError as error:
        check(False, "resolved after the alarms cleared", error)
    status, words = promtool("check", "metrics", text=daemon.get("/metrics")[1])
    check(status == 0 and not words, "promtool check metrics at the end", words)
    others = {alert["labels"]["alertname"] for alert in api("alerts")["alerts"]
              if alert["state"] == "firing"}
    check(not others, "nothing else fires on a healthy daemon", sorted(others))
    broken = [f"{rule['name']}: {rule['lastError']}" for group in api("rules")["groups"]
              for rule in group["rules"] if rule["health"] != "ok"]
    check(not broken, "every rule evaluates", broken)
    up = api("query", query='min_over_time(up{job="faultprint"}[1m])')["result"]
    check([float(sample["value"][1]) for sample in up] == [1], "every scrape succeeded")
    stop(prometheus)
    daemon.stop()


product.model()
broker.start()
run_tests(test_rules, test_alert)
