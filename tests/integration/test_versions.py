#!/usr/bin/env python3
"""Files of released versions (tests/data/released) are read by this one; those of a version to come,
as after a rollback, are refused by name and do no harm. The version is the same wherever it stands."""
import gzip
import json
import re
import shutil

from kit import SOURCE, WORK, check, need, run_tests, wait
import product
from mock import MockBroker
from product import run

need()
RELEASED = sorted((SOURCE / "tests/data/released").glob("*.*.*"))


class Site(product.Daemon):
    """A released version's configuration, model, history and snapshot, in a folder of its own."""

    def __init__(self, released, name):
        self.folder = WORK / f"{name}-{released.name}"
        super().__init__(self.folder.name, config=self.folder / "faultprint.yaml")
        self.broker = MockBroker()
        self.state = self.folder / "state"
        self.state.mkdir(parents=True)
        self.verdicts_file = self.folder / "verdicts.jsonl"
        self.history = released / "history.csv.gz"
        text = (released / "faultprint.yaml").read_text()
        for word, value in (("@BROKER@", self.broker.address), ("@STATE@", self.state),
                            ("@VERDICTS@", self.verdicts_file)):
            text = text.replace(word, str(value))
        self.config.write_text(text)
        shutil.copy(released / "model.safetensors", self.folder)
        shutil.copy(released / "kpi-0.snapshot", self.state)
        self.told = outcomes(gzip.open(released / "verdicts.jsonl.gz", "rt"))

    def all_verdicts(self, count):
        wait(lambda: len(self.verdicts()) >= count, 60, f"fewer than {count} verdicts")
        return outcomes(self.verdicts())


def outcomes(lines):
    """id -> verdict and fault type: what later versions may add besides is theirs."""
    read = [json.loads(line) for line in lines]
    return {line["id"]: (line["verdict"], line.get("fault_type")) for line in read}


def differing(one, other):
    return sum(one[name] != other[name] for name in one)


def test_model():
    """a released version's model gives the verdicts that it gave then"""
    check(RELEASED, "there are files of released versions", [folder.name for folder in RELEASED])
    for released in RELEASED:
        site = Site(released, "model")
        run("check-config", "--config", site.config)
        run("inspect", "--model", released / "model.safetensors")
        now = outcomes(run("replay", "--config", site.config, "--data", site.history).splitlines())
        check(set(now) == set(site.told), f"{released.name}: the same slots", len(now))
        # On another processor a window on the border may fall to the other side.
        count = differing(now, site.told)
        check(count <= len(now) / 1000, f"{released.name}: the same verdicts", f"{count} differ")


def test_snapshot():
    """a released version's snapshot is gone on from"""
    for released in RELEASED:
        site = Site(released, "state")
        run("replay", "--config", site.config, "--data", site.history, "--to-topic", "kpi")
        site.start(ready=False)
        start = int(wait(lambda: re.search(r'msg="partition assigned".* start=(\d+)',
                                           site.log.read_text()), 30, "no partition").group(1))
        log = site.log.read_text()
        check(start > 0 and "elements=4" in log and "snapshot refused" not in log,
              f"{released.name}: its elements and offset are known", start)
        # The slot that is still open at the end of the stream gives none.
        now = site.all_verdicts((1680 - start) - 4)
        check(now and set(now) < set(site.told), f"{released.name}: only what came later", len(now))
        check(differing(now, site.told) <= len(now) / 1000, f"{released.name}: the same verdicts",
              f"{differing(now, site.told)} of {len(now)} differ")
        check(site.stop()[0] == 0, "ends with 0")


def test_rollback():
    """a snapshot and a model of a version to come are refused by name, and do no harm"""
    site = Site(RELEASED[-1], "rollback")
    snapshot = site.state / "kpi-0.snapshot"
    snapshot.write_bytes(re.sub(rb"^faultprint snapshot \d+", b"faultprint snapshot 9",
                                snapshot.read_bytes()))
    run("replay", "--config", site.config, "--data", site.history, "--to-topic", "kpi")
    site.start(ready=False)
    wait(lambda: "snapshot refused" in site.log.read_text(), 30, "the snapshot is not refused")
    check("its version is 9," in site.log.read_text(), "the snapshot is refused by its version")
    now = site.all_verdicts(len(site.told) - 4)
    check(set(now) <= set(site.told) and differing(now, site.told) <= len(now) / 1000,
          "everything is read anew, and nothing is made up", len(now))
    model = site.folder / "model.safetensors"
    model.write_bytes(model.read_bytes().replace(b'"faultprint.format":"1"',
                                                 b'"faultprint.format":"9"'))
    check(not site.reload() and "it has format 9 and this version reads 1" in site.log.read_text(),
          "a reload refuses the model")
    check(site.get("/-/ready")[0] == 200, "and goes on with the old one")
    site.stop()
    site.start(ready=False)
    wait(lambda: "being loaded" not in site.get("/-/ready")[1], 20, "the model is not loaded")
    status, text = site.get("/-/ready")
    check(status == 503 and "format 9" in text, "a start stays up, not ready, and says why", text)
    check(site.stop()[0] == 0, "ends with 0")


def test_numbers():
    """CMake's version, the program's, the changelog's and the package's are one"""
    version = re.search(r"project\(faultprint VERSION (\S+)",
                        (SOURCE / "CMakeLists.txt").read_text()).group(1)
    said = run("--version").decode()
    check(re.fullmatch(rf"faultprint {re.escape(version)} \(.+, .+, kernels \S+\)\n", said),
          "--version says version, compiler, build and kernels", said.strip())
    changes = re.findall(r"^## (\S+)", (SOURCE / "CHANGELOG.md").read_text(), re.M)
    check(changes[0] == version, "CHANGELOG.md", changes)
    package = (SOURCE / "systemd/debian/changelog").read_text()
    check(package.startswith(f"faultprint ({version}-"), "the package's changelog")
    check({folder.name for folder in RELEASED} == set(changes[1:]),
          "each released version has its files in tests/data/released",
          [folder.name for folder in RELEASED])


run_tests(test_model, test_snapshot, test_rollback, test_numbers)
