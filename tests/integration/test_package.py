#!/usr/bin/env python3
"""The Debian package: built by cpack, lintian's opinion, its contents. test_life.py installs it."""
import os
import re
import shutil
import subprocess

from kit import BUILD, SOURCE, WORK, check, need, run_tests

need(cpack="cmake", lintian="lintian", file="file", **{"dpkg-shlibdeps": "dpkg-dev"})
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
         DOC + "monitoring/metrics.md", DOC + "copyright", DOC + "changelog.Debian.gz",
         DOC + "changelog.gz", DOC + "docs/operations.md",
         DOC + "docs/sizing.md",
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


def test_without_shlibdeps():
    """where nothing can tell what it depends on, cpack ends, and says what is missing"""
    asked = "systemd/debian/cpack.cmake"
    config = (BUILD / "CPackConfig.cmake").read_text()
    check(re.search(rf'CPACK_PROJECT_CONFIG_FILE "\S*{asked}"', config), "cpack asks before it packs")
    # By itself: cpack looks beyond the PATH.
    for path, status in (("/nowhere", 1), (os.environ["PATH"], 0)):
        done = subprocess.run([shutil.which("cmake"), "-P", SOURCE / asked], capture_output=True,
                              text=True, env={"PATH": path})
        check(done.returncode == status and ("install dpkg-dev" in done.stderr) == (status == 1),
              f"with PATH={path}: {status}", done.stderr[-300:])


def test_contents():
    """what is in it, and what it depends on"""
    root = WORK / "root"
    subprocess.run(["dpkg-deb", "-R", package(), root], check=True)
    missing = [name for name in FILES if not (root / name).is_file()]
    check(not missing, "all files", missing)
    readme = (root / DOC / "README.md").read_text()
    links = re.findall(r"\]\(([^):#]+)\)|`(monitoring/[\w./]+)`", readme)
    missing = [link for pair in links for link in pair if link and not (root / DOC / link).is_file()]
    check(len(links) >= 5 and not missing, "what the README points at", missing)
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


run_tests(test_build, test_without_shlibdeps, test_contents)
