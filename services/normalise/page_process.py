"""Reads pages where they can do no harm: in a process with limits on CPU, memory and time, killed when it goes over."""

from __future__ import annotations

from services.normalise.page import Page, PageJob, PageUnreadable
from services.normalise.page_wire import decode_page, encode_job
from shared.sandbox.process import Killed, NotStarted, SandboxLimits, SandboxProcess
from shared.stage import Unavailable

WALL_PER_CPU = 6
"""Wall-clock time that a second of CPU time may take on a busy machine."""


class PageProcess:
    """A `ReadPage` whose process starts with the first page, and ends with `close` or with this process."""

    def __init__(self, cpu_s: int = 5, memory_bytes: int = 1024 * 1024 * 1024) -> None:
        limits = SandboxLimits(cpu_s=cpu_s, deadline_s=WALL_PER_CPU * cpu_s, memory_bytes=memory_bytes)
        self.sandbox = SandboxProcess("services.normalise.page_worker", limits)

    def __call__(self, job: PageJob) -> Page:
        """`page.read_page` elsewhere. Raises `PageUnreadable`, and `Unavailable` where no process can be started."""
        try:
            return decode_page(self.sandbox.ask(encode_job(job), job.body))
        except Killed as killed:
            raise PageUnreadable(killed.code, killed.message) from None
        except NotStarted as error:
            raise Unavailable(f"pages cannot be read: {error}") from error
        except (ValueError, TypeError, KeyError) as error:
            raise PageUnreadable("parser-crashed", "the answer of the process that read it makes no sense") from error

    def close(self) -> None:
        self.sandbox.close()
