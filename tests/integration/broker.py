"""A real Kafka broker of one node."""
import collections
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import wire
from kit import WORK, free_port, say, spawn, stop, wait

KAFKA = "3.9.1"
POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>faultprint.test</groupId><artifactId>broker</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId>
<version>{KAFKA}</version></dependency>
<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-reload4j</artifactId>
<version>1.7.36</version></dependency></dependencies></project>
"""


def kafka_jars():
    cache = pathlib.Path.home() / ".cache/faultprint/kafka"
    lib = cache / "lib"
    if not (lib / f"kafka_2.13-{KAFKA}.jar").exists():
        say(f"fetching Kafka {KAFKA} into {cache}")
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as part:
            pathlib.Path(part, "pom.xml").write_text(POM)
            done = subprocess.run(["mvn", "-q", "-B", "dependency:copy-dependencies",
                                   "-DoutputDirectory=lib"], cwd=part, capture_output=True)
            if done.returncode:
                sys.exit("mvn failed:\n" + done.stdout.decode()[-2000:])
            shutil.rmtree(lib, ignore_errors=True)
            pathlib.Path(part, "lib").rename(lib)
    return lib


Listener = collections.namedtuple("Listener", "address port")  # a way in beside the plain one


class Broker:
    """Apache Kafka, one node. Its address is known, and stays, before it is started.

    listeners: name -> its security protocol; where clients find it may be another port, as that of a
    proxy (`advertised`: name -> port). users: name -> password, known to SASL's PLAIN and SCRAM."""

    def __init__(self, listeners=None, advertised=None, users=None, settings=None):
        self.jars = kafka_jars()
        self.port, controller = free_port(), free_port()
        self.address = f"127.0.0.1:{self.port}"
        ports = {name: free_port() for name in listeners or {}}
        shown = {**ports, **(advertised or {})}
        self.listeners = {name: Listener(f"127.0.0.1:{shown[name]}", port)
                          for name, port in ports.items()}
        self.home = WORK / f"kafka-{self.port}"
        self.home.mkdir()
        self.process = None
        (self.home / "log4j.properties").write_text(
            "log4j.rootLogger=WARN, out\nlog4j.appender.out=org.apache.log4j.ConsoleAppender\n"
            "log4j.appender.out.layout=org.apache.log4j.PatternLayout\n"
            "log4j.appender.out.layout.ConversionPattern=%d %p %c %m%n\n")
        own = {
            "process.roles": "broker,controller", "node.id": 1,
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "listeners": ",".join([f"PLAINTEXT://{self.address}",
                                   f"CONTROLLER://127.0.0.1:{controller}",
                                   *(f"{name}://127.0.0.1:{port}" for name, port in ports.items())]),
            "advertised.listeners": ",".join(
                [f"PLAINTEXT://{self.address}",
                 *(f"{name}://{at.address}" for name, at in self.listeners.items())]),
            "listener.security.protocol.map": ",".join(
                ["PLAINTEXT:PLAINTEXT", "CONTROLLER:PLAINTEXT",
                 *(f"{name}:{protocol}" for name, protocol in (listeners or {}).items())]),
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": "PLAINTEXT", "log.dirs": self.home / "data",
            "offsets.topic.replication.factor": 1, "offsets.topic.num.partitions": 1,
            "transaction.state.log.replication.factor": 1, "transaction.state.log.min.isr": 1,
            "group.initial.rebalance.delay.ms": 0, "group.min.session.timeout.ms": 1000,
            # The recording is years old: nothing may go by its age.
            "log.retention.ms": -1, "auto.create.topics.enable": "false"}
        (self.home / "server.properties").write_text(
            "".join(f"{key}={value}\n" for key, value in {**own, **(settings or {})}.items()))
        scram = [word for name, password in (users or {}).items() for word in
                 ("--add-scram", f"SCRAM-SHA-256=[name={name},password={password}]")]
        formatted = subprocess.run(
            self._java("kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c",
                       self.home / "server.properties", *scram), capture_output=True)
        if formatted.returncode:
            sys.exit("kafka storage format failed:\n" + formatted.stderr.decode()[-2000:])

    def _java(self, *words):
        return ["java", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                f"-Dlog4j.configuration=file:{self.home}/log4j.properties", "-cp",
                f"{self.jars}/*", *map(str, words)]

    def launch(self):
        self.process = spawn(self._java("kafka.Kafka", self.home / "server.properties"),
                             self.home / "broker.log")

    def start(self):
        began = time.monotonic()
        self.launch()
        wait(self.answers, 60, f"Kafka does not answer, see {self.home}/broker.log")
        say(f"Kafka {KAFKA} at {self.address} after {time.monotonic() - began:.1f} s")

    def answers(self):
        if self.process.poll() is not None:
            sys.exit("Kafka ended:\n" + (self.home / "broker.log").read_text()[-2000:])
        try:
            connection = self.connect()
            connection.alive()
            connection.close()
            return True
        except OSError:
            return False

    def stop(self, how=signal.SIGTERM):
        stop(self.process, 30, how)

    def connect(self):
        return wire.Connection("127.0.0.1", self.port)

    def create(self, topic, partitions):
        self.admin(wire.Connection.create_topic, topic, partitions)

    def admin(self, act, *arguments):
        """One of admin.py's requests."""
        connection = self.connect()
        try:
            return act(connection, *arguments)
        finally:
            connection.close()

    def produce(self, topic, partition, records):
        self.admin(wire.Connection.produce, topic, partition, records)
