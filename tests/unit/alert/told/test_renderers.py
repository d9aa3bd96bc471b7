"""The same alert in every format. What they give is in `golden/`; `GOLDEN_ANEW=1` writes it anew, to be read before it is committed."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import feedparser
import pytest
from lxml import etree

from services.alert.told.alertmanager_alerts import Shown, alert_labels, postable_alerts
from services.alert.told.atom_feed import ATOM, atom_feed
from services.alert.told.links import Links
from services.alert.told.standing import is_for, is_news
from services.alert.told.stix_bundle import stix_bundle
from services.alert.told.webhook_body import message_id, webhook_body
from services.alert.told.words import description, summary
from services.fetch.formats.feed_parser import parse_feed
from shared.contracts import Alert, AlertActor, Window

GOLDEN = Path(__file__).parent / "golden"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def shown(alert: Alert, links: Links) -> bytes:
    posted = postable_alerts(Shown((alert,), ()), links, NOW, timedelta(minutes=5))
    return json.dumps(posted, indent=2, ensure_ascii=False).encode()


RENDERERS: dict[str, Callable[[Alert, Links], bytes]] = {
    "description.txt": lambda alert, _: description(alert).encode(),
    "alertmanager.json": shown,
    "webhook.json": lambda alert, links: json.dumps(
        json.loads(webhook_body(alert, links, "ops")), indent=2, ensure_ascii=False
    ).encode(),
    "feed.atom": lambda alert, links: atom_feed([alert], links),
    "bundle.stix.json": lambda alert, links: stix_bundle([alert], links),
}


@pytest.mark.parametrize("name", RENDERERS)
def test_what_an_alert_looks_like(name: str, alert: Alert, links: Links) -> None:
    made = RENDERERS[name](alert, links)
    if os.environ.get("GOLDEN_ANEW"):
        (GOLDEN / name).write_bytes(made)
    assert made.decode() == (GOLDEN / name).read_text("utf-8")
    assert RENDERERS[name](Alert.from_bytes(alert.to_bytes()), links) == made, "a function of the alert alone"


@pytest.mark.parametrize("name", [name for name in RENDERERS if name != "webhook.json"])
def test_nothing_of_others_is_markup_anywhere(name: str, alert: Alert, links: Links) -> None:
    made = RENDERERS[name](alert, links).decode()
    for hostile in (
        "<b>",
        "&lt;b&gt;",
        "<!channel",
        "&lt;!channel",
        "@here",
        "javascript:",
        "\x1b",
        "\\u001b",
        "\u202e",
    ):
        assert hostile not in made, hostile


def test_every_format_links_to_the_article_and_to_kibana(alert: Alert, links: Links) -> None:
    for name, render in RENDERERS.items():
        made = render(alert, links).decode().replace("&amp;", "&")
        assert "https://paper-1.example/visit?n=1&x=1" in made, name
        assert name == "description.txt" or "https://kibana.example/s/news/app/discover#/?_g=" in made, name
        assert "kibana" not in render(alert, Links()).decode().lower(), name


def test_an_alert_without_evidence_links_to_itself_in_kibana(alert: Alert, links: Links) -> None:
    bare = alert.model_copy(update={"evidence": ()})
    assert "newsloom-alerts" in links.kibana(bare)
    assert alert.id in links.kibana(bare)
    assert links.article(bare) == ""
    for render in RENDERERS.values():
        assert render(bare, Links())


def test_the_link_follows_the_prefix(alert: Alert) -> None:
    assert "newsloom-t1--articles" in Links("https://kibana.example", "t1-").kibana(alert)


def test_labels_stay_the_same_while_an_alert_lives(alert: Alert) -> None:
    later = alert.model_copy(
        update={"version": 9, "tier": "PROVISIONAL", "score": 9.0, "stories": 20, "status": "closed", "retracted": True}
    )
    assert alert_labels(later) == alert_labels(alert)
    nameless = alert.model_copy(update={"actors": (AlertActor(id="a", name="\ud800"), AlertActor(id="b", name=""))})
    assert all(value.encode() for value in alert_labels(nameless).values())


def test_alertmanager_never_gets_an_alert_that_ends_before_it_begins(alert: Alert, links: Links) -> None:
    ahead = alert.model_copy(update={"window": Window(start=NOW + timedelta(days=1), end=NOW + timedelta(days=2))})
    for posted in postable_alerts(Shown((alert, ahead), (alert, ahead)), links, NOW, timedelta(minutes=5)):
        assert posted["startsAt"] <= posted["endsAt"]
    firing, over = postable_alerts(Shown((alert,), (alert,)), links, NOW, timedelta(minutes=5))
    assert (firing["endsAt"], over["endsAt"]) == ("2026-01-02T03:09:05Z", "2026-01-02T03:04:05Z")


def test_a_webhook_is_the_same_on_every_retry_and_another_for_every_version(alert: Alert, links: Links) -> None:
    assert message_id(alert) == f"{alert.id}.3"
    body = json.loads(webhook_body(alert, links, "ops"))
    assert (body["version"], body["status"], body["receiver"]) == ("4", "firing", "ops")
    assert Alert.model_validate(body["newsloom"]) == alert
    for update in ({"status": "closed"}, {"retracted": True}):
        over = json.loads(webhook_body(alert.model_copy(update=update), links, "ops"))
        assert (over["status"], over["alerts"][0]["status"]) == ("resolved", "resolved")
        assert over["groupKey"] == body["groupKey"]
        assert over["alerts"][0]["fingerprint"] == body["alerts"][0]["fingerprint"]


def test_lone_surrogates_do_not_stop_a_message(alert: Alert, links: Links) -> None:
    broken = alert.model_copy(update={"actors": (AlertActor(id="a\ud800", name="\udfff"), alert.actors[1])})
    for render in (
        shown,
        lambda a, k: webhook_body(a, k, "ops"),
        lambda a, k: atom_feed([a], k),
        lambda a, k: stix_bundle([a], k),
    ):
        assert render(broken, links).decode("utf-8")


def test_readers_of_feeds_understand_the_feed(alert: Alert, links: Links) -> None:
    older = alert.model_copy(update={"id": "older", "window": Window(start=alert.window.start, end=alert.window.start)})
    body = atom_feed([older, alert], links)
    by_feedparser = feedparser.parse(body)
    assert not by_feedparser.bozo
    assert by_feedparser.version == "atom10"
    assert [entry.title for entry in by_feedparser.entries] == [summary(alert), summary(older)]
    assert by_feedparser.entries[0].content[0].value == description(alert).replace("\uffff", "\ufffd")
    ours = parse_feed(body, "application/atom+xml", "https://feed.example/")
    assert len(ours.items) == 2
    root = etree.fromstring(body)
    for element in (root, *root.findall(f"{{{ATOM}}}entry")):
        # RFC 4287, sections 4.1.1 and 4.1.2: exactly one of each; the author of the feed is that of its entries.
        assert all(len(element.findall(f"{{{ATOM}}}{name}")) == 1 for name in ("id", "title", "updated"))
        assert UUID(element.findtext(f"{{{ATOM}}}id", "").removeprefix("urn:uuid:"))
    assert len({each.text for each in root.iter(f"{{{ATOM}}}id")}) == 3


def test_a_feed_holds_the_newest_and_shows_that_an_alert_changed(alert: Alert, links: Links) -> None:
    many = [alert.model_copy(update={"id": f"{number:03}"}) for number in range(7)]
    assert atom_feed(many, links, newest=3).count(b"<entry>") == 3
    assert feedparser.parse(atom_feed([], links)).entries == []
    one, two = (
        feedparser.parse(atom_feed([each], links)).entries[0]
        for each in (alert, alert.model_copy(update={"version": 4, "status": "closed"}))
    )
    assert one.id == two.id
    assert one.updated < two.updated


STIX_REQUIRED = {
    "identity": {"name"},
    "relationship": {"relationship_type", "source_ref", "target_ref"},
    "report": {"name", "published", "object_refs"},
}
"""STIX 2.1, sections 4.5.1, 5.1.1 and 4.16.1."""
STIX_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def test_a_bundle_has_what_stix_requires(alert: Alert, links: Links) -> None:
    other = alert.model_copy(update={"id": "other", "actors": (alert.actors[0], AlertActor(id="c", name="C"))})
    bundle = json.loads(stix_bundle([alert, other], links))
    assert (bundle["type"], set(bundle)) == ("bundle", {"type", "id", "objects"})
    objects: dict[str, dict[str, Any]] = {each["id"]: each for each in bundle["objects"]}
    assert len(objects) == len(bundle["objects"]) == 8
    for id_, each in objects.items():
        assert {"type", "spec_version", "id", "created", "modified"} <= each.keys()
        assert STIX_REQUIRED[each["type"]] <= each.keys()
        assert (each["spec_version"], id_.partition("--")[0]) == ("2.1", each["type"])
        assert str(UUID(id_.partition("--")[2])) == id_.partition("--")[2]
        assert all(STIX_TIME.fullmatch(each[name]) for name in each.keys() & {"created", "modified", "published"})
        assert each["created"] <= each["modified"]
        references = [each.get(name) for name in ("created_by_ref", "source_ref", "target_ref") if name in each]
        assert {*references, *each.get("object_refs", [])} <= objects.keys()
        assert all(reference["source_name"] for reference in each.get("external_references", []))
    assert json.loads(stix_bundle([], links)).keys() == {"type", "id"}


def test_a_retraction_is_a_newer_version_that_is_revoked(alert: Alert, links: Links) -> None:
    gone = alert.model_copy(update={"retracted": True, "version": alert.version + 1})
    before, after = (
        {each["id"]: each for each in json.loads(stix_bundle([each], links))["objects"]} for each in (alert, gone)
    )
    assert before.keys() == after.keys()
    for id_, each in after.items():
        if each["type"] in ("report", "relationship"):
            assert each["revoked"]
            assert each["modified"] > before[id_]["modified"]


def test_what_is_news(alert: Alert) -> None:
    def news(**more: Any) -> bool:
        return is_news(alert.model_copy(update=more), NOW)

    assert news()
    assert not news(changes=("story",))
    assert not news(changes=("muted",))
    assert not news(changes=())
    assert news(version=1, changes=()), "producers before `changes`"
    assert news(changes=("story", "denial"))
    assert not news(muted_until=NOW + timedelta(seconds=1))
    assert news(muted_until=NOW)
    assert news(muted_until=NOW + timedelta(days=1), status="closed", changes=("closed",)), "it began, so it must end"
    assert is_for(alert, "any")
    assert not is_for(alert.model_copy(update={"channels": ("ops",)}), "any")
