#!/usr/bin/env python3
"""/api/v1 of a running daemon: every answer is as monitoring/openapi.yaml says, hostile requests
are answered and do no harm, and an alarm's evidence outlives a kill."""
import datetime
import json
import os
import socket
import threading
import time
import urllib.parse

import product
from kit import SOURCE, WORK, check, need, run_tests, wait
from mock import QUICK, MockBroker
from outcome import recording, write_csv
from product import Daemon

need(yaml=True)
import yaml  # noqa: E402

API = yaml.safe_load((SOURCE / "monitoring/openapi.yaml").read_text())
UNTIL = 1501867560  # a minute after the alarm on leaf6 is raised, before it clears
STRANGE = "pod/1 ü?\"%41"


def resolved(schema):
    while "$ref" in schema:
        part = API
        for key in schema["$ref"].removeprefix("#/").split("/"):
            part = part[key]
        schema = part
    return schema


TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int,
         "number": (int, float)}


def problems(schema, value, where="$"):
    """What of the schema's the value breaks; the keywords that the file uses."""
    schema = resolved(schema)
    unknown = schema.keys() - {"type", "enum", "required", "additionalProperties", "properties",
                               "items", "minItems", "minimum", "maximum", "nullable", "allOf",
                               "format", "description"}
    if unknown:
        return [f"{where}: the checker does not know {unknown}"]
    if value is None:
        return [] if schema.get("nullable") else [f"{where} is null"]
    found = [problem for part in schema.get("allOf", ()) for problem in problems(part, value, where)]
    kind = schema.get("type")
    if kind and (not isinstance(value, TYPES[kind]) or
                 isinstance(value, bool) and kind in ("integer", "number")):
        return found + [f"{where}: {value!r} is no {kind}"]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{where}: {value!r} is none of {schema['enum']}")
    if schema.get("format") == "date-time":
        try:
            datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
        except ValueError:
            found.append(f"{where}: {value!r} is no time")
    if value < schema["minimum"] if "minimum" in schema else False:
        found.append(f"{where}: {value} is too small")
    if value > schema["maximum"] if "maximum" in schema else False:
        found.append(f"{where}: {value} is too large")
    if kind == "array":
        if len(value) < schema.get("minItems", 0):
            found.append(f"{where} is too short")
        for i, item in enumerate(value):
            found += problems(schema["items"], item, f"{where}[{i}]")
    if kind == "object":
        found += [f"{where} lacks {key}" for key in schema.get("required", ()) if key not in value]
        known = schema.get("properties", {})
        for key, item in value.items():
            if key in known:
                found += problems(known[key], item, f"{where}.{key}")
            elif isinstance(schema.get("additionalProperties"), dict):
                found += problems(schema["additionalProperties"], item, f"{where}.{key}")
            elif schema.get("additionalProperties") is False:
                found.append(f"{where}.{key} is not described")
    return found


def ask(daemon, path, template=None):
    """Status and JSON of an answer that is as described."""
    status, text = daemon.get(path)
    answers = API["paths"][template or path.split("?")[0]]["get"]["responses"]
    if not check(str(status) in answers, f"{path[:60]}: status {status} is described"):
        return status, None
    value = json.loads(text)
    schema = resolved(answers[str(status)])["content"]["application/json"]["schema"]
    wrong = problems(schema, value)
    check(not wrong, f"{path[:60]}: {status} as described", wrong[:3] or "")
    return status, value


def element(daemon, name, safe=""):
    return ask(daemon, "/api/v1/elements/" + urllib.parse.quote(name, safe=safe),
               "/api/v1/elements/{name}")


def raw(daemon, request):
    with socket.create_connection(("127.0.0.1", daemon.port), timeout=10) as connection:
        connection.sendall(request)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), head.decode(), body


def start_daemon():
    header, rows = recording(until=UNTIL)
    place = header.index("element")
    quoted = '"' + STRANGE.replace('"', '""') + '"'
    copies = [row[:place] + [quoted] + row[place + 1:] for row in rows if row[place] == "leaf1"]
    rows = sorted(rows + copies, key=lambda row: float(row[header.index("time")]))
    broker = MockBroker()
    daemon = Daemon("watched", broker, "kpi", properties=QUICK,
                    state={"directory": str(WORK / "state"), "snapshot_every": "200ms"}).start()
    product.produced(product.to_topic(broker, "kpi", write_csv(WORK / "part.csv", header, rows)))
    daemon.wait_metric("faultprint_records_total", len(rows))
    return daemon


def test_described():
    """every answer is as the description says"""
    daemon = start_daemon()
    status, alarms = ask(daemon, "/api/v1/alarms")
    check(status == 200 and alarms["total"] == 1 and len(alarms["alarms"]) == 1, "one alarm is up",
          alarms["total"])
    alarm = alarms["alarms"][0]
    check((alarm["element"], alarm["fault_type"]) == ("leaf6", "bgp_clear"), "it is named",
          alarm["id"])
    evidence = alarm["evidence"]
    check(all("value" in kpi and "normal" in kpi for kpi in evidence["kpis"]),
          "its KPIs have a value and a normal", evidence["kpis"])
    check(evidence["nearest"] and evidence["nearest"][0]["fault_type"] == "bgp_clear",
          "it names the nearest known incident", evidence["nearest"][:1])
    raised = json.loads(daemon.alarms()[-1])
    check(raised["evidence"] == evidence and raised["id"] == alarm["id"],
          "event and API say the same")
    check("nearest known: bgp_clear on" in daemon.log.read_text(), "and so does the log")
    check(ask(daemon, "/api/v1/alarms?limit=1&element=leaf6")[1]["total"] == 1, "by element")
    check(ask(daemon, "/api/v1/alarms?element=leaf")[1] == {"total": 0, "alarms": []}, "none")
    check(ask(daemon, "/api/v1/alarms?limit=0")[0] == 400, "a limit that cannot be")

    status, leaf = element(daemon, "leaf6")
    part = leaf["partitions"][0]
    check(part["alarm"] == alarm, "the element's own alarm is that one")
    check(not part["learning"] and part["slots"] == part["window"] and part["abnormal"] > 0,
          "it is judged", part["judged_to"])
    check(all(kpi["scale"] for kpi in part["kpis"]), "each KPI has a scale")
    for safe in ("", "/"):
        status, strange = element(daemon, STRANGE, safe)
        check(status == 200 and strange["element"] == STRANGE, f"{STRANGE} (plain: {safe!r})")
    status, clusters = ask(daemon, "/api/v1/clusters")
    known = {entry["label"]: entry["known_incidents"] for entry in clusters["clusters"]}
    check(not known["normal"] and known["bgp_clear"] and known["port_flap"],
          "the clusters know their incidents", {k: len(v) for k, v in known.items()})
    status, state = ask(daemon, "/api/v1/status")
    check(state["ready"] and state["reason"] is None and state["alarms_active"] == 1, "status")
    # Told once a second.
    wait(lambda: [p["elements"] for p in ask(daemon, "/api/v1/status")[1]["partitions"]] == [12], 10,
         "its partition is not shown")

    daemon.kill()
    daemon.start()
    again = wait(lambda: ask(daemon, "/api/v1/alarms")[1]["alarms"], 20, "the alarm is gone")
    check(again == [alarm], "after a kill the same alarm is up, with the same evidence")
    test_described.daemon = daemon


def test_hostile():
    """hostile requests"""
    daemon = test_described.daemon
    for path in ("/api/v1/elements/nothing", "/api/v1/elements/%00", "/api/v1/elements/%ff%fe",
                 "/api/v1/elements/%0a%0d", "/api/v1/elements/..%2f..%2fetc", "/api/v1/elements/%zz",
                 "/api/v1/elements/" + "x" * 1024, "/api/v1/elements/%22%3Cscript%3E"):
        check(ask(daemon, path, "/api/v1/elements/{name}")[0] == 404, f"{path[:50]}: 404")
    for path in ("/api/", "/api/v1/", "/api/v1/elements/", "/api/v2/status", "/api/v1/alarms/",
                 "/api/v1/elements/" + "x" * 1025, "/api/v1/" + "a/" * 2000):
        status, text = daemon.get(path)
        check(status == 404 and "error" in json.loads(text), f"{path[:50]}: 404 as JSON")
    for method in (b"POST", b"PUT", b"DELETE", b"OPTIONS"):
        status, head, body = raw(daemon, method + b" /api/v1/alarms HTTP/1.1\r\nHost: x\r\n"
                                 b"Content-Length: 0\r\n\r\n")
        check(status == 405 and "Allow: GET, HEAD" in head and b"error" in body,
              f"{method.decode()}: 405")
    status, head, body = raw(daemon, b"HEAD /api/v1/status HTTP/1.1\r\nHost: x\r\n\r\n")
    check(status == 200 and not body and "application/json" in head, "HEAD has no body")
    status, head, body = raw(daemon, b"GET /api/v1/status HTTP/1.1\r\nHost: x\r\n"
                             b"Range: bytes=0-3\r\n\r\n")
    check(status == 200 and json.loads(body)["ready"], "a range is not taken")
    check(daemon.get("/-/healthy")[0] == 200 and daemon.get("/metrics")[0] == 200, "it lives on")
    check(daemon.stop()[0] == 0, "and ends well")


def test_not_ready():
    """without a model"""
    daemon = Daemon("modelless", MockBroker(), "kpi", model={"file": "missing"}).start(ready=False)
    status, state = ask(daemon, "/api/v1/status")
    check(not state["ready"] and "missing" in state["reason"] and state["model"] is None, "status")
    check(ask(daemon, "/api/v1/clusters")[0] == 503, "no clusters")
    check(element(daemon, "leaf1")[0] == 503, "no elements")
    check(ask(daemon, "/api/v1/alarms")[1]["total"] == 0, "no alarms")
    daemon.stop()


def full_pipe(path):
    """A pipe that takes no byte more, and its end."""
    os.mkfifo(path)
    end = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    for size in (4096, 1):
        try:
            while True:
                os.write(end, b"\n" * size)
        except BlockingIOError:
            pass
    return end


def test_counted():
    """a record counts once its verdicts are out: who sees it counted finds what became of it"""
    header, rows = recording(until=UNTIL)
    first = 200  # fewer windows than it scores at a time
    parts = [write_csv(WORK / f"{name}.csv", header, part) for name, part in
             (("first", rows[:first]), ("rest", rows[first:]))]
    path, alarms = WORK / "verdicts.pipe", WORK / "held.alarms.jsonl"
    end = full_pipe(path)
    broker = MockBroker()
    product.produced(product.to_topic(broker, "kpi", parts[0]))
    daemon = Daemon("held", broker, "kpi", properties=QUICK, output={
        "verdicts_file": str(path), "verdicts": "all", "alarms_file": str(alarms)})
    daemon.start(ready=False)  # nobody takes its verdicts
    wait(lambda: daemon.metric("faultprint_last_record_timestamp_seconds"), 30, "it reads nothing")
    time.sleep(1)
    counted = [daemon.metric(f"faultprint_{name}_total") for name in ("records", "samples")]
    check(max(counted) < first, "read, and not counted", counted)
    os.set_blocking(end, True)
    threading.Thread(target=lambda: all(iter(lambda: os.read(end, 65536), None)), daemon=True).start()
    product.produced(product.to_topic(broker, "kpi", parts[1]))
    daemon.wait_metric("faultprint_records_total", len(rows))
    told = [(event["element"], event["event"]) for event in
            map(json.loads, alarms.read_text().splitlines())]
    check(told[-1] == ("leaf6", "raised"), "all is counted, and its alarms are told", told)
    check(daemon.metric("faultprint_samples_total") == len(rows), "a sample each")
    check(daemon.stop()[0] == 0, "it ends well")


product.model()
run_tests(test_described, test_hostile, test_not_ready, test_counted)
