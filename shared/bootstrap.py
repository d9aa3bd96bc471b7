"""The only place that picks adapters: settings in, a working pipeline out."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.clock import SystemClock
from shared.dead_letters import DeadLetterLimit
from shared.judge import Judge, Stateful, Stateless
from shared.pipeline import NODES, Node
from shared.policy import Policy
from shared.ports import Clock
from shared.retry import Retry
from shared.settings import Settings, settings

if TYPE_CHECKING:
    from shared.adapters.sqlite.store import Store
    from shared.runtime.embedded import EmbeddedPipeline, Worker


def stages(config: Settings, data_dir: Path | None = None) -> dict[str, Any]:
    """Every stage by its name, with its rules from the settings. The imports are here because they load models and tables."""
    from services.alert.rules import AlertRules
    from services.alert.stage import AlertStage
    from services.cluster.stage import Cluster
    from services.deduplicate.stage import CopyRules, Deduplicate
    from services.enrich.gazetteer import load_gazetteer
    from services.enrich.stage import Enrich
    from services.index.stage import Index
    from services.normalise.stage import Normalise, NormaliseRules

    all_stages = (
        Normalise(
            NormaliseRules(
                title=config.title_limit,
                text=config.text_limit,
                history_after=timedelta(hours=config.history_hours),
            )
        ),
        Deduplicate(
            CopyRules(
                containment=config.copy_containment,
                window=timedelta(days=config.copy_window_days),
                capacity=config.copy_capacity,
            )
        ),
        Enrich(load_gazetteer(user_gazetteer(config, data_dir)), config.actors_limit),
        Cluster(),
        Index(),
        AlertStage(
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
        ),
    )
    return {stage.name: stage for stage in all_stages}


def user_gazetteer(config: Settings, data_dir: Path | None) -> Path | None:
    """The user's own actors: the file of the settings, else `gazetteer.yaml` in the data folder where there is one."""
    if config.gazetteer_file is not None:
        return config.gazetteer_file
    beside = (data_dir or config.data_dir) / "gazetteer.yaml"
    return beside if beside.exists() else None


def embedded_pipeline(store: Store, clock: Clock | None = None, config: Settings | None = None) -> EmbeddedPipeline:
    """The embedded pipeline over an open store. Call it in the thread that will work with it, or before that thread starts."""
    from shared.runtime.embedded import EmbeddedPipeline

    config = config or settings()
    built = stages(config, store.path.parent)
    workers = [_worker(node, built[node.stage], store, clock or SystemClock(), config) for node in NODES]
    return EmbeddedPipeline(store, workers, batch_size=config.batch_size, retention_hours=config.log_retention_hours)


def _worker(node: Node, stage: Any, store: Store, clock: Clock, config: Settings) -> Worker:
    from shared.adapters.sqlite.state import SqliteStateLog
    from shared.runtime.embedded import Worker

    state: SqliteStateLog[Any] | None = None
    judge: Judge
    if node.state == "log":
        state = SqliteStateLog(store, node.stage, stage.record_type)
        judge = Stateful(stage, state)
    else:
        judge = Stateless(stage)
    limit = DeadLetterLimit(node.stage, share=config.dead_letter_share)
    policy = Policy(node, judge, clock, Retry(config.attempts), limit)
    return Worker(node, policy, judge, state)
