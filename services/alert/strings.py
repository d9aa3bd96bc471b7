"""Strings one after the other in one buffer: their bytes and four more each, where objects of their own take seventy."""

from __future__ import annotations

from array import array

import numpy as np

from shared.columns import Column, Columns, array_of, column_of


class Strings:
    """Known by their place, which counts from 0. Those before a place can be dropped; the others keep theirs."""

    def __init__(self) -> None:
        self._text = bytearray()
        self._ends = array("Q", [0])
        self._first = 0

    def __len__(self) -> int:
        """How many were added, those that were dropped included."""
        return self._first + len(self._ends) - 1

    def add(self, text: str) -> int:
        """Its place."""
        self._text += text.encode("utf-8", "surrogatepass")
        self._ends.append(len(self._text))
        return len(self) - 1

    def __getitem__(self, place: int) -> str:
        number = place - self._first
        return self._text[self._ends[number] : self._ends[number + 1]].decode("utf-8", "surrogatepass")

    def drop(self, before: int) -> None:
        """Gives memory back once half of what is held is not wanted any more."""
        number = before - self._first
        if number * 2 < len(self._ends):
            return
        gone = self._ends[number]
        del self._text[:gone]
        self._ends = array("Q", (end - gone for end in self._ends[number:]))
        self._first = before

    def columns(self) -> dict[str, Column]:
        return {
            "text": np.frombuffer(bytes(self._text), np.uint8),
            "ends": column_of(self._ends),
            "first": np.array([self._first]),
        }

    @classmethod
    def of(cls, columns: Columns) -> Strings:
        made = cls()
        made._text = bytearray(columns["text"].tobytes())
        made._ends = array_of("Q", columns["ends"])
        made._first = int(columns["first"][0])
        return made
