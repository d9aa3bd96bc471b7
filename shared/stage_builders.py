"""Every stage with its rules from the settings. Each imports its own when it is built: they load models and tables, and a service
needs one of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.settings import Settings

if TYPE_CHECKING:
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
    if config.gazetteer_file is not None:
        return config.gazetteer_file
    beside = (data_dir or config.data_dir) / "gazetteer.yaml"
    return beside if beside.exists() else None


def imported_gazetteer(config: Settings, data_dir: Path | None) -> Path | None:
    """Imported actors, as `newsloom gazetteer build` leaves them: the folder of the settings, else the one in the data folder, if any."""
    if config.gazetteer_imported is not None:
        return config.gazetteer_imported
    beside = (data_dir or config.data_dir) / "gazetteer" / "built"
    return beside if beside.exists() else None


def _normalise(config: Settings, _: Path | None) -> Any:
    from services.normalise.page_process import PageProcess
    from services.normalise.stage import Normalise, NormaliseRules

    return Normalise(
        NormaliseRules(
            title=config.title_limit,
            text=config.text_limit,
            history_after=timedelta(hours=config.history_hours),
        ),
        PageProcess(config.page_cpu_seconds, config.parse_memory_bytes),
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


def _cluster(_: Settings, __: Path | None) -> Any:
    from services.cluster.stage import Cluster

    return Cluster()


def _index(_: Settings, __: Path | None) -> Any:
    from services.index.stage import Index

    return Index()


def _alert(config: Settings, _: Path | None) -> Any:
    from services.alert.rules import AlertRules
    from services.alert.stage import AlertStage

    return AlertStage(
        AlertRules(
            known_stories=config.alert_known_stories,
            known_for=timedelta(days=config.alert_known_days),
            min_owners=config.alert_min_owners,
            min_score=config.alert_min_score,
            surge_score=config.alert_surge_score,
            min_confidence=config.alert_min_confidence,
            roundup_actors=config.alert_roundup_actors,
            horizon=timedelta(days=config.alert_horizon_days),
            history=timedelta(days=config.alert_history_days),
            windows=tuple(timedelta(hours=hours) for hours in config.alert_windows_hours),
            half_life_days=config.alert_half_life_days,
            close_after=timedelta(days=config.alert_close_days),
            headline_actors=config.alert_headline_actors,
            surge_stories=config.alert_surge_stories,
            dispersion=config.alert_dispersion,
            false_discovery=config.alert_false_discovery,
            daily_budget=config.alert_daily_budget,
        )
    )


_BUILDERS: dict[str, Callable[[Settings, Path | None], Any]] = {
    "normalise": _normalise,
    "deduplicate": _deduplicate,
    "enrich": _enrich,
    "cluster": _cluster,
    "index": _index,
    "alert": _alert,
}
