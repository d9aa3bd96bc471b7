"""Which analyzers a cluster has, and the best of them for each language."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from shared.adapters.elasticsearch.languages import CHAINS, OTHER, PLAIN, Chain, Part

FOLDINGS = ("icu_folding", "asciifolding")
"""Filters that take diacritics away, best first. After the stemmer, which may read them."""

FOLDING_NEEDS = "the module analysis-common or the plugin analysis-icu"

Asks = Callable[[dict[str, Any]], bool]
"""Whether a cluster takes the body of an `_analyze` request."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """`settings` for `index.analysis`, the analyzer of each language, and what was left out, for people."""

    settings: dict[str, Any]
    analyzers: dict[str, str]
    plain: str
    """For fields of any language."""
    left_out: tuple[str, ...] = field(default=())


def key(part: Part) -> str:
    """A name for a part that says the same of the same definition."""
    if isinstance(part, str):
        return part
    digest = sha256(json.dumps(part, sort_keys=True).encode()).hexdigest()[:6]
    return f"newsloom_{part['type']}_{part.get('language', digest)}"


def probes() -> dict[str, dict[str, Any]]:
    """The `_analyze` body that asks for each part: `tokenizer:…`, `filter:…`, `analyzer:…`."""
    asked: dict[str, dict[str, Any]] = {}
    for chain in (*(chain for chains in CHAINS.values() for chain in chains), PLAIN):
        if chain.analyzer is not None:
            asked[f"analyzer:{chain.analyzer}"] = {"analyzer": chain.analyzer, "text": "a"}
            continue
        asked[f"tokenizer:{chain.tokenizer}"] = {"tokenizer": chain.tokenizer, "text": "a"}
        for part in chain.filters:
            asked[f"filter:{key(part)}"] = {"tokenizer": "standard", "filter": [part], "text": "a"}
    for folding in FOLDINGS:
        asked[f"filter:{folding}"] = {"tokenizer": "standard", "filter": [folding], "text": "a"}
    return asked


def available(asks: Asks) -> frozenset[str]:
    """The parts that a cluster has."""
    return frozenset(name for name, body in probes().items() if asks(body))


def everything() -> frozenset[str]:
    """A cluster with all plugins."""
    return frozenset(probes())


def choose(parts: frozenset[str]) -> Analysis:
    """Pure: the best chain of each language whose parts are all there."""
    folding = next((name for name in FOLDINGS if f"filter:{name}" in parts), None)
    analyzers, filters, chosen = dict[str, Any](), dict[str, Any](), dict[str, str]()
    missed: dict[tuple[str, str], list[str]] = {}
    for language, chains in (*CHAINS.items(), (OTHER, ())):
        chain = next(each for each in (*chains, PLAIN) if _is_there(each, parts))
        if chains and chain is not chains[0]:
            missed.setdefault((chains[0].needs, chain.name), []).append(language)
        if chain.analyzer is not None:
            chosen[language] = chain.analyzer
            continue
        name = "newsloom_plain" if chain is PLAIN else f"newsloom_{language}"
        chosen[language] = name
        analyzers[name] = _definition(chain, folding)
        filters |= {key(part): dict(part) for part in chain.filters if not isinstance(part, str)}
    analyzers["newsloom_plain"] = _definition(PLAIN, folding)
    left_out = [
        f"{needs} is not there: these languages are searched by {instead}: {' '.join(languages)}"
        for (needs, instead), languages in missed.items()
    ]
    if folding is None:
        left_out.append(f"{FOLDING_NEEDS} is not there: Kibana finds words without their diacritics in `folded` only")
    settings = {"analyzer": analyzers, **({"filter": filters} if filters else {})}
    return Analysis(settings, chosen, "newsloom_plain", tuple(left_out))


def _is_there(chain: Chain, parts: Iterable[str]) -> bool:
    if chain.analyzer is not None:
        return f"analyzer:{chain.analyzer}" in parts
    wanted = [f"tokenizer:{chain.tokenizer}", *(f"filter:{key(part)}" for part in chain.filters)]
    return chain is PLAIN or all(name in parts for name in wanted)


def _definition(chain: Chain, folding: str | None) -> dict[str, Any]:
    filters = [key(part) for part in chain.filters]
    return {"type": "custom", "tokenizer": chain.tokenizer, "filter": [*filters, *([folding] if folding else [])]}
