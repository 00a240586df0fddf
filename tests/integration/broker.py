"""A real Kafka broker of one node."""
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


class Broker:
    """Apache Kafka, one node. Its address is known, and stays, before it is started."""

    def __init__(self):
        self.jars = kafka_jars()
        self.port, controller = free_port(), free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.home = WORK / f"kafka-{self.port}"
        self.home.mkdir()
        self.process = None
        (self.home / "log4j.properties").write_text(
            "log4j.rootLogger=WARN, out\nlog4j.appender.out=org.apache.log4j.ConsoleAppender\n"
            "log4j.appender.out.layout=org.apache.log4j.PatternLayout\n"
            "log4j.appender.out.layout.ConversionPattern=%d %p %c %m%n\n")
        settings = {
            "process.roles": "broker,controller", "node.id": 1,
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "listeners": f"PLAINTEXT://{self.address},CONTROLLER://127.0.0.1:{controller}",
            "advertised.listeners": f"PLAINTEXT://{self.address}",
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": "PLAINTEXT", "log.dirs": self.home / "data",
            "offsets.topic.replication.factor": 1, "offsets.topic.num.partitions": 1,
            "transaction.state.log.replication.factor": 1, "transaction.state.log.min.isr": 1,
            "group.initial.rebalance.delay.ms": 0, "group.min.session.timeout.ms": 1000,
            # The recording is years old: nothing may go by its age.
            "log.retention.ms": -1, "auto.create.topics.enable": "false"}
        (self.home / "server.properties").write_text(
            "".join(f"{key}={value}\n" for key, value in settings.items()))
        formatted = subprocess.run(
            self._java("kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c",
                       self.home / "server.properties"), capture_output=True)
        if formatted.returncode:
            sys.exit("kafka storage format failed:\n" + formatted.stderr.decode()[-2000:])

    def _java(self, *words):
        return ["java", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                f"-Dlog4j.configuration=file:{self.home}/log4j.properties", "-cp",
                f"{self.jars}/*", *map(str, words)]

    def start(self):
        began = time.monotonic()
        self.process = spawn(self._java("kafka.Kafka", self.home / "server.properties"),
                             self.home / "broker.log")
        wait(self._answers, 60, f"Kafka does not answer, see {self.home}/broker.log")
        say(f"Kafka {KAFKA} at {self.address} after {time.monotonic() - began:.1f} s")

    def _answers(self):
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
        connection = self.connect()
        connection.create_topic(topic, partitions)
        connection.close()

    def produce(self, topic, partition, records):
        connection = self.connect()
        connection.produce(topic, partition, records)
        connection.close()
