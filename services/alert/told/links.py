"""Where an alert leads: to its first article, and to Kibana, filtered to its articles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from services.alert.told.harmless import harmless_url
from shared.contracts import Alert, rfc3339

ARTICLES_LIMIT = 20
"""Article ids in one link; an alert shows no more evidence than that."""
AROUND = timedelta(days=2)
"""Before and after the alert's window: articles stand in the index by their own dates, and the first may be older."""


@dataclass(frozen=True, slots=True)
class Links:
    """`kibana_url` as `NEWSLOOM_KIBANA_URL` has it, `prefix` as `NEWSLOOM_PREFIX`; without an address there is no link to Kibana."""

    kibana_url: str = ""
    prefix: str = ""

    def article(self, alert: Alert) -> str:
        """Of the first evidence that has an address which can be followed; empty where none has."""
        return next((url for each in alert.evidence if (url := harmless_url(each.url))), "")

    def kibana(self, alert: Alert) -> str:
        """A search in Discover for the alert's articles, or for the alert itself where nothing of them is left; empty without Kibana."""
        base = harmless_url(self.kibana_url).rstrip("/")
        if not base:
            return ""
        articles = [each.article_id for each in alert.evidence][:ARTICLES_LIMIT]
        view, ids = ("articles", articles) if articles else ("alerts", [alert.id])
        # As `newsloom setup` names the objects that it loads into Kibana.
        name = f"newsloom-{self.prefix}-{view}" if self.prefix else f"newsloom-{view}"
        dates = [each.published for each in alert.evidence if each.published] + [alert.window.start, alert.window.end]
        begin, end = min(dates) - AROUND, max(dates) + AROUND
        search = f"id : ({' or '.join(map(_phrase, ids))})"
        glob = f"(time:(from:{_rison(rfc3339(begin))},to:{_rison(rfc3339(end))}))"
        app = f"(dataSource:(dataViewId:{_rison(name)},type:dataView),query:(language:kuery,query:{_rison(search)}))"
        return f"{base}/app/discover#/?_g={_encoded(glob)}&_a={_encoded(app)}"

    def best(self, alert: Alert) -> str:
        """Kibana where it is, else the article; empty where there is neither."""
        return self.kibana(alert) or self.article(alert)


def _phrase(text: str) -> str:
    """In Kibana's query language."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _rison(text: str) -> str:
    """A string as Kibana's addresses hold it."""
    escaped = text.replace("!", "!!").replace("'", "!'")
    return f"'{escaped}'"


def _encoded(text: str) -> str:
    return quote(text, safe="(),:!")
