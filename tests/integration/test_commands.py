#!/usr/bin/env python3
"""The commands as a user types them: the examples of --help, exit statuses, the figures promised,
the demonstration, every kernel, the installed files, and the protocol of systemd."""
import csv
import datetime
import json
import os
import re
import shutil
import socket
import subprocess
import time

from kit import BINARY, BUILD, DEMO, SOURCE, WORK, check, need, run_tests, say, spawn, stop, wait
from product import configuration, model

need(cmake="cmake", script="bsdutils")
COMMANDS = ("train", "evaluate", "enroll", "forget", "rename", "embed", "compare", "replay",
            "label", "report", "simulate", "probe", "inspect", "check-config", "demo", "run",
            "version")


def faultprint(*words, **options):
    return subprocess.run([str(BINARY), *map(str, words)], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, **options)


def examples(command):
    """The lines of its --help that begin with the program's name, joined where they go on."""
    text = faultprint(command, "--help").stdout.replace("\\\n", " ")
    return [" ".join(line.split()) for line in text.splitlines()
            if line.strip().startswith(("faultprint ", "echo "))]


def test_examples():
    """the examples of --help work when pasted, one command after the other"""
    folder = WORK / "pasted"
    folder.mkdir()
    env = {**os.environ, "PATH": f"{BINARY.parent}:{os.environ['PATH']}"}
    for command in COMMANDS[:14]:
        found = examples(command)
        check(found, f"{command} --help has an example")
        for line in found:
            if "topic " in line:  # needs a broker: test_kafka, test_probe
                continue
            done = subprocess.run(line, shell=True, cwd=folder, env=env, capture_output=True,
                                  text=True)
            check(done.returncode == 0, line, done.stderr[-300:] if done.returncode else "")
    report = json.loads((folder / "figures.json").read_text())
    keys = {"windows", "accuracy", "macro_f1", "per_class", "confusion", "macro_f1_pure", "unknown",
            "incidents", "false_alarms", "baselines", "seed", "intervals"}
    check(keys <= report.keys(), "evaluate --json has what it promises", sorted(report.keys()))
    check(report["baselines"].keys() == {"1nn", "minirocket", "nearest_class_mean"}, "three baselines",
          sorted(report["baselines"]))
    low, high = report["intervals"]["macro_f1"]
    check(low < report["macro_f1"] < high, "an interval holds its figure", (low, high))
    lines = [json.loads(line) for line in (folder / "verdicts.jsonl").read_text().splitlines()]
    check(len(lines) > 5000 and all("verdict" in line for line in lines), "verdict lines", len(lines))
    header = (folder / "unknowns.csv").read_text().splitlines()[0]
    check(header.startswith("element,start,end,fault_type,"), "an incidents file of unknowns", header)


def test_figures():
    """the recording's held-out part: 10 of 10 named, median at most 25 s, at most 2 false, 3 seeds"""
    for seed in (1, 2, 3):
        out, figures = WORK / f"seed{seed}.safetensors", WORK / f"seed{seed}.json"
        faultprint("train", "--config", DEMO / "faultprint.yaml", "--data", DEMO / "train.csv.gz",
                   "--incidents", DEMO / "train_incidents.csv", "--seed", seed, "--out", out)
        done = faultprint("evaluate", "--config", DEMO / "faultprint.yaml", "--model", out, "--data",
                          DEMO / "heldout.csv.gz", "--incidents", DEMO / "heldout_incidents.csv",
                          "--json", figures)
        report = json.loads(figures.read_text())
        incidents, false = report["incidents"], report["false_alarms"]["episodes"]
        neighbour = report["baselines"]["1nn"]
        check(incidents["named"] == incidents["total"] == 10 and incidents["median_delay_s"] <= 25
              and false <= 2, f"seed {seed}",
              f"{incidents}, {false} false, macro-F1 {report['macro_f1']:.3f}")
        if report["macro_f1"] < neighbour["macro_f1"]:
            check("W_BELOW_BASELINE" in done.stdout + done.stderr, "told: below the neighbour",
                  f"{neighbour['macro_f1']:.3f}")


def held_out(trained, name):
    """What `evaluate` says of a model on the recording's held-out part."""
    figures = WORK / f"{name}.json"
    done = faultprint("evaluate", "--config", DEMO / "faultprint.yaml", "--model", trained, "--data",
                      DEMO / "heldout.csv.gz", "--incidents", DEMO / "heldout_incidents.csv",
                      "--json", figures)
    check(done.returncode == 0, f"{name}: evaluated", done.stderr[-300:] if done.returncode else "")
    return json.loads(figures.read_text())


def test_every_loss_and_encoder():
    """every loss with every encoder trains from the command line, and finds incidents"""
    losses = ("lossless-ln", "lossless-linear", "triplet", "contrastive", "bce-l1", "contrastive-l1",
              "exp-manhattan", "exp-cosine")
    for encoder in ("dense", "conv", "bilstm", "universal"):
        # Every loss with the quick one; the slow ones with two epochs of two losses.
        for loss in losses if encoder == "dense" else losses[:1] + losses[2:3]:
            out = WORK / f"{encoder}-{loss}.safetensors"
            done = faultprint("train", "--config", DEMO / "faultprint.yaml", "--data",
                              DEMO / "train.csv.gz", "--incidents", DEMO / "train_incidents.csv",
                              "--encoder", encoder, "--loss", loss, "--out", out, "--epochs",
                              6 if encoder == "dense" else 2)
            check(done.returncode == 0, f"{encoder} {loss}", done.stderr[-300:])
            kind = json.loads(faultprint("inspect", "--model", out).stdout)["encoder"]["kind"]
            check(kind == encoder, f"{encoder}: the file says so", kind)
    named = held_out(WORK / "dense-triplet.safetensors", "triplet")["incidents"]["named"]
    check(named >= 7, "the hinge names most", named)


def test_enrolment():
    """a fault type from one incident, then forgotten, renamed; and a model without any label"""
    rows = (DEMO / "train_incidents.csv").read_text().splitlines()
    known, new = WORK / "known.csv", WORK / "new.csv"
    known.write_text("\n".join(row.replace("port_flap", "ignore") for row in rows) + "\n")
    new.write_text("\n".join([rows[0]] + [row for row in rows if "port_flap" in row][:1]) + "\n")
    base, more, out = (WORK / f"{name}.safetensors" for name in ("base", "more", "out"))
    common = ("--config", DEMO / "faultprint.yaml", "--data", DEMO / "train.csv.gz")
    done = faultprint("train", *common, "--incidents", known, "--out", base)
    check(done.returncode == 0, "trained without port_flap", done.stderr[-300:])
    before = held_out(base, "base")
    check(before["unknown"] is not None, "unknown is measured", before["unknown"])
    dry = faultprint("enroll", *common, "--model", base, "--incidents", new, "--dry-run")
    check(dry.returncode == 0 and "-> port_flap" in dry.stdout and "Nothing was written" in dry.stdout,
          "--dry-run says what would change", dry.stdout)
    bytes_before = base.read_bytes()
    done = faultprint("enroll", *common, "--model", base, "--incidents", new, "--out", more)
    check(done.returncode == 0 and "port_flap: a new fault type, 1 incident" in done.stdout,
          "enrolled", done.stdout)
    check(base.read_bytes() == bytes_before, "the old model is untouched")
    after = held_out(more, "more")
    known_f1 = [report["per_class"]["bgp_clear"]["f1"] for report in (before, after)]
    check(known_f1[0] - known_f1[1] < 0.05, "bgp_clear as before", known_f1)
    check(after["incidents"]["named"] >= 7, "named after one incident", after["incidents"])
    again = faultprint("enroll", *common, "--model", base, "--incidents", new, "--out", out)
    check(again.returncode == 0 and out.read_bytes() == more.read_bytes(),
          "the same again gives the same file")
    done = faultprint("enroll", *common, "--model", base, "--incidents", new, "--out", out)
    check("kept as" in done.stdout and (WORK / "out.safetensors.previous").exists(),
          "an old file is kept")
    for words, wrong in ((("--fault-type", "sleet"), "no incident is 'sleet'"),
                         (("--incidents", WORK / "none.csv"), "none.csv")):
        arguments = [*common, "--model", base, "--incidents", new, "--out", out, *words]
        done = faultprint("enroll", *arguments)
        check(done.returncode == 1 and wrong in done.stderr, f"enroll {wrong}", done.stderr)
    done = faultprint("rename", "--model", more, "--fault-type", "port_flap", "--to", "link_flap",
                      "--out", out)
    labels = [c["label"] for c in json.loads(faultprint("inspect", "--model", out).stdout)["clusters"]]
    check(labels == ["normal", "bgp_clear", "link_flap"], "renamed", labels)
    faultprint("forget", "--model", out, "--fault-type", "link_flap", "--out", out)
    labels = [c["label"] for c in json.loads(faultprint("inspect", "--model", out).stdout)["clusters"]]
    check(labels == ["normal", "bgp_clear"], "forgotten", labels)
    for command, words, wrong in (
            ("forget", ("--fault-type", "normal"), "'normal' is what"),
            ("forget", ("--fault-type", "sleet"), "it knows no 'sleet', but: normal, bgp_clear"),
            ("rename", ("--fault-type", "bgp_clear", "--to", "normal"), "it is taken")):
        done = faultprint(command, "--model", base, "--out", WORK / "x", *words)
        check(done.returncode == 1 and wrong in done.stderr and not (WORK / "x").exists(), wrong,
              done.stderr)
    done = faultprint("enroll", *common, "--model", base, "--incidents", DEMO / "train_incidents.csv",
                      "--replace", "--out", out)
    labels = [c["label"] for c in json.loads(faultprint("inspect", "--model", out).stdout)["clusters"]]
    check(done.returncode == 0 and labels == ["normal", "bgp_clear", "port_flap"], "--replace",
          done.stderr[-300:])
    check(held_out(out, "replaced")["incidents"]["named"] >= 7, "names by this data's references")


def test_unknowns():
    """what a replay calls unknown becomes an incidents file that enroll takes as it is"""
    rows = (DEMO / "train_incidents.csv").read_text().replace("bgp_clear", "ignore")
    known, unknowns = WORK / "without_clears.csv", WORK / "unknowns.csv"
    known.write_text(rows)
    base, more = WORK / "unknown_base.safetensors", WORK / "unknown_more.safetensors"
    common = ("--config", DEMO / "faultprint.yaml", "--model", base, "--data",
              DEMO / "heldout.csv.gz")
    faultprint("train", "--config", DEMO / "faultprint.yaml", "--data", DEMO / "train.csv.gz",
               "--incidents", known, "--out", base)
    alarms = WORK / "unknown_alarms.jsonl"
    done = faultprint("replay", *common, "--alarms", alarms, "--unknowns", unknowns)
    check(done.returncode == 0, "replayed", done.stderr[-300:])
    with open(unknowns, newline="") as file:
        found = list(csv.DictReader(file))
    cleared = [event for event in map(json.loads, alarms.read_text().splitlines())
               if event["event"] == "cleared" and event["fault_type"] == "unknown"]
    check(found and len(found) >= len(cleared), "a row for each alarm of type unknown",
          f"{len(found)} rows, {len(cleared)} cleared")
    ends = {(row["element"], row["end"]) for row in found}
    check(all((event["element"], event["time"]) in ends for event in cleared),
          "that ends where its alarm cleared")
    check(all(row["fault_type"] == "unknown" and row["start"] < row["end"] and row["kpis"] and
              int(row["kind"]) >= 1 and row["nearest_type"] == "port_flap" and
              float(row["distance"]) > 0 for row in found), "with what a labeller wants to know",
          found[:1])
    with open(DEMO / "heldout_incidents.csv", newline="") as file:
        strange = [i for i in csv.DictReader(file) if i["fault_type"] == "bgp_clear"]
    spans = [(row["element"], *(datetime.datetime.fromisoformat(row[edge].replace("Z", "+00:00"))
                                .timestamp() for edge in ("start", "end"))) for row in found]
    met = [i for i in strange if any(element == i["element"] and start < float(i["end"]) and
                                     float(i["start"]) < end for element, start, end in spans)]
    check(len(met) >= 6, "most incidents of a type never trained on are called unknown",
          f"{len(met)} of {len(strange)}")
    done = faultprint("enroll", *common, "--fault-type", "strange", "--incidents", unknowns,
                      "--out", more)
    check(done.returncode == 0 and "strange: a new fault type" in done.stdout, "enrolled as it is",
          done.stdout + done.stderr[-300:])
    done = faultprint("replay", *common, "--unknowns", unknowns, "--to-topic", "kpi")
    check(done.returncode == 2, "--to-topic has no verdicts: no --unknowns", done.stderr)


def test_false_alarm_rate():
    """alarms.false_alarms_per_day: train measures what each setting costs, and the rules follow"""
    text = (DEMO / "faultprint.yaml").read_text()
    line = next(row for row in text.splitlines() if row.startswith("alarms:"))
    budget, fixed, plain = (WORK / name for name in ("budget.yaml", "fixed.yaml", "plain.safetensors"))
    budget.write_text(text.replace(line, "alarms: {false_alarms_per_day: 20}"))
    fixed.write_text(text.replace(line, "alarms: {false_alarms_per_day: 20, raise: 7/9}"))
    out = WORK / "budget.safetensors"
    training = ("--data", DEMO / "train.csv.gz", "--incidents", DEMO / "train_incidents.csv")
    done = faultprint("train", "--config", budget, *training, "--out", out)
    check(done.returncode == 0 and "<- chosen" in done.stderr and
          "W_RATE_UNSUPPORTED" in done.stderr, "trained, and said what it costs",
          done.stderr[-600:])
    curve = json.loads(faultprint("inspect", "--model", out).stdout)["operating_curve"]
    check(curve["incidents"] > 5 and curve["element_days"] > 0.3 and
          any(point["named"] > 5 for point in curve["points"]), "the curve is kept")
    figures = WORK / "budget.json"
    done = faultprint("evaluate", "--config", budget, "--model", out, "--data", DEMO / "heldout.csv.gz",
                      "--incidents", DEMO / "heldout_incidents.csv", "--json", figures)
    named = json.loads(figures.read_text())["incidents"]["named"]
    check(done.returncode == 0 and named >= 8, "held-out incidents are named under it", named)
    done = faultprint("replay", "--config", fixed, "--model", out, "--data", DEMO / "heldout.csv.gz")
    check(done.returncode == 78 and "alarms.raise: the model's" in done.stderr,
          "a raise that was not measured", done.stderr[-300:])
    faultprint("train", "--config", DEMO / "faultprint.yaml", *training, "--epochs", 2, "--out", plain)
    done = faultprint("replay", "--config", budget, "--model", plain, "--data",
                      DEMO / "heldout.csv.gz")
    check(done.returncode == 78 and "budget.yaml: alarms.false_alarms_per_day: the model" in
          done.stderr, "a model that cannot choose", done.stderr[-300:])


def test_simulated():
    """simulate, train, evaluate on a small network: most incidents are named; the seed decides"""
    folder, twin = WORK / "simulated", WORK / "twin"
    words = ("--elements", 18, "--days", 8, "--incidents-per-day", 6, "--plain", "--faults",
             "cell_outage,transport_degradation,uplink_interference,signalling_storm")
    done = faultprint("simulate", "--out", folder, *words)
    check(done.returncode == 0 and "cell_outage" in done.stdout, "simulated", done.stderr)
    faultprint("simulate", "--out", twin, *words)
    for name in ("train.csv", "train_incidents.csv", "heldout.csv", "faultprint.yaml"):
        check((folder / name).read_bytes() == (twin / name).read_bytes(), f"the same {name} again")
    faultprint("simulate", "--out", twin, *words, "--seed", 2)
    check((folder / "heldout.csv").read_bytes() != (twin / "heldout.csv").read_bytes(),
          "another seed is another network")
    config = folder / "faultprint.yaml"
    done = faultprint("train", "--config", config, "--data", folder / "train.csv", "--incidents",
                      folder / "train_incidents.csv", "--out", folder / "model.safetensors")
    check(done.returncode == 0, "trained", done.stderr[-300:] if done.returncode else "")
    done = faultprint("evaluate", "--config", config, "--data", folder / "heldout.csv",
                      "--incidents", folder / "heldout_incidents.csv", "--json",
                      folder / "figures.json")
    check(done.returncode == 0, "evaluated", done.stderr[-300:] if done.returncode else "")
    incidents = json.loads((folder / "figures.json").read_text())["incidents"]
    check(incidents["named"] > incidents["total"] / 2 > 4, "most are named", incidents)
    for wrong, words in (("--faults: 'gremlins' is no fault type", ("--faults", "gremlins")),
                         ("--period: '15' is no duration", ("--period", "15")),
                         ("--start: 'today' is no time", ("--start", "today")),
                         ("the part to train on has 67 periods", ("--days", 1))):
        done = faultprint("simulate", "--out", twin, *words)
        check(done.returncode == 1 and wrong in done.stderr, wrong, done.stderr.strip())
    done = faultprint("simulate")
    check(done.returncode == 1 and "--out DIR" in done.stderr, "nowhere to write", done.stderr)


def test_without_labels():
    """train without incidents: normal alone, from made-up faults; types are added as enrolled"""
    out, more = WORK / "bare.safetensors", WORK / "named.safetensors"
    common = ("--config", DEMO / "faultprint.yaml", "--data", DEMO / "train.csv.gz")
    done = faultprint("train", *common, "--out", out)
    check(done.returncode == 0 and "labels     none" in done.stderr, "trained", done.stderr[-300:])
    shown = json.loads(faultprint("inspect", "--model", out).stdout)
    check([c["label"] for c in shown["clusters"]] == ["normal"], "knows normal alone")
    auroc = held_out(out, "bare")["unknown"]["auroc"]  # low: this history holds faults as normal
    check(auroc > 0.6, "faults are farther from normal than normal", auroc)
    done = faultprint("enroll", *common, "--model", out, "--incidents", DEMO / "train_incidents.csv",
                      "--out", more)
    check(done.returncode == 0, "enrolled", done.stderr[-300:])
    check(held_out(more, "named")["incidents"]["total"] == 10, "and is a model like any other")


def test_labelled_pairs():
    """train on named pairs alone; embed; compare with a calibrated threshold, or plainly without"""
    rows = [row.split(",") for row in (DEMO / "train_incidents.csv").read_text().split()[1:]]
    pairs, out = WORK / "pairs.csv", WORK / "pairs.safetensors"
    lines = ["element_a,time_a,element_b,time_b,same"]
    for i, (a, start, _, fault) in enumerate(rows):
        lines += [f"{a},{int(start) + 60},{b},{int(other) + 65},{int(fault == kind)}"
                  for b, other, _, kind in rows[i + 1:]]
    pairs.write_text("\n".join(lines) + "\n")
    data = ("--config", DEMO / "faultprint.yaml", "--data", DEMO / "train.csv.gz")
    done = faultprint("train", *data, "--pairs", pairs, "--loss", "contrastive", "--epochs", 5,
                      "--out", out)
    check(done.returncode == 0, "trained on pairs alone", done.stderr[-300:])
    windows = ("leaf1@1498754475", "spine4@1498754715", "spine2@1504286150")
    told = [json.loads(faultprint("compare", windows[0], other, *data, "--model", out,
                                  "--json").stdout) for other in windows[1:]]
    check(told[0]["decision"] == "same" and told[1]["decision"] == "different",
          "one fault, and two", told)
    check(told[0]["threshold"] == told[1]["threshold"] > 0 and told[0]["calibration"]["same_pairs"],
          "by a threshold from pairs kept out")
    vectors = WORK / "vectors.csv"
    faultprint("embed", *data, "--model", out, "--out", vectors)
    names = [",".join(line.split(",")[:2]) for line in vectors.read_text().splitlines()]
    where = [f"{vectors}:{names.index(name)}" for name in
             ("leaf1,2017-06-29T16:41:15Z", "spine2,2017-09-01T17:15:50Z")]
    again = json.loads(faultprint("compare", *where, "--model", out, "--json").stdout)
    check(again["distance"] == told[1]["distance"], "rows of vectors as the windows they are of")
    piped = faultprint("embed", *data, "--model", out, "--out", "-")
    check(piped.stdout == vectors.read_text(), "the same on standard output")
    one = WORK / "one.csv"
    one.write_text("\n".join(lines[:2]) + "\n")
    done = faultprint("train", *data, "--pairs", one, "--loss", "contrastive", "--epochs", 1, "--out",
                      out)
    check("W_PAIR_CAL_TOO_FEW" in done.stderr, "one pair: a warning", done.stderr[-300:])
    done = faultprint("compare", *windows[:2], *data, "--model", out)
    check("no calibrated one exists" in done.stdout, "and no probability", done.stdout)
    for words, wrong in ((("compare", "leaf6", windows[1], *data, "--model", out), "names no window"),
                         (("compare", "a.csv", "b.csv:1"), "names no vector"),
                         (("embed", *data, "--out", "-", "--format", "npy"), "needs a file")):
        done = faultprint(*words)
        check(done.returncode == 1 and wrong in done.stderr, wrong, done.stderr)


def test_exit_statuses():
    """0 done, 1 failed, 2 wrong usage, 78 configuration"""
    bad = WORK / "bad.yaml"
    stream = "stream: {period: 1s, window: 2, lateness: 1s, kpis: [{name: a, kind: gauge}]}\n"
    for kafka, words in (("{topic: kpi}", "bad.yaml:1: kafka.topic: unknown key"),
                         ("{properties: {fecth.wait: 1}}",
                          "bad.yaml:1: kafka.properties.fecth.wait: No such")):
        bad.write_text(f"kafka: {kafka}\n{stream}")
        done = faultprint("check-config", "--config", bad)
        check(done.returncode == 78 and words in done.stderr, words, done.stderr.strip())
    good = (DEMO / "faultprint.yaml").read_text()
    bad.write_text(good.replace("group_id:", "properties: {fecth.wait: 1}\n  group_id:"))
    done = faultprint("run", "--config", bad, timeout=20)
    check(done.returncode == 78, "run with a bad property ends with 78", done.stderr.strip())
    shown = faultprint("check-config", "--config", SOURCE / "systemd/faultprint.yaml")
    check(shown.returncode == 0, "the example configuration is good", shown.stderr)
    (WORK / "shown.yaml").write_text(shown.stdout)
    again = faultprint("check-config", "--config", WORK / "shown.yaml")
    check(again.stdout == shown.stdout, "what check-config prints is a configuration, the same one")
    for words in ((), ("nonsense",), ("train", "--no-such-flag"), ("replay", "--config")):
        check(faultprint(*words).returncode == 2, "usage: faultprint " + " ".join(words))
    done = faultprint("inspect", "--model", WORK / "none.safetensors")
    check(done.returncode == 1 and "none.safetensors" in done.stderr, "no file", done.stderr.strip())
    check(re.match(r"faultprint \d", faultprint("version").stdout), "version")


def test_kernels():
    """each kernel library, as an older machine would pick it: the same verdicts"""
    loader = next((path for path in ("/lib64/ld-linux-x86-64.so.2",) if os.path.exists(path)), None)
    if loader is None:
        say("    not an x86-64 machine: one kernel library")
        return
    outcomes = {}
    for level, mask in (("x86-64", "none"), ("x86-64-v3", "x86-64-v3"), ("x86-64-v4", "x86-64-v4")):
        forced = [loader, "--glibc-hwcaps-mask", mask, str(BINARY)]
        used = subprocess.run([*forced, "version"], capture_output=True, text=True).stdout
        if f"kernels {level})" not in used:
            say(f"    this processor has no {level}: {used.strip()}")
            continue
        lines = subprocess.run(
            [*forced, "replay", "--config", DEMO / "faultprint.yaml", "--model", model(), "--data",
             DEMO / "heldout.csv.gz"], capture_output=True, text=True).stdout.splitlines()
        outcomes[level] = [(v["id"], v["verdict"], v.get("fault_type")) for v in
                           map(json.loads, lines)]
    check("x86-64" in outcomes and len(outcomes) >= 2, "kernels tried", list(outcomes))
    first = outcomes["x86-64"]
    for level, verdicts in outcomes.items():
        differ = sum(a != b for a, b in zip(first, verdicts)) + abs(len(first) - len(verdicts))
        check(differ <= len(first) // 1000, f"{level}: verdicts as those of x86-64",
              f"{differ} of {len(first)} differ, where rounding decides")


def test_demo():
    """faultprint demo: within 60 s, in colour on a terminal alone, all named"""
    began = time.monotonic()
    done = faultprint("demo")
    seconds = time.monotonic() - began
    check(done.returncode == 0 and seconds < 60, "ends well within 60 s", f"{seconds:.0f} s")
    check("10 of 10" in done.stdout, "10 of 10 named")
    check("\x1b" not in done.stdout + done.stderr, "no colour in a pipe")
    check("ALARM" in done.stdout and "loss" in done.stdout + done.stderr, "alarms, and the training")
    shown = subprocess.run(["script", "-qec", f"{BINARY} demo --speed 10000", "/dev/null"],
                           capture_output=True, text=True, stdin=subprocess.DEVNULL)
    check(shown.returncode in (0, 1) and "\x1b[" in shown.stdout, "colour on a terminal")


def test_systemd():
    """READY, WATCHDOG, RELOADING and STOPPING to systemd's socket"""
    path = str(WORK / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(path)
        listener.setblocking(False)
        config = configuration(WORK / "notify.yaml", "127.0.0.1:1", "none")
        daemon = spawn([BINARY, "run", "--config", config], WORK / "notify.log",
                       env={**os.environ, "NOTIFY_SOCKET": path, "WATCHDOG_USEC": "3000000"})
        said = []

        def heard(word):
            try:
                while True:
                    said.append(listener.recv(4096).decode())
            except BlockingIOError:
                return any(word in text for text in said)

        for word, act in (("READY=1", None), ("WATCHDOG=1", None), ("RELOADING=1", 1),
                          ("STOPPING=1", 15)):
            if act:
                daemon.send_signal(act)
            wait(lambda: heard(word), 10, f"no {word}: {said}")
            check(True, word)
        check(daemon.wait(15) == 0, "ends well")


def test_install():
    """cmake --install: the program runs from where it was put, the unit names it"""
    root = WORK / "root"
    done = subprocess.run(["cmake", "--install", str(BUILD)], capture_output=True, text=True,
                          env={**os.environ, "DESTDIR": str(root)})
    check(done.returncode == 0, "installs", done.stderr[-300:])
    unit = next(root.rglob("faultprint.service")).read_text()
    program, config = re.search(r"^ExecStart=(\S+) run --config (\S+)$", unit, re.M).groups()
    program, config = root / program.lstrip("/"), root / config.lstrip("/")
    used = subprocess.run([program, "version"], capture_output=True, text=True).stdout
    built = faultprint("version").stdout
    check(used == built, "the installed program, with its kernels", used.strip())
    done = subprocess.run([program, "check-config", "--config", config], capture_output=True)
    check(done.returncode == 0, "the unit's configuration is installed and good")
    for name in ("faultprint.conf", "faultprint.rules.yml", "runbook.md", "noc.json", "LICENSE.CDLA"):
        check(any(root.rglob(name)), f"installed: {name}")
    if shutil.which("systemd-analyze"):
        installed = WORK / "faultprint.service"
        installed.write_text(unit.replace("ExecStart=", f"ExecStart={root}"))
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", installed], capture_output=True,
                              text=True)
        wrong = [line for line in done.stderr.splitlines() if "faultprint.service" in line]
        check(not wrong, "systemd-analyze verify", wrong)


run_tests(test_exit_statuses, test_examples, test_figures, test_every_loss_and_encoder,
          test_enrolment, test_unknowns, test_false_alarm_rate, test_simulated,
          test_without_labels, test_labelled_pairs, test_kernels, test_demo, test_systemd,
          test_install)
