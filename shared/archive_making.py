"""Archives as `newsloom articles --jsonl` prints them, out of data folders and raw documents."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from shared.archives import is_read_already
from shared.bootstrap import open_feeding, open_reading
from shared.errors import Misuse
from shared.ports import Query
from shared.rows import article_row
from shared.runtime.ingesting import ingest_files
from shared.settings import Settings
from shared.stage_builders import imported_gazetteer, user_gazetteer, user_outlets


@contextmanager
def archives_of(archives: list[Path], config: Settings) -> Iterator[list[Path]]:
    """Files of articles with their actors and stories: as given, out of a folder, or through the pipeline in a folder of its own. Raises
    `Misuse` for what is not there or cannot be read."""
    for path in archives:
        if not path.exists():
            raise Misuse(f"{path}: no such file or folder")
    with TemporaryDirectory(prefix="newsloom-backtest-") as name:
        scratch = Path(name)
        files: list[Path] = []
        raw: list[Path] = []
        for path in archives:
            if path.is_dir():
                files.append(_printed(path, scratch / f"{len(files)}.jsonl", config))
            elif is_read_already(path):
                files.append(path)
            else:
                raw.append(path)
        if raw:
            files.append(through_the_pipeline(raw, scratch, config))
        yield files


def _printed(folder: Path, target: Path, config: Settings) -> Path:
    """The folder's articles, as `newsloom articles --jsonl` prints them."""
    opened = open_reading(folder, config.model_copy(update={"runtime": "embedded"}))
    try:
        with target.open("wb") as out:
            for read in opened.index.search(Query()):
                out.write(orjson.dumps(article_row(read), option=orjson.OPT_APPEND_NEWLINE))
    finally:
        opened.close()
    return target


def through_the_pipeline(raw: list[Path], scratch: Path, config: Settings) -> Path:
    """Documents become articles in a folder that is thrown away; the user's own gazetteer and outlets hold."""
    own = {
        "gazetteer_file": user_gazetteer(config, None),
        "gazetteer_imported": imported_gazetteer(config, None),
        "outlets_file": user_outlets(config, None),
        "runtime": "embedded",
    }
    folder = scratch / "pipeline"
    with open_feeding(folder, config=config.model_copy(update=own)) as session:
        read = ingest_files(session, map(str, raw), "auto")
    if read.unreadable == read.read:
        raise Misuse(f"{', '.join(map(str, raw))}: nothing in it could be read as articles or documents")
    return _printed(folder, scratch / "read.jsonl", config)
