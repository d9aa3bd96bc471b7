"""How well actors are found: against a corpus in which a person marked them all.

The unit is the mention where nothing else is said. A found mention is held against the marked one that it has most in common with. An
id is right when it is that of the entry whose name is the label; which entry that is, the gazetteer says when it is asked for the label.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from services.enrich.gazetteer import Gazetteer
from services.enrich.stage import Enrich
from shared.bench.golden_corpus import Corpus, MarkedArticle, MarkedMention, Member
from shared.bench.unread import unique_article
from shared.contracts.enrichment import Actor, Enrichment, Mention

SCRIPTS: Mapping[str, str] = {
    **dict.fromkeys(("en", "fr", "de", "es", "it", "pt", "pl", "tr"), "Latin"),
    **dict.fromkeys(("ru", "uk"), "Cyrillic"),
}
"""Languages of which names that nobody knows are scored together; others by themselves."""


@dataclass(slots=True)
class Counts:
    """`right` of `found` and of `wanted`."""

    right: int = 0
    found: int = 0
    wanted: int = 0

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 1.0


@dataclass(frozen=True, slots=True)
class Miss:
    """What went wrong with one mention, for a person: `kind` is missed, spurious, wrong or not-left-alone."""

    article: str
    kind: str
    text: str
    wanted: str
    found: str


@dataclass(slots=True)
class ActorQuality:
    """Counts over a corpus; tuples are (right, judged)."""

    known: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    """Mentions of the actors of the gazetteer, by language."""
    unknown: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    """Persons of an article that no gazetteer has, by script."""
    wrong_merges: int = 0
    """Mentions that were given to somebody else."""
    parts: int = 0
    """Places found within the name of a body that was marked (New Zealand in New Zealand First), or the reverse: wrong, but nobody is
    taken for somebody else."""
    left_alone: tuple[int, int] = (0, 0)
    """Names that could be several persons'."""
    unresolved: int = 0
    """Mentions of known actors that were given to nobody."""
    same_id: tuple[int, int] = (0, 0)
    """Of the languages in which an actor of a story was found: those with the id that it has in most."""
    unknown_same_id: tuple[int, int] = (0, 0)
    """The same for provisional ids, over Latin and Cyrillic."""
    roles: tuple[int, int] = (0, 0)
    quotes: tuple[int, int] = (0, 0)
    """Quotations whose speaker was found."""
    not_in_gazetteer: set[str] = field(default_factory=set)
    reliability: dict[float, list[float]] = field(default_factory=lambda: defaultdict(lambda: [0.0, 0.0, 0.0]))
    """By tenths of confidence: mentions that are right, all, and the sum of their confidences."""
    misses: list[Miss] = field(default_factory=list)
    of_gazetteer: Counts = field(default_factory=Counts)
    """The same as `known`, of those only whom the gazetteer has."""

    def known_together(self) -> Counts:
        return _sum(self.known.values())


def score_actors(corpus: Corpus, stage: Enrich, gazetteer: Gazetteer) -> ActorQuality:
    ids = {label: entry_of(member, gazetteer) for label, member in corpus.cast.items()}
    quality = ActorQuality()
    quality.not_in_gazetteer = {label for label, member in corpus.cast.items() if member.known and ids[label] is None}
    by_story: dict[tuple[str, str], list[str]] = defaultdict(list)
    for article in corpus.articles:
        found = enriched(stage, article)
        _Article(article, found, corpus.cast, ids, quality).score(by_story)
    quality.same_id = _agreement(ids_ for (_, label), ids_ in by_story.items() if corpus.cast[label].known)
    quality.unknown_same_id = _agreement(ids_ for (_, label), ids_ in by_story.items() if not corpus.cast[label].known)
    return quality


def enriched(stage: Enrich, article: MarkedArticle) -> Enrichment:
    return stage.enrich(unique_article(article.title, article.text, article.language).article)


def entry_of(member: Member, gazetteer: Gazetteer) -> str | None:
    """The id of the gazetteer's entry for one of the cast; None where it has none, or several of that name and kind."""
    if not member.known:
        return None
    label = member.label.casefold()
    named = [
        entry
        for entry in gazetteer.entries.values()
        if entry.type == member.kind and label in (entry.name.casefold(), entry.name.partition(" (")[0].casefold())
    ]
    if len(named) > 1:
        named = [entry for entry in named if entry.name.casefold() == label] or named
    if not named:
        named = [entry for entry in gazetteer.lookup(member.label) if entry.type == member.kind]
    if len(named) > 1:
        named = [entry for entry in named if entry.name == member.label] or named
    if len(named) != 1 and member.wikidata:
        named = [entry for entry in gazetteer.entries.values() if entry.wikidata == member.wikidata]
    return named[0].id if len(named) == 1 else None


class _Article:
    def __init__(
        self,
        article: MarkedArticle,
        found: Enrichment,
        cast: Mapping[str, Member],
        ids: Mapping[str, str | None],
        quality: ActorQuality,
    ) -> None:
        self._article = article
        self._found = found
        self._cast = cast
        self._ids = ids
        self._quality = quality

    def score(self, by_story: dict[tuple[str, str], list[str]]) -> None:
        pairs = [
            (actor, mention, _overlapped(mention, self._article.mentions))
            for actor in self._found.actors
            for mention in actor.mentions
        ]
        self._known(pairs)
        self._wanted(pairs)
        self._unknown(pairs)
        self._roles(pairs)
        ids = self._ids_by_label(pairs)
        self._quotes(ids)
        for label, id_ in ids.items():
            if self._cast[label].known or self._article.language in SCRIPTS:
                by_story[self._article.story, label].append(id_)

    def _known(self, pairs: Sequence[tuple[Actor, Mention, MarkedMention | None]]) -> None:
        """Every mention that was given to an actor of the gazetteer."""
        counts = self._quality.known[self._article.language]
        for actor, mention, marked in pairs:
            if actor.id.startswith("?"):
                continue
            counts.found += 1
            right = marked is not None and marked.label is not None and self._ids[marked.label] == actor.id
            bucket = self._quality.reliability[_tenth(actor.confidence)]
            bucket[0] += right
            bucket[1] += 1
            bucket[2] += actor.confidence
            if right:
                continue
            if marked is None:
                self._miss("spurious", mention.text, "", actor.id)
            elif marked.label is None:
                self._miss("not-left-alone", mention.text, "", actor.id)
            elif self._part(actor, mention, marked):
                self._quality.parts += 1
                self._miss("part", mention.text, marked.label, actor.id)
            else:
                self._quality.wrong_merges += 1
                self._miss("wrong", mention.text, marked.label, actor.id)

    def _part(self, actor: Actor, mention: Mention, marked: MarkedMention) -> bool:
        types = {actor.type, self._cast[marked.label].kind if marked.label is not None else None}
        inside = marked.start <= mention.start and mention.end <= marked.end
        around = mention.start <= marked.start and marked.end <= mention.end
        same = (mention.start, mention.end) == (marked.start, marked.end)
        return types == {"place", "organisation"} and (inside or around) and not same

    def _wanted(self, pairs: Sequence[tuple[Actor, Mention, MarkedMention | None]]) -> None:
        """Every marked mention of somebody known, and those that are to be left alone."""
        counts = self._quality.known[self._article.language]
        given = {id(marked): actor.id for actor, _, marked in pairs if marked is not None}
        for marked in self._article.mentions:
            actor_id = given.get(id(marked))
            if marked.label is None:
                left, all_ = self._quality.left_alone
                alone = actor_id is None or actor_id.startswith("?")
                self._quality.left_alone = left + alone, all_ + 1
            elif self._cast[marked.label].known:
                counts.wanted += 1
                self._quality.of_gazetteer.wanted += self._ids[marked.label] is not None
                if actor_id is not None and actor_id == self._ids[marked.label]:
                    counts.right += 1
                    self._quality.of_gazetteer.right += 1
                else:
                    self._quality.unresolved += actor_id is None
                    text = self._article.body[marked.start : marked.end]
                    self._miss("missed", text, marked.label, actor_id or "")

    def _unknown(self, pairs: Sequence[tuple[Actor, Mention, MarkedMention | None]]) -> None:
        """Persons that no gazetteer has, once per article. Somebody real whom ours lacks is right as a provisional actor, too."""
        language = self._article.language
        counts = self._quality.unknown[SCRIPTS.get(language, language)]
        labels: dict[str, set[str]] = defaultdict(set)
        texts: dict[str, str] = {}
        for actor, mention, marked in pairs:
            if actor.id.startswith("?"):
                texts.setdefault(actor.id, mention.text)
                labels[actor.id].update({marked.label or "?"} if marked else {""})
        wanted = {
            each.label
            for each in self._article.mentions
            if each.label is not None and not self._cast[each.label].known and self._cast[each.label].kind == "person"
        }
        met = set()
        for id_, text in texts.items():
            counts.found += 1
            (label,) = labels[id_] if len(labels[id_]) == 1 else ("",)
            real = label in self._cast and self._cast[label].kind == "person" and self._ids[label] is None
            if real and label not in met:
                met.add(label)
                if label in wanted:
                    counts.right += 1
                else:
                    counts.found -= 1
            else:
                self._miss("no-person", text, label, id_)
        counts.wanted += len(wanted)
        for label in sorted(wanted - met):
            self._miss("not-noticed", label, label, "")

    def _roles(self, pairs: Sequence[tuple[Actor, Mention, MarkedMention | None]]) -> None:
        """Of actors that were found: a source only where every mention is marked as one."""
        sources: dict[str, list[bool]] = defaultdict(list)
        roles: dict[str, str] = {}
        for actor, _, marked in pairs:
            if marked is not None and marked.label is not None and self._ids[marked.label] == actor.id:
                sources[actor.id].append(marked.source)
                roles[actor.id] = actor.role
        right, judged = self._quality.roles
        for id_, marks in sources.items():
            wanted = "source" if all(marks) else "actor"
            right += roles[id_] == wanted
            judged += 1
            if roles[id_] != wanted:
                self._miss("role", id_, wanted, roles[id_])
        self._quality.roles = right, judged

    def _quotes(self, names: Mapping[str, str]) -> None:
        right, judged = self._quality.quotes
        for quote in self._article.quotes:
            if quote.speaker is None:
                continue
            judged += 1
            begins = quote.begins.strip(" «»„“”\"'‹›「」『』")
            said = [each.speaker for each in self._found.quotes if begins[:12] in each.text[: len(begins) + 12]]
            wanted = names.get(quote.speaker)
            if wanted is not None and wanted in said:
                right += 1
            else:
                self._miss("quote", quote.begins, quote.speaker, str(said))
        self._quality.quotes = right, judged

    def _ids_by_label(self, pairs: Iterable[tuple[Actor, Mention, MarkedMention | None]]) -> dict[str, str]:
        votes: dict[str, Counter[str]] = defaultdict(Counter)
        for actor, _, marked in pairs:
            if marked is not None and marked.label is not None:
                votes[marked.label][actor.id] += 1
        return {label: counter.most_common(1)[0][0] for label, counter in votes.items()}

    def _miss(self, kind: str, text: str, wanted: str, found: str) -> None:
        self._quality.misses.append(Miss(self._article.id, kind, text, wanted, found))


def _overlapped(mention: Mention, marked: Sequence[MarkedMention]) -> MarkedMention | None:
    """The marked mention that has most in common with this one: half of the shorter at least (`Hamas` in `the Hamas movement`)."""
    best, most = None, 0
    for each in marked:
        common = min(mention.end, each.end) - max(mention.start, each.start)
        if common > most and common * 2 >= min(mention.end - mention.start, each.end - each.start):
            best, most = each, common
    return best


def _agreement(groups: Iterable[Sequence[str]]) -> tuple[int, int]:
    same = all_ = 0
    for ids in groups:
        if len(ids) > 1:
            same += Counter(ids).most_common(1)[0][1]
            all_ += len(ids)
    return same, all_


def _tenth(confidence: float) -> float:
    return min(int(confidence * 10), 9) / 10


def _sum(counts: Iterable[Counts]) -> Counts:
    total = Counts()
    for each in counts:
        total.right += each.right
        total.found += each.found
        total.wanted += each.wanted
    return total


def in_order(quality: ActorQuality) -> Iterator[tuple[str, Counts]]:
    """Languages by name, then all of them."""
    yield from sorted(quality.known.items())
    yield "all", quality.known_together()
