"""The fast tier of extraction: finds the article by where a page's running text is, and knows when it is not sure.

Most pages are plain cases: one element holds nearly all of the running text, and mostly the page says itself that it is the article.
Three times as fast as the reference (trafilatura), which is asked about the rest.
"""

import re
from dataclasses import dataclass

from services.normalise.boilerplate import ends_article
from services.normalise.page_blocks import HEADINGS, Block, Container, PageBlocks

_RUNNING = 60
"""Characters that make a block running text; shorter ones are lines of lists, menus and captions."""
_RUNNING_UNLINKED = 50
_LINE_UNLINKED = 25
_MAX_LINKED_SHARE = 0.4
_DECLARED_SHARE = 0.5
"""Of the page's running text in what it declares to be the article; with less the declaration is of something else."""
_MAIN_PART = 0.8
"""Of the running text of an element: one that holds so much of it is gone into."""
_SURE_CHARS = 400
_SURE_SHARE = 0.8
_SURE_OF_ALL = 0.5
"""Of all the running text, with what was taken for comments, teasers and the like."""
# What a Han, Kana or Hangul character says takes two or three of an alphabet.
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？", "”", "»", '"', "؟", "।", ":")
_PROSE = frozenset({"p", "blockquote", "pre", "li", "dd"})


@dataclass(frozen=True, slots=True)
class Found:
    """``text``: paragraphs divided by ``\\n``, empty where there is none; ``sure``: no other opinion is needed."""

    text: str
    sure: bool
    running: int = 0
    """Characters of running text on the whole page, around the article too; without any the page has no article."""


def find_article(page: PageBlocks) -> Found:
    """Linear in the blocks. Marks what it finds in ``page``, which is of no further use."""
    everything = _weigh(page)
    _leave_out(page.containers, everything)
    total = _sum_up(page.containers)
    if not total:
        return Found("", False, everything)
    declared = _declared(page.containers, total)
    body = _main_part(declared or page.containers[0], page.containers)
    text = _text(_blocks_in(body, page), body.running)
    # Several articles of which none is the page's: a front page, or a log of live news.
    several = declared is None and any(each.declared == "article" and each.running for each in page.containers)
    most = body.running >= _SURE_SHARE * total and body.running >= _SURE_OF_ALL * everything
    sure = most and not several and len(text) >= _SURE_CHARS
    return Found(text, sure, everything)


def _weigh(page: PageBlocks) -> int:
    """Finds the running text; returns how much there is."""
    for block in page.blocks:
        text, tag = block.text, block.container.tag
        block.weight = len(text) if text.isascii() else len(text) + len(_DENSE.findall(text))
        unlinked = len(text) - block.linked
        if block.weight >= _RUNNING and tag not in HEADINGS:
            few_links = block.linked <= _MAX_LINKED_SHARE * len(text)
            block.running = few_links or (tag == "p" and unlinked >= _RUNNING_UNLINKED)
            block.container.own += block.weight if block.running else 0
    return _sum_up(page.containers)


def _sum_up(containers: list[Container]) -> int:
    """``running`` of all containers, of those that are kept; returns that of the page."""
    for each in containers:
        each.running = each.own if each.kept else 0
    for each in reversed(containers):
        if each.parent is not None:
            each.parent.running += each.running
    return containers[0].running if containers else 0


def _leave_out(containers: list[Container], everything: int) -> None:
    """What is named like a side bar and holds most of the page's text is none."""
    for each in containers:
        surrounds = each.around == "never" or (each.around == "perhaps" and 2 * each.running <= everything)
        each.kept = not surrounds and (each.parent is None or each.parent.kept)


def _declared(containers: list[Container], total: int) -> Container | None:
    for declaration in ("body", "article", "main"):
        candidates = [each for each in containers if each.declared == declaration and each.kept]
        best = max(candidates, key=lambda each: each.running, default=None)
        if best is not None and best.running >= _DECLARED_SHARE * total:
            return best
    return None


def _main_part(start: Container, containers: list[Container]) -> Container:
    """The innermost element with nearly all of what ``start`` holds: beside it stand bylines, biographies, calls to subscribe."""
    if start.declared == "body":
        return start
    # Of siblings only one can hold so much, and parents come before their children.
    part = start
    for each in containers:
        if each.parent is part and each.kept and each.tag not in _PROSE and each.running >= _MAIN_PART * part.running:
            part = each
    return part


def _blocks_in(body: Container, page: PageBlocks) -> list[Block]:
    inside = {body}
    for each in page.containers:
        if each.kept and each.parent in inside:
            inside.add(each)
    return [block for block in page.blocks if block.container in inside]


def _text(blocks: list[Block], running: int) -> str:
    """Running text and the short lines and headings in it; nothing before it but short paragraphs, no heading after it."""
    kept: list[str] = []
    headings: list[str] = []
    weight = 0
    for block in blocks:
        tag = block.container.tag
        if ends_article(block.text):
            if 2 * weight > running:
                break
            continue
        if tag in HEADINGS:
            headings.append(block.text)
            continue
        if not block.running and not _is_line(block, tag, bool(weight)):
            continue
        if weight:
            kept += headings
        headings.clear()
        kept.append(block.text)
        weight += block.weight if block.running else 0
    return "\n".join(kept)


def _is_line(block: Block, tag: str, begun: bool) -> bool:
    """A short line that belongs to the text around it."""
    unlinked = len(block.text) - block.linked
    ends_sentence = block.text.endswith(_SENTENCE_ENDS)
    if 2 * block.linked > len(block.text) and not (tag == "p" and ends_sentence and unlinked >= _LINE_UNLINKED):
        return False
    if not begun:
        return tag == "p" and block.weight >= _RUNNING * 2 // 3
    return tag in _PROSE or ends_sentence
