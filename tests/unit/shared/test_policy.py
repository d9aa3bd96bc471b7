"""What happens to one message in one stage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pytest

from shared.clock import SimulatedClock
from shared.contracts import Article, Contract, Copy, UniqueArticle
from shared.dead_letters import DeadLetterLimit, dead_letter_id
from shared.errors import StageStopped
from shared.judge import Stateful
from shared.pipeline import ALERT, ARTICLE, BY_STAGE, CLUSTERED, UNIQUE
from shared.policy import Delivery, Policy, Result
from shared.retry import Retry
from shared.stage import Drop, Emit, Outcome, Put, Record, Reject, Unavailable

Build = Callable[..., Any]


class Judge:
    """Answers what the test says, in turn; an exception is raised."""

    name = "judge"

    def __init__(self, *answers: Sequence[Outcome] | Exception) -> None:
        self._answers = list(answers)
        self.asked: list[Contract] = []

    def __call__(self, message: Contract) -> Sequence[Outcome]:
        self.asked.append(message)
        answer = self._answers[min(len(self.asked), len(self._answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def restore(self) -> None:
        return None


def process(judge: Any, delivery: Delivery, now: datetime, stage: str = "deduplicate", attempts: int = 3) -> Result:
    policy = Policy(BY_STAGE[stage], judge, SimulatedClock(now), Retry(attempts), DeadLetterLimit(stage))
    return policy.process(delivery)


def delivered(message: Contract | bytes, topic: str = ARTICLE, **headers: str) -> Delivery:
    value = message if isinstance(message, bytes) else message.to_bytes()
    return Delivery(topic, 0, 7, "key", {"ce_id": "entry", "traceparent": "00-1-2-01", **headers}, value)


def endings(result: Result) -> list[tuple[str, str, str | None, str | None]]:
    return [(each.entry_id, each.ending, each.code, each.article_id) for each in result.endings]


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"null", b'{"id": 1}', b"{" * 10_000])
def test_what_cannot_be_decoded_is_a_dead_letter_with_everything_that_came(noon: datetime, raw: bytes) -> None:
    judge = Judge([])
    result = process(judge, delivered(raw, dlq_note="kept"), noon)
    letter = result.dead_letter
    assert letter
    assert not judge.asked
    assert (letter.value, letter.key, letter.headers["dlq_note"]) == (raw, "key", "kept")
    assert (letter.code, letter.attempts, letter.stage) == ("undecodable", 1, "deduplicate")
    assert (letter.topic, letter.partition, letter.offset) == (ARTICLE, 0, 7)
    assert (letter.entry_id, letter.at) == ("entry", noon)
    assert letter.id == dead_letter_id("deduplicate", ARTICLE, 0, 7)
    assert endings(result) == [("entry", "dead-letter", "undecodable", None)]
    assert not result.sends


def test_an_exception_is_tried_again_and_forgotten_when_that_helps(noon: datetime, make_article: Build) -> None:
    judge = Judge(ValueError("once"), ValueError("twice"), [Drop("empty")])
    result = process(judge, delivered(make_article()), noon)
    assert len(judge.asked) == 3
    assert result.dead_letter is None
    assert endings(result) == [("entry", "dropped", "empty", None)]


def test_an_exception_that_stays_makes_a_dead_letter(noon: datetime, make_article: Build) -> None:
    judge = Judge(KeyError("who"))
    delivery = delivered(make_article())
    result = process(judge, delivery, noon)
    assert len(judge.asked) == 3
    assert result.dead_letter
    assert (result.dead_letter.code, result.dead_letter.attempts) == ("KeyError", 3)
    assert result.dead_letter.value == delivery.value
    assert endings(result) == [("entry", "dead-letter", "KeyError", None)]


def test_the_words_of_an_error_are_bounded_and_can_be_stored(noon: datetime, make_article: Build) -> None:
    result = process(Judge(ValueError("\ud800" + "x" * 10_000)), delivered(make_article()), noon)
    assert result.dead_letter
    assert len(result.dead_letter.error) == 2_000
    assert result.dead_letter.to_bytes()
    assert result.endings[0].to_bytes()


def test_unavailable_goes_through_at_once(noon: datetime, make_article: Build) -> None:
    judge = Judge(Unavailable("the disk is full"))
    with pytest.raises(Unavailable, match="the disk is full"):
        process(judge, delivered(make_article()), noon)
    assert len(judge.asked) == 1


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit()])
def test_what_ends_the_process_is_not_swallowed(noon: datetime, make_article: Build, error: BaseException) -> None:
    def judge(_: Contract) -> Sequence[Outcome]:
        raise error

    with pytest.raises(type(error)):
        process(judge, delivered(make_article()), noon)


def test_an_output_that_cannot_be_written_is_a_failure_like_any_other(noon: datetime, make_article: Build) -> None:
    article = make_article()
    broken = article.model_copy(update={"title": "\ud800"})
    outcomes = [
        Emit("a", UniqueArticle(article=article, copy_=Copy())),
        Emit("b", UniqueArticle(article=broken, copy_=Copy())),
    ]
    result = process(Judge(outcomes), delivered(article), noon)
    assert result.dead_letter
    assert not result.sends, "half of what a message leads to is worse than nothing"
    assert [ending for _, ending, *_ in endings(result)] == ["dead-letter"]


def test_a_rejected_message_is_a_dead_letter_at_once(noon: datetime, make_article: Build) -> None:
    judge = Judge([Reject("wrong-type", "no such thing")])
    result = process(judge, delivered(make_article()), noon)
    assert len(judge.asked) == 1
    assert result.dead_letter
    assert (result.dead_letter.code, result.dead_letter.error, result.dead_letter.attempts) == (
        "wrong-type",
        "no such thing",
        1,
    )
    assert endings(result) == [("entry", "dead-letter", "wrong-type", None)]


def test_what_is_dropped_ends_and_what_is_the_same_says_as_what(noon: datetime, make_article: Build) -> None:
    article = delivered(make_article())
    assert endings(process(Judge([Drop("empty")]), article, noon)) == [("entry", "dropped", "empty", None)]
    same = process(Judge([Drop("same-article", "again", "winner")]), article, noon)
    assert endings(same) == [("entry", "same", "same-article", "winner")]


def test_what_is_sent_on_has_not_ended_and_keeps_its_trace(noon: datetime, make_article: Build) -> None:
    article = make_article()
    unique = UniqueArticle(article=article, copy_=Copy())
    result = process(Judge([Emit("key of it", unique)]), delivered(article), noon)
    (send,) = result.sends
    assert (send.topic, send.key, send.value) == (UNIQUE, "key of it", unique.to_bytes())
    assert send.headers["ce_id"] == article.entry_id
    assert send.headers["traceparent"] == "00-1-2-01"
    assert not result.endings


@pytest.mark.parametrize(("revision", "ending"), [(1, "indexed"), (2, "revision")])
def test_what_is_put_into_the_index_ends_there(
    noon: datetime, make_document: Build, make_clustered: Build, revision: int, ending: str
) -> None:
    document = make_document(revision=revision)
    result = process(Judge([Put(document)]), delivered(make_clustered(), CLUSTERED), noon, "index")
    assert result.documents == [document]
    assert endings(result) == [("entry", ending, None, document.id)]


def test_the_entry_is_known_from_the_message_where_no_header_names_it(noon: datetime, make_article: Build) -> None:
    article = make_article()
    delivery = Delivery(ARTICLE, 0, 0, "key", {}, article.to_bytes())
    for answer in ([Drop("empty")], [Reject("no")], ValueError()):
        assert [entry for entry, *_ in endings(process(Judge(answer), delivery, noon))] == [article.entry_id]


@pytest.mark.parametrize("value", [None, b"no alert"])
def test_an_alert_is_no_entry_and_ends_none(noon: datetime, make_alert: Build, value: bytes | None) -> None:
    """The message of an alert may carry the id of the entry that led to it; that entry has ended on its own."""
    result = process(Judge(ValueError()), delivered(value or make_alert(), ALERT), noon, "index")
    assert result.dead_letter
    assert result.dead_letter.entry_id is None
    assert not result.endings
    assert not process(Judge([Put(make_alert())]), delivered(make_alert(), ALERT), noon, "index").endings


def test_a_message_about_an_alert_is_named_after_the_alert(
    noon: datetime, make_alert: Build, make_clustered: Build
) -> None:
    alert = make_alert("the alert")
    result = process(Judge([Emit(alert.id, alert)]), delivered(make_clustered(), CLUSTERED), noon, "alert")
    assert result.sends[0].headers["ce_id"] == "the alert"


def test_alert_ends_no_entries(noon: datetime, make_clustered: Build) -> None:
    for answer in ([Drop("x")], [Reject("x")], ValueError()):
        assert not process(Judge(answer), delivered(make_clustered(), CLUSTERED), noon, "alert").endings


def test_a_stage_that_only_makes_dead_letters_is_stopped(noon: datetime, make_article: Build) -> None:
    limit = DeadLetterLimit("deduplicate", minimum=3)
    policy = Policy(BY_STAGE["deduplicate"], Judge(ValueError()), SimulatedClock(noon), Retry(1), limit)
    for _ in range(2):
        policy.process(delivered(make_article()))
        policy.check()
    assert policy.process(delivered(make_article())).dead_letter, (
        "what stops a stage is kept, for whoever comes to look"
    )
    with pytest.raises(StageStopped, match="newsloom dlq list --stage deduplicate"):
        policy.check()


class Verdict(Record):
    text: str


class Log:
    def __init__(self) -> None:
        self.records: dict[str, Verdict] = {}

    def get(self, id_: str) -> Verdict | None:
        return self.records.get(id_)

    def group(self, group: str) -> list[Verdict]:
        return [record for record in self.records.values() if record.group == group]

    def append(self, record: Verdict) -> None:
        self.records.setdefault(record.id, record)

    def read(self) -> list[Verdict]:
        return list(self.records.values())


class Folded(list[str]):
    def fold(self, record: Verdict) -> None:
        self.append(record.id)


class Remembering:
    """Judges by how much it has seen, so that judging anew would show."""

    name = "deduplicate"
    record_type = Verdict

    def __init__(self) -> None:
        self.decided = 0
        self.fails_to_render = False
        self.view = Folded()

    def input_id(self, message: Article) -> str:
        return message.id

    def new_view(self, log: Log) -> Folded:
        self.view = Folded()
        return self.view

    def decide(self, message: Article, view: Folded) -> Verdict:
        self.decided += 1
        return Verdict(id=message.id, group="g", event_time=message.event_time, text=f"after {len(view)}")

    def render(self, message: Article, record: Verdict, view: object) -> Sequence[Outcome]:
        if self.fails_to_render:
            raise ValueError("cannot be rendered")
        return [Drop(record.text)]


def test_a_recorded_verdict_is_given_again_and_never_taken_anew(noon: datetime, make_article: Build) -> None:
    stage, log = Remembering(), Log()
    judge = Stateful(stage, log)
    one, other = make_article("https://a.example/"), make_article("https://b.example/")
    codes = [endings(process(judge, delivered(message), noon))[0][2] for message in (one, other, one)]
    assert codes == ["after 0", "after 1", "after 0"]
    assert stage.decided == 2
    assert stage.view == [one.id, other.id]


def test_nothing_is_recorded_of_a_verdict_that_cannot_be_rendered(noon: datetime, make_article: Build) -> None:
    stage, log = Remembering(), Log()
    stage.fails_to_render = True
    result = process(Stateful(stage, log), delivered(make_article()), noon)
    assert result.dead_letter
    assert not log.records
    assert stage.view == []


def test_restoring_folds_the_records_anew_and_in_their_order(make_article: Build) -> None:
    stage, log = Remembering(), Log()
    judge = Stateful(stage, log)
    for url in ("https://b.example/", "https://a.example/"):
        judge(make_article(url))
    before = list(stage.view)
    stage.view.append("never stored")
    judge.restore()
    assert stage.view == before == list(log.records)


def test_nothing_is_judged_by_half_of_the_records(make_article: Build) -> None:
    """Reading the records may fail half-way, when the disk does; what is asked next must wait for all of them."""
    stage, log = Remembering(), Log()
    judge = Stateful(stage, log)
    for number in range(4):
        judge(make_article(f"https://a.example/{number}"))
    records, readable = log.read(), 2

    def read() -> Any:
        for number, record in enumerate(records):
            if number >= readable:
                raise Unavailable("the disk is gone")
            yield record

    log.read = read  # type: ignore[method-assign]
    for ask in (judge.restore, lambda: judge(make_article("https://a.example/new"))):
        with pytest.raises(Unavailable):
            ask()
    assert len(log.records) == 4
    readable = 4
    (drop,) = judge(make_article("https://a.example/new"))
    assert isinstance(drop, Drop)
    assert drop.code == "after 4"
