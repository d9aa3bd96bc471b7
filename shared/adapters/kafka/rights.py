"""Whether the user may do what a service does. Asked at the start: later, Faust would wait for ever and never say what for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import TopicAuthorizationFailedError
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Int16, Int32, Schema, String


class Right(IntEnum):
    """As Kafka numbers them; who may read or write a topic may describe it, too."""

    READ = 3
    WRITE = 4
    DESCRIBE = 8


class _Response(Response):  # type: ignore[misc]
    API_KEY = 3
    API_VERSION = 8
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("brokers", Array(("node_id", Int32), ("host", String("utf-8")), ("port", Int32), ("rack", String("utf-8")))),
        ("cluster_id", String("utf-8")),
        ("controller_id", Int32),
        (
            "topics",
            Array(
                ("error_code", Int16),
                ("topic", String("utf-8")),
                ("is_internal", Boolean),
                (
                    "partitions",
                    Array(
                        ("error_code", Int16),
                        ("partition", Int32),
                        ("leader", Int32),
                        ("leader_epoch", Int32),
                        ("replicas", Array(Int32)),
                        ("isr", Array(Int32)),
                        ("offline_replicas", Array(Int32)),
                    ),
                ),
                ("operations", Int32),
            ),
        ),
        ("cluster_operations", Int32),
    )


class _Struct(RequestStruct):  # type: ignore[misc]
    API_KEY = 3
    API_VERSION = 8
    RESPONSE_TYPE = _Response
    SCHEMA = Schema(
        ("topics", Array(String("utf-8"))),
        ("allow_auto_topic_creation", Boolean),
        ("include_cluster_operations", Boolean),
        ("include_topic_operations", Boolean),
    )


class _Metadata(Request[_Struct]):  # type: ignore[misc]
    """Of the version that tells rights, which aiokafka's own is not."""

    API_KEY = 3

    def __init__(self, topics: Sequence[str]) -> None:
        self._topics = list(topics)

    def build(self, request_struct_class: type[_Struct]) -> _Struct:
        return request_struct_class(self._topics, False, False, True)


async def check_topic_rights(client: AIOKafkaAdminClient, needed: Mapping[str, Sequence[Right]]) -> None:
    """By topic, as the cluster names it. Raises `TopicAuthorizationFailedError` for the first right that is lacking."""
    answer = (await client._send_request(_Metadata(list(needed)))).to_object()
    for topic in answer["topics"]:
        for right in needed[topic["topic"]]:
            if topic["error_code"] == TopicAuthorizationFailedError.errno or not topic["operations"] >> right & 1:
                raise TopicAuthorizationFailedError(f"to {right.name} the topic {topic['topic']}")
