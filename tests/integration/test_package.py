#!/usr/bin/env python3
"""The Debian package: built by cpack, lintian's opinion, its contents; and, in a booted Debian, its
life from installation to purge.

The life cycle needs FAULTPRINT_BOOT, a program that is called as `BOOT -t SECONDS -f FOLDER ROOT
COMMAND`, boots systemd from the Debian in folder ROOT, runs COMMAND there with a copy of FOLDER in
the working folder, changes ROOT in nothing and exits with COMMAND's status; and FAULTPRINT_ROOT,
such a folder, of the release that FAULTPRINT_DEB (default: the package built here) is for."""
import os
import pathlib
import re
import shutil
import subprocess

from kit import BUILD, SOURCE, WORK, check, need, run_tests, say
from outcome import recording, write_csv
from product import configuration, model, run

need(cpack="cmake", lintian="lintian", **{"dpkg-shlibdeps": "dpkg-dev"})
SPLIT, UNTIL = 1501867250, 1501867750  # a minute into the first of two incidents; after both
DOC, SHARE = "usr/share/doc/faultprint/", "usr/share/faultprint/"
FILES = ("etc/default/faultprint", "etc/faultprint/faultprint.yaml", "usr/bin/faultprint",
         "usr/lib/systemd/system/faultprint.service", "usr/lib/sysusers.d/faultprint.conf",
         "usr/share/bash-completion/completions/faultprint",
         "usr/share/zsh/vendor-completions/_faultprint",
         "usr/share/fish/vendor_completions.d/faultprint.fish",
         "usr/share/man/man1/faultprint.1.gz", "usr/share/man/man5/faultprint.yaml.5.gz",
         SHARE + "faultprint.rules.yml", SHARE + "runbook.md", SHARE + "alertmanager.yml",
         SHARE + "grafana/noc.json", SHARE + "grafana/sre.json",
         *(SHARE + f"grafana/provisioning/{kind}/faultprint.yaml"
           for kind in ("alerting", "dashboards", "datasources")),
         DOC + "metrics.md", DOC + "copyright", DOC + "changelog.Debian.gz",
         DOC + "changelog.gz", DOC + "operations.md",
         DOC + "recording/LICENSE.CDLA")


def output(*command):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True)
    return done.stdout


def package():
    return next((WORK / "pack").glob("faultprint_*.deb"))


def test_build():
    """cpack makes it, lintian finds no error"""
    done = subprocess.run(["cpack", "-G", "DEB", "--config", BUILD / "CPackConfig.cmake", "-B",
                           WORK / "pack"], capture_output=True, text=True)
    check(done.returncode == 0, "cpack", (done.stdout + done.stderr)[-500:])
    done = subprocess.run(["lintian", "--no-cfg", "--allow-root", "--fail-on", "error", package()],
                          capture_output=True, text=True)
    check(done.returncode == 0, "lintian", done.stdout + done.stderr)


def test_contents():
    """what is in it, and what it depends on"""
    root = WORK / "root"
    subprocess.run(["dpkg-deb", "-R", package(), root], check=True)
    missing = [name for name in FILES if not (root / name).is_file()]
    check(not missing, "all files", missing)
    kernels = {str(path.relative_to(root)).split("faultprint/")[1]
               for path in root.rglob("libfaultprint-kernels.so.0")}
    if os.uname().machine == "x86_64":
        check(len(kernels) == 3 and any("x86-64-v4" in path for path in kernels), "kernels",
              kernels)
    conffiles = set((root / "DEBIAN/conffiles").read_text().split())
    check(conffiles == {f"/{path.relative_to(root)}" for path in (root / "etc").rglob("*")
                        if path.is_file()}, "everything in /etc is a conffile", conffiles)
    depends = output("dpkg-deb", "-f", package(), "Depends")
    check(all(name in depends for name in ("librdkafka1", "libc6", "libsystemd0", "systemd |")),
          "depends", depends.strip())
    unit = (root / "usr/lib/systemd/system/faultprint.service").read_text()
    check("ExecStart=/usr/bin/faultprint run --config /etc/faultprint/faultprint.yaml\n" in unit,
          "the unit names what is installed")
    version = output(root / "usr/bin/faultprint", "version").split()[1]
    packed = output("dpkg-deb", "-f", package(), "Version").strip()
    check(packed.startswith(version + "-"), "version", packed)
    if shutil.which("systemd-analyze"):
        done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=12",
                               root / "usr/lib/systemd/system/faultprint.service"],
                              capture_output=True, text=True)
        score = re.search(r"Overall exposure level.*?: ([\d.]+)", done.stdout)
        check(done.returncode == 0 and score, "systemd-analyze security: at most 1.2",
              score and score.group(1))


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


def life_files(folder, deb):
    """What package_lifecycle.sh wants beside it."""
    folder.mkdir()
    shutil.copy(deb, folder / "faultprint.deb")
    next_version(deb, folder / "next.deb")
    for name in ("package_lifecycle.sh", "mock_broker.py"):
        shutil.copy(SOURCE / "tests/integration" / name, folder)
    shutil.copy(model(), folder / "model.safetensors")
    state = "/var/lib/faultprint/"
    configuration(folder / "faultprint.yaml", "@BROKER@", "kpi", http={"listen": "127.0.0.1:10480"},
                  model={"file": state + "model.safetensors"}, state={"snapshot_every": "1s"},
                  output={"verdicts_file": state + "verdicts.jsonl", "verdicts": "all",
                          "alarms_file": state + "alarms.jsonl"})
    with open(folder / "faultprint.yaml", "a") as file:
        file.write("alarms:\n  severity:\n    default: major\n")
    header, rows = recording(until=UNTIL)
    first = [row for row in rows if float(row[0]) < SPLIT]
    write_csv(folder / "first.csv", header, first)
    write_csv(folder / "second.csv", header, rows[len(first):])
    whole = write_csv(WORK / "whole.csv", header, rows)
    local = configuration(WORK / "whole.yaml", "127.0.0.1:1", "none")
    lines = run("replay", "--config", local, "--data", whole).decode()
    ids = sorted(re.findall(r'"id":"[^"]*"', lines))
    (folder / "expected").write_text("".join(name + "\n" for name in ids))


def test_life():
    """a booted Debian: install, alarm, kill, watchdog, reload, upgrade, remove, purge"""
    boot, root = os.environ.get("FAULTPRINT_BOOT"), os.environ.get("FAULTPRINT_ROOT")
    if not boot or not root:
        say("SKIPPED: needs a Debian to boot; FAULTPRINT_BOOT and FAULTPRINT_ROOT name none "
            "(see the head of test_package.py)")
        return
    deb = pathlib.Path(os.environ.get("FAULTPRINT_DEB") or package())
    folder = WORK / "life"
    life_files(folder, deb)
    done = subprocess.run([boot, "-t", "400", "-f", folder, root,
                           "cd life && bash package_lifecycle.sh"], capture_output=True, text=True)
    for line in done.stdout.splitlines():
        say("    " + line)
    check(done.returncode == 0, "the whole life",
          done.stderr[-1000:] if done.returncode else "")


run_tests(test_build, test_contents, test_life)
