"""Newsloom's services: one folder a stage, each with a pure `stage.py`."""
