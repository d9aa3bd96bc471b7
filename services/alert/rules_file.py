"""The file that a user writes rules in (TOML): what it may say, checked to the last key, on top of what the settings say."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from babel import Locale
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.alert.channels import ALERTMANAGER
from services.alert.rules import AlertRules, Figures, Rule, Selection
from shared.contracts.enrichment import ActorType
from shared.errors import Misuse

_CENTURY_DAYS = 36_525

Days = Annotated[float, Field(gt=0, le=_CENTURY_DAYS)]
Hours = Annotated[float, Field(gt=0, le=_CENTURY_DAYS * 24)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
MediaTopic = Annotated[str, Field(pattern=r"^medtop:\d{8}$")]


class _Part(BaseModel):
    """A misspelt key is an error: it would be a rule that does something else than was meant."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class _Figures(_Part):
    """Any of the figures; what is not given is as in the settings."""

    windows_hours: list[Hours] | None = Field(None, min_length=1)
    known_stories: int | None = Field(None, ge=0)
    known_days: Annotated[float, Field(ge=0, le=_CENTURY_DAYS)] | None = None
    owner_known_days: Annotated[float, Field(ge=0, le=_CENTURY_DAYS)] | None = None
    min_owners: int | None = Field(None, gt=0)
    min_score: float | None = Field(None, ge=0)
    surge_score: float | None = Field(None, ge=0)
    surge_stories: int | None = Field(None, gt=0)
    horizon_days: Days | None = None
    half_life_days: Days | None = None
    false_discovery: float | None = Field(None, gt=0, le=1)
    daily_budget: int | None = Field(None, gt=0)
    close_days: Days | None = None

    def over(self, figures: Figures) -> Figures:
        """`figures`, with what is given here in its place."""
        given = {name: getattr(self, name) for name in _Figures.model_fields if getattr(self, name) is not None}
        return replace(figures, **dict(_converted(name, value) for name, value in given.items()))


class _Rule(_Figures):
    name: Name
    watchlist: list[str] = []
    and_watchlist: list[str] = []
    types: list[ActorType] = []
    countries: list[Country] = []
    topics: list[MediaTopic] = []
    languages: list[Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]] = []
    places: bool = False
    sources: bool = False
    channels: list[str] = []


class _File(_Part):
    daily_budget: int | None = Field(None, gt=0)
    min_confidence: float | None = Field(None, ge=0, le=1)
    roundup_actors: int | None = Field(None, gt=0)
    headline_actors: int | None = Field(None, gt=0)
    crowd_actors: int | None = Field(None, gt=0)
    history_days: Days | None = None
    dispersion: float | None = Field(None, gt=0, le=1_000_000)
    default_rule: bool = True
    figures: _Figures = _Figures()
    rule: list[_Rule] = []
    renamed: dict[str, str] = {}
    channel: list[dict[str, Any]] = []


def read_rules(path: Path, settings: AlertRules) -> AlertRules:
    """The rules of the file, first those with a name in their order, last the one for all pairs (unless `default_rule = false`).

    Raises `Misuse` for what is no such file.
    """
    return _rules(_read(path), settings, path)


def read_channels(path: Path) -> list[dict[str, Any]]:
    """Its `[[channel]]` tables, as they stand. Raises `Misuse`."""
    return _read(path).channel


def _read(path: Path) -> _File:
    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise Misuse(f"{path}: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misuse(f"{path}: no TOML: {error}") from error
    try:
        return _File.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        more = f", and {error.error_count() - 1} more" if error.error_count() > 1 else ""
        what = "is nothing that can be said here" if first["type"] == "extra_forbidden" else first["msg"]
        raise Misuse(f"{path}: {where}: {what}{more}; docs/alerts.md has what a rule can say") from error


def _rules(said: _File, settings: AlertRules, path: Path) -> AlertRules:
    last = settings.rules[-1]
    figures = said.figures.over(last.figures)
    rules = [
        Rule(
            name=rule.name,
            figures=rule.over(figures),
            selection=Selection(
                watchlist=frozenset(said.renamed.get(id_, id_) for id_ in rule.watchlist),
                and_watchlist=frozenset(said.renamed.get(id_, id_) for id_ in rule.and_watchlist),
                types=frozenset(rule.types),
                countries=frozenset(rule.countries),
                topics=frozenset(rule.topics),
                languages=frozenset(rule.languages),
            ),
            channels=tuple(rule.channels),
            places=rule.places,
            sources=rule.sources,
        )
        for rule in said.rule
    ]
    if said.default_rule:
        rules.append(replace(last, figures=figures))
    given = {
        "daily_budget": said.daily_budget,
        "min_confidence": said.min_confidence,
        "roundup_actors": said.roundup_actors,
        "headline_actors": said.headline_actors,
        "crowd_actors": said.crowd_actors,
        "history": timedelta(days=said.history_days) if said.history_days is not None else None,
        "dispersion": said.dispersion,
    }
    changed = {name: value for name, value in given.items() if value is not None}
    found = replace(settings, rules=tuple(rules), renamed=said.renamed, **changed)  # type: ignore[arg-type]
    _check(found, said, path)
    return found


def _check(found: AlertRules, said: _File, path: Path) -> None:
    """What no single key shows: rules that can never give an alert, or would tell nobody."""
    if not found.rules:
        raise Misuse(f"{path}: no rule is left: leave out `default_rule = false`, or write a [[rule]]")
    names = [rule.name for rule in found.rules]
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise Misuse(f"{path}: two rules are named {doubled[0]}")
    channels = {ALERTMANAGER, *(str(table.get("name")) for table in said.channel)}
    for rule in found.rules:
        where, selection, figures = f"{path}: rule {rule.name}", rule.selection, rule.figures
        if selection.and_watchlist and not selection.watchlist:
            raise Misuse(f"{where}: `and_watchlist` is for the other actor of a pair: give a `watchlist`, too")
        if (rule.places or rule.sources) and not selection.watchlist:
            raise Misuse(
                f"{where}: with `places` or `sources` give a `watchlist`: every article names places and papers"
            )
        if "place" in selection.types and not rule.places:
            raise Misuse(f"{where}: for pairs with places write `places = true`, too")
        if unknown := sorted(set(rule.channels) - channels):
            raise Misuse(f"{where}: no [[channel]] is named {unknown[0]}")
        if selection.countries and (unknown := sorted(selection.countries - _countries())):
            raise Misuse(f"{where}: {unknown[0]} is no country of ISO 3166-1 (Britain is GB)")
        for name, span in (("horizon_days", figures.horizon), ("known_days", figures.known_for)):
            if span > found.history:
                raise Misuse(f"{where}: {name} is longer than history_days: it could never be reached")
        if max(figures.windows) >= found.history:
            raise Misuse(f"{where}: windows_hours must be shorter than history_days")
    circular = sorted(new for new in said.renamed.values() if new in said.renamed)
    if circular:
        raise Misuse(f"{path}: renamed: {circular[0]} is renamed itself; give the id that it has now")


@cache
def _countries() -> frozenset[str]:
    """Loaded when a rule names one: every command imports this module, and few have such a rule."""
    return frozenset(code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha())


def _converted(name: str, value: Any) -> tuple[str, Any]:
    """The field of `Figures`, and its value there."""
    if name == "windows_hours":
        return "windows", tuple(timedelta(hours=hours) for hours in value)
    if name == "half_life_days":
        return name, value
    if name.endswith("_days"):
        field = {"known_days": "known_for", "owner_known_days": "owner_known_for", "close_days": "close_after"}
        return field.get(name, name.removesuffix("_days")), timedelta(days=value)
    return name, value
