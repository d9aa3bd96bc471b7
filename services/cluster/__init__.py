"""cluster: which story and which event an article belongs to."""
