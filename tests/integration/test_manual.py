#!/usr/bin/env python3
"""Manual pages and completions against the program: every command, option and key is in them."""
import json
import re
import subprocess

from cli import faultprint
from kit import BUILD, SOURCE, WORK, check, need, run_tests, wait

need(bash="bash", man="man-db", zsh="zsh", fish="fish")
MANUAL = BUILD / "daemon/manual"
KPIS = [{"name": "load", "kind": "gauge"}]
wait(lambda: (MANUAL / "faultprint.fish").exists(), 60, "the manual is not built")


def help_of(*command):
    return faultprint(*command, "--help").stdout


def commands():
    listed = help_of().split("Subcommands:\n")[1].split("\n\n")[0]
    return [line.split()[0] for line in listed.splitlines() if line.startswith("  ") and
            not line.startswith("   ")]


def options(*command):
    """Every name of every option that --help shows, as '--data'."""
    found = re.findall(r"^  (-\S+)", help_of(*command), re.M)
    return [name for names in found for name in names.split(",")]


def shown(page):
    """A page as man shows it, and what troff warned of."""
    done = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", MANUAL / page],
                          capture_output=True, text=True, env={"PATH": "/usr/bin:/bin",
                                                               "MANWIDTH": "100", "LC_ALL": "C.UTF-8"})
    return done.stdout, done.stderr


def test_commands_page():
    """faultprint(1) has every command and option of --help, and their examples"""
    text, warnings = shown("faultprint.1")
    check(not warnings, "man has nothing to warn of", warnings[:300])
    check(len(commands()) >= 13, "commands", len(commands()))
    parts = dict(zip(*[iter(re.split("^   faultprint ([a-z-]+)\n", text, flags=re.M)[1:])] * 2))
    for command in commands():
        part = parts.get(command, "")
        missing = [name for name in options(command)
                   if not re.search(rf"^ .*{re.escape(name)}\b", part, re.M)]
        example = [line for line in help_of(command).splitlines() if line.startswith("  faultprint ")]
        check(part and not missing and all(" ".join(line.split()) in part for line in example),
              command, missing or "")


def test_diagnostics():
    """faultprint(1) explains every code of a warning or error that the sources have, and no other"""
    text, _ = shown("faultprint.1")
    explained = re.findall(r"^       ([WE]_[A-Z_]+)", text.split("DIAGNOSTICS\n")[1], re.M)
    told = set()
    for layer in ("config", "daemon", "ingest", "model"):
        for source in (SOURCE / layer).rglob("*.cpp"):
            if source.parent.name != "manual":
                told.update(re.findall(r'"([WE]_[A-Z_]{3,}): ', source.read_text()))
    check(len(told) > 25 and told == set(explained), "the codes", told ^ set(explained))
    check(len(explained) == len(set(explained)), "each once")


def refusal(config):
    """The keys allowed where the unknown key zzz was met; None where no mapping is wanted."""
    path = WORK / "wrong.yaml"
    path.write_text(json.dumps(config))
    error = faultprint("check-config", "--config", path).stderr
    allowed = re.search(r"zzz: unknown key, allowed are (.*)", error)
    return allowed and re.split(r", | and ", allowed.group(1).strip())


def keys(path=()):
    """Every key that the reader accepts, found by what it says of one it does not know."""
    for wrong in ({"zzz": 1}, [{"zzz": 1}]):
        labelled = path[:2] == ("stream", "record")  # which json has not
        config = {"stream": {"period": "5s", "window": 12, "kpis": KPIS,
                             "format": "csv" if labelled else "json"}}
        if path == ("groups",):  # in the place of stream
            config = {}
        where = config
        for name in path[:-1]:
            where = where.setdefault(name, {})
        if path:
            where[path[-1]] = wrong
        else:
            config.update(wrong)
        for name in refusal(config) or ():
            below = (*path[:-1], path[-1] + "[]") if path and isinstance(wrong, list) else path
            yield ".".join((*below, name))
            yield from keys((*below, name)) if below == path else ()
        if not path:
            return


def test_configuration_page():
    """faultprint.yaml(5) has every key that the configuration's reader accepts, described"""
    text, warnings = shown("faultprint.yaml.5")
    check(not warnings, "man has nothing to warn of", warnings[:300])
    source = (MANUAL / "faultprint.yaml.5").read_text()
    found = list(keys())
    check(len(found) > 40 and {"stream.json.time_unit", "stream.kpis[].buckets",
                               "stream.baseline.slow"} <= set(found), "keys found", len(found))
    entries = {name: words for names, words in re.findall(r"^\.TP\n(\\fB.*)\n(.*)$", source, re.M)
               for name in re.findall(r"\\fB(\S+?)\\fR", names)}
    missing = [key for key in found if "." in key and len(entries.get(key, "").split()) < 2]
    missing += [key for key in found if "." not in key and f'.SS "{key}"' not in source]
    check(not missing, "all have an entry", missing)
    check(all(key in text for key in found), "and man shows it")
    check(set(entries) <= set(found) | {"alarms.severity.default", "alarms.severity.silent"}, "and no other has",
          set(entries) - set(found))
    minimal = WORK / "minimal.yaml"
    minimal.write_text(source.split("Minimal:\n.PP\n.EX\n")[1].split(".EE")[0]
                       .replace("\\(dq", '"').replace("\\-", "-"))
    done = faultprint("check-config", "--config", minimal)
    check(done.returncode == 0, "its example is a configuration", done.stderr)


def completed(*words):
    """What bash offers for the last of the words."""
    script = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _faultprint; '
              'printf "%s\\n" "${COMPREPLY[@]}"')
    done = subprocess.run(["bash", "-c", script, "-", MANUAL / "faultprint.bash", "faultprint",
                           *words], capture_output=True, text=True, cwd=WORK)
    return done.stdout.split(), done.stderr


def test_bash():
    """bash completes every command, every option, the choices of one, and files"""
    found, errors = completed("")
    check(set(commands()) <= set(found) and "--version" in found and not errors, "commands", errors)
    for command in commands():
        found, errors = completed(command, "-")
        check(set(options(command)) == set(found) and not errors, command,
              set(options(command)) ^ set(found))
    check(completed("train", "--mining", "batch")[0] == ["batch-hard"], "choices of an option")
    (WORK / "a file.csv").touch()
    check(completed("train", "--data", "a f")[0] == ["a", "file.csv"], "files")
    check(completed("compare", "x", "a f")[0] == ["a", "file.csv"], "files where no option stands")
    check(completed("train", "--epochs", "")[0] == [], "nothing for a number")
    check(completed("trai")[0] == ["train"], "a command's beginning")


def test_other_shells():
    """the completions of zsh and fish hold every command and option, and load"""
    zsh, fish = ((MANUAL / name).read_text() for name in ("_faultprint", "faultprint.fish"))
    for command in commands():
        check(f"    '{command}:" in zsh and f"-a {command} " in fish, command)
        part = zsh.split(f"\n    {command})\n")[1].split(";;")[0]
        lines = [line for line in fish.splitlines() if f"from {command}'" in line]
        missing = [name for name in options(command) if f"{name}[" not in part or not any(
            re.search(rf" -[ls] {name.lstrip('-')}( |$)", line) for line in lines)]
        check(not missing, f"options of {command}", missing)
    for shell, name in (("zsh", "_faultprint"), ("fish", "faultprint.fish")):
        done = subprocess.run([shell, "-n", MANUAL / name], capture_output=True, text=True)
        check(done.returncode == 0 and not done.stderr, f"{shell} reads it", done.stderr[:300])


run_tests(test_commands_page, test_diagnostics, test_configuration_page, test_bash, test_other_shells)
