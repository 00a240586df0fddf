"""The little of Kafka's wire protocol that the tests need and no client of theirs offers: topics
with a chosen number of partitions, and records with any bytes, any timestamp, any partition."""
import socket
import struct
import time

PRODUCE, METADATA, CREATE_TOPICS = 0, 3, 19
RETRIABLE = {3: "unknown topic", 5: "no leader", 6: "not the leader", 41: "not the controller"}


class KafkaError(Exception):
    pass


def _crc32c_table():
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


_TABLE = _crc32c_table()


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def _varint(value):
    value = (value << 1) ^ (value >> 63)
    out = bytearray()
    while value & ~0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def string(text):
    data = text.encode()
    return struct.pack(">h", len(data)) + data


def _bytes_v(data):
    return _varint(-1) if data is None else _varint(len(data)) + data


def record_batch(records):
    """records: (key or None, value or None, timestamp in milliseconds)."""
    first = records[0][2]
    body = bytearray()
    for i, (key, value, timestamp) in enumerate(records):
        record = (b"\0" + _varint(timestamp - first) + _varint(i) + _bytes_v(key) +
                  _bytes_v(value) + _varint(0))
        body += _varint(len(record)) + record
    newest = max(timestamp for _, _, timestamp in records)
    checked = struct.pack(">hiqqqhii", 0, len(records) - 1, first, newest, -1, -1, -1,
                          len(records)) + bytes(body)
    after_length = struct.pack(">ibI", -1, 2, crc32c(checked)) + checked
    return struct.pack(">qi", 0, len(after_length)) + after_length


class Connection:
    def __init__(self, host, port, timeout=10):
        self.socket = socket.create_connection((host, port), timeout)

    def close(self):
        self.socket.close()

    def request(self, api, version, body):
        header = struct.pack(">hhi", api, version, 7) + string("faultprint-test")
        self.socket.sendall(struct.pack(">i", len(header) + len(body)) + header + body)
        return self._read(struct.unpack(">i", self._read(4))[0])[4:]

    def _read(self, size):
        data = bytearray()
        while len(data) < size:
            more = self.socket.recv(size - len(data))
            if not more:
                raise ConnectionError("the broker closed the connection")
            data += more
        return bytes(data)

    def alive(self):
        self.request(METADATA, 1, struct.pack(">i", 0))

    def create_topic(self, topic, partitions):
        body = (struct.pack(">i", 1) + string(topic) + struct.pack(">ihii", partitions, 1, 0, 0) +
                struct.pack(">i?", 10000, False))
        answer = self.request(CREATE_TOPICS, 2, body)
        error = struct.unpack_from(">h", answer, 8 + 2 + len(topic.encode()))[0]
        if error:
            raise KafkaError(f"topic {topic} not created: error {error}")

    def produce(self, topic, partition, records):
        """In order, in batches below the broker's limit; waits until each is written."""
        batch, size = [], 0
        for record in records:
            length = len(record[0] or b"") + len(record[1] or b"") + 32
            if batch and size + length > 500_000:
                self._produce(topic, partition, batch)
                batch, size = [], 0
            batch.append(record)
            size += length
        if batch:
            self._produce(topic, partition, batch)

    def _produce(self, topic, partition, records):
        data = record_batch(records)
        body = (struct.pack(">hhii", -1, -1, 10000, 1) + string(topic) +
                struct.pack(">iii", 1, partition, len(data)) + data)
        for _ in range(100):  # a new topic takes a moment to have a leader
            answer = self.request(PRODUCE, 3, body)
            error = struct.unpack_from(">h", answer, 4 + 2 + len(topic.encode()) + 4 + 4)[0]
            if error == 0:
                return
            if error not in RETRIABLE:
                raise KafkaError(f"records not taken: error {error}")
            time.sleep(0.1)
        raise KafkaError(f"records not taken: {RETRIABLE[error]}")
