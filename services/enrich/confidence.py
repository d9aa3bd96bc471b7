"""How sure a mention's actor is, between 0 and 1. An actor is as sure as its surest mention.

The order matters more than the figures: alerts ask for a minimum (DESIGN, section 6).
"""

from __future__ import annotations

FULL_NAME = 0.95
"""A name of several words, or the name of a body or a place."""
BARE_NAME = 0.85
"""A person's surname that the gazetteer says is safe alone: Putin."""
SHORT_RESOLVED = 0.8
"""A short form beside the actor's full name in the same article: Kim, beside Kim Jong-un."""
OFFICE_RESOLVED = 0.75
"""A surname behind an office that one of its bearers holds, in an article about that country."""
COUNTRY_RESOLVED = 0.6
"""A surname without its full name, of which one bearer belongs to a country of the article; a paper's short name."""
AMBIGUOUS_RESOLVED = 0.65
"""A name of several actors, of which the rest of the article admits one."""
UNKNOWN_NAME = 0.6
"""A person that the gazetteer does not know, by the words around the name."""
