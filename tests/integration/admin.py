"""What an operator does to topics and rights, as requests on a wire.Connection."""
import struct

from wire import KafkaError, string

LIST_OFFSETS, DELETE_TOPICS, DELETE_RECORDS = 2, 20, 21
CREATE_ACLS, DELETE_ACLS, CREATE_PARTITIONS = 30, 31, 37
KINDS = {"topic": 2, "group": 3}
OPERATIONS = {"read": 3, "write": 4, "create": 5, "describe": 8, "describe configs": 10}
_LITERAL, _ALLOW, _TIMEOUT_MS = 3, 3, 10000


def _check(what, error):
    if error:
        raise KafkaError(f"{what}: error {error}")


def add_partitions(connection, topic, count):
    """`count`: how many it has then."""
    answer = connection.request(CREATE_PARTITIONS, 0, struct.pack(">i", 1) + string(topic) +
                                struct.pack(">iii?", count, -1, _TIMEOUT_MS, False))
    _check(f"partitions of {topic}", struct.unpack_from(">h", answer, 10 + len(topic))[0])


def delete_topic(connection, topic):
    answer = connection.request(DELETE_TOPICS, 1, struct.pack(">i", 1) + string(topic) +
                                struct.pack(">i", _TIMEOUT_MS))
    _check(f"{topic} not deleted", struct.unpack_from(">h", answer, 10 + len(topic))[0])


def delete_records(connection, topic, partition, before):
    """kafka-delete-records: `before` is the first offset that stays."""
    answer = connection.request(DELETE_RECORDS, 0, struct.pack(">i", 1) + string(topic) +
                                struct.pack(">iiqi", 1, partition, before, _TIMEOUT_MS))
    _check(f"records of {topic}", struct.unpack_from(">h", answer, 26 + len(topic))[0])


def end_offset(connection, topic, partition):
    answer = connection.request(LIST_OFFSETS, 1, struct.pack(">ii", -1, 1) + string(topic) +
                                struct.pack(">iiq", 1, partition, -1))
    error, _, offset = struct.unpack_from(">hqq", answer, 14 + len(topic))
    _check(f"end of {topic}", error)
    return offset


def _rule(kind, name, user, operation):
    return (struct.pack(">b", KINDS[kind]) + string(name) + struct.pack(">b", _LITERAL) +
            string(f"User:{user}") + string("*") +
            struct.pack(">bb", OPERATIONS[operation], _ALLOW))


def allow(connection, user, *rights):
    """rights: (kind, name, operation)."""
    for kind, name, operation in rights:
        answer = connection.request(CREATE_ACLS, 1, struct.pack(">i", 1) +
                                    _rule(kind, name, user, operation))
        _check(f"{operation} of {name}", struct.unpack_from(">h", answer, 8)[0])


def withdraw(connection, user, *rights):
    for kind, name, operation in rights:
        answer = connection.request(DELETE_ACLS, 1, struct.pack(">i", 1) +
                                    _rule(kind, name, user, operation))
        _check(f"{operation} of {name}", struct.unpack_from(">h", answer, 8)[0])
