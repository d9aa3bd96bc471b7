"""Newsloom's frame: contracts, topology, policy, runtimes and adapters that all the services share."""
