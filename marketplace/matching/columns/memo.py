"""What was worked out of a market's columns: true while they stay as they are."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Final, TypeVar, cast

T = TypeVar("T")

_NOTHING: Final = object()


class Memo:
    """Answers by kind and question. A market that is refreshed begins with none."""

    def __init__(self) -> None:
        self._known: defaultdict[str, OrderedDict[Hashable, Any]] = defaultdict(OrderedDict)
        self._lock = Lock()

    def get(self, kind: str, question: Hashable, work_out: Callable[[], T], *, most: int) -> T:
        """Return the answer that is known, or work it out.

        Of a kind no more than most are kept, those that were asked for last. What two threads ask
        for at the same time may be worked out twice.
        """
        found = self._find(kind, question)
        if found is _NOTHING:
            found = work_out()
            self.keep(kind, question, found, most=most)
        return cast("T", found)

    def keep(self, kind: str, question: Hashable, found: object, *, most: int) -> None:
        """Remember an answer that was worked out together with others."""
        with self._lock:
            known = self._known[kind]
            known[question] = found
            if len(known) > most:
                known.popitem(last=False)

    def latest(self, kind: str, number: int) -> list[Any]:
        """Return so many questions of a kind at most, the one that was asked last at the end."""
        with self._lock:
            return list(self._known[kind])[-number:]

    def known(self, kind: str, question: Hashable) -> Any | None:
        """Return the answer where it is known."""
        found = self._find(kind, question)
        return None if found is _NOTHING else found

    def _find(self, kind: str, question: Hashable) -> Any:
        with self._lock:
            known = self._known[kind]
            if question not in known:
                return _NOTHING
            known.move_to_end(question)
            return known[question]
