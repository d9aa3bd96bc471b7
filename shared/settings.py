"""Every setting: one name, one default, one line that says what it is. `NEWSLOOM_…` in the environment overrides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.contracts import FullText

CENTURY_DAYS = 36_500
CENTURY_HOURS = 24 * CENTURY_DAYS
"""No time is longer: dates end somewhere."""


PREFIX = "NEWSLOOM_"
NO_SETTINGS = frozenset({"CRASH_AT", "CHAOS_KILLS", "SERVERS_DIR", "IMAGE"})
"""What other parts read under the same prefix: the durability tests, `make stack` and docker-compose.yml."""


class Settings(BaseSettings):
    """Read once at start. The README's table is made from these fields; a test keeps it true."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True, allow_inf_nan=False)

    runtime: Literal["embedded", "kafka"] = Field("embedded", description="Where the pipeline runs: embedded or kafka.")
    data_dir: Path = Field(Path(".newsloom"), description="Folder of the embedded pipeline's data.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "warning", description="Least level that is logged."
    )
    log_format: Literal["console", "json"] = Field("console", description="How log lines look.")

    batch_size: int = Field(200, gt=0, description="Messages per transaction.")
    backlog_limit: int = Field(2_000, gt=0, description="Entries that may wait before fetching pauses.")
    log_retention_hours: float = Field(
        24, gt=0, le=CENTURY_HOURS, description="How long consumed messages stay in the embedded log."
    )
    attempts: int = Field(3, gt=0, description="Tries before a failing message becomes a dead letter.")
    dead_letter_share: float = Field(0.5, gt=0, le=1, description="Share of dead letters at which a stage stops.")

    contact: str = Field(
        "", description="Web or mail address that the User-Agent carries, for sites that want to reach you."
    )
    proxy: str = Field(
        "", description="Proxy that sites are fetched through, http(s)://[user@]host:port, which then guards addresses."
    )
    proxy_password_file: Path | None = Field(None, description="File with the password of the proxy's user.")
    concurrent_polls: int = Field(32, gt=0, description="Feeds polled at the same time.")
    host_delay_seconds: float = Field(
        1.0, ge=0, le=CENTURY_HOURS, description="Least pause between two requests to one host."
    )
    fetch_deadline_seconds: float = Field(
        30, gt=0, le=CENTURY_HOURS, description="One request in all, redirects included."
    )
    feed_limit_bytes: int = Field(10 * 2**20, gt=0, description="Largest feed that is read, unpacked.")
    feed_items_limit: int = Field(5_000, gt=0, description="Newest items that are taken from one feed.")
    parse_cpu_seconds: int = Field(5, gt=0, description="CPU time that parsing one feed may take.")
    parse_memory_bytes: int = Field(
        1 * 2**30, gt=0, description="Memory that a worker may take that parses feeds, or reads pages."
    )
    full_text: FullText = Field(
        "auto",
        description="Whether items' pages are fetched: auto (where the feed has only a teaser), always, never.",
    )
    teaser_characters: int = Field(500, gt=0, description="A feed's text that is shorter than this is a teaser.")
    pages_per_poll: int = Field(
        20, ge=0, description="Pages that are fetched at one poll of one feed, the first items'."
    )
    page_deadline_seconds: float = Field(
        60, gt=0, le=CENTURY_HOURS, description="How long the items of a poll wait for their pages."
    )
    page_limit_bytes: int = Field(5 * 2**20, gt=0, description="Largest page that is read, unpacked.")
    history_hours: float = Field(
        0,
        ge=0,
        le=CENTURY_HOURS,
        description="Items of a feed's first poll are history and raise no alert, but for those younger than this.",
    )

    page_cpu_seconds: int = Field(
        5, gt=0, description="CPU time that reading one page may take; for memory, the limit of feeds holds."
    )
    websub_callback: str = Field(
        "", description="Public http(s) address under which hubs reach the callback server; empty: no WebSub."
    )
    websub_host: str = Field("127.0.0.1", description="Address that the callback server listens on.")
    websub_port: int = Field(9110, ge=0, lt=65_536, description="Its port; 0: any free one.")
    websub_secret_file: Path | None = Field(
        None,
        description="File with the key of all callbacks; default: websub.secret in the data folder, made by itself.",
    )

    title_limit: int = Field(1_000, gt=0, description="Characters of a title that are kept.")
    text_limit: int = Field(200_000, gt=0, description="Characters of a text that are kept.")

    copy_window_days: float = Field(
        30, gt=0, le=CENTURY_DAYS, description="How far apart in time two near copies can be."
    )
    copy_containment: float = Field(0.4, gt=0, le=1, description="Share of sampled shingles that makes a near copy.")
    copy_capacity: int = Field(100_000, gt=0, description="Articles that a new one is compared with, the latest read.")

    gazetteer_file: Path | None = Field(
        None, description="Your own actors; default: gazetteer.yaml in the data folder."
    )
    gazetteer_imported: Path | None = Field(
        None,
        description="Imported actors, as `newsloom gazetteer build` leaves them; default: gazetteer/built in the data folder.",
    )
    actors_limit: int = Field(200, gt=0, description="Actors that are kept of one article.")

    story_translation: float = Field(
        0.53, gt=0, le=1, description="Least likeness of a report in another language that makes it a translated copy."
    )
    story_translation_hours: float = Field(
        72, gt=0, le=CENTURY_HOURS, description="How far apart in time a report and its translation can be."
    )
    story_event: float = Field(0.27, gt=0, le=1, description="Least likeness of two reports that makes them one event.")
    story_event_hours: float = Field(
        48, gt=0, le=CENTURY_HOURS, description="How far apart in time two reports of one event can be."
    )
    story_capacity: int = Field(50_000, gt=0, description="Reports that a new one is compared with, the latest read.")

    outlets_file: Path | None = Field(
        None, description="Your own outlets and their owners; default: outlets.tsv in the data folder."
    )

    alert_rules: Path | None = Field(
        None, description="Your own alert rules; default: alert-rules.toml in the data folder."
    )
    alert_known_stories: int = Field(5, ge=0, description="Stories after which an actor is known.")
    alert_known_days: float = Field(
        14, ge=0, le=CENTURY_DAYS, description="Days over which an actor must have been seen to be known."
    )
    alert_min_score: float = Field(2.0, ge=0, description="Least score, -log10 of the probability by chance.")
    alert_min_owners: int = Field(2, gt=0, description="Independent owners' stories that open an alert.")
    alert_owner_known_days: float = Field(
        7, ge=0, le=CENTURY_DAYS, description="Days that an owner must have been read for to be a witness."
    )
    alert_min_confidence: float = Field(0.6, ge=0, le=1, description="Least confidence of both actors' links.")
    alert_roundup_actors: int = Field(7, gt=0, description="More newsmakers than this make an article a roundup.")
    alert_horizon_days: int = Field(30, gt=0, le=CENTURY_DAYS, description="Least history behind the word never.")
    alert_history_days: int = Field(365, gt=0, le=CENTURY_DAYS, description="How far back pairs are remembered.")
    alert_daily_budget: int = Field(10, gt=0, description="New alerts per day of event time.")
    alert_false_discovery: float = Field(
        0.1, gt=0, le=1, description="Probability times the pairs tested within a day may not exceed this."
    )
    alert_dispersion: float = Field(
        0,
        ge=0,
        le=1_000_000,
        description="Size parameter of the negative binomial, smaller is burstier; 0: fitted from the history.",
    )
    alert_capacity: int = Field(1_500_000, gt=0, description="Stories that are held in memory, the latest read.")
    alert_windows_hours: tuple[Annotated[float, Field(gt=0, le=CENTURY_HOURS)], ...] = Field(
        (6, 24, 168), min_length=1, description="Windows that surprise is measured in, as a JSON list."
    )
    alert_half_life_days: float = Field(30, gt=0, le=CENTURY_DAYS, description="Half-life of a pair's past.")
    alert_close_days: float = Field(
        7, gt=0, le=CENTURY_DAYS, description="Days without a new story after which an alert closes."
    )
    alert_headline_actors: int = Field(
        3, gt=0, description="Newsmakers at most in a roundup's headline or a crowd's sentence that makes a pair."
    )
    alert_crowd_actors: int = Field(
        4, gt=0, description="More newsmakers than this make a crowd, where a sentence must be about the two."
    )
    alert_surge_stories: int = Field(3, gt=0, description="Least stories of RARE and SURGE alerts.")
    alert_surge_score: float = Field(4.0, ge=0, description="Least score of RARE and SURGE alerts.")

    alertmanager_url: str = Field(
        "", description="Alertmanager that alerts are shown in, http(s)://host:9093; empty: none. May be private."
    )
    alertmanager_interval_seconds: float = Field(
        60, gt=0, le=CENTURY_HOURS, description="How often open alerts are renewed there; after five without, they end."
    )

    prefix: str = Field(
        "",
        pattern=r"^[a-z0-9][a-z0-9._-]*$|^$",
        description="Put before the names of topics, consumer groups and indexes: several pipelines on one cluster.",
    )
    kafka_bootstrap: str = Field("localhost:9092", description="Kafka brokers to begin with, host:port, by comma.")
    kafka_security: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="How Kafka is spoken to."
    )
    kafka_ca_file: Path | None = Field(None, description="Certificate authority of the brokers; default: the system's.")
    kafka_cert_file: Path | None = Field(None, description="Client certificate for Kafka, where it asks for one.")
    kafka_key_file: Path | None = Field(None, description="Key of the client certificate.")
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        "SCRAM-SHA-512", description="How the user is proved to Kafka, with SASL."
    )
    kafka_username: str = Field("", description="Kafka user, with SASL.")
    kafka_password_file: Path | None = Field(None, description="File with the Kafka user's password.")
    kafka_partitions: int = Field(
        1,
        gt=0,
        description="Partitions of the topics whose stages scale out, for `newsloom setup`; with 1, order is total.",
    )
    kafka_replication: int | None = Field(
        None,
        gt=0,
        description="Copies of each partition, for `newsloom setup`; default: 3, or as many as there are brokers.",
    )
    message_limit_bytes: int = Field(48 * 2**20, gt=0, description="Largest message that topics take.")
    elasticsearch_url: str = Field("http://localhost:9200", description="Elasticsearch nodes, by comma.")
    elasticsearch_ca_file: Path | None = Field(None, description="Certificate authority of Elasticsearch.")
    elasticsearch_api_key_file: Path | None = Field(None, description="File with an API key for Elasticsearch.")
    elasticsearch_username: str = Field("", description="Elasticsearch user, where there is no API key.")
    elasticsearch_password_file: Path | None = Field(None, description="File with the Elasticsearch user's password.")
    kibana_url: str = Field(
        "", description="Kibana that `newsloom setup` loads dashboards into and that alerts link to; empty: none."
    )
    allow_private: str = Field(
        "", description="Private networks that `newsloom worker fetch` may fetch from, by comma: 127.0.0.0/8."
    )
    worker_host: str = Field("127.0.0.1", description="Address of a worker's /livez, /readyz and /metrics.")
    worker_port: int = Field(
        0, ge=0, lt=65_536, description="Their port; 0: 9101 to 9107 by the stage's place in the flow."
    )
    worker_instance: str = Field(
        "",
        description="A name that a replica keeps over restarts: it resumes sooner. Two replicas must not share it.",
    )
    stuck_seconds: float = Field(
        120, gt=0, le=CENTURY_HOURS, description="A worker without progress for so long ends, to be restarted."
    )


@cache
def settings() -> Settings:
    """The process's settings. Raises `pydantic.ValidationError` for a value that does not fit."""
    return Settings()


_SERVICE_LINK = re.compile(r"(^|_)(SERVICE_(HOST|PORT)|PORT_\d+_(TCP|UDP|SCTP))(_|$)")
"""What Kubernetes sets in every container for a service whose name begins with newsloom."""


def unknown_variables(environment: Mapping[str, str]) -> list[tuple[str, str | None]]:
    """The `NEWSLOOM_…` variables that nothing reads, each with the setting whose name is the most like it, if one is."""
    known = {name.upper() for name in Settings.model_fields}
    unknown = []
    for name, value in sorted(environment.items()):
        own = name.upper().removeprefix(PREFIX)
        if not name.upper().startswith(PREFIX) or own in known | NO_SETTINGS:
            continue
        if _SERVICE_LINK.search(own) or value.startswith(("tcp://", "udp://")):
            continue
        like = get_close_matches(own, known, n=1)
        unknown.append((name, PREFIX + like[0] if like else None))
    return unknown
