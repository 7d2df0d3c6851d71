"""Challenges as every audience sees them: the promise in words, the days, the leaderboard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from markupsafe import Markup
from sqlalchemy.orm import Session

from marketplace.challenges import queries
from marketplace.challenges.models import Challenge
from marketplace.challenges.queries import Board, Standing
from marketplace.challenges.rules.life import Phase, phase_of
from marketplace.store.paging import PAGE_SIZE, Page
from marketplace.web import charts

IN_CHART: Final = 10
"""How many places the chart shows."""
WITHOUT_NAME: Final = "A creator"
"""Who chose not to be named in public."""


@dataclass(frozen=True, slots=True)
class ChallengeView:
    """A challenge with what a page shows of it. joined: how many creators take part."""

    challenge: Challenge
    phase: Phase
    board: Board
    joined: int
    page: Page[Standing]


def view_of(session: Session, challenge: Challenge, *, page: int, now: datetime) -> ChallengeView:
    """Return what a page shows of a challenge, with one page of its leaderboard."""
    board = queries.board_shown(session, challenge, now=now)
    return ChallengeView(
        challenge=challenge,
        phase=phase_of(challenge.state, challenge.days, now=now),
        board=board,
        joined=queries.entry_count(session, challenge.id),
        page=_page_of(board.lines, page),
    )


def public_name(line: Standing) -> str:
    """Return the name that the public reads."""
    return line.name if line.is_named else WITHOUT_NAME


def top_chart(board: Board, *, in_public: bool) -> Markup:
    """Draw the views of the first places."""
    return charts.bars(
        title="Views of the first places",
        unit="views",
        items=[
            charts.Bar(
                each.name if each.is_named or not in_public else f"Place {each.place}", each.views
            )
            for each in board.lines[:IN_CHART]
        ],
    )


def _page_of(lines: Sequence[Standing], number: int) -> Page[Standing]:
    number = min(max(1, number), max(1, -(-len(lines) // PAGE_SIZE)))
    start = (number - 1) * PAGE_SIZE
    return Page(rows=lines[start : start + PAGE_SIZE], number=number, total=len(lines))
