"""enrich: actors, topics and quotes."""
