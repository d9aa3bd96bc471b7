"""The embedded store: one SQLite file as durable log, state, ledger, dead letters and full-text index."""
