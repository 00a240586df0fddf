"""librdkafka's built-in broker for a test: topic kpi, one partition."""
import sys

from kit import SOURCE, WORK, spawn, wait


class MockBroker:
    started = 0

    def __init__(self):
        MockBroker.started += 1
        log = WORK / f"mock{MockBroker.started}.log"
        spawn([sys.executable, SOURCE / "tests/integration/mock_broker.py"], log)
        self.address = wait(lambda: log.read_text().strip(), 20, "no mock broker")
