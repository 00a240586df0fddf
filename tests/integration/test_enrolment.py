#!/usr/bin/env python3
"""What is taught after training: fault types enrolled, renamed, forgotten; unknowns labelled; a rate
of false alarms; pairs of windows."""
import csv
import datetime
import json

from cli import CONFIG, HISTORY, TRAIN_INCIDENTS, TRAINING, clusters, faultprint, held_out
from kit import HELDOUT, INCIDENTS, WORK, check, need, run_tests

need()


def test_enrolment():
    """a fault type from one incident, then forgotten, renamed; and a model without any label"""
    rows = TRAIN_INCIDENTS.read_text().splitlines()
    known, new = WORK / "known.csv", WORK / "new.csv"
    known.write_text("\n".join(row.replace("port_flap", "ignore") for row in rows) + "\n")
    new.write_text("\n".join([rows[0]] + [row for row in rows if "port_flap" in row][:1]) + "\n")
    base, more, out = (WORK / f"{name}.safetensors" for name in ("base", "more", "out"))
    common = ("--config", CONFIG, *HISTORY)
    done = faultprint("train", *common, "--incidents", known, "--out", base)
    check(done.returncode == 0, "trained without port_flap", done.stderr[-300:])
    before, _ = held_out(base, "base")
    check(before["unknown"] is not None, "unknown is measured", before["unknown"])
    dry = faultprint("enroll", *common, "--model", base, "--incidents", new, "--dry-run")
    check(dry.returncode == 0 and "-> port_flap" in dry.stdout and "Nothing was written" in dry.stdout,
          "--dry-run says what would change", dry.stdout)
    bytes_before = base.read_bytes()
    done = faultprint("enroll", *common, "--model", base, "--incidents", new, "--out", more)
    check(done.returncode == 0 and "port_flap: a new fault type, 1 incident" in done.stdout,
          "enrolled", done.stdout)
    check(base.read_bytes() == bytes_before, "the old model is untouched")
    after, _ = held_out(more, "more")
    known_f1 = [report["per_class"]["bgp_clear"]["f1"] for report in (before, after)]
    check(known_f1[0] - known_f1[1] < 0.05, "bgp_clear as before", known_f1)
    check(after["incidents"]["named"] >= 7, "named after one incident", after["incidents"])
    again = faultprint("enroll", *common, "--model", base, "--incidents", new, "--out", out)
    check(again.returncode == 0 and out.read_bytes() == more.read_bytes(),
          "the same again gives the same file")
    done = faultprint("enroll", *common, "--model", base, "--incidents", new, "--out", out)
    check("kept as" in done.stdout and (WORK / "out.safetensors.previous").exists(),
          "an old file is kept")
    element, start, end = rows[-1].split(",")[:3]
    odd = WORK / "odd.csv"  # as it is; with a clock in another zone; never closed
    odd.write_text("\n".join([*new.read_text().splitlines(), f"{element},7,8,port_flap",
                              f"{element},{start},2018-01-01T00:00:00Z,port_flap"]) + "\n")
    done = faultprint("enroll", *common, "--model", base, "--incidents", odd, "--dry-run")
    check(f"W_UNMATCHED: 1 of 3 incidents do not fit the history and count for nothing: {odd}:3: "
          in done.stderr, "rows that meet nothing are named", done.stderr[-600:])
    check(f"W_PARTLY_MATCHED: 1 of 3 incidents fit the history in part alone: {odd}:4: "
          in done.stderr, "so are those that the data holds in part", done.stderr[-600:])
    for words, wrong in ((("--fault-type", "sleet"), "no incident is 'sleet'"),
                         (("--incidents", WORK / "none.csv"), "none.csv")):
        arguments = [*common, "--model", base, "--incidents", new, "--out", out, *words]
        done = faultprint("enroll", *arguments)
        check(done.returncode == 1 and wrong in done.stderr, f"enroll {wrong}", done.stderr)
    done = faultprint("rename", "--model", more, "--fault-type", "port_flap", "--to", "link_flap",
                      "--out", out)
    labels = clusters(out)
    check(labels == ["normal", "bgp_clear", "link_flap"], "renamed", labels)
    faultprint("forget", "--model", out, "--fault-type", "link_flap", "--out", out)
    labels = clusters(out)
    check(labels == ["normal", "bgp_clear"], "forgotten", labels)
    for command, words, wrong in (
            ("forget", ("--fault-type", "normal"), "'normal' is what"),
            ("forget", ("--fault-type", "sleet"), "it knows no 'sleet', but: normal, bgp_clear"),
            ("rename", ("--fault-type", "bgp_clear", "--to", "normal"), "it is taken")):
        done = faultprint(command, "--model", base, "--out", WORK / "x", *words)
        check(done.returncode == 1 and wrong in done.stderr and not (WORK / "x").exists(), wrong,
              done.stderr)
    done = faultprint("enroll", *common, "--model", base, "--incidents", TRAIN_INCIDENTS,
                      "--replace", "--out", out)
    labels = clusters(out)
    check(done.returncode == 0 and labels == ["normal", "bgp_clear", "port_flap"], "--replace",
          done.stderr[-300:])
    replaced, _ = held_out(out, "replaced")
    check(replaced["incidents"]["named"] >= 7, "names by this data's references",
          replaced["incidents"])


def test_never_worse():
    """known faults under another name are warned of; what names known types worse is refused"""
    rows, later = TRAIN_INCIDENTS.read_text().splitlines(), INCIDENTS.read_text().splitlines()
    known, flaps, twin, wrong = (WORK / f"worse_{name}.csv"
                                 for name in ("known", "flaps", "twin", "wrong"))
    known.write_text("\n".join(row.replace("port_flap", "ignore") for row in rows) + "\n")
    base, out = WORK / "worse_base.safetensors", WORK / "worse_out.safetensors"
    faultprint("train", "--config", CONFIG, *HISTORY, "--incidents", known, "--out", base)

    def enroll(data, incidents, *words):
        return faultprint("enroll", "--config", CONFIG, "--model", base, "--data", data,
                          "--incidents", incidents, *words)

    clears = [row.replace("bgp_clear", "route_storm") for row in later if "bgp_clear" in row]
    twin.write_text("\n".join([rows[0], *clears[:3]]) + "\n")
    done = enroll(HELDOUT, twin, "--dry-run")
    check("W_SITS_ON_ANOTHER" in done.stderr and "'route_storm' are 'bgp_clear'" in done.stderr,
          "incidents never seen of a known type, under another name", done.stderr[-500:])
    flaps.write_text("\n".join([rows[0]] + [row for row in later if "port_flap" in row]) + "\n")
    done = enroll(HELDOUT, flaps, "--dry-run")
    check(done.returncode == 0 and "W_SITS" not in done.stderr, "what is new sits on nothing",
          done.stderr[-500:])
    # An operator who calls known faults normal, beside a new type.
    wrong.write_text("\n".join([rows[0], *(row.replace("bgp_clear", "normal") for row in rows[1:]),
                                rows[1].replace("bgp_clear", "odd")]) + "\n")
    done = enroll(HISTORY[1], wrong, "--out", out)
    check(done.returncode == 1 and not out.exists() and
          "types known before would be named worse: macro-F1 0." in done.stderr,
          "refused with the figures", done.stderr[-500:])
    done = enroll(HISTORY[1], wrong, "--out", out, "--accept-worse")
    check(done.returncode == 0 and clusters(out)[-1] == "port_flap", "--accept-worse", done.stderr[-500:])
    bare = WORK / "worse_bare.safetensors"  # to which the history's faults are normal
    faultprint("train", "--config", CONFIG, *HISTORY, "--out", bare, "--epochs", 5,
               "--least-epochs", 5)
    done = faultprint("enroll", "--config", CONFIG, *TRAINING, "--model", bare, "--out", out)
    named = held_out(out, "bare")[0]["incidents"]["named"]
    check(done.returncode == 0 and named >= 7 and
          "windows of these incidents were normal to the model, and are no longer" in done.stdout,
          "what was taught as normal is freed", f"{named} named, {done.stdout}")


def test_unknowns():
    """what a replay calls unknown becomes an incidents file that enroll takes as it is"""
    rows = TRAIN_INCIDENTS.read_text().replace("bgp_clear", "ignore")
    known, unknowns = WORK / "without_clears.csv", WORK / "unknowns.csv"
    known.write_text(rows)
    base, more = WORK / "unknown_base.safetensors", WORK / "unknown_more.safetensors"
    common = ("--config", CONFIG, "--model", base, "--data", HELDOUT)
    faultprint("train", "--config", CONFIG, *HISTORY, "--incidents", known, "--out", base)
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
    with open(INCIDENTS, newline="") as file:
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
    text = CONFIG.read_text()
    line = next(row for row in text.splitlines() if row.startswith("alarms:"))
    budget, fixed, plain = (WORK / name for name in ("budget.yaml", "fixed.yaml", "plain.safetensors"))
    budget.write_text(text.replace(line, "alarms: {false_alarms_per_day: 20}"))
    fixed.write_text(text.replace(line, "alarms: {false_alarms_per_day: 20, raise: 7/9}"))
    out = WORK / "budget.safetensors"
    done = faultprint("train", "--config", budget, *TRAINING, "--out", out)
    check(done.returncode == 0 and "<- chosen" in done.stderr and
          "W_RATE_UNSUPPORTED" in done.stderr, "trained, and said what it costs",
          done.stderr[-600:])
    curve = json.loads(faultprint("inspect", "--model", out).stdout)["operating_curve"]
    check(curve["incidents"] > 5 and curve["element_days"] > 0.3 and
          any(point["named"] > 5 for point in curve["points"]), "the curve is kept")
    shown = faultprint("inspect", "--text", "--model", out).stdout
    check("incidents named against false alarms: 11 elements watched" in shown and
          f"/{curve['incidents']}  " in shown, "and shown to people", shown[-600:])
    report, _ = held_out(out, "budget", budget)
    named = report["incidents"]["named"]
    check(named >= 8, "held-out incidents are named under it", named)
    done = faultprint("replay", "--config", fixed, "--model", out, "--data", HELDOUT)
    check(done.returncode == 78 and "alarms.raise: the model's" in done.stderr,
          "a raise that was not measured", done.stderr[-300:])
    faultprint("train", "--config", CONFIG, *TRAINING, "--epochs", 2, "--out", plain)
    done = faultprint("replay", "--config", budget, "--model", plain, "--data", HELDOUT)
    check(done.returncode == 78 and "budget.yaml:35: alarms.false_alarms_per_day: the model" in
          done.stderr, "a model that cannot choose", done.stderr[-300:])


def test_labelled_pairs():
    """train on named pairs alone; embed; compare with a calibrated threshold, or plainly without"""
    rows = [row.split(",") for row in TRAIN_INCIDENTS.read_text().split()[1:]]
    pairs, out = WORK / "pairs.csv", WORK / "pairs.safetensors"
    lines = ["element_a,time_a,element_b,time_b,same"]
    for i, (a, start, _, fault) in enumerate(rows):
        lines += [f"{a},{int(start) + 60},{b},{int(other) + 65},{int(fault == kind)}"
                  for b, other, _, kind in rows[i + 1:]]
    pairs.write_text("\n".join(lines) + "\n")
    data = ("--config", CONFIG, *HISTORY)
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


run_tests(test_enrolment, test_never_worse, test_unknowns, test_false_alarm_rate, test_labelled_pairs)
