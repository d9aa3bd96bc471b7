"""Work on hostile input in a process of its own, with limits on CPU, memory and time, killed when it goes over.

`frames` is what travels, `serving` the worker's side, `process` the side that asks, for callers that wait. (Feeds are parsed by a pool
for asyncio, in `services.fetch`, whose workers serve with the same `serving`.)
"""
