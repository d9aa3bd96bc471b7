"""Where commands find it; the code is for whoever shows other people's text."""

from __future__ import annotations

from shared.printable import printable

__all__ = ["printable"]
