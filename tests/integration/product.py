"""faultprint itself: model, configuration, daemon, replays, and its metrics."""
import functools
import json
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request

from kit import BINARY, BUILD, DEMO, HELDOUT, WORK, say, spawn, stop, wait
from outcome import read_lines, recording


def stream_section(extra=""):
    """The demo's `stream:` with further lines."""
    text = (DEMO / "faultprint.yaml").read_text()
    section = re.search(r"^stream:\n(?:[ #].*\n)+", text, re.M).group()
    return section.replace("stream:\n", "stream:\n" + extra, 1)


@functools.cache
def model():
    """Trained once, with seed 1, on the demo's first half; a copy of this script's own."""
    folder = BUILD / "integration"
    folder.mkdir(parents=True, exist_ok=True)
    out = folder / "model.safetensors"
    inputs = [BINARY, DEMO / "faultprint.yaml", DEMO / "train.csv.gz", DEMO / "train_incidents.csv"]
    newest = max(path.stat().st_mtime_ns for path in inputs)
    if not out.exists() or out.stat().st_mtime_ns != newest:  # another program's, be it an older one
        began = time.monotonic()
        new = folder / f"model-{os.getpid()}.safetensors"
        run("train", "--config", DEMO / "faultprint.yaml", "--data", DEMO / "train.csv.gz",
            "--incidents", DEMO / "train_incidents.csv", "--out", new, "--seed", "1")
        os.utime(new, ns=(newest, newest))  # before another script sees it
        new.rename(out)
        say(f"model trained in {time.monotonic() - began:.1f} s")
    return shutil.copy(out, WORK)


def run(*words, binary=BINARY):
    done = subprocess.run([str(binary), *map(str, words)], capture_output=True)
    if done.returncode:
        raise RuntimeError(f"faultprint {words[0]} ended with {done.returncode}: " +
                           done.stderr.decode()[-2000:])
    return done.stdout


def group_item(item):
    """One of `groups:`, which streams as the demo's configuration says."""
    name, (globs, more) = item
    lines = [f"elements: {json.dumps(globs)}", *stream_section().splitlines(),
             f"model: {{file: {model()}}}", *more]
    return f"\n  - name: {name}" + "".join(f"\n    {line}" for line in lines)


def from_file(data=HELDOUT, stream="", **sections):
    """`faultprint replay` straight from a file: verdict lines, alarm lines."""
    config = configuration(WORK / "replay.yaml", "127.0.0.1:1", "none", stream=stream, **sections)
    alarms = WORK / "replay-alarms.jsonl"
    lines = run("replay", "--config", config, "--data", data, "--alarms", alarms).splitlines()
    return lines, alarms.read_bytes().splitlines()


def to_topic(broker, topic, data=HELDOUT, speed=0):
    """`faultprint replay --to-topic`, as a process."""
    config = configuration(WORK / f"to-{topic}.yaml", broker.address, topic)
    return spawn([BINARY, "replay", "--config", config, "--data", data, "--to-topic", topic,
                  "--speed", speed], WORK / f"to-{topic}.log")


def produced(process, seconds=60):
    if process.wait(seconds):
        raise RuntimeError(f"replay --to-topic ended with {process.returncode}")


def configuration(path, brokers, topic, group="faultprint", properties=None, stream="", groups=None,
                  **sections):
    """A section is what JSON says, or YAML as it stands. `kafka`: more of that section. groups: name ->
    (globs, more of its section); then stream and model are theirs."""
    more = sections.pop("kafka", {})
    own = {"groups": "".join(map(group_item, groups.items()))} if groups else {
        "model": {"file": str(model())}}
    sections = {"http": {"listen": "127.0.0.1:0"}, **own, **sections}
    kafka = {"brokers": brokers, "topics": [topic], "group_id": group,
             "properties": properties or {}, **more}
    text = f"kafka: {json.dumps(kafka)}\n" + ("" if groups else stream_section(stream))
    text += "".join(f"{key}: {value if isinstance(value, str) else json.dumps(value)}\n"
                    for key, value in sections.items() if value)
    path.write_text(text)
    return path


class Daemon:
    """`faultprint run`. `sections` of the configuration may be changed and written again; with `config`
    it is a file of the caller's. `binary` may be that of another version."""
    binary = BINARY
    environment = {}  # beside this process's own

    def __init__(self, name, broker=None, topic=None, group=None, config=None, words=(), **sections):
        self.name = name
        self.verdicts_file = WORK / f"{name}.verdicts.jsonl"
        self.alarms_file = WORK / f"{name}.alarms.jsonl"
        self.config = config or WORK / f"{name}.yaml"
        self.words = words
        self.arguments = None if config else (broker.address, topic, group or name)
        self.sections = {"output": {"verdicts_file": str(self.verdicts_file), "verdicts": "all",
                                    "alarms_file": str(self.alarms_file)}, **sections}
        self.starts = 0
        self.process = None

    def write_config(self):
        if self.arguments:
            configuration(self.config, *self.arguments, **self.sections)

    def start(self, ready=True):
        self.write_config()
        self.starts += 1
        self.log = WORK / f"{self.name}.{self.starts}.log"
        self.process = spawn([self.binary, "run", "--config", self.config, *self.words], self.log,
                             env={**{k: v for k, v in os.environ.items() if k != "STATE_DIRECTORY"},
                                  **self.environment})
        self.port = int(wait(self._serving, 20, f"{self.name} does not serve").group(1))
        if ready:
            wait(lambda: self.get("/-/ready")[0] == 200, 60, f"{self.name} is not ready")
        return self

    def _serving(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.name} ended with {self.process.returncode}: " +
                               self.log.read_text()[-2000:])
        return re.search(r"serving.*127\.0\.0\.1:(\d+)", self.log.read_text())

    def stop(self):
        return stop(self.process)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def signal(self, number):
        self.process.send_signal(number)

    def reload(self):
        """By SIGHUP; whether all of it was taken."""
        before = self.metric("faultprint_config_reloads_total")
        self.signal(signal.SIGHUP)
        wait(lambda: self.metric("faultprint_config_reloads_total") > before, 20,
             f"{self.name}: no reload")
        return self.metric("faultprint_config_last_reload_successful") == 1

    def get(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as page:
                return page.status, page.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def metrics(self):
        return parse_metrics(self.get("/metrics")[1])

    def metric(self, name):
        """The sum over its labels."""
        return sum(value for (metric, _), value in self.metrics().items() if metric == name)

    def wait_metric(self, name, value, seconds=60):
        wait(lambda: self.metric(name) == value, seconds,
             lambda: f"{self.name}: {name} is {self.metric(name):g}, not {value:g}", every=0.1)

    def verdicts(self):
        return read_lines(self.verdicts_file)

    def alarms(self):
        return read_lines(self.alarms_file)


def parse_metrics(text):
    """(name, labels as a sorted tuple of pairs) -> value."""
    result = {}
    for line in text.splitlines():
        match = re.fullmatch(r"([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)", line)
        if not match:
            continue
        labels = re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', match.group(2) or "")
        unescaped = tuple(sorted(
            (key, re.sub(r"\\(.)", lambda m: {"n": "\n"}.get(m.group(1), m.group(1)), value))
            for key, value in labels))
        result[match.group(1), unescaped] = float(match.group(3))
    return result


def promtool(*words, text=None):
    done = subprocess.run(["promtool", *map(str, words)], input=text and text.encode(),
                          capture_output=True)
    return done.returncode, (done.stdout + done.stderr).decode().strip()


def undisturbed(broker, topic, partitions):
    """The recording in a new topic, and a daemon that has read it all and has ended."""
    records = len(recording()[1])
    broker.create(topic, partitions)
    produced(to_topic(broker, topic))
    daemon = Daemon("undisturbed", broker, topic).start()
    daemon.wait_metric("faultprint_records_total", records)
    daemon.rejected = daemon.metric("faultprint_records_rejected_total")
    daemon.ended = daemon.stop()
    return daemon
