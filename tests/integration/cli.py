"""faultprint as it is typed, and what it says of the bundled recording."""
import json
import subprocess

from kit import BINARY, DEMO, HELDOUT, INCIDENTS, WORK, check

CONFIG = DEMO / "faultprint.yaml"
HISTORY = ("--data", DEMO / "train.csv.gz")
TRAIN_INCIDENTS = DEMO / "train_incidents.csv"
TRAINING = (*HISTORY, "--incidents", TRAIN_INCIDENTS)
LATER = ("--data", HELDOUT, "--incidents", INCIDENTS)


def faultprint(*words, **options):
    return subprocess.run([str(BINARY), *map(str, words)], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, **options)


def held_out(trained, name, config=CONFIG):
    """What `evaluate` says of a model on the recording's held-out part, and its report."""
    figures = WORK / f"{name}.json"
    done = faultprint("evaluate", "--config", config, "--model", trained, *LATER, "--json", figures)
    check(done.returncode == 0, f"{name}: evaluated", done.stderr[-300:] if done.returncode else "")
    return json.loads(figures.read_text()), done.stdout + done.stderr


def clusters(trained):
    """The labels that a model knows."""
    shown = json.loads(faultprint("inspect", "--model", trained).stdout)
    return [cluster["label"] for cluster in shown["clusters"]]
