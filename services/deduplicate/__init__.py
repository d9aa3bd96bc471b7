"""deduplicate: the same article, a revision of it, or a copy, and of which."""
