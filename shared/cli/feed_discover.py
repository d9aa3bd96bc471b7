"""newsloom feeds discover: the feeds of a site."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shared.cli.counted import counted
from shared.cli.options import DataDir, Jsonl, load_settings, print_rows
from shared.printable import printable

if TYPE_CHECKING:
    from shared.runtime.discovering import FoundFeed


def discover(
    url: Annotated[str, typer.Argument(metavar="URL", help="A page of the site, or a feed.")],
    add: Annotated[bool, typer.Option("--add", help="Add what is found, feeds of comments excepted.")] = False,
    allow_private: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-private", metavar="CIDR", help="A private network that may be fetched from, on any port."
        ),
    ] = None,
    jsonl: Jsonl = False,
    data_dir: DataDir = None,
) -> None:
    """Finds the feeds of a site, fetches and reads each. Exit code 1 where there is none."""
    import asyncio

    from services.fetch.feed_source import FeedListError, FeedSource, checked_url
    from shared.cli.feeds import add_to_registry
    from shared.errors import Misuse
    from shared.urls.userinfo import without_userinfo

    page = url if "://" in url else f"https://{url}"
    try:
        checked_url(page, None)
    except FeedListError as error:
        raise Misuse(str(error)) from error
    found = asyncio.run(_search(page, allow_private or []))
    if jsonl:
        print_rows(map(_row, found))
    else:
        for line in _lines(found):
            print(printable(line))
    if not found:
        print(
            f"newsloom: no feed found at {printable(without_userinfo(page))}: look on the site for a page about RSS, or try a "
            "section's page",
            file=sys.stderr,
        )
        raise typer.Exit(1)
    if add:
        chosen = [feed for feed in found if not _is_of_comments(feed)] or found
        add_to_registry([FeedSource(feed.url, feed.title) for feed in chosen], data_dir)


async def _search(page: str, allow_private: list[str]) -> list[FoundFeed]:
    from shared.runtime.discovering import Discovery
    from shared.runtime.fetching import guard_of

    async with Discovery(load_settings(), guard_of(allow_private), _tell) as discovery:
        return await discovery.feeds_of(page)


def _tell(url: str) -> None:
    """For who waits at a terminal: there is a pause between two requests."""
    if sys.stderr.isatty():
        print(printable(f"asking {url}"), file=sys.stderr)


def _row(feed: FoundFeed) -> dict[str, Any]:
    from shared.contracts import rfc3339

    return {
        "url": feed.url,
        "how": feed.how,
        "format": feed.format,
        "title": feed.title,
        "items": feed.items,
        "newest": rfc3339(feed.newest) if feed.newest else None,
        "text": feed.text,
    }


def _lines(found: list[FoundFeed]) -> list[str]:
    """Columns, the address last and whole: an address that is cut is no address."""
    lines = []
    for feed in found:
        newest = f"{feed.newest:%Y-%m-%d %H:%M}" if feed.newest else "undated"
        kind = {"full": "full text", "teaser": "teaser", None: "-"}[feed.text]
        items = counted(feed.items, "item")
        lines.append(
            f"{feed.format:8} {items:>10}  {newest:16}  {kind:9}  {feed.how:10}  {feed.url}  {feed.title or ''}"
        )
    return [line.rstrip() for line in lines]


def _is_of_comments(feed: FoundFeed) -> bool:
    """What readers write is no news; common systems declare its feed beside the other."""
    return "/comments/" in feed.url or (feed.title or "").lower().startswith("comments ")
