"""National adjectives behind a body's name: they say which body is meant and are no part of what is named.

`le Conseil de sécurité nationale américain` names the Conseil de sécurité nationale. Only behind names of three words and more:
`armée américaine` would shrink to a common noun.
"""

from __future__ import annotations

from services.enrich.word_lists import words

_NATIONAL = words(
    "américain américaine russe chinois chinoise français française britannique allemand "
    "allemande israélien israélienne iranien iranienne ukrainien ukrainienne turc turque "
    "japonais japonaise italien italienne espagnol espagnole indien indienne estadounidense "
    "ruso rusa chino china francés francesa británico británica alemán alemana israelí iraní "
    "ucraniano ucraniana turco turca japonés japonesa italiano italiana español española indio "
    "india americano americana russo russa cinese chinês chinesa francese britannico "
    "britannica tedesco tedesca israeliano israeliana iraniano iraniana ucraino ucraina "
    "giapponese spagnolo spagnola indiano indiana francês britânico alemão alemã"
)
_MIN_WORDS = 3


def without_epithet(name: str) -> int:
    """Length of `name`, as written, without its national adjective; the whole length where there is none."""
    rest, blank, last = name.rpartition(" ")
    return len(rest) if blank and last in _NATIONAL and rest.count(" ") + 1 >= _MIN_WORDS else len(name)
