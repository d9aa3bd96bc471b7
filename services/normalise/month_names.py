"""Month names in the languages of the feeds, from CLDR (through babel), full and abbreviated.

They are in a table of their own, `month_names.json`, which `python -m services.normalise.month_names` writes: babel loads all
that it knows of a locale, 40 MB for these.
"""

import json
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

# Croatian is left out: its "listopad" is October, the Czech and Polish one November.
_LOCALES = (
    "en fr de es pt it ru uk nl pl tr sv da nb cs sk ro id fi hu el bg sr sr_Latn mk be ca vi ar ar_LB fa ur hi bn he ka hy "
    "az kk"
)
# Abbreviations that papers use and CLDR does not list.
_EXTRA = {"sept": 9, "maerz": 3, "janv": 1, "fevr": 2, "juil": 7, "ene": 1, "июнь": 6, "сент": 9, "нояб": 11}
TABLE = Path(__file__).with_suffix(".json")


def month_number(word: str) -> int | None:
    """1..12 for the name of a month in any of the languages, whatever its case, accents and full stop."""
    return _months().get(_folded(word))


def _folded(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.strip(".").casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


@lru_cache(maxsize=1)
def _months() -> Mapping[str, int]:
    table: dict[str, int] = json.loads(TABLE.read_bytes())
    return table


def names_of_cldr() -> dict[str, int]:
    """The table, made anew: of two languages that use a word differently, the one named first counts."""
    from babel.dates import get_month_names

    found = dict(_EXTRA)
    for locale in _LOCALES.split():
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in get_month_names(width, context, locale).items():
                    if not name[:1].isdigit():
                        found.setdefault(_folded(name), number)
    return found


if __name__ == "__main__":
    TABLE.write_text(json.dumps(names_of_cldr(), ensure_ascii=False, indent=0, sort_keys=True) + "\n", "utf-8")
