"""Fetch: polls feeds politely and safely, and sends on each item that is new or changed."""
