#!/usr/bin/env python3
"""A real Prometheus scrapes the daemon during a replay, and a real Alertmanager tells a webhook:
the shipped rules raise, group and resolve; promtool is content with the metrics."""
import json
import statistics
import time

import product
from broker import Broker
from kit import WORK, check, free_port, need, run_tests, wait
from outcome import recording, write_csv
from product import Daemon, promtool

need(yaml=True, java="default-jre-headless", mvn="maven", prometheus="prometheus",
     promtool="prometheus", **{"prometheus-alertmanager": "prometheus-alertmanager"})
from prometheus import Alertmanager, Prometheus, Webhook, job, rules  # noqa: E402 (it wants yaml)

# 20 minutes of the recording: incidents on leaf1, then leaf6, then spine2, then leaf2 and leaf8 at
# once, all of one type.
UNTIL = 1501868370
TWO = {"leaf2", "leaf8"}
SPEED = 60  # in 20 s; an alarm is up for three
LASTING = 2.5  # seconds: a scrape, a look at the rules, and what is asked of both in between
# What they wait for is waited for in seconds.
SOONER = {"FaultprintFaultAlarm": {"keep_firing_for": "2s"},
          "FaultprintDown": {"for": "1s", "keep_firing_for": "1s"}}
broker = Broker()
daemon = webhook = prometheus = None


def key(labels):
    return labels["element"], labels["fault_type"]


def told(status):
    """Which faults the webhook was told of."""
    return set(map(key, webhook.alerts("noc", status)))


def wait_told(condition):
    """What is not told by then is for a check to say."""
    deadline = time.monotonic() + 60
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)


def lint(when):
    status, words = promtool("check", "metrics", text=daemon.get("/metrics")[1])
    check(status == 0 and not words, f"promtool check metrics, {when}", words)


def watch(replay):
    """(element, fault type) -> its firing alert; how long after the alarm event; when it was raised,
    and cleared. Until the replay has ended and every alarm is cleared."""
    seen, delays, raised_at, cleared_at = {}, {}, {}, {}
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        now = time.monotonic()
        events = [json.loads(line) for line in daemon.alarms()]
        for event in events:
            at = {"raised": raised_at, "cleared": cleared_at}.get(event["event"], {})
            at.setdefault(key(event), now)
        for alert in prometheus.alerts("FaultprintFaultAlarm"):
            name = key(alert["labels"])
            if not seen:
                lint("an alarm being up")
            seen.setdefault(name, alert)
            delays.setdefault(name, now - raised_at.get(name, now))
        told = [event["event"] for event in events]
        if replay.poll() is not None and told.count("raised") == told.count("cleared") > 0:
            break
        time.sleep(0.05)
    product.produced(replay)
    return seen, delays, raised_at, cleared_at


def test_raised():
    """the alarm's way into a firing alert"""
    global daemon, webhook, prometheus
    header, rows = recording(until=UNTIL)
    part = write_csv(WORK / "part.csv", header, rows)
    broker.create("kpi", 2)
    address = f"127.0.0.1:{free_port()}"
    daemon = Daemon("watched", broker, "kpi", http={"listen": address}).start()
    webhook = Webhook()
    prometheus = Prometheus(job(address), rule_document=rules(**SOONER),
                            alertmanager=Alertmanager(webhook).address)
    prometheus.wait_scraped()  # it takes its time to find a target
    seen, delays, raised_at, cleared_at = watch(product.to_topic(broker, "kpi", part, speed=SPEED))
    check(set(raised_at) >= {(name, "bgp_clear") for name in {"leaf1", "leaf6"} | TWO},
          "alarms name the elements and their fault", sorted(raised_at))
    # An alarm may be up for less than a scrape, the stream being so fast.
    lasting = {name for name in raised_at if cleared_at[name] - raised_at[name] > LASTING}
    check(lasting and lasting <= set(seen), "an alert for every alarm that lasts", sorted(seen))
    check(set(seen) <= set(raised_at), "no alert without its alarm", sorted(set(seen) - set(raised_at)))
    for (element, fault_type), alert in seen.items():
        labels = alert["labels"]
        check(labels["alarm_severity"] == "major" and labels["severity"] == "critical" and
              labels["job"] == "faultprint" and "instance" not in labels, f"{element}: its labels",
              labels)
        check(alert["annotations"]["summary"] == f"{element}: {fault_type} (major)",
              f"{element}: its summary", alert["annotations"]["summary"])
    median = statistics.median(delays.values())
    check(median < 5, "alarm event to firing alert, median",
          f"{median:.1f} s, {max(delays.values()):.1f} s at most")
    wait_told(lambda: told("firing") >= set(seen))
    check(told("firing") == set(seen), "the webhook was told of each", sorted(told("firing")))


def test_grouped():
    """two elements with one fault are one message"""
    groups = [{alert["labels"]["element"] for alert in message["alerts"]
               if alert["status"] == "firing"}
              for to, message in webhook.messages if to == "noc"]
    check(any(TWO <= group for group in groups), "both in one message",
          max(map(sorted, groups), key=len, default=[]))
    keys = {message["groupKey"] for to, message in webhook.messages if to == "noc"}
    check(len(keys) == 1, "one group for the one fault type", sorted(keys))


def test_resolved():
    """cleared alarms end their alerts, and the webhook is told"""
    began = time.monotonic()
    try:
        wait(lambda: not prometheus.alerts("FaultprintFaultAlarm"), 60, "alerts stay")
        check(True, "resolved after the alarms cleared", f"{time.monotonic() - began:.1f} s")
    except TimeoutError as error:
        check(False, "resolved after the alarms cleared", error)
    wait_told(lambda: told("resolved") == told("firing"))
    check(told("resolved") == told("firing") != set(), "the webhook was told that each ended",
          sorted(told("firing") - told("resolved")))


def test_healthy():
    """a healthy daemon: nothing else fires, every rule evaluates"""
    lint("at the end")
    others = {alert["labels"]["alertname"] for alert in prometheus.alerts()}
    check(not others, "nothing else fires", sorted(others))
    check(not webhook.alerts("operations", "firing"), "nothing else was told",
          webhook.alerts("operations", "firing"))
    evaluated = [rule for group in prometheus.api("rules")["groups"] for rule in group["rules"]]
    broken = [f"{rule['name']}: {rule['lastError']}" for rule in evaluated
              if rule["health"] != "ok"]
    check(evaluated and not broken, "every rule evaluates", broken)
    for rule in evaluated:
        if rule["type"] == "recording":
            found = prometheus.api("query", query=rule["name"])["result"]
            check(found, f"recorded: {rule['name']}")
    up = prometheus.api("query", query='min_over_time(up{job="faultprint"}[5m])')["result"]
    succeeded = [float(sample["value"][1]) for sample in up]
    check(succeeded == [1], "every scrape succeeds", succeeded)


def test_down():
    """a daemon that is gone is told to the operators, and its return too"""
    daemon.stop()
    for status, then in (("firing", daemon.start), ("resolved", daemon.stop)):
        wait_told(lambda: webhook.alerts("operations", status))
        names = {labels["alertname"] for labels in webhook.alerts("operations", status)}
        check(names == {"FaultprintDown"}, f"{status}: FaultprintDown, and nothing else", names)
        then()
    prometheus.stop()


product.model()
broker.start()
run_tests(test_raised, test_grouped, test_resolved, test_healthy, test_down)
