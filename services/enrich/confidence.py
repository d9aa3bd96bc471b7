"""How sure a mention's actor is, between 0 and 1. An actor is as sure as its surest mention.

Measured: each is about the share of right ones among the mentions of its kind in the golden corpus (`make bench-quality` prints the
table), lower where these were few. Alerts ask for a minimum (DESIGN, section 6).
"""

from __future__ import annotations

FULL_NAME = 0.98
"""A name of several words, or the name of a body or a place."""
BARE_NAME = 0.97
"""A person's surname that the gazetteer says is safe alone: Putin."""
SOUNDS_ALIKE = 0.9
"""A full name that sounds as a known person's does, in a spelling that the gazetteer lacks."""
SHORT_RESOLVED = 0.95
"""A short form beside the actor's full name in the same article: Kim, beside Kim Jong-un."""
OFFICE_RESOLVED = 0.9
"""A surname behind an office that one of its bearers holds, in an article about that country."""
GIVEN_NAME = 0.85
"""A given name alone, of the only person in the article who has it."""
COUNTRY_RESOLVED = 0.85
"""A surname without its full name, of which one bearer belongs to a country of the article; a paper's short name."""
AMBIGUOUS_RESOLVED = 0.85
"""A name of several actors, of which the rest of the article admits one."""
UNKNOWN_NAME = 0.9
"""A person that the gazetteer does not know, by the words around the name."""
