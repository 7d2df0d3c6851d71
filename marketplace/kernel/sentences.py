"""Sentences that keep the amounts, moments and numbers they name, for whoever writes them out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, NamedTuple, Self, TypeAlias

from marketplace.kernel.days import moment_in_words
from marketplace.kernel.money import Money, in_words

Named: TypeAlias = Money | datetime | int | str | tuple[Money, ...]
"""What a sentence can name; text stays as it is, and another sentence is written like this one."""


class Writing(NamedTuple):
    """How values become text for a reader."""

    money: Callable[[Money], str]
    moment: Callable[[datetime], str]
    number: Callable[[int], str]


KEPT: Final = Writing(in_words, moment_in_words, "{:,}".format)
"""How they are written where no reader is known: in a log, a command, a mail."""


class Sentence(str):
    """A sentence as it is kept, which an edge can write out again in its reader's way.

    ``Sentence("Only {held} is in your wallet.", held=held)`` is the text "Only USD 5.00 is in your
    wallet."; what is joined or formatted into other text is that text alone.
    """

    __slots__ = ("_named", "_pattern")
    _pattern: str
    _named: Mapping[str, Named]

    def __new__(cls, pattern: str, /, **named: Named) -> Self:
        sentence = super().__new__(cls, _filled(pattern, named, KEPT))
        sentence._pattern, sentence._named = pattern, named
        return sentence

    def written(self, writing: Writing) -> str:
        """Return the sentence with what it names written like this."""
        return _filled(self._pattern, self._named, writing)


def _filled(pattern: str, named: Mapping[str, Named], writing: Writing) -> str:
    return pattern.format_map({name: _one(value, writing) for name, value in named.items()})


def _one(value: Named, writing: Writing) -> str:
    match value:
        case Money():
            return writing.money(value)
        case datetime():
            return writing.moment(value)
        case int():
            return writing.number(value)
        case Sentence():
            return value.written(writing)
        case tuple():
            return ", ".join(writing.money(each) for each in value)
        case str():
            return value
