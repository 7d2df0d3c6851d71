"""What was worked out of a market's columns: true while they stay as they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar, cast

T = TypeVar("T")

_NOTHING: Final = object()


class Memo:
    """Answers by kind and question. A market that is refreshed begins with none."""

    def __init__(self) -> None:
        self._known: defaultdict[str, dict[Hashable, Any]] = defaultdict(dict)

    def get(self, kind: str, question: Hashable, work_out: Callable[[], T], *, most: int) -> T:
        """Return the answer that is known, or work it out. Of a kind no more than most are kept."""
        known = self._known[kind]
        found: Any = known.get(question, _NOTHING)
        if found is _NOTHING:
            found = work_out()
            if len(known) >= most:
                known.clear()
            known[question] = found
        return cast("T", found)

    def known(self, kind: str, question: Hashable) -> Any | None:
        """Return the answer where it is known."""
        return self._known[kind].get(question)
