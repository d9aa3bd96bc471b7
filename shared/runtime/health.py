"""A worker's pages: /livez (it gets on), /readyz (it works, and waits for nothing that is down), /metrics."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web
from prometheus_client import PlatformCollector, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from shared import metrics
from shared.errors import NotAvailable
from shared.runtime.progress import Progress


@asynccontextmanager
async def serve_health(
    progress: Progress, host: str, port: int, data_dir: Path, before_scrape: Callable[[], None] = lambda: None
) -> AsyncIterator[None]:
    """Raises `NotAvailable` when the port is taken. `before_scrape` brings gauges up to date that nobody else does."""
    _register_process()

    async def live(_: web.Request) -> web.Response:
        return web.json_response(progress.status(), status=503 if progress.trouble() else 200)

    async def ready(_: web.Request) -> web.Response:
        well = progress.ready and progress.waiting_for is None and progress.trouble() is None
        return web.json_response(progress.status(), status=200 if well else 503)

    async def figures(_: web.Request) -> web.Response:
        metrics.DISK_FREE.set(shutil.disk_usage(data_dir if data_dir.exists() else Path()).free)
        before_scrape()
        return web.Response(body=generate_latest(metrics.REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app = web.Application()
    app.add_routes([web.get("/livez", live), web.get("/readyz", ready), web.get("/metrics", figures)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise NotAvailable(
                f"{host}:{port} cannot be listened on ({error.strerror}): set another NEWSLOOM_WORKER_PORT or --port"
            ) from error
        yield
    finally:
        await runner.cleanup()


_registered = False


def _register_process() -> None:
    """CPU seconds, memory and open files of this process, under the library's usual names."""
    global _registered
    if not _registered:
        ProcessCollector(registry=metrics.REGISTRY)
        PlatformCollector(registry=metrics.REGISTRY)
        _registered = True
