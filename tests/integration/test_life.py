#!/usr/bin/env python3
"""The Debian package's life in a booted Debian: install, edit six lines, an alarm that reaches a webhook
through Prometheus and Alertmanager, kill, watchdog, reload, upgrade, remove, purge
(package_lifecycle.sh).

Needs FAULTPRINT_BOOT, a program that is called as `BOOT -t SECONDS -f FOLDER ROOT COMMAND`, boots
systemd from the Debian in folder ROOT, runs COMMAND there with a copy of FOLDER in the working folder,
changes ROOT in nothing and exits with COMMAND's status; and FAULTPRINT_ROOT, such a folder, of the
release that FAULTPRINT_DEB (default: the package built here) is for. Without them it is skipped, in CI
too (test.sh): to boot one takes root, namespaces and a cgroup tree, which a job in a container has
not."""
import os
import pathlib
import re
import shutil
import subprocess
import sys

from kit import BUILD, DEMO, SOURCE, WORK, check, need, run_tests, say
from outcome import recording, write_csv
from product import run

BOOT, ROOT = os.environ.get("FAULTPRINT_BOOT"), os.environ.get("FAULTPRINT_ROOT")
if not BOOT or not ROOT:
    say("SKIPPED: FAULTPRINT_BOOT and FAULTPRINT_ROOT name no Debian to boot (see test_life.py)")
    sys.exit(77)
need(cpack="cmake", **{"dpkg-deb": "dpkg"})
SPLIT, UNTIL = 1501867250, 1501867750  # a minute into the first of two incidents; after both


def package():
    """FAULTPRINT_DEB, or the one of this build."""
    if "FAULTPRINT_DEB" in os.environ:
        return pathlib.Path(os.environ["FAULTPRINT_DEB"])
    subprocess.run(["cpack", "-G", "DEB", "--config", BUILD / "CPackConfig.cmake", "-B",
                    WORK / "pack"], check=True, stdout=subprocess.DEVNULL)
    return next((WORK / "pack").glob("faultprint_*.deb"))


def next_version(deb, out):
    """The same package as a later version, whose example configuration is another."""
    root = WORK / "next"
    subprocess.run(["dpkg-deb", "-R", deb, root], check=True)
    control = root / "DEBIAN/control"
    control.write_text(re.sub(r"^(Version: .*)$", r"\1+next", control.read_text(), flags=re.M))
    with open(root / "etc/faultprint/faultprint.yaml", "a") as example:
        example.write("\n# A later version's.\n")
    subprocess.run(["dpkg-deb", "--root-owner-group", "-b", root, out], check=True,
                   stdout=subprocess.DEVNULL)


def edited_example():
    """The shipped configuration, with the six lines that package_lifecycle.sh edits."""
    edits = (SOURCE / "tests/integration/six_lines.sed").read_text().replace("@BROKER@", "127.0.0.1:1")
    config = WORK / "edited.yaml"
    config.write_text(subprocess.run(["sed", edits, SOURCE / "systemd/faultprint.yaml"], check=True,
                                     capture_output=True, text=True).stdout)
    return config


def life_files(folder, deb):
    """What package_lifecycle.sh wants beside it."""
    folder.mkdir()
    shutil.copy(deb, folder / "faultprint.deb")
    next_version(deb, folder / "next.deb")
    for name in ("package_lifecycle.sh", "mock_broker.py", "webhook.py", "pages.py", "six_lines.sed"):
        shutil.copy(SOURCE / "tests/integration" / name, folder)
    config, trained = edited_example(), folder / "model.safetensors"
    run("train", "--config", config, "--data", DEMO / "train.csv.gz", "--incidents",
        DEMO / "train_incidents.csv", "--out", trained, "--seed", "1")
    header, rows = recording(until=UNTIL)
    first = [row for row in rows if float(row[0]) < SPLIT]
    write_csv(folder / "first.csv", header, first)
    write_csv(folder / "second.csv", header, rows[len(first):])
    whole = write_csv(WORK / "whole.csv", header, rows)
    lines = run("replay", "--config", config, "--model", trained, "--data", whole).decode()
    ids = sorted(re.findall(r'"id":"[^"]*"', lines))
    (folder / "expected").write_text("".join(name + "\n" for name in ids))


def test_life():
    """the whole life"""
    folder = WORK / "life"
    life_files(folder, package())
    done = subprocess.run([BOOT, "-t", "900", "-f", folder, ROOT,
                           "cd life && bash package_lifecycle.sh"], capture_output=True, text=True)
    for line in done.stdout.splitlines():
        say("    " + line)
    check(done.returncode == 0, "ended well", done.stderr[-1000:] if done.returncode else "")


run_tests(test_life)
