"""librdkafka's built-in broker for a test: topic kpi, one partition."""
import re
import sys

from kit import SOURCE, WORK, spawn, wait


# It waits 3 s for members of a group.
QUICK = {"session.timeout.ms": 5000, "heartbeat.interval.ms": 500}


class MockBroker:
    started = 0

    def __init__(self):
        MockBroker.started += 1
        log = WORK / f"mock{MockBroker.started}.log"
        spawn([sys.executable, SOURCE / "tests/integration/mock_broker.py"], log)
        # Among what librdkafka says itself.
        found = wait(lambda: re.search(r"^\S+:\d+$", log.read_text(), re.M), 20, "no mock broker")
        self.address = found.group()
