"""The real servers without Docker: Kafka, Elasticsearch, Prometheus and Alertmanager, on the loopback address."""

from __future__ import annotations

from elasticsearch_server import Elasticsearch
from kafka_server import Kafka
from monitoring_servers import Alertmanager, Prometheus
from problems import MissingServer, ServerFailed
from server import Server

__all__ = ["Alertmanager", "Elasticsearch", "Kafka", "MissingServer", "Prometheus", "Server", "ServerFailed"]
