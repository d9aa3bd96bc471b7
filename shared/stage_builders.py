"""Every stage with its rules from the settings. Each imports its own when it is built: they load models and tables, and a service
needs one of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.settings import Settings

if TYPE_CHECKING:
    from services.alert.rules import AlertRules
    from services.enrich.gazetteer import Gazetteer


def build_stage(name: str, config: Settings, data_dir: Path | None = None) -> Any:
    """`data_dir` is where the user's own gazetteer may lie. Raises `Misuse` for a table of the user's that cannot be read."""
    return _BUILDERS[name](config, data_dir)


def gazetteer_of(config: Settings, data_dir: Path | None) -> Gazetteer:
    """Our actors with the user's own and imported ones. Raises `Misuse` for a file or folder that cannot be read."""
    from services.enrich.gazetteer import load_gazetteer

    return load_gazetteer(user_gazetteer(config, data_dir), imported_gazetteer(config, data_dir))


def user_gazetteer(config: Settings, data_dir: Path | None) -> Path | None:
    """The user's own actors: the file of the settings, else `gazetteer.yaml` in the data folder where there is one."""
    return _users_file(config.gazetteer_file, "gazetteer.yaml", config, data_dir)


def imported_gazetteer(config: Settings, data_dir: Path | None) -> Path | None:
    """Imported actors, as `newsloom gazetteer build` leaves them: the folder of the settings, else the one in the data folder, if any."""
    return _users_file(config.gazetteer_imported, "gazetteer/built", config, data_dir)


def user_outlets(config: Settings, data_dir: Path | None) -> Path | None:
    """The user's own outlets: the file of the settings, else `outlets.tsv` in the data folder where there is one."""
    return _users_file(config.outlets_file, "outlets.tsv", config, data_dir)


def _users_file(named: Path | None, name: str, config: Settings, data_dir: Path | None) -> Path | None:
    """A table of the user's: the file of the settings, else the one in the data folder where there is one."""
    if named is not None:
        return named
    beside = (data_dir or config.data_dir) / name
    return beside if beside.exists() else None


def _normalise(config: Settings, data_dir: Path | None) -> Any:
    from services.normalise.owners import load_owners
    from services.normalise.page_process import PageProcess
    from services.normalise.stage import Normalise, NormaliseRules

    return Normalise(
        NormaliseRules(
            title=config.title_limit,
            text=config.text_limit,
            history_after=timedelta(hours=config.history_hours),
        ),
        PageProcess(config.page_cpu_seconds, config.parse_memory_bytes),
        load_owners(user_outlets(config, data_dir)),
    )


def _deduplicate(config: Settings, _: Path | None) -> Any:
    from services.deduplicate.stage import CopyRules, Deduplicate

    return Deduplicate(
        CopyRules(
            containment=config.copy_containment,
            window=timedelta(days=config.copy_window_days),
            capacity=config.copy_capacity,
        )
    )


def _enrich(config: Settings, data_dir: Path | None) -> Any:
    from services.enrich.stage import Enrich

    return Enrich(gazetteer_of(config, data_dir), config.actors_limit)


def _cluster(config: Settings, _: Path | None) -> Any:
    from services.cluster.stage import Cluster, StoryRules

    return Cluster(
        StoryRules(
            translation=config.story_translation,
            translation_window=timedelta(hours=config.story_translation_hours),
            event=config.story_event,
            event_window=timedelta(hours=config.story_event_hours),
            capacity=config.story_capacity,
        )
    )


def _index(_: Settings, __: Path | None) -> Any:
    from services.index.stage import Index

    return Index()


def _alert(config: Settings, data_dir: Path | None) -> Any:
    from services.alert.stage import AlertStage

    return AlertStage(alert_rules(config, rules_file(config, data_dir)))


def rules_file(config: Settings, data_dir: Path | None = None) -> Path | None:
    """The file of alert rules, where there is one."""
    return _users_file(config.alert_rules, "alert-rules.toml", config, data_dir)


def alert_rules(config: Settings, path: Path | None = None) -> AlertRules:
    """The rules of the settings, with those of the file where one is given. Raises `Misuse`."""
    from services.alert.rules import AlertRules, Figures, Rule
    from services.alert.rules_file import read_rules

    figures = Figures(
        windows=tuple(timedelta(hours=hours) for hours in config.alert_windows_hours),
        known_stories=config.alert_known_stories,
        known_for=timedelta(days=config.alert_known_days),
        owner_known_for=timedelta(days=config.alert_owner_known_days),
        min_owners=config.alert_min_owners,
        min_score=config.alert_min_score,
        surge_score=config.alert_surge_score,
        surge_stories=config.alert_surge_stories,
        horizon=timedelta(days=config.alert_horizon_days),
        half_life_days=config.alert_half_life_days,
        false_discovery=config.alert_false_discovery,
        daily_budget=config.alert_daily_budget,
        close_after=timedelta(days=config.alert_close_days),
    )
    rules = AlertRules(
        rules=(Rule("new-pair", figures),),
        daily_budget=config.alert_daily_budget,
        min_confidence=config.alert_min_confidence,
        roundup_actors=config.alert_roundup_actors,
        headline_actors=config.alert_headline_actors,
        crowd_actors=config.alert_crowd_actors,
        history=timedelta(days=config.alert_history_days),
        dispersion=config.alert_dispersion or None,
        capacity=config.alert_capacity,
    )
    return read_rules(path, rules) if path is not None else rules


_BUILDERS: dict[str, Callable[[Settings, Path | None], Any]] = {
    "normalise": _normalise,
    "deduplicate": _deduplicate,
    "enrich": _enrich,
    "cluster": _cluster,
    "index": _index,
    "alert": _alert,
}
