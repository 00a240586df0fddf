#!/usr/bin/env python3
"""librdkafka's built-in broker as a process: for a machine that has no other. Prints its address,
serves the topic kpi (one partition) until it is killed."""
import ctypes
import signal

PRODUCER = 0
kafka = ctypes.CDLL("librdkafka.so.1")
for name in ("conf_new", "new", "mock_cluster_new"):
    getattr(kafka, f"rd_kafka_{name}").restype = ctypes.c_void_p
kafka.rd_kafka_mock_cluster_bootstraps.restype = ctypes.c_char_p
error = ctypes.create_string_buffer(512)
client = kafka.rd_kafka_new(PRODUCER, ctypes.c_void_p(kafka.rd_kafka_conf_new()), error, len(error))
if not client:
    raise SystemExit(error.value.decode())
cluster = ctypes.c_void_p(kafka.rd_kafka_mock_cluster_new(ctypes.c_void_p(client), 1))
kafka.rd_kafka_mock_topic_create(cluster, b"kpi", 1, 1)
print(kafka.rd_kafka_mock_cluster_bootstraps(cluster).decode(), flush=True)
while True:
    signal.pause()
