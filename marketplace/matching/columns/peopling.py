"""By which figures the people of a target are counted: public ones, or the operator's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from marketplace.kernel.errors import InvalidInput
from marketplace.matching.rules.planner.people import PUBLIC, People, people_in


@dataclass(slots=True)
class _Used:
    people: People = PUBLIC


_used = _Used()


def use_people(path: str) -> None:
    """Count people by this file from now on; empty for the public figures.

    Raises InvalidInput with what is wrong with the file, and changes nothing then.
    """
    if not path:
        _used.people = PUBLIC
        return
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as lines:
            _used.people = people_in(lines)
    except (OSError, UnicodeDecodeError) as unreadable:
        raise InvalidInput({"file": f"It cannot be read: {unreadable}."}) from unreadable


def the_people() -> People:
    """Return the figures by which people are counted."""
    return _used.people
