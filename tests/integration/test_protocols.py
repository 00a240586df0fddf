#!/usr/bin/env python3
"""`faultprint evaluate --protocol` on the recording, as a user types it."""
import gzip
import json

from cli import CONFIG, LATER, TRAIN_INCIDENTS, TRAINING, faultprint
from kit import DEMO, HELDOUT, INCIDENTS, WORK, check, need, run_tests

need()
BOTH = (*TRAINING, *LATER)
QUICK = ("--epochs", 3, "--hidden", "32")


def evaluate(*words):
    return faultprint("evaluate", "--config", CONFIG, *words)


def report_of(name, *words):
    figures = WORK / f"{name}.json"
    done = evaluate("--protocol", name, *words, *QUICK, "--json", figures)
    check(done.returncode == 0, f"{name}: done", done.stderr[-400:] if done.returncode else "")
    report = json.loads(figures.read_text())
    check(report["protocol"]["name"] == name and report["baselines"].keys() ==
          {"1nn", "minirocket", "nearest_class_mean"}, f"{name}: named, with the baselines")
    below = [b for b, figures in report["baselines"].items()
             if report["macro_f1"] < figures["macro_f1"]]
    enrolled = done.stderr.count("F1 of what was enrolled")
    check(done.stderr.count("W_BELOW_BASELINE") == len(below) + enrolled ==
          len(report["protocol"]["below_baselines"]), f"{name}: told of what is better", below)
    return report, done.stdout


def test_time():
    """time: the same incidents as the history has after the split, learned from those before"""
    report, text = report_of("time", *BOTH, "--split", "2017-08-01T00:00:00Z")
    check(report["incidents"]["total"] == 12, "incidents after it", report["incidents"])
    check("11 incidents before 2017-08-01" in text and "port_flap: no incident before" in text,
          "told what is on each side", text[:300])
    check(report["unknown"]["auroc"] is not None, "the type of later alone is one unknown")


def test_elements():
    """elements: every incident is judged once"""
    report, _ = report_of("elements", *TRAINING, "--folds", 2)
    check(report["incidents"]["total"] == 13 and report["protocol"]["trainings"] == 2,
          "all incidents", report["incidents"])


def test_types():
    """fault-types and enrol: a type left out in turn, then enrolled from one incident"""
    incidents = WORK / "more.csv"  # some of the earlier incidents are said to be of another type
    rows = TRAIN_INCIDENTS.read_text().splitlines()
    rows[4:8] = [row.replace("bgp_clear", "other") for row in rows[4:8]]
    incidents.write_text("\n".join(rows) + "\n")
    data = ("--data", DEMO / "train.csv.gz", "--data", HELDOUT, "--incidents", incidents,
            "--incidents", INCIDENTS)
    split = ("--split", "1501867000")
    report, text = report_of("fault-types", *data, *split)
    part = report["protocol"]["parts"][0]
    check(part["left_out"]["fault_type"] == "bgp_clear" and
          part["per_class"]["bgp_clear"]["f1"] == 0, "left out: not named", part["left_out"])
    report, text = report_of("enrol", *data, *split, "--shots", "1,2,100", "--repeat", 2)
    parts = report["protocol"]["parts"]
    check([(p["left_out"]["enrolled_incidents"], p["seed"]) for p in parts
           if p["left_out"]["fault_type"] == "bgp_clear"] == [(1, 1), (2, 1), (1, 2), (2, 2)],
          "1 and 2 incidents, two seeds", [p["name"] for p in parts])
    check("more cannot be enrolled" in text, "and what there are not", text[:400])


def test_network():
    """network: another network's history; one with the same elements is a leak"""
    with gzip.open(HELDOUT, "rt") as file:
        header, *rows = file.read().splitlines()
    other, labels = WORK / "other.csv", WORK / "other_incidents.csv"
    other.write_text("\n".join([header] + [row.replace(",", ",x-", 1) for row in rows]) + "\n")
    first, *rest = INCIDENTS.read_text().splitlines()
    labels.write_text("\n".join([first] + ["x-" + row for row in rest]) + "\n")
    report, _ = report_of("network", *TRAINING, "--other-data", other, "--other-incidents", labels)
    check(report["incidents"]["total"] == 10 and report["incidents"]["named"] >= 5, "the other's",
          report["incidents"])
    done = evaluate("--protocol", "network", *TRAINING, "--other-data", HELDOUT, "--other-incidents",
                    INCIDENTS)
    check(done.returncode == 1 and "E_SPLIT_LEAK" in done.stderr, "the same elements", done.stderr)


def test_usage():
    """options that do not go together are wrong usage, and say so"""
    for words, wrong in ((("--seed", 2), "--seed requires --protocol"),
                         (("--protocol", "time", "--model", "m"), "excludes --"),
                         (("--protocol", "time", "--folds", 3), "--folds: goes with --protocol elem"),
                         (("--protocol", "network"), "--other-data and --other-incidents")):
        done = evaluate(*TRAINING, *words)
        check(done.returncode == 2 and wrong in done.stderr, wrong, done.stderr)


run_tests(test_usage, test_time, test_elements, test_types, test_network)
