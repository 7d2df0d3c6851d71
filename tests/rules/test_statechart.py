"""A life is one table: drawn arrows are possible, everything else is refused."""

from __future__ import annotations

from enum import StrEnum
from itertools import product
from typing import Final

import pytest

from marketplace.kernel.errors import InvalidTransition
from marketplace.kernel.statechart import Statechart


class Door(StrEnum):
    OPEN = "open"
    SHUT = "shut"
    LOCKED = "locked"


class Push(StrEnum):
    SHUT = "shut it"
    OPEN = "open it"
    LOCK = "lock it"


ARROWS: Final = {
    (Door.OPEN, Push.SHUT): Door.SHUT,
    (Door.SHUT, Push.OPEN): Door.OPEN,
    (Door.SHUT, Push.LOCK): Door.LOCKED,
}
LIFE: Final = Statechart("door", ARROWS)


@pytest.mark.parametrize(("state", "event"), ARROWS)
def test_a_drawn_arrow_leads_to_its_state(state: Door, event: Push) -> None:
    assert LIFE.next(state, event) is ARROWS[state, event]
    assert LIFE.allows(state, event)


@pytest.mark.parametrize(("state", "event"), sorted(set(product(Door, Push)) - set(ARROWS)))
def test_what_is_not_drawn_is_refused(state: Door, event: Push) -> None:
    with pytest.raises(InvalidTransition) as refusal:
        LIFE.next(state, event)

    assert (refusal.value.thing, refusal.value.state, refusal.value.event) == (
        "door",
        state.value,
        event.value,
    )
    assert not LIFE.allows(state, event)


def test_the_table_is_the_charts_own() -> None:
    arrows = dict(ARROWS)
    life = Statechart("door", arrows)
    arrows[Door.LOCKED, Push.OPEN] = Door.OPEN

    assert not life.allows(Door.LOCKED, Push.OPEN)
