"""Addresses of the web: one article has one, however it was linked to."""
