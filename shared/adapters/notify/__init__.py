"""Telling: webhooks, Alertmanager, files that are served by somebody else."""
