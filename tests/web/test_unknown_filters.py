"""Lists that are asked for something there is not: all is shown, and it is said why."""

from __future__ import annotations

import pytest

from tests.web.access.asking import path_of
from tests.web.access.world import World, words

LISTS = [
    ("owner", "brand.campaigns", "state", "state"),
    ("owner", "brand.applications", "step", "step"),
    ("owner", "brand.matches", "group", "group"),
    ("owner", "brand.trends", "kind", "kind of trend"),
    ("creator", "creator.trends", "kind", "kind of trend"),
    ("creator", "creator.briefs", "cause", "kind of cause"),
    ("creator", "creator.briefs_set_aside", "cause", "kind of cause"),
    ("staff", "staff.earnings", "state", "state"),
    ("staff", "staff.payouts", "state", "state"),
    ("staff", "staff.webhooks", "state", "state"),
    ("staff", "staff.journal", "kind", "kind of entry"),
]


@pytest.mark.parametrize(("visitor", "endpoint", "name", "what"), LISTS)
def test_what_there_is_not_is_told(
    world: World, visitor: str, endpoint: str, name: str, what: str
) -> None:
    path = path_of(world, endpoint)

    answer = world.ask(visitor, "GET", f"{path}?{name}=odd+<one>")

    assert answer.status_code == 200
    assert f"There is no {what} called “odd <one>”, so all are shown." in words(answer)
    assert "so all are shown." not in words(world.ask(visitor, "GET", path))


@pytest.mark.parametrize(
    ("endpoint", "text"),
    [
        ("staff.disputes", "over"),
        ("staff.views", "appealed"),
        ("staff.endings", "asked"),
        ("staff.subjects", "asked"),
        ("staff.audiences", "asked"),
    ],
)
def test_a_list_of_what_staff_decide_is_told_alike(world: World, endpoint: str, text: str) -> None:
    path = path_of(world, endpoint)

    answer = world.ask("staff", "GET", f"{path}?only={text}")

    assert answer.status_code == 200
    assert f"There is no list called “{text}”, so what waits is shown." in words(answer)
    for known in ("waiting", "decided"):
        assert "so what waits is shown." not in words(
            world.ask("staff", "GET", f"{path}?only={known}")
        )
