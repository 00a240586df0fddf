#!/usr/bin/env python3
"""What a Kafka broker and its operators may do to the daemons: kills, restarts, partitions added, a topic
made again, a log cut short, a bad line, rights taken away. Nothing is lost, no alarm is raised twice.

FAULTPRINT_SEED=N repeats the points in time of the kills; chaos.py does them for as long as you like."""
import json
import os
import random
import signal
import subprocess
import time

import admin
import chaos
import outcome
import product
from broker import Broker
from certificates import authority, certificate
from kit import WORK, check, need, run_tests, say, wait
from outcome import by_id, differences
from product import Daemon
from proxy import Proxy

need(java="default-jre-headless", mvn="maven", kcat="kcat", openssl="openssl")
SEED = int(os.environ.get("FAULTPRINT_SEED") or random.SystemRandom().randrange(1_000_000))
SPLIT = 1504000000  # between the recording's two days
SPEED = 400         # the recording in 7 s
QUICK = {**chaos.QUICK, "topic.metadata.refresh.interval.ms": 500}
SKIPPED = "faultprint_records_skipped_total"
header, ROWS = outcome.recording()
FIRST_DAY = [row for row in ROWS if float(row[0]) < SPLIT]
SECOND_DAY = [row for row in ROWS if float(row[0]) >= SPLIT]
HALF = set(sorted({row[1] for row in ROWS})[:5])  # of the elements

authority("ca")
certificate("broker", "ca", host="IP:127.0.0.1")
certificate("watcher", "ca")
(WORK / "store.pem").write_text((WORK / "broker.key").read_text() + (WORK / "broker.pem").read_text())
(WORK / "password").write_text("a secret\n")
proxy = Proxy()
MODULES = "org.apache.kafka.common.security"
broker = Broker(
    listeners={"SASL": "SASL_PLAINTEXT", "TLS": "SASL_SSL", "PROXY": "PLAINTEXT"},
    advertised={"PROXY": proxy.port}, users={"watcher": "a secret"},
    settings={
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS",
        "listener.name.sasl.sasl.enabled.mechanisms": "PLAIN",
        "listener.name.tls.sasl.enabled.mechanisms": "SCRAM-SHA-256",
        "listener.name.sasl.plain.sasl.jaas.config":
            f'{MODULES}.plain.PlainLoginModule required user_watcher="a secret";',
        "listener.name.tls.scram-sha-256.sasl.jaas.config":
            f"{MODULES}.scram.ScramLoginModule required;",
        "listener.name.tls.ssl.client.auth": "required",
        "listener.name.tls.ssl.keystore.type": "PEM",
        "listener.name.tls.ssl.keystore.location": WORK / "store.pem",
        "listener.name.tls.ssl.truststore.type": "PEM",
        "listener.name.tls.ssl.truststore.location": WORK / "ca.pem"})
proxy.target = broker.listeners["PROXY"].port


def produce(topic, partition, rows, now=False):
    """now: the records are stamped with the time of day, not with the event's: a little later than
    it is, as clocks differ."""
    broker.produce(topic, partition, [
        (row[1].encode(), outcome.json_record(header, row).encode(),
         int((time.time() + 10 if now else float(row[0])) * 1000)) for row in rows])


def state(name):
    return {"directory": str(WORK / name), "snapshot_every": "300ms"}


def of_file(rows, name):
    """Verdicts and alarm events of `replay`, which reads them from a file."""
    lines, events = product.from_file(outcome.write_csv(WORK / f"{name}.csv", header, rows))
    return outcome.Reference(lines, events)


def same_but_open(what, reference, *daemons):
    """The daemons' verdicts are the file's; only slots that a stream leaves open are absent."""
    end = max(outcome.epoch(i.rpartition("@")[2]) for i in reference.verdicts)
    closed = [i for i in reference.verdicts if outcome.epoch(i.rpartition("@")[2]) <= end - 25]
    def all_there():
        found = by_id(line for daemon in daemons for line in daemon.verdicts())[0]
        return all(i in found for i in closed)
    try:
        wait(all_there, 15, "", every=0.2)
    except TimeoutError:
        pass
    found, differing, _, repeats = by_id(line for daemon in daemons for line in daemon.verdicts())
    missing, extra, changed = differences(reference.verdicts, found)
    missing = [i for i in closed if i in set(missing)]
    check(not (missing or extra or changed or differing), f"{what}: nothing is lost or made up",
          f"{len(found)} verdicts, {repeats} repeated; {len(missing)} missing {missing[:2]}, "
          f"{len(extra)} extra {extra[:2]}, {len(changed)} changed")


def ends(daemon):
    status, seconds = daemon.stop()
    check(status == 0 and seconds < 5, f"{daemon.name} ends on SIGTERM", f"{seconds:.1f} s")


def lifes(daemon):
    """alarm id -> what was told of it, in order."""
    told = {}
    for event in map(json.loads, daemon.alarms()):
        told.setdefault(event["id"], []).append(event["event"])
    return told


def test_kills():
    """three daemons with two groups of elements killed at random, the broker restarted"""
    chaos.Run(broker, 20, random.Random(SEED), groups=chaos.GROUPS).go()


def test_partitions_added():
    """start: latest takes no record for old that came while nobody read: partitions idle, or new"""
    rows = {part: [row for row in SECOND_DAY if (row[1] in HALF) == part] for part in (True, False)}
    at = {part: len(rows[part]) // 2 for part in rows}
    broker.create("grows", 2)
    produce("grows", 0, FIRST_DAY[:100])
    daemon = Daemon("grows", broker, "grows", properties=QUICK, kafka={"start": "latest"},
                    state=state("grows")).start()
    ends(daemon)  # nothing came
    produce("grows", 1, rows[True][:at[True]])
    daemon.start()
    broker.admin(admin.add_partitions, "grows", 3)
    produce("grows", 2, rows[False][:at[False]])
    produce("grows", 1, rows[True][at[True]:])
    produce("grows", 2, rows[False][at[False]:])
    same_but_open("idle and new partitions", of_file(SECOND_DAY, "second"), daemon)
    ends(daemon)


def test_made_again():
    """a topic deleted and made again, under the daemon and while it is away"""
    broker.create("again", 1)
    daemon = Daemon("again", broker, "again", properties=QUICK, state=state("again")).start()
    produce("again", 0, FIRST_DAY)
    daemon.wait_metric("faultprint_records_total", len(FIRST_DAY))
    time.sleep(0.5)  # committed
    broker.admin(admin.delete_topic, "again")
    broker.create("again", 1)
    produce("again", 0, SECOND_DAY)
    reference = of_file(ROWS, "both")
    same_but_open("under the daemon", reference, daemon)
    time.sleep(1.2)  # committed
    daemon.kill()
    before = len(daemon.verdicts())
    daemon.start()
    same_but_open("and after a kill", reference, daemon)
    check(len(daemon.verdicts()) == before, "what was committed does not come again",
          len(daemon.verdicts()) - before)
    ends(daemon)
    broker.admin(admin.delete_topic, "again")
    broker.create("again", 1)
    later = chaos.shifted(ROWS, 1)
    produce("again", 0, later, now=True)  # more than it held before: the snapshot's offset is one of these
    daemon.start()
    same_but_open("while it is away", of_file(ROWS + later, "three"), daemon)
    check(daemon.metric(SKIPPED) == 0, "no record is skipped")
    ends(daemon)
    told = lifes(daemon)
    check(all(kinds.count("raised") == 1 and kinds.count("cleared") <= 1 for kinds in told.values()),
          "each alarm is raised once", len(told))


def test_cut_short():
    """a log cut short below the committed offset: counted, and alarms that are up go on"""
    broker.create("short", 1)
    fault = 1501867600
    at = [next(i for i, row in enumerate(ROWS) if float(row[0]) >= t) for t in (fault, fault + 60)]
    daemon = Daemon("short", broker, "short", properties=QUICK, state=state("short")).start()
    produce("short", 0, ROWS[:at[0]])
    daemon.wait_metric("faultprint_records_total", at[0])
    ends(daemon)
    up = [i for i, kinds in lifes(daemon).items() if "cleared" not in kinds]
    produce("short", 0, ROWS[at[0]:at[1]])
    broker.admin(admin.delete_records, "short", 0, at[1])
    daemon.start()
    wait(lambda: daemon.metric("faultprint_alarms_active") == len(up) > 0, 10,
         f"what was up is not: {up}")
    produce("short", 0, ROWS[at[1]:])
    daemon.wait_metric("faultprint_records_total", len(ROWS) - at[1])
    check(daemon.metric(SKIPPED) == at[1] - at[0], "what is gone is counted", daemon.metric(SKIPPED))
    wait(lambda: "cleared" in lifes(daemon)[up[0]], 5, "the alarm is never cleared")
    told = lifes(daemon)
    check(all(kinds.count("raised") == 1 and kinds.count("cleared") <= 1 for kinds in told.values()),
          "each alarm is raised once, cleared once", len(told))
    ends(daemon)


def test_line():
    """the connection cut, slowed, and a broker that stands still"""
    broker.create("line", 3)
    daemon = Daemon("line", broker.listeners["PROXY"], "line", properties=QUICK,
                    state=state("line")).start()
    replay = product.to_topic(broker, "line", speed=SPEED)
    time.sleep(1)
    proxy.cut()
    wait(lambda: daemon.get("/-/ready")[0] == 503, 10, "ready without a line")
    check(daemon.get("/-/healthy")[0] == 200, "cut: healthy, not ready", daemon.get("/-/ready")[1].strip())
    proxy.mend()
    proxy.bytes_per_s = 100_000
    time.sleep(2)
    before = proxy.passed
    time.sleep(1)
    say(f"    {(proxy.passed - before) / 1000:.0f} kB/s while slow")
    proxy.bytes_per_s = None
    broker.process.send_signal(signal.SIGSTOP)
    time.sleep(3)  # longer than the session
    broker.process.send_signal(signal.SIGCONT)
    product.produced(replay)
    same_but_open("cut, slowed, stopped", of_file(ROWS, "both"), daemon)
    wait(lambda: daemon.get("/-/ready")[0] == 200, 10, "not ready again")
    ends(daemon)


def test_rights():
    """rights withdrawn and given back: it says so, and goes on where it was"""
    read = ("topic", "rights", "read")
    rights = {"records": read, "group": ("group", "rights", "read"),
              "events": ("topic", "told", "write"), "records of a topic it sees": read}
    for topic in ("rights", "told"):
        broker.create(topic, 1)
    broker.admin(admin.allow, "watcher", *set(rights.values()))
    login = {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "PLAIN",
             "sasl.username": "watcher", "sasl.password": "${file:%s}" % (WORK / "password")}
    daemon = Daemon("rights", broker.listeners["SASL"], "rights", properties={**QUICK, **login},
                    state=state("rights"))
    daemon.sections["output"]["alarms_topic"] = "told"
    daemon.start()
    size = -(-len(ROWS) // len(rights))
    for number, (what, right) in enumerate(rights.items()):
        if number == 3:
            broker.admin(admin.allow, "watcher", ("topic", "rights", "describe"))
        broker.admin(admin.withdraw, "watcher", right)
        produce("rights", 0, ROWS[number * size:(number + 1) * size])
        wait_ready(daemon, 503, f"{what}: not ready without the right")
        check(daemon.get("/-/healthy")[0] == 200, f"{what}: healthy")
        broker.admin(admin.allow, "watcher", right)
        wait_ready(daemon, 200, f"{what}: ready with it")
    reference = of_file(ROWS, "both")
    same_but_open("rights", reference, daemon)
    ends(daemon)
    found = consume("told")
    check(set(found) == set(daemon.alarms()) and len(found) == len(set(found)) > 0,
          "the topic has every event, once", f"{len(found)}, {len(daemon.alarms())} in the file")
    check("a secret" not in daemon.log.read_text(), "the log keeps the secret")


def steadily(daemon, seconds, status, what):
    """The same answer all the time, of /-/ready and in the metric."""
    answers, until = set(), time.monotonic() + seconds
    while time.monotonic() < until:
        answers.add(daemon.get("/-/ready"))
        time.sleep(0.05)
    check(len(answers) == 1 and {code for code, _ in answers} == {status}, what, sorted(answers))
    check(daemon.metric("faultprint_ready") == (status == 200), f"{what}: the metric")
    return answers.pop()[1]


def test_control_rights():
    """a control topic that may be seen and not read: said for as long as it lasts"""
    read, see = ("topic", "orders", "read"), ("topic", "orders", "describe")
    for topic in ("judged", "orders"):
        broker.create(topic, 1)
    broker.admin(admin.allow, "watcher", see, ("topic", "judged", "read"), ("group", "judged", "read"))
    login = {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "PLAIN",
             "sasl.username": "watcher", "sasl.password": "${file:%s}" % (WORK / "password")}
    daemon = Daemon("judged", broker.listeners["SASL"], "judged", properties={**QUICK, **login},
                    kafka={"control_topic": "orders"}).start(ready=False)
    said = "control topic orders: "
    wait(lambda: "uthoriz" in daemon.get("/-/ready")[1], 20, "it does not say why it is not ready")
    why = steadily(daemon, 4, 503, "from the start")
    check(said in why and "uthoriz" in why, "it says why", why)
    for turn in (1, 2):
        broker.admin(admin.allow, "watcher", read)
        wait_ready(daemon, 200, f"{turn}: ready with it, though no record comes")
        steadily(daemon, 3, 200, f"{turn}: and stays")
        broker.admin(admin.withdraw, "watcher", read)
        broker.admin(admin.allow, "watcher", see)
        wait_ready(daemon, 503, f"{turn}: not ready without the right to read")
        why = steadily(daemon, 12, 503, f"{turn}: all the time")  # metadata is asked for meanwhile
        check(said in why and "uthoriz" in why, f"{turn}: says why", why)
    lines = daemon.log.read_text().count('msg="control topic"')
    check(lines <= 5, "a log line for each time", lines)
    broker.admin(admin.allow, "watcher", read)
    wait_ready(daemon, 200, "ready")
    broker.produce("orders", 0, [(b"", b'{"type": "relearn", "element": "x", "time": 1}', 1000)])
    wait(lambda: daemon.metric("faultprint_control_records_total") == 1, 10, "the record is not read")
    check(daemon.metric("faultprint_control_records_total") == 1, "its records are read, once")
    ends(daemon)


def test_state_topic():
    """snapshots in a topic: waited for without the right to it, made compacted, handed on whole"""
    rows = (ROWS[:len(ROWS) // 2], ROWS[len(ROWS) // 2:])
    broker.create("kept", 1)
    broker.admin(admin.allow, "watcher", ("topic", "kept", "read"), ("group", "kept", "read"))
    login = {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "PLAIN",
             "sasl.username": "watcher", "sasl.password": "${file:%s}" % (WORK / "password")}
    def daemon(name):
        return Daemon(name, broker.listeners["SASL"], "kept", "kept", properties={**QUICK, **login},
                      state={"topic": "kept-state", "snapshot_every": "300ms"})
    first, second = daemon("kept"), daemon("kept-on")
    first.start(ready=False)
    wait(lambda: "kept-state" in first.get("/-/ready")[1], 15, "it does not say what it waits for")
    check(first.get("/-/healthy")[0] == 200, "healthy without the right", first.get("/-/ready")[1])
    write = ("topic", "kept-state", "write")
    broker.admin(admin.allow, "watcher", write,
                 *(("topic", "kept-state", operation) for operation in ("create", "read")))
    wait_ready(first, 200, "ready with it")
    produce("kept", 0, rows[0])
    first.wait_metric("faultprint_records_total", len(rows[0]))
    wait(lambda: first.metric("faultprint_snapshots_total") > 0, 10, "no snapshot")
    broker.admin(admin.withdraw, "watcher", write)
    produce("kept", 0, rows[1][:50])
    wait(lambda: first.metric("faultprint_snapshot_failures_total") > 0, 40, "no failure is counted")
    check(first.get("/-/ready")[0] == 200, "ready though snapshots fail")
    broker.admin(admin.allow, "watcher", write)
    before = first.metric("faultprint_snapshots_total")
    wait(lambda: first.metric("faultprint_snapshots_total") > before, 20, "no snapshot again")
    ends(first)
    policy = subprocess.run(broker._java("kafka.admin.ConfigCommand", "--bootstrap-server",
                                         broker.address, "--describe", "--topic", "kept-state"),
                            capture_output=True).stdout.decode()
    check("cleanup.policy=compact" in policy, "the state topic is compacted", policy.strip())
    second.start()
    produce("kept", 0, rows[1][50:])
    same_but_open("state topic", of_file(ROWS, "all"), first, second)
    repeats = by_id(line for each in (first, second) for line in each.verdicts())[3]
    check(repeats == 0, "no verdict comes twice", repeats)
    lines = [line for each in (first, second) for line in each.alarms()]
    check(len(set(lines)) == len(lines) > 0, "no alarm event comes twice", len(lines))
    ends(second)


def test_secure():
    """SCRAM over TLS with a client's certificate, and no rights but those that docs/operations.md names"""
    for topic in ("secure", "verdicts", "control"):
        broker.create(topic, 1)
    broker.admin(admin.allow, "watcher", ("topic", "secure", "read"), ("group", "secure", "read"),
                 ("topic", "verdicts", "write"), ("topic", "control", "read"))
    broker.produce("control", 0, [(b"", b'{"type": "relearn", "element": "nobody", "time": 1501867200}',
                                   1501867200000)])
    login = {"security.protocol": "SASL_SSL", "sasl.mechanism": "SCRAM-SHA-256",
             "sasl.username": "watcher", "sasl.password": "${file:%s}" % (WORK / "password"),
             "ssl.ca.location": str(WORK / "ca.pem")}
    stranger = Daemon("stranger", broker.listeners["TLS"], "secure", properties={**QUICK, **login})
    stranger.start(ready=False)
    login.update({"ssl.certificate.location": str(WORK / "watcher.pem"),
                  "ssl.key.location": str(WORK / "watcher.key")})
    daemon = Daemon("secure", broker.listeners["TLS"], "secure", properties={**QUICK, **login},
                    kafka={"control_topic": "control"})
    daemon.sections["output"]["verdicts_topic"] = "verdicts"
    daemon.start()
    produce("secure", 0, SECOND_DAY)
    same_but_open("secure", of_file(SECOND_DAY, "second"), daemon)
    check(daemon.metric("faultprint_control_records_total") == 1, "the control topic is read")
    ends(daemon)
    found = set(consume("verdicts"))
    check(found == set(daemon.verdicts()), "the topic has every verdict", len(found))
    try:
        wait(lambda: "SSL" in stranger.get("/-/ready")[1], 15, "")
    except TimeoutError:
        pass
    status, why = stranger.get("/-/ready")
    check(status == 503 and "SSL" in why, "without a certificate: not ready, and says why", why.strip())
    check("a secret" not in daemon.log.read_text() + stranger.log.read_text(), "the logs keep the secret")
    ends(stranger)


def consume(topic):
    return subprocess.run(["kcat", "-C", "-e", "-q", "-b", broker.address, "-t", topic, "-o",
                           "beginning"], capture_output=True).stdout.splitlines()


def wait_ready(daemon, status, what, seconds=15):
    began = time.monotonic()
    try:
        wait(lambda: daemon.get("/-/ready")[0] == status, seconds, what)
        check(True, what, f"after {time.monotonic() - began:.1f} s: {daemon.get('/-/ready')[1].strip()}")
    except (TimeoutError, OSError) as error:
        check(False, what, error)


say(f"seed {SEED}: FAULTPRINT_SEED={SEED} repeats it")
product.model()
broker.start()
run_tests(test_kills, test_partitions_added, test_made_again, test_cut_short, test_line, test_rights,
          test_control_rights,
          test_state_topic, test_secure)
