"""Kafka: connecting, topics, the logs of verdicts, reading what a command asks for."""
