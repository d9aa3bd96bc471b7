"""Every code that a person can meet has a sentence. The codes are found by reading the code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import services
from services.fetch.formats.feed import FeedErrorCode
from services.fetch.formats.warc_captures import WarcErrorCode
from services.fetch.http.limits import FetchErrorCode
from shared.explanations import EXPLANATIONS, explain

SERVICES = Path(next(iter(services.__path__)))

CODE_FIRST = {"Drop", "Reject", "Failed", "FeedError", "FetchError"}
"""Calls whose first argument is a code; `Unreadable` has it second."""
FLAG_NAMES = {"flags", "problems"}


def _strings(node: ast.AST) -> Iterator[str]:
    """A literal, or both of `"a" if … else "b"`."""
    for each in (node.body, node.orelse) if isinstance(node, ast.IfExp) else (node,):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value


def _codes(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            place = 0 if name in CODE_FIRST else 1 if name == "Unreadable" else None
            if place is not None and len(node.args) > place and isinstance(node.args[place], ast.Constant):
                yield from _strings(node.args[place])
            if name in ("append", "add") and isinstance(node.func, ast.Attribute) and _is_flags(node.func.value):
                yield from _strings(node.args[0])
            for keyword in node.keywords:
                if keyword.arg in FLAG_NAMES and isinstance(keyword.value, ast.Tuple | ast.List):
                    yield from _elements(keyword.value)
        elif isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            # `flags = …` and `html, flags = …, (…)`: what stands in a tuple or list is a flag.
            names = [each for target in targets for each in ast.walk(target)]
            if any(_is_flags(each) for each in names) and node.value is not None:
                for each in ast.walk(node.value):
                    if isinstance(each, ast.Tuple | ast.List):
                        yield from _elements(each)


def _is_flags(node: ast.AST) -> bool:
    return getattr(node, "id", getattr(node, "attr", "")).lstrip("_") in FLAG_NAMES


def _elements(node: ast.Tuple | ast.List) -> Iterator[str]:
    for element in node.elts:
        if isinstance(element, ast.Constant) and isinstance(element.value, str):
            yield element.value


def codes_in_the_code() -> set[str]:
    """Of the stages. What the feed parser notes of an item ends as `truncated` or as it is."""
    found: set[str] = set()
    for path in SERVICES.rglob("*.py"):
        found.update(_codes(ast.parse(path.read_text())))
    return {"truncated" if code.endswith("-cut") else code for code in found}


def test_the_scan_finds_what_is_known_to_be_there() -> None:
    assert {
        "empty",
        "same-article",
        "older-version",
        "no-link",
        "no-title",
        "not-json",
        "unexpected-304",
        "translation-debris",
    } <= (codes_in_the_code())


def test_every_code_of_the_stages_is_explained() -> None:
    missing = codes_in_the_code() - EXPLANATIONS.keys()
    assert not missing, f"shared/explanations.py lacks: {sorted(missing)}"


@pytest.mark.parametrize(
    "code", sorted({*get_args(FeedErrorCode), *get_args(FetchErrorCode), *get_args(WarcErrorCode), "undecodable"})
)
def test_every_declared_error_is_explained(code: str) -> None:
    assert code in EXPLANATIONS


@pytest.mark.parametrize("code", sorted(EXPLANATIONS))
def test_an_explanation_is_a_sentence_for_people(code: str) -> None:
    sentence = EXPLANATIONS[code]
    assert " " in sentence
    assert sentence[0].islower()
    assert not sentence.endswith(".")
    assert code == code.lower()


def test_the_detail_is_told_where_it_says_more() -> None:
    assert explain("empty") == "there is nothing in it"
    assert explain("empty", "no title") == "there is nothing in it (no title)"
    assert explain("empty", "there is nothing in it") == "there is nothing in it"
    assert explain("KeyError", "'who'") == "KeyError ('who')"
    assert explain(None) == ""
    assert explain(None, "why") == "why"
