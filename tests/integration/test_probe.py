#!/usr/bin/env python3
"""`faultprint probe` on a real broker: the configuration it prints runs, and names the recorded
incidents; other formats of the same recording; and topics that nothing can be made of."""
import gzip
import json
import struct
import subprocess

import outcome
import product
from broker import Broker
from cli import faultprint
from kit import DEMO, WORK, check, need, run_tests, wait

need(java="default-jre-headless", mvn="maven", kcat="kcat")
PARTITIONS = 3
LIST_GROUPS = 16
KPIS = 23
broker = Broker()


def probe(*words):
    done = faultprint("probe", *words)
    return done.returncode, done.stdout, done.stderr


def probed(name, *words):
    """What `probe` makes of a topic, in a folder of its own; what it says."""
    status, text, said = probe("--brokers", broker.address, "--topic", name, *words)
    check(status == 0, f"{name}: a configuration comes of it", said[-600:] if status else "")
    folder = WORK / name
    folder.mkdir(exist_ok=True)
    (folder / "faultprint.yaml").write_text(text)
    product.run("check-config", "--config", folder / "faultprint.yaml")
    return text, said


def kpis(text):
    return [line for line in text.splitlines() if line.startswith("    - {name: ")]


# The recording's rows as records of other formats

def values(header, row):
    return {name: float(value) for name, value in zip(header[2:], row[2:]) if value}


def influx(header, row):
    fields = ",".join(f"{name}={value}" for name, value in values(header, row).items())
    return f"router,host={row[1]} {fields} {row[0]}000000000"


def telegraf(header, row):
    return json.dumps({"name": "router", "tags": {"host": row[1]}, "fields": values(header, row),
                       "timestamp": int(row[0])})


def json_value(header, row):
    return [json.dumps({"ne": row[1], "ts": int(row[0]) * 1000, "metric": name, "v": value})
            for name, value in values(header, row).items()]


def csv(header, row):
    return ";".join(["ts", "router", *header[2:]]) + "\n" + ";".join(row) + "\n"


def gnmic(header, row):
    return json.dumps([{"name": "router", "timestamp": int(row[0]) * 10**9, "tags": {"source": row[1]},
                        "values": {f"/router/{name}": v for name, v in values(header, row).items()}}])


def ves_head(domain, row, unit):
    return {"domain": domain, "eventId": f"{row[1]}-{row[0]}", "eventName": f"{domain}_router",
            "priority": "Normal", "reportingEntityName": "ems", "sequence": 0, "sourceName": row[1],
            "startEpochMicrosec": (int(row[0]) - 5) * unit, "lastEpochMicrosec": int(row[0]) * unit,
            "version": "4.1", "vesEventListenerVersion": "7.2.1"}


def ves(header, row):
    texts = {name: str(v) for name, v in values(header, row).items()}
    return json.dumps({"event": {
        "commonEventHeader": ves_head("measurement", row, 10**6),
        "measurementFields": {"measurementFieldsVersion": "4.0", "measurementInterval": 5,
                              "additionalMeasurements": [{"name": "router", "hashMap": texts}]}}})


def perf3gpp(header, row):
    """Its epochs are milliseconds, whatever they are called, as many producers have it."""
    known = values(header, row)
    results = [{"p": i + 1, "sValue": str(known[name])} for i, name in enumerate(header[2:])
               if name in known]
    info = {"measInfoId": {"sMeasInfoId": "router"}, "measTypes": {"sMeasTypesList": header[2:]},
            "measValuesList": [{"measObjInstId": "Router=1", "suspectFlag": "false",
                                "measResults": results}]}
    return json.dumps({"event": {
        "commonEventHeader": ves_head("perf3gpp", row, 10**3),
        "perf3gppFields": {"perf3gppFieldsVersion": "1.0", "measDataCollection": {
            "granularityPeriod": 5, "measuredEntityUserName": "", "measuredEntityDn": "",
            "measInfoList": [info]}}}})


def send(topic, form, rows, header, *options):
    """Through kcat, keyed by element."""
    broker.create(topic, PARTITIONS)
    records = []
    for row in rows:
        made = form(header, row)
        records += [(row[1], record) for record in ([made] if isinstance(made, str) else made)]
    text = "".join(f"{key}\t{record}\x1e" for key, record in records)
    subprocess.run(["kcat", "-P", "-b", broker.address, "-t", topic, "-K", "\t", "-D", "\\x1e",
                    *options], input=text.encode(), check=True)
    return len(records)


def groups():
    connection = broker.connect()
    answer = connection.request(LIST_GROUPS, 0, b"")
    connection.close()
    count, at, found = struct.unpack_from(">i", answer, 2)[0], 6, []
    for _ in range(count):
        size = struct.unpack_from(">h", answer, at)[0]
        found.append(answer[at + 2:at + 2 + size].decode())
        at += 2 + size
        at += 2 + struct.unpack_from(">h", answer, at)[0]
    return found


def history(form):
    """The recording's first half in this form, a record a line."""
    with gzip.open(DEMO / "train.csv.gz", "rt") as file:
        header, *rows = [line.rstrip("\n").split(",") for line in file]
    path = WORK / f"train.{form.__name__}"
    with path.open("w") as file:
        for row in sorted(rows, key=lambda row: float(row[0])):
            made = form(header, row)
            file.writelines(record + "\n" for record in ([made] if isinstance(made, str) else made))
    return path


def names(name, data, records, *words, of=""):
    """Trained with that configuration, `run` names the incidents. of: what elements are called
    behind the routers' names."""
    header, *rows = (DEMO / "train_incidents.csv").read_text().split()
    incidents = WORK / name / "incidents.csv"
    incidents.write_text(header + "\n" + "".join(row.replace(",", f"{of},", 1) + "\n" for row in rows))
    product.run("train", "--config", WORK / name / "faultprint.yaml", "--data", data,
                "--incidents", incidents, "--seed", 1, "--out",
                WORK / name / "model.safetensors", *words)
    daemon = product.Daemon(name, config=WORK / name / "run.yaml")
    daemon.config.write_text((WORK / name / "faultprint.yaml").read_text() +
                             f"output: {json.dumps(daemon.sections['output'])}\n" +
                             'http: {listen: "127.0.0.1:0"}\n')
    daemon.start()
    daemon.wait_metric("faultprint_records_total", records)
    wait(lambda: daemon.metric("faultprint_consumer_lag_records") == 0, 10, "lag")
    daemon.stop()
    found = outcome.named([line.replace(of.encode(), b"") for line in daemon.alarms()])
    raised = sum(json.loads(line)["event"] == "raised" for line in daemon.alarms())
    check(len(found) >= 8, f"{name}: incidents named by what `probe` printed",
          f"{len(found)} of {len(outcome.incidents())}, {raised} alarms")


def test_json():
    """the recording as JSON: its configuration is found, and names the incidents"""
    broker.create("json", PARTITIONS)
    product.produced(product.to_topic(broker, "json"))
    text, said = probed("json")
    check("format: json " in text and 'element: "/element", time: "/time", kpis: "/kpis"' in text,
          "format and pointers", text)
    check("  period: 5s" in text and "  lateness: 10s" in text, "period and lateness")
    check(len(kpis(text)) == KPIS and "11 of them" in said, "elements and KPIs", said)
    check('"in_kbps", kind: gauge, scale: log' in text and
          '"bgp_updates_delta", kind: delta, scale: log' in text and
          '"bgp_nexthops", kind: gauge}' in text, "kinds and scales as in the demonstration's")
    check(groups() == [], "no group is joined, nothing is committed", groups())
    names("json", DEMO / "train.csv.gz", len(outcome.recording()[1]))


def test_influx():
    """the recording as line protocol, with its history in the same form"""
    header, rows = outcome.recording()
    count = send("influx", influx, rows, header)
    text, _ = probed("influx", "--from", "earliest", "--records", 7000)
    check("format: influx" in text and 'element: "{host}"' in text and len(kpis(text)) == KPIS,
          "format, element and KPIs", text[:400])
    names("influx", history(influx), count)


def test_other_formats():
    """all others: told apart, all records read, and the incidents named by a model trained briefly"""
    header, rows = outcome.recording()
    for form, more, of in (
            (telegraf, 'element: "{host}"', ""), (csv, 'separator: ";"', ""),
            (json_value, 'element: "/ne", time: "/ts", kpi: "/metric", value: "/v", '
                         'time_unit: ms', ""),
            (gnmic, 'element: "{source}"', ""), (ves, 'element: "{sourceName}"', ""),
            (perf3gpp, 'element: "{sourceName}/{measObjInstId}"', "/Router=1")):
        name = form.__name__
        count = send(name, form, rows, header)
        text, said = probed(name, "--from", "earliest", "--records", 20000)
        check(f"format: {name} " in text and more in text, "format and fields", text[:600])
        check(len(kpis(text)) == KPIS, "KPIs", len(kpis(text)))
        check(" samples are read by it, rejected: none" in said, "all are read",
              said[said.rindex("tried out"):].strip())
        data = DEMO / "train.csv.gz" if form == csv else history(form)
        names(name, data, count, "--epochs", 4, of=of)


def test_packed():
    """Kafka's own compressions, and payloads that are gzipped one by one"""
    header, rows = outcome.recording(until=1504000000)
    form = outcome.json_record
    broker.create("packed", 1)
    for i, codec in enumerate(("gzip", "snappy", "lz4", "zstd")):
        text = "".join(f"{row[1]}\t{form(header, row)}\n" for row in rows[i * 200:(i + 1) * 200])
        subprocess.run(["kcat", "-P", "-b", broker.address, "-t", "packed", "-K", "\t", "-z", codec],
                       input=text.encode(), check=True)
    broker.produce("packed", 0, [
        (row[1].encode(), gzip.compress(form(header, row).encode()), int(row[0]) * 1000)
        for row in rows[800:1000]])
    _, said = probed("packed")
    check("200 of them are gzipped" in said and "1000 samples are read by it" in said, "all read",
          said[said.rindex("tried out"):].strip())


def test_header():
    """elements named by a header alone"""
    broker.create("header", 1)
    for i, element in enumerate(("cell 1", "cell 2", "cell 3")):
        text = "".join(json.dumps({"time": 1700000000 + 60 * slot, "load": (slot * 7 + i) % 5}) + "\n"
                       for slot in range(50))
        subprocess.run(["kcat", "-P", "-b", broker.address, "-t", "header", "-H",
                        f"cell={element}", "-H", "source=pm"], input=text.encode(), check=True)
    text, said = probed("header")
    check('element: "{header.cell}"' in text and "3 of them" in said, "the header is found", text)
    check("150 samples are read by it, rejected: none" in said, "all read")
    check("not in the order of time" in text, "written element by element: doubted")


def test_nothing_to_make():
    """a reason and exit status 1 where nothing can be made of a topic"""
    time = 1700000000000
    for topic, records, reason in (
            ("empty", [], "topic empty holds no record"),
            ("binary", [(b"a", bytes([0, 0, 0, 0, 7, 255, i]), time + i) for i in range(9)],
             "9 of 9 records are not text"),
            ("words", [(b"a", b'{"element": "a", "time": 1700000000, "note": "x"}', time)] * 9,
             "no numeric field"),
            ("once", [(b"a", b'{"element": "a", "time": 1700000000, "x": 1}', time)],
             "no element reports twice")):
        broker.create(topic, 1)
        if records:
            broker.produce(topic, 0, records)
        status, text, said = probe("--brokers", broker.address, "--topic", topic)
        check(status == 1 and not text and reason in said, reason, said.strip()[-200:])
    status, _, said = probe("--brokers", broker.address, "--topic", "not-there")
    check(status == 1 and "topic not-there: " in said, "no such topic", said.strip())
    status, _, said = probe("--brokers", "127.0.0.1:1", "--topic", "x", "--timeout", 2)
    check(status == 1 and "no broker answers at 127.0.0.1:1" in said, "no broker", said.strip())
    status, _, said = probe()
    check(status == 1 and "--topic NAME or --data FILE" in said, "neither topic nor file")


def test_secrets():
    """no secret is written or said: references stay, a plain password becomes one"""
    header, rows = outcome.recording(until=1504000000)
    send("secret", outcome.json_record, rows[:300], header)
    password = WORK / "password"
    password.write_text("hunter2\n")
    for given, written in (("sasl.password=hunter2", "${KAFKA_SASL_PASSWORD}"),
                           (f"sasl.password=${{file:{password}}}", f"${{file:{password}}}")):
        text, said = probed("secret", "--kafka-property", given)
        check(f'"sasl.password": "{written}"' in text, "by reference", text[:400])
        check("hunter2" not in text + said, "not in plain")
        plain = "set KAFKA_SASL_PASSWORD in the environment"
        check((plain in text and plain in said) == ("file" not in given), "what to set is told")
    for wrong in ("sasl.password:hunter2", "=hunter2", "sasl.pasword=hunter2"):
        status, text, said = probe("--brokers", broker.address, "--topic", "secret",
                                   "--kafka-property", wrong)
        check(status == 1 and not text and "hunter2" not in said, "a wrong form is not repeated",
              said.strip())


def test_too_large():
    """records that unpack to more than is looked at are left out, and that is told"""
    broker.create("large", 1)
    bomb = gzip.compress(b" " * (90 << 20))
    records = [(b"a", json.dumps({"element": "a", "time": 1700000000 + 60 * i, "x": i % 7}).encode(),
                1700000000000 + 60000 * i) for i in range(40)]
    broker.produce("large", 0, records[:20] + [(b"a", bomb, 1700000000000)] * 3 + records[20:])
    _, said = probed("large")
    check("3 left out: too large, at most 64 MB are looked at" in said, "told", said[:400])
    check("40 samples are read by it, rejected: none" in said, "the others are read")


broker.start()
run_tests(test_json, test_influx, test_other_formats, test_packed, test_header,
          test_nothing_to_make, test_secrets, test_too_large)
