"""The latest reports, by what they name: who may have told of the same thing."""

from __future__ import annotations

import math
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from sys import intern

from services.cluster.verdict import ClusterVerdict

_PRIOR = 300
"""Reports that are taken for read when few are: a name that two of the first three have is not therefore a common one."""
_LATEST = 200
"""Reports that are looked at for each name, the latest: of somebody who is in every tenth report, those of the last hours."""
_LOOKED_AT = 2_000
"""Places in all that one search looks at, the rarest names' first."""
_COMPARED = 24
"""Reports that are compared in full, those with the most in common."""


@dataclass(frozen=True, slots=True)
class Report:
    """An article that others are compared with; `counts` are those of its keys, the headline's too."""

    article: str
    story: str
    event: str
    at: datetime
    began: datetime
    """When its event began."""
    language: str
    anchors: tuple[str, ...]
    counts: Mapping[str, int]


class Reports:
    """Folded from records, in their order; holds the `capacity` newest reports of the log."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._reports: OrderedDict[int, Report] = OrderedDict()
        self._places: dict[str, deque[int]] = {}
        self._began: dict[str, datetime] = {}
        self._frequency: Counter[str] = Counter()
        self._next = 0

    def add(self, record: ClusterVerdict) -> None:
        if not record.anchors and not record.headline:
            return
        counts = Counter(map(intern, (*record.headline, *record.anchors)))
        began = self._began.setdefault(record.event, record.event_time)
        report = Report(
            article=record.group,
            story=record.story,
            event=record.event,
            at=record.event_time,
            began=began,
            language=record.language,
            anchors=tuple(map(intern, record.anchors)),
            counts=counts,
        )
        self._reports[self._next] = report
        for key in counts:
            self._frequency[key] += 1
            self._places.setdefault(key, deque(maxlen=_LATEST)).append(self._next)
        self._next += 1
        if len(self._reports) > self._capacity:
            self._drop()

    def _drop(self) -> None:
        place, report = self._reports.popitem(last=False)
        for key in report.counts:
            self._frequency[key] -= 1
            places = self._places[key]
            if places and places[0] == place:
                places.popleft()
            if not self._frequency[key]:
                del self._frequency[key], self._places[key]
        if self._began.get(report.event) == report.began and report.at == report.began:
            del self._began[report.event]

    def weight(self, key: str) -> float:
        """How much it says that a report names it, in nats: the rarer, the more."""
        return math.log((len(self._reports) + _PRIOR) / (self._frequency[key] + 1))

    def near(self, counts: Mapping[str, int], at: datetime, window: timedelta) -> Iterator[Report]:
        """Those that share most with these keys, within `window` of `at`, the most alike first."""
        shared: defaultdict[int, float] = defaultdict(float)
        looked_at = 0
        for key in sorted(counts, key=lambda key: (self._frequency[key], key)):
            places = self._places.get(key, ())
            weight = self.weight(key)
            for place in places:
                shared[place] += weight
            looked_at += len(places)
            if looked_at > _LOOKED_AT:
                break
        likely = sorted(shared, key=lambda place: (-shared[place], -place))
        within = (report for place in likely if abs((report := self._reports[place]).at - at) <= window)
        for _, report in zip(range(_COMPARED), within, strict=False):
            yield report

    def cosine(self, one: Mapping[str, int], other: Mapping[str, int]) -> float:
        """Of what the two name: 0 where they share nothing, 1 where they name the same equally often."""
        in_both = sum(self._length(key, one[key]) * self._length(key, other[key]) for key in one.keys() & other.keys())
        return in_both / (self._norm(one) * self._norm(other)) if in_both else 0.0

    def total(self, keys: Sequence[str]) -> float:
        return sum(map(self.weight, keys))

    def _length(self, key: str, count: int) -> float:
        return self.weight(key) * (1 + math.log(count))

    def _norm(self, counts: Mapping[str, int]) -> float:
        return math.sqrt(sum(self._length(key, count) ** 2 for key, count in counts.items()))
