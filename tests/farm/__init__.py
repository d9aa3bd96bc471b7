"""A loopback farm of news feeds, a share of them faulty, with a ledger of every item that it really served.

Run it with ``python -m farm serve ...`` or in a test with ``farm.server.serving(...)``; see README.md.
"""
