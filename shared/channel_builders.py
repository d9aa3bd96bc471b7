"""The channels that the settings name, and what tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.alert.channels import Channel, channel_from, configured_channels
from services.alert.rules_file import read_channels
from shared.settings import Settings
from shared.stage_builders import rules_file

if TYPE_CHECKING:
    from shared.ports import Display, Notifier


def channels_of(config: Settings) -> tuple[Channel, ...]:
    """Where alerts are told, of either runtime; whoever asks, asks here: those of the file of rules, and what the settings name. Raises
    `Misuse`."""
    path = rules_file(config)
    tables = read_channels(path) if path is not None else []
    return configured_channels(config, tuple(channel_from(table, str(path)) for table in tables))


def notifier_of(channel: Channel, config: Settings) -> Notifier:
    """Of a channel that is told every change."""
    from services.alert.told.links import Links
    from shared.adapters.notify.webhook import Webhook

    return Webhook(channel, Links(config.kibana_url, config.prefix))


def display_of(channel: Channel, config: Settings) -> Display:
    """Of a channel that shows how alerts stand."""
    from services.alert.told.atom_feed import atom_feed
    from services.alert.told.links import Links
    from services.alert.told.stix_bundle import stix_bundle
    from shared.adapters.notify.alertmanager import Alertmanager
    from shared.adapters.notify.feed_file import FeedFile

    links = Links(config.kibana_url, config.prefix)
    if channel.type == "alertmanager":
        return Alertmanager(channel, links, config.alertmanager_interval_seconds)
    assert channel.path is not None, f"{channel.type} has a path"
    render = atom_feed if channel.type == "atom" else stix_bundle
    return FeedFile(channel.path, lambda alerts: render(alerts, links))
