#!/usr/bin/env python3
"""The daemon as administrators see it: its model's self-test, what a reload takes and refuses, audit
lines, and entries of the journal."""
import json
import os
import pathlib
import pwd
import re
import socket
import struct
import subprocess
import threading

import private  # first: starts over in a mount namespace
from kit import BINARY, DEMO, HELDOUT, INCIDENTS, WORK, check, need, run_tests, spawn, stop, wait
import product
from mock import QUICK, MockBroker
from outcome import recording, write_csv
from product import Daemon, run

need()
UNTIL = 1501867750  # two incidents, on leaf1 and on leaf6
ME = pwd.getpwuid(os.getuid()).pw_name
broker = MockBroker()
STATE = WORK / "state"
MODEL = WORK / "used.safetensors"
daemon = Daemon("operated", broker, "kpi", properties=QUICK, model={"file": str(MODEL)},
                state={"directory": str(STATE)})


def change_model(source, target, change):
    """A safetensors file with other tensors: change(name, bytes) gives new ones, or None."""
    data = pathlib.Path(source).read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    header, body = json.loads(data[8:8 + size]), data[8 + size:]
    out, tensors = bytearray(), {"__metadata__": header["__metadata__"]}
    for name in sorted(set(header) - {"__metadata__"}, key=lambda n: header[n]["data_offsets"]):
        begin, end = header[name]["data_offsets"]
        new = change(name, body[begin:end])
        if new is None:
            continue
        tensors[name] = dict(header[name], data_offsets=[len(out), len(out) + len(new)])
        out += new
    text = json.dumps(tensors).encode()
    text += b" " * (-len(text) % 8)
    new = pathlib.Path(f"{target}.new")
    new.write_bytes(struct.pack("<Q", len(text)) + text + out)
    new.rename(target)


def shifted(name, data):
    """As if the kernels had a wrong instruction: each value off by .01."""
    if name != "self_test.embeddings":
        return data
    count = len(data) // 4
    return struct.pack(f"<{count}f", *(value + 0.01 for value in struct.unpack(f"<{count}f", data)))


def outcome(daemon):
    return {dict(labels)["result"]: value for (name, labels), value in daemon.metrics().items()
            if name == "faultprint_model_self_test"}


def last_line(text):
    return [line for line in daemon.log.read_text().splitlines() if text in line][-1]


def test_self_test():
    """a model that embeds otherwise on this processor: healthy, not ready, and says why"""
    good = product.model()
    card = json.loads(run("inspect", "--model", good, "--json"))["self_test"]
    check(card["passes"] and card["windows"] == 16 and card["deviation"] <= card["tolerance"],
          "inspect shows that a new model passes", card)
    change_model(good, MODEL, shifted)
    check(b"FAILS here" in run("inspect", "--model", MODEL, "--text"), "and that a wrong one does not")
    daemon.start(ready=False)
    wait(lambda: "being loaded" not in daemon.get("/-/ready")[1], 20, "the model is not loaded")
    status, text = daemon.get("/-/ready")
    check(status == 503 and "self-test failed" in text, "not ready, and says why", text)
    check(daemon.get("/-/healthy")[0] == 200, "healthy")
    check(outcome(daemon) == {"passed": 0, "failed": 1, "missing": 0}, "the metric says so")
    check("self-test failed" in daemon.log.read_text(), "the log too")
    change_model(good, MODEL, lambda name, data: data)
    check(daemon.reload(), "a good model is taken by a reload")
    wait(lambda: daemon.get("/-/ready")[0] == 200, 30, "not ready with a good model")
    check(outcome(daemon)["passed"] == 1, "passed")
    change_model(good, MODEL, shifted)
    check(not daemon.reload() and daemon.get("/-/ready")[0] == 200,
          "a reload refuses a wrong one and keeps the good one")
    change_model(good, MODEL, lambda name, data: None if name.startswith("self_test.") else data)
    check(daemon.reload() and outcome(daemon)["missing"] == 1, "a model without one is accepted")
    check("level=info" in last_line("no self-test"), "which the log says, at level info")
    check(b"none: made by an older" in run("inspect", "--model", MODEL, "--text"), "inspect too")


def test_reload():
    """a reload names what it changes, refuses the rest by name, and leaves an audit line"""
    daemon.sections.update(alarms={"clear": 7}, log={"level": "debug"})
    daemon.write_config()
    check(daemon.reload(), "taken")
    check('changed="alarms.clear, log.level"' in last_line("msg=reloaded"), "the changed keys",
          last_line("msg=reloaded"))
    daemon.sections.update(alarms={"clear": 8}, state={"directory": str(WORK / "other")},
                           output={"verdicts": "all"})
    daemon.write_config()
    check(not daemon.reload(), "refused")
    line = last_line("reload failed")
    check(re.search(r"yaml:\d+: state.directory: cannot change while running, nor can "
                    "output.verdicts_file, output.alarms_file: restart", line),
          "the keys that cannot change, each by its name, and no other", line)
    rules = json.loads(daemon.get("/api/v1/status")[1])["alarm_rules"]
    check(rules["clear"] == 7, "nothing of it was taken", rules)
    daemon.sections.update(state={"directory": str(STATE)}, alarms={"clear": 8, "raise": "5/4"},
                           output={"verdicts_file": str(daemon.verdicts_file), "verdicts": "all",
                                   "alarms_file": str(daemon.alarms_file)})
    daemon.write_config()
    check(not daemon.reload() and "alarms.raise" in last_line("reload failed"), "a wrong value")
    audit = [json.loads(line) for line in (STATE / "audit.jsonl").read_text().splitlines()]
    check([entry["result"] for entry in audit] ==
          ["done", "failed", "done", "done", "failed", "failed"], "an audit line for each reload")
    check(all(entry["action"] == "reload" and entry["user"] == ME and entry["uid"] == os.getuid()
              for entry in audit), "with who sent the signal", audit[0])
    check([entry["changed"] for entry in audit[3:5]] == ["alarms.clear, log.level", ""] and
          audit[3]["config_before"] != audit[3]["config_after"] == audit[4]["config_before"] ==
          audit[4]["config_after"], "which keys changed, and the configuration's fingerprints", audit[3])
    check(audit[0]["before"] == "" and audit[0]["after"] == audit[1]["before"] != "" and
          audit[2]["before"] == audit[1]["after"] != audit[2]["after"], "and the fingerprints")
    check(daemon.stop()[0] == 0, "ends with 0")


def audited(file):
    return json.loads(pathlib.Path(f"{file}.audit.jsonl").read_text().splitlines()[-1])


def fingerprint(model):
    return json.loads(run("inspect", "--model", model, "--json"))["fingerprint"]


def test_commands():
    """label, enroll, forget and rename leave an audit line beside what they change"""
    model = product.model()
    renamed, without, enrolled = (WORK / f"{name}.safetensors" for name in
                                  ("renamed", "without", "enrolled"))
    run("rename", "--model", model, "--fault-type", "port_flap", "--to", "link", "--out", renamed)
    run("forget", "--model", renamed, "--fault-type", "link", "--out", without)
    run("enroll", "--config", DEMO / "faultprint.yaml", "--model", without, "--data", HELDOUT,
        "--incidents", INCIDENTS, "--fault-type", "port_flap", "--out", enrolled)
    for action, before, after in (("rename", model, renamed), ("forget", renamed, without),
                                  ("enroll", without, enrolled)):
        entry = audited(after)
        check(entry["action"] == action and entry["user"] == ME and
              (entry["before"], entry["after"]) == (fingerprint(before), fingerprint(after)),
              action, entry)
    labels = WORK / "labels.csv"
    for start in ("17:00", "18:00"):
        os.environ["SUDO_USER"] = "alice"
        run("label", "--element", "leaf8", "--start", f"2017-08-04T{start}:00Z", "--end",
            f"2017-08-04T{start}:30Z", "--was", "fibre_cut", "--incidents", labels)
        del os.environ["SUDO_USER"]
    first, second = map(json.loads, pathlib.Path(f"{labels}.audit.jsonl").read_text().splitlines())
    check(first["before"] == "" and first["after"] == second["before"] != second["after"],
          "label: the file's fingerprints", second)
    check(second["sudo_user"] == "alice" and "fibre_cut" in second["row"], "who, and which row")


class Journal:
    """Keeps the entries that are sent to the journal's socket."""

    def __init__(self):
        folder = private.tmpfs("/run", "1m") / "systemd/journal"
        folder.mkdir(parents=True)
        self.entries = []
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(folder / "socket"))
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            data, entry = self.socket.recv(1 << 20), {}
            while data:
                head, data = data.split(b"\n", 1)
                name, equals, value = head.partition(b"=")
                if not equals:  # a value with line ends has its size before it
                    size = struct.unpack("<Q", data[:8])[0]
                    value, data = data[8:8 + size], data[9 + size:]
                entry[name.decode()] = value.decode()
            self.entries.append(entry)

    def of(self, **fields):
        return [entry for entry in list(self.entries) if fields.items() <= entry.items()]


def test_journal():
    """under systemd the log consists of native entries with fields, and audit lines are among them"""
    private.need_mounts()
    journal = Journal()
    log = WORK / "journal.log"
    log.touch()
    config = product.configuration(WORK / "journal.yaml", broker.address, "kpi", "journal", QUICK)
    status = os.stat(log)
    process = spawn([BINARY, "run", "--config", config], log,
                    env={"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"})
    bad = WORK / "bad.yaml"
    bad.write_text("nonsense: 1\n")
    with open(WORK / "bad.log", "wb") as file:
        there = os.fstat(file.fileno())
        subprocess.run([BINARY, "run", "--config", bad], stderr=file,
                       env={**os.environ, "JOURNAL_STREAM": f"{there.st_dev}:{there.st_ino}"})
    said = (WORK / "bad.log").read_text()
    check(said.startswith("<3>error: "), "why a start failed is an error to the journal", said)
    known = fingerprint(product.model())
    wait(lambda: journal.of(FAULTPRINT_FINGERPRINT=known), 20, "no entry of the model")
    header, rows = recording(until=UNTIL)
    product.produced(product.to_topic(broker, "kpi", write_csv(WORK / "part.csv", header, rows)))
    alarm = wait(lambda: journal.of(FAULTPRINT_ELEMENT="leaf6", FAULTPRINT_FAULT_TYPE="bgp_clear"), 60,
                 "no entry of an alarm")[0]
    check(alarm["PRIORITY"] == "4" and alarm["SYSLOG_IDENTIFIER"] == "faultprint" and
          alarm["FAULTPRINT_SEVERITY"] == "major" and alarm["FAULTPRINT_ALARM"].startswith("leaf6") and
          alarm["MESSAGE"].startswith('level=warning msg="alarm raised"'), "an alarm's entry", alarm)
    run("label", "--element", "leaf8", "--start", "2017-08-04T17:00:00Z", "--end",
        "2017-08-04T17:01:00Z", "--was", "x", "--incidents", WORK / "other.csv")
    entry = wait(lambda: journal.of(SYSLOG_IDENTIFIER="faultprint-audit"), 5, "no audit entry")[0]
    check(entry["FAULTPRINT_ACTION"] == "label" and entry["FAULTPRINT_USER"] == ME and
          entry["SYSLOG_FACILITY"] == "10" and json.loads(entry["MESSAGE"])["user"] == ME,
          "an audit entry", entry)
    check(stop(process)[0] == 0 and journal.of(MESSAGE="level=info msg=stopped"), "up to the end")
    check("level=" not in log.read_text(), "nothing on standard error besides")


run_tests(test_self_test, test_reload, test_commands, test_journal)
