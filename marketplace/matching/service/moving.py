"""What every feed is told from has moved."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from marketplace.matching.models import FeedState


def note_move(session: Session) -> None:
    """Let every process read the open briefs anew; the last thing a verb does.

    The count is held until the transaction ends: whoever moves something meanwhile waits, and is
    counted after it.
    """
    row = upsert(FeedState).values(id=1, moves=1)
    session.execute(
        row.on_conflict_do_update(
            index_elements=[FeedState.id], set_={"moves": FeedState.moves + 1}
        )
    )
