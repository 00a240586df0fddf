#!/usr/bin/env python3
"""The commands as a user types them: the examples of --help, exit statuses, every kernel, the
demonstration, the protocol of systemd, and the installed files."""
import gzip
import json
import os
import re
import resource
import shutil
import socket
import subprocess

from cli import CONFIG, TRAIN_INCIDENTS, faultprint, held_out
from kit import BINARY, BUILD, HELDOUT, SOURCE, WORK, check, need, run_tests, say, spawn, wait
from product import configuration, model

need(cmake="cmake")
COMMANDS = ("train", "evaluate", "enroll", "forget", "rename", "embed", "compare", "replay",
            "label", "report", "simulate", "probe", "inspect", "check-config", "demo", "run",
            "version")


def examples(command):
    """The lines of its --help that begin with the program's name, joined where they go on."""
    text = faultprint(command, "--help").stdout.replace("\\\n", " ")
    return [" ".join(line.split()) for line in text.splitlines()
            if line.strip().startswith(("faultprint ", "echo "))]


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
    for kafka, words in (("{topics: [kpi]}", "bad.yaml:1: kafka.brokers: is required by run"),
                         ("{brokers: b, topics: [kpi], properties: {ssl.key.password: "
                          "'${NO_SUCH_VAR}'}}", "bad.yaml:1: kafka.properties.ssl.key.password: ")):
        bad.write_text(f"kafka: {kafka}\n{stream}")
        done = faultprint("check-config", "--config", bad)
        check(done.returncode == 0 and "warning: " in done.stderr and words in done.stderr,
              f"missing here, said, no failure: {words}", done.stderr.strip())
    good = CONFIG.read_text()
    bad.write_text(good.replace("group_id:", "properties: {fecth.wait: 1}\n  group_id:"))
    done = faultprint("run", "--config", bad, timeout=20)
    check(done.returncode == 78, "run with a bad property ends with 78", done.stderr.strip())
    shown = faultprint("check-config", "--config", SOURCE / "systemd/faultprint.yaml")
    check(shown.returncode == 0, "the example configuration is good", shown.stderr)
    (WORK / "shown.yaml").write_text(shown.stdout)
    again = faultprint("check-config", "--config", WORK / "shown.yaml")
    check(again.stdout == shown.stdout, "what check-config prints is a configuration, the same one")
    made_up = faultprint("train", "--config", CONFIG, "--data", HELDOUT, "--out", WORK / "none",
                         "--least-size", 8, "--greatest-size", 3)
    check(made_up.returncode == 1 and "--least-size must not be above" in made_up.stderr,
          "made-up faults have sizes that can be", made_up.stderr)
    labelled = ("--incidents", TRAIN_INCIDENTS)
    for words, said in (
            (("--mining", "batch-hard", *labelled),
             "--mining is for --loss triplet, not lossless-ln"),
            (("--loss", "contrastive", "--reach", 2), "--reach is for --loss lossless-ln, not contr"),
            (("--encoder", "dense", "--channels", 32), "--channels is for --encoder conv, not dense"),
            (("--no-summaries",), "--no-summaries is for --encoder dense, not universal"),
            (("--least-size", 3, *labelled), "--least-size is for made-up faults, and there are none"),
            (("--signatures", 4, "--published"), "--published learns from no made-up faults"),
            (("--epochs", 3, "--least-epochs", 9), "--least-epochs must not be above --epochs, 3"),
            (("--loss", "triplet", "--alpha", 99, *labelled), "E_MARGIN_UNREACHABLE: the alpha is 99"),
            (("--output", "linear", *labelled), "E_EMBEDDING_RANGE: "),
            (("--beta", 3, *labelled), "E_BETA_LT_N: beta is 3")):
        done = faultprint("train", "--config", CONFIG, "--data", WORK / "none.csv", "--out",
                          WORK / "none", *words)
        check(done.returncode == 1 and said in done.stderr,
              "told before the data is read: " + said, done.stderr.strip())
    for words in ((), ("nonsense",), ("train", "--no-such-flag"), ("replay", "--config")):
        check(faultprint(*words).returncode == 2, "usage: faultprint " + " ".join(words))
    for words, said in ((("nonsense",), '"nonsense" is no command'), (("run", "--bad"), "--bad"),
                        (("check-config",), "--config"), (("train", "--seed", -1), "--seed"),
                        (("train", "--pull", 0), "--pull: must be a number above 0, not 0"),
                        (("train", "--learning-rate", "inf"), "above 0, not inf"),
                        (("train", "--rest", -1), "--rest: must be a number from 0 on, not -1"),
                        (("train", "--channels", 12), "must be a multiple of 8, not 12")):
        done = faultprint(*words)
        check(done.returncode == 2 and said in done.stderr, "usage: it names " + said, done.stderr)
    done = faultprint("replay", "--config", CONFIG, "--data", HELDOUT)
    check(done.returncode == 78 and re.search(r"yaml:\d+: model\.file: \S+: No such file",
                                              done.stderr),
          "a model that the configuration names and is not there", done.stderr.strip())
    done = faultprint("inspect", "--model", WORK / "none.safetensors")
    check(done.returncode == 1 and "none.safetensors" in done.stderr, "no file", done.stderr.strip())
    done = faultprint("train", "--config", CONFIG, "--data", WORK / "none.csv", "--out",
                      WORK / "no/model")
    check(done.returncode == 1 and "no/model: cannot be written: No such file" in done.stderr,
          "a model that cannot be written is told before the data is read", done.stderr.strip())
    check(re.match(r"faultprint \d", faultprint("version").stdout), "version")


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
            if re.search(r" --protocol | --compare | train .*simulated/", line):
                line += " --epochs 3"  # whether it works, not how well: test_training, test_protocols
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


def test_kernels():
    """each kernel library, as an older machine would pick it: the same verdicts"""
    loader = next((path for path in ("/lib64/ld-linux-x86-64.so.2",) if os.path.exists(path)), None)
    if loader is None:
        say("    not an x86-64 machine: one kernel library")
        return
    supported = subprocess.run([loader, "--help"], capture_output=True, text=True).stdout
    outcomes = {}
    for level, mask in (("x86-64", "none"), ("x86-64-v3", "x86-64-v3"), ("x86-64-v4", "x86-64-v4")):
        forced = [loader, "--glibc-hwcaps-mask", mask, str(BINARY)]
        used = subprocess.run([*forced, "version"], capture_output=True, text=True).stdout
        if level != "x86-64" and f"  {level} (supported" not in supported:
            say(f"    this processor has no {level}")
            continue
        check(f"kernels {level})" in used, f"{level}: its kernels are taken", used.strip())
        lines = subprocess.run(
            [*forced, "replay", "--config", CONFIG, "--model", model(), "--data",
             HELDOUT], capture_output=True, text=True).stdout.splitlines()
        outcomes[level] = [(v["id"], v["verdict"], v.get("fault_type")) for v in
                           map(json.loads, lines)]
    if len(outcomes) == 1:
        say("    this processor takes the plain kernels alone: there is nothing to compare")
    check(all(len(verdicts) > 5000 for verdicts in outcomes.values()), "kernels tried", list(outcomes))
    first = outcomes["x86-64"]
    for level, verdicts in outcomes.items():
        differ = sum(a != b for a, b in zip(first, verdicts)) + abs(len(first) - len(verdicts))
        check(differ <= len(first) // 1000, f"{level}: verdicts as those of x86-64",
              f"{differ} of {len(first)} differ, where rounding decides")


def test_gap():
    """a gap of almost a day: a line for each of its slots, in bounded memory, and the sum of them"""
    header = gzip.open(HELDOUT, "rt").readline().strip()
    slots = [*range(60), *range(17000, 17020)]
    data = WORK / "gap.csv"
    data.write_text("\n".join([header, *(f"{1500000000 + 5 * slot},e{e}" +
                                         ",1" * (header.count(",") - 1)
                                         for e in range(12) for slot in slots)]) + "\n")
    verdicts, told = WORK / "gap.jsonl", WORK / "gap.txt"
    with verdicts.open("w") as out, told.open("w") as errors:
        child = subprocess.Popen([BINARY, "replay", "--config", CONFIG, "--model", model(), "--data",
                                  data], stdout=out, stderr=errors)
        _, status, used = os.wait4(child.pid, 0)
    lines, of_gap = 0, 0
    for line in verdicts.open():
        lines += 1
        of_gap += line.count('"reason":"masked"')
    size = verdicts.stat().st_size
    check(status == 0 and lines == 12 * 17020, "a line for each slot", lines)
    check(1024 * used.ru_maxrss < size, "which are not all held at once",
          f"{used.ru_maxrss // 1024} MiB for {size >> 20} MiB of lines")
    said = re.search(r"; (\d+) of (\d+) verdicts are of gaps in the data, and not scored",
                     told.read_text())
    check(said and int(said[2]) == lines and 0 <= of_gap - int(said[1]) <= 12 * 12,
          "told how many; windows after the gap are masked, too", told.read_text()[-200:])


def test_demo():
    """faultprint demo: all named, in colour on a terminal alone"""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = faultprint("demo")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    check(done.returncode == 0 and seconds < 60, "ends well, and takes less than a minute of processor",
          f"{seconds:.0f} s")
    check("10 of 10" in done.stdout, "10 of 10 named")
    check("\n2017-08-04\n" in done.stdout and "\n2017-09-01\n" in done.stdout, "the days of it")
    days = held_out(model(), "watched")[0]["element_days"]
    check(f" in {24 * days:.1f} element-hours" in done.stdout, "watched for as long as evaluate says",
          days)
    check("\x1b" not in done.stdout + done.stderr, "no colour in a pipe")
    check("ALARM" in done.stdout and "loss" in done.stdout + done.stderr, "alarms, and the training")
    check(b"\x1b[" in on_terminal("demo"), "colour on a terminal")


def test_unpack():
    """faultprint demo --unpack: says what it wrote, and what to type next, which works"""
    folder = WORK / "a folder"
    done = faultprint("demo", "--unpack", folder)
    check(done.returncode == 0 and len(list(folder.iterdir())) == 5 and
          all(str(path) in done.stdout for path in folder.iterdir()), "each file", done.stdout)
    following = done.stdout[done.stdout.index("  faultprint train"):].strip() + " --epochs 1"
    env = {**os.environ, "PATH": f"{BINARY.parent}:{os.environ['PATH']}"}
    done = subprocess.run(following, shell=True, env=env, capture_output=True, text=True)
    check(done.returncode == 0 and (folder / "model.safetensors").exists(), following,
          done.stderr[-300:])


def on_terminal(*words):
    """What a command says on a terminal up to the first colour, or its end."""
    ours, its = os.openpty()
    child = subprocess.Popen([BINARY, *words], stdin=subprocess.DEVNULL, stdout=its, stderr=its)
    os.close(its)
    said = b""
    try:
        while b"\x1b[" not in said:
            said += os.read(ours, 4096)
    except OSError:  # it has ended
        pass
    child.kill()
    child.wait()
    os.close(ours)
    return said


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
            wait(lambda: heard(word), 60, f"no {word}: {said}")
            check(True, word)
        check(daemon.wait(60) == 0, "ends well")


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


run_tests(test_exit_statuses, test_examples, test_kernels, test_gap, test_demo, test_unpack, test_systemd, test_install)
