"""newsloom feeds: the registry."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shared.cli.counted import counted
from shared.cli.feed_check import check
from shared.cli.feed_discover import discover
from shared.cli.options import DataDir, registry_of
from shared.printable import printable

if TYPE_CHECKING:
    from services.fetch.feed_list import FeedSource

app = typer.Typer(no_args_is_help=True)
app.command()(check)
app.command()(discover)

HAS_PASSWORD = (
    "has a user or password in it: give `--auth basic --auth-name USER --secret-file FILE`, and the address without"
)


def add_to_registry(sources: list[FeedSource], data_dir: Path | None) -> None:
    """Adds, and tells what that changed; warns of secrets that cannot be read."""
    from services.fetch.feed_source import has_password
    from shared.urls.userinfo import without_userinfo

    registry = registry_of(data_dir)
    new, changed = registry.add(sources)
    told = [f"{new} added", *([f"{changed} changed"] if changed else [])]
    print(printable(f"{', '.join(told)}; polled by {registry.polled_by}"))
    for source in sources:
        url = without_userinfo(source.url)
        if (problem := _problem_of_secret(source)) is not None:
            _warn(f"{url}: {problem}; until that is mended, it is not asked")
        if has_password(source.url):
            _warn(f"{url} {HAS_PASSWORD}")


def feed_of(url: str) -> FeedSource:
    """The feed of an address that somebody typed. Raises `Misuse` where a list of feeds could not hold it, or for a password in it."""
    from services.fetch.feed_list import FeedListError, FeedSource, read_feed_list
    from services.fetch.feed_source import has_password
    from shared.errors import Misuse
    from shared.urls.userinfo import without_userinfo

    source = FeedSource(url=url)
    try:
        fits = read_feed_list(url.encode("utf-8", "replace")) == (source,)
    except FeedListError:
        fits = False
    if not fits:
        raise Misuse(
            f"{without_userinfo(url)}: a feed's address begins with http:// or https://, and a host's name follows"
        )
    if has_password(url):
        raise Misuse(f"{without_userinfo(url)} {HAS_PASSWORD}")
    return source


@app.command()
def add(
    url: Annotated[list[str], typer.Argument(metavar="URL…")],
    title: Annotated[str | None, typer.Option(help="What it is called until it has told its own title.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="A folder or category; may be given several times.")] = None,
    full_text: Annotated[str | None, typer.Option(help="auto, always or never: whether items' pages are read.")] = None,
    identity: Annotated[str | None, typer.Option(help="guid, url or content: what tells its items apart.")] = None,
    min_interval: Annotated[str | None, typer.Option(help="Least seconds between two polls.", metavar="S")] = None,
    max_interval: Annotated[str | None, typer.Option(help="Most seconds between two polls.", metavar="S")] = None,
    language: Annotated[str | None, typer.Option(help="Of items that name none: fr, pt-BR.")] = None,
    auth: Annotated[str | None, typer.Option(help="basic, bearer or header: how the secret is sent.")] = None,
    auth_name: Annotated[str | None, typer.Option(help="The user of basic, or the name of the header.")] = None,
    secret_file: Annotated[str | None, typer.Option(help="A file with the password, token or header's value.")] = None,
    websub: Annotated[str | None, typer.Option(help="yes or no: whether a hub that it names may push.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Adds feeds: to the folder's own list, feeds.opml, or to the cluster's registry. Options given for a feed that is known change it."""
    from dataclasses import replace

    from services.fetch.feed_options import BadOption, read_options
    from shared.errors import Misuse

    words = {
        "full-text": full_text,
        "identity": identity,
        "min-interval": min_interval,
        "max-interval": max_interval,
        "language": language,
        "auth": auth,
        "auth-name": auth_name,
        "secret-file": str(Path(secret_file).absolute()) if secret_file else secret_file,
        "websub": websub,
    }
    try:
        options = read_options({name: word for name, word in words.items() if word is not None})
    except BadOption as error:
        raise Misuse(f"--{error.name}: {error.message}") from error
    named = _named(title, tag or [])
    feeds = [replace(feed_of(each), title=named.title, tags=named.tags, options=options) for each in url]
    add_to_registry(feeds, data_dir)


@app.command("import")
def import_(file: Path, data_dir: DataDir = None) -> None:
    """Adds the feeds of an OPML file or a plain list of URLs. What the file says of a feed that is known changes it."""
    from shared.adapters.feed_list_file import read_sources

    add_to_registry(read_sources(file), data_dir)


@app.command()
def export(data_dir: DataDir = None) -> None:
    """Prints the folder's own list, or the cluster's registry, as OPML."""
    from services.fetch.feed_list import write_opml
    from services.fetch.feed_source import has_password

    sources = registry_of(data_dir).listed()
    typer.echo(write_opml(sources).decode())
    if exposed := sum(has_password(source.url) for source in sources):
        _warn(f"{counted(exposed, 'address', 'addresses')} in it with a user or password: keep it to yourself")


@app.command()
def remove(url: Annotated[list[str], typer.Argument(metavar="URL…")], data_dir: DataDir = None) -> None:
    """Takes feeds out of the list; what was read of them stays."""
    from services.fetch.item_identity import feed_id
    from shared.errors import Misuse
    from shared.urls.userinfo import without_userinfo

    registry = registry_of(data_dir)
    known = {feed_id(source.url) for source in registry.listed()}
    missing = [without_userinfo(each) for each in url if feed_id(each) not in known]
    if missing:
        raise Misuse(f"not in the list: {', '.join(missing)}; see `newsloom feeds export`")
    registry.remove(url)
    print(f"{len({feed_id(each) for each in url})} removed")


def _named(title: str | None, tags: list[str]) -> FeedSource:
    """Title and tags as a list would give them back. Raises `Misuse` for one that is empty, or too many."""
    from services.fetch.feed_source import TAGS, FeedSource
    from services.fetch.formats.clean_text import one_line
    from services.fetch.opml import LABEL_CHARACTERS
    from shared.errors import Misuse

    cleaned = tuple(dict.fromkeys(one_line(tag, LABEL_CHARACTERS) for tag in tags))
    if None in cleaned or len(cleaned) > TAGS:
        raise Misuse(f"--tag: give a name, and at most {TAGS} of them")
    return FeedSource("", one_line(title, LABEL_CHARACTERS), tuple(tag for tag in cleaned if tag))


def _problem_of_secret(source: FeedSource) -> str | None:
    from services.fetch.http.credentials import read_credentials
    from services.fetch.http.limits import FetchError

    if source.options.auth is None or source.options.secret_file is None:
        return None
    try:
        read_credentials(source.options)
    except FetchError as error:
        return f"{error.message} by this user, here"
    return None


def _warn(line: str) -> None:
    print(f"newsloom: {printable(line)}", file=sys.stderr)
