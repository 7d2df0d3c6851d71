"""The leaderboard as pages show it: one of many entries is worked out once a minute."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from marketplace.challenges.models import Challenge, ChallengeEntry
from marketplace.challenges.queries.standing import Board, board_of
from marketplace.deliverables.models import PublishedPost

KEPT_FROM: Final = 200
"""With fewer entries a board is worked out for every page: that is a matter of milliseconds."""
KEPT_FOR: Final = timedelta(minutes=1)
BOARDS_MOST: Final = 16


class _Kept(NamedTuple):
    entries: tuple[object, ...]
    worked_out_at: datetime
    board: Board


_kept: OrderedDict[UUID, _Kept] = OrderedDict()
_lock = Lock()


def board_shown(
    session: Session, challenge: Challenge, *, kept_from: int = KEPT_FROM, now: datetime
) -> Board:
    """The leaderboard of a challenge for a page: of many entries with views a minute old at most.

    An entry that comes, goes or hides its name is seen at once.
    """
    entries = (challenge.state, *session.execute(_ENTRIES, {"challenge_id": challenge.id}).one())
    with _lock:
        kept = _kept.get(challenge.id)
    if kept and kept.entries == entries and timedelta(0) <= now - kept.worked_out_at < KEPT_FOR:
        return kept.board
    board = board_of(session, challenge, now=now)
    if len(board.lines) >= kept_from:
        with _lock:
            _kept[challenge.id] = _Kept(entries, now, board)
            _kept.move_to_end(challenge.id)
            while len(_kept) > BOARDS_MOST:
                _kept.popitem(last=False)
    return board


_ENTRIES: Final = (
    select(
        func.count(),
        func.bit_xor(
            func.hashtextextended(
                func.concat(PublishedPost.id, PublishedPost.state, ChallengeEntry.is_named), 0
            )
        ),
    )
    .select_from(ChallengeEntry)
    .join(PublishedPost, PublishedPost.deliverable_id == ChallengeEntry.deliverable_id)
    .where(ChallengeEntry.challenge_id == bindparam("challenge_id"))
)
"""What is different as soon as one of the posts, its state or its name is."""
