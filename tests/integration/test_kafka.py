#!/usr/bin/env python3
"""The daemon on a real Kafka broker: what it names, records of kcat, reloads, and what is missing
at the start or goes away."""
import json
import shutil
import subprocess
import time

import outcome
import product
from broker import Broker
from kit import HELDOUT, WORK, check, need, run_tests, say, wait
from outcome import by_id, differences, event_key, undated
from product import Daemon

need(java="default-jre-headless", mvn="maven", kcat="kcat")
PARTITIONS = 3
SPLIT = 1504000000  # between the recording's two days
SPEED = 200         # the recording in 12 s
COPIES = 8          # of each element, under load
BUSY_SPEED = 300
broker = Broker()


def test_names():
    """the held-out recording through the broker: incidents named, verdicts as from the file"""
    daemon = calm
    lines, events = product.from_file()
    file_verdicts, file_alarms = by_id(lines)[0], by_id(events, event_key)[0]
    status, seconds = daemon.ended
    check(status == 0 and seconds < 5, "ends on SIGTERM", f"{seconds:.1f} s")
    found, differing, torn, repeats = by_id(daemon.verdicts())
    check(not differing and not torn and not repeats, "each verdict came once", len(found))
    named, all_of_them = outcome.named(daemon.alarms()), outcome.incidents()
    check(len(named) >= 8, "incidents named", f"{len(named)} of {len(all_of_them)}")
    missing, extra, changed = differences(file_verdicts, found)
    check(not extra and not changed, "verdicts equal those of `replay` from the file",
          f"{len(found)}; {daemon.rejected:.0f} records rejected" +
          outcome.show(file_verdicts, found, changed))
    # Files are flushed at their end; in a stream the slots past watermark - lateness stay open.
    end = max(outcome.epoch(json.loads(line)["time"]) for line in file_verdicts.values())
    open_slots = all(outcome.epoch(i.rpartition("@")[2]) > end - 25 for i in missing)
    check(open_slots, "only the last slots, still open in the stream, are absent", len(missing))
    missing, extra, changed = differences(undated(file_alarms), undated(reference.alarms))
    check(not missing and not extra and not changed, "alarm events too", len(file_alarms))
    early = [event for event in map(json.loads, [*reference.alarms.values(), *file_alarms.values()])
             if not event["time"] <= event["detected"] <= event["time"][:11] + "23:59:59Z"]
    check(not early, "each was detected when its time had come", early[:1])


def test_kcat():
    """records written with kcat"""
    broker.create("kcat", 2)
    header, rows = outcome.recording(until=SPLIT)
    text = "".join(f"{row[1]}\t{outcome.json_record(header, row)}\n" for row in rows)
    subprocess.run(["kcat", "-P", "-b", broker.address, "-t", "kcat", "-K", "\t"],
                   input=text.encode(), check=True)
    daemon = Daemon("kcat", broker, "kcat").start()
    daemon.wait_metric("faultprint_records_total", len(rows))
    daemon.stop()
    found, differing, torn, repeats = by_id(daemon.verdicts())
    missing, extra, changed = differences(reference.verdicts, found)
    tail = outcome.epoch(min(i.rpartition("@")[2] for i in missing)) - float(rows[-1][0])
    check(not (extra or changed or differing or torn or repeats) and tail > -25,
          "their verdicts are the same", f"{len(found)} of {len(rows)} records")


def test_simulated():
    """a simulated network into a topic, at a rate: each record once"""
    broker.create("simulated", 2)
    began = time.monotonic()
    counted = product.run("simulate", "--elements", 12, "--days", 3, "--missing", 0, "--late", 0,
                          "--to-topic", "simulated", "--brokers", broker.address, "--rate", 1500)
    seconds = time.monotonic() - began
    check(b"12 cells" in counted and 3456 / 1500 <= seconds < 30, "in its time", f"{seconds:.1f} s")
    found = subprocess.run(["kcat", "-C", "-e", "-q", "-b", broker.address, "-t", "simulated", "-o",
                            "beginning", "-f", "%k %T\n"], capture_output=True, text=True).stdout
    records = found.splitlines()
    check(len(records) == len(set(records)) == 3456, "keyed by cell, at the event's time",
          f"{len(records)} records, {records[:1]}")


def test_reload():
    """SIGHUP: a broken configuration changes nothing, a good one takes effect"""
    broker.create("reload", PARTITIONS)
    daemon = Daemon("reload", broker, "reload").start()
    header, rows = outcome.recording()
    days = [[row for row in rows if (float(row[0]) < SPLIT) == early] for early in (True, False)]
    files = [outcome.write_csv(WORK / f"day{i}.csv", header, day) for i, day in enumerate(days)]
    product.produced(product.to_topic(broker, "reload", files[0]))
    daemon.wait_metric("faultprint_records_total", len(days[0]))
    good = daemon.config.read_text()
    for broken, what in ((good + "alarm: {}\n", "an unknown key"), (good + "x: [", "no YAML"),
                         (good.replace("lateness: 10s", "lateness: 5s"), "a fixed value changed")):
        daemon.config.write_text(broken)
        refused, text = not daemon.reload(), daemon.log.read_text()
        check(refused and daemon.get("/-/ready")[0] == 200, f"{what}: refused, and goes on",
              text[text.rindex("reload failed"):].split("\n")[0])
        daemon.config.write_text(good)
        check(daemon.reload(), "a good configuration is taken again")
    daemon.sections["alarms"] = {"severity": {"default": "minor", "port_flap": "critical"}}
    daemon.write_config()
    check(daemon.reload(), "new severities are taken")
    time.sleep(0.5)  # the worker takes it between two batches
    product.produced(product.to_topic(broker, "reload", files[1]))
    daemon.wait_metric("faultprint_records_total", len(rows))
    daemon.stop()
    severities = {(event["fault_type"], event["severity"])
                  for event in map(json.loads, daemon.alarms()) if event["event"] == "raised"}
    check(severities == {("bgp_clear", "major"), ("port_flap", "critical")},
          "new alarms have the new severity, old ones keep theirs", sorted(severities))
    found, differing, _, _ = by_id(daemon.verdicts())
    check(found == reference.verdicts and not differing, "the verdicts are the same", len(found))


def test_swap_under_load():
    """models swapped while thousands of records a second flow: each verdict there, once, by one of them"""
    header, rows = outcome.recording()
    busy = [[row[0], f"{copy}-{row[1]}", *row[2:]] for row in rows for copy in range(COPIES)]
    file = outcome.write_csv(WORK / "busy.csv", header, busy)
    models = [product.model(), WORK / "renamed.safetensors"]
    product.run("rename", "--model", models[0], "--fault-type", "bgp_clear", "--to", "session_lost",
                "--out", models[1])
    own = WORK / "swapped.safetensors"  # that the daemon is to load
    shutil.copy(models[0], own)
    by_model = [by_id(product.from_file(file, model={"file": str(model)})[0])[0] for model in models]
    broker.create("swapped", PARTITIONS)
    daemon = Daemon("swapped", broker, "swapped", model={"file": str(own)}).start()
    replay = product.to_topic(broker, "swapped", file, speed=BUSY_SPEED)
    began, swaps, pace = time.monotonic(), 0, []
    wait(lambda: daemon.metric("faultprint_records_total") > 0, 20, "nothing flows")
    while replay.poll() is None:
        swaps += 1
        shutil.copy(models[swaps % 2], WORK / "new.safetensors")
        (WORK / "new.safetensors").rename(own)
        check(daemon.reload(), f"swap {swaps} is taken") if swaps == 1 else daemon.reload()
        pace.append((time.monotonic(), daemon.metric("faultprint_records_total")))
    product.produced(replay)
    daemon.wait_metric("faultprint_records_total", len(busy))
    seconds, read = pace[-1][0] - pace[0][0], pace[-1][1] - pace[0][1]
    check(read > 2000 * seconds, "thousands of records a second", f"{read / seconds:.0f}")
    taken = daemon.metric("faultprint_config_reloads_total")
    check(swaps >= 5 and daemon.log.read_text().count("msg=reloaded") == swaps == taken,
          "many swaps, all taken", f"{swaps} in {time.monotonic() - began:.1f} s")
    daemon.stop()
    found, differing, torn, repeats = by_id(daemon.verdicts())
    calm = Daemon("unswapped", broker, "swapped").start()
    calm.wait_metric("faultprint_records_total", len(busy))
    calm.stop()
    expected = by_id(calm.verdicts())[0]
    missing, extra, _ = differences(expected, found)
    check(not missing and not extra, "no verdict is lost, none is made up",
          f"{len(found)}; missing {missing[:3]}, extra {extra[:3]}")
    check(repeats == 0 and not differing and not torn, "each is told once", repeats)
    neither = [i for i in found if found[i] not in (by_model[0][i], by_model[1][i])]
    check(not neither, "each is as one of the models says", neither[:3])
    differ = {i for i in found if by_model[0][i] != by_model[1][i]}
    renamed = sum(found[i] == by_model[1][i] for i in differ)
    check(0 < renamed < len(differ), "and both have spoken", f"{renamed} of {len(differ)} by the second")


def test_model_missing():
    """no model: up, healthy, not ready, says why; SIGHUP once it is there"""
    daemon = Daemon("no-model", broker, "later", model={"file": str(WORK / "not-yet.safetensors")})
    daemon.start(ready=False)
    check(daemon.get("/-/healthy")[0] == 200, "healthy without a model")
    status, why = daemon.get("/-/ready")
    check(status == 503 and "not-yet.safetensors" in why, "not ready, and says why", why.strip())
    check(daemon.metric("faultprint_model_usable") == 0, "faultprint_model_usable 0")
    check(not daemon.reload(), "a reload without it fails")
    shutil.copy(product.model(), WORK / "not-yet.safetensors")
    check(daemon.reload() and daemon.metric("faultprint_model_usable") == 1,
          "the model is taken by SIGHUP")
    status, seconds = daemon.stop()
    check(status == 0 and seconds < 5, "ends on SIGTERM without a broker", f"{seconds:.1f} s")


def test_topic_missing():
    """a topic that comes after the daemon"""
    daemon = Daemon("early", broker, "not-there-yet").start(ready=False)
    wait(lambda: "not-there-yet" in daemon.get("/-/ready")[1], 20, "it does not say why")
    status, why = daemon.get("/-/ready")
    check(status == 503, "not ready, and names the topic", why.strip())
    broker.create("not-there-yet", 1)
    wait_ready(daemon, 15, "ready once the topic is there")
    daemon.stop()


def test_patterns():
    """topics by pattern, in another format and with another name of a KPI; one comes after the daemon"""
    header, rows = outcome.recording()
    spines = [row for row in rows if row[1].startswith("spine")]
    leafs = [row for row in rows if not row[1].startswith("spine")]
    of_pattern = {"topic": "^pm-.*", "format": "influx", "from": {"in_kbps": "if.in"},
                  "record": {"element": "{host}", "kpi": "{field}"}}
    broker.create("routers", PARTITIONS)
    daemon = Daemon("patterns", broker, "routers", kafka={"topics": ["routers", of_pattern]},
                    properties={"topic.metadata.refresh.interval.ms": 500}).start()
    product.produced(product.to_topic(broker, "routers",
                                      outcome.write_csv(WORK / "leafs.csv", header, leafs)))
    daemon.wait_metric("faultprint_records_total", len(leafs))
    broker.create("pm-spines", 2)
    names = ["if.in" if name == "in_kbps" else name for name in header]
    text = "".join(
        f"{row[1]}\trouter,host={row[1]} " +
        ",".join(f"{name}={float(value)}" for name, value in zip(names[2:], row[2:]) if value) +
        f" {row[0]}000000000\n" for row in spines)
    subprocess.run(["kcat", "-P", "-b", broker.address, "-t", "pm-spines", "-K", "\t"],
                   input=text.encode(), check=True)
    reference.wait_for_all(daemon)  # with the new topic partitions are given anew, and read back
    daemon.stop()
    found, differing, torn, repeats = by_id(daemon.verdicts())
    missing, extra, changed = differences(reference.verdicts, found)
    check(not (missing or extra or changed or differing or torn or repeats),
          "the verdicts are those of one topic, byte for byte",
          f"{len(found)}" + outcome.show(reference.verdicts, found, changed))


def test_outages():
    """broker down at the start; broker restarted in the middle"""
    broker.create("outage", PARTITIONS)
    broker.stop()
    daemon = Daemon("outage", broker, "outage", stream="  warm_up: 1h\n")
    daemon.start(ready=False)
    wait(lambda: str(broker.port) in daemon.get("/-/ready")[1], 20, "it does not say why")
    check(daemon.get("/-/healthy")[0] == 200, "healthy without a broker")
    status, why = daemon.get("/-/ready")
    check(status == 503, "not ready, and says why", why.strip())
    check(daemon.metric("faultprint_ready") == 0, "faultprint_ready 0")
    broker.start()
    wait_ready(daemon, 30, "ready when the broker has come")
    replay = product.to_topic(broker, "outage", speed=SPEED)
    wait(lambda: len(daemon.verdicts()) > 1000, 20, "no verdicts")
    broker.stop()
    say(f"    broker stopped, {len(daemon.verdicts())} verdicts out")
    wait(lambda: daemon.get("/-/ready")[0] == 503, 30, "ready without a broker")
    status, why = daemon.get("/-/ready")
    check(daemon.get("/-/healthy")[0] == 200 and status == 503, "healthy, and not ready",
          why.strip())
    broker.start()
    wait_ready(daemon, 60, "ready again")
    product.produced(replay)
    reference.wait_for_all(daemon)
    daemon.stop()
    reference.compare("outage", daemon)


def wait_ready(daemon, seconds, what):
    began = time.monotonic()
    try:
        wait(lambda: daemon.get("/-/ready")[0] == 200, seconds, what)
        check(True, what, f"after {time.monotonic() - began:.1f} s")
    except TimeoutError:
        check(False, what, f"not within {seconds} s: {daemon.get('/-/ready')[1].strip()}")


say(f"recording {HELDOUT.name}")
product.model()
broker.start()
calm = product.undisturbed(broker, "kpi", PARTITIONS)
reference = outcome.Reference(calm.verdicts(), calm.alarms())
run_tests(test_names, test_kcat, test_simulated, test_reload, test_swap_under_load,
          test_model_missing, test_topic_missing, test_patterns, test_outages)
