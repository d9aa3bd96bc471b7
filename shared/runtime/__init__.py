"""Runtimes: who reads the topics, drives the stages and writes what they say."""
