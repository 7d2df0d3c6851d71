"""Who stands where in a challenge: now, or for good."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.accounts.models import BrandMember
from marketplace.challenges.models import Challenge, ChallengeEntry
from marketplace.challenges.rules.life import ChallengeState
from marketplace.challenges.rules.places import Counted, places
from marketplace.creators.models import Creator
from marketplace.deliverables.models import PublishedPost
from marketplace.deliverables.rules import PostState
from marketplace.kernel.money import Money
from marketplace.metrics import queries as metrics
from marketplace.store.rows import among


@dataclass(frozen=True, slots=True)
class LiveEntry:
    """An entry whose post the platform shows, and by whom nothing speaks against a prize."""

    entry_id: UUID
    deliverable_id: UUID
    creator_id: UUID
    name: str
    is_named: bool
    post_id: UUID
    address: str
    handed_in_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """One line of a leaderboard. prize: if it ended now, or for good once it is awarded.

    views: those that count. read_at: when they were read. held: how many more do not, in question
    or decided; none once it is awarded. address: of the post.
    """

    entry_id: UUID
    deliverable_id: UUID
    creator_id: UUID
    name: str
    is_named: bool
    address: str
    place: int
    views: int
    read_at: datetime | None
    held: int
    prize: Money


@dataclass(frozen=True, slots=True)
class Board:
    """A whole leaderboard, the first place first. is_final: the prizes are awarded."""

    lines: Sequence[Standing]
    is_final: bool

    @property
    def read_at(self) -> datetime | None:
        """When the newest of its views were read."""
        return max((each.read_at for each in self.lines if each.read_at), default=None)

    @property
    def views(self) -> int:
        """All views that count together."""
        return sum(each.views for each in self.lines)

    @property
    def held(self) -> int:
        """All views that do not count together."""
        return sum(each.held for each in self.lines)

    def line_of(self, creator_id: UUID | None) -> Standing | None:
        """Where a creator stands; None for one who has nothing in it."""
        return next((each for each in self.lines if each.creator_id == creator_id), None)


def board_of(
    session: Session,
    challenge: Challenge,
    *,
    more: Mapping[UUID, int] | None = None,
    now: datetime,
) -> Board:
    """The leaderboard of a challenge: as it was awarded, else as the last readings have it.

    more: creator id -> views that are taken to count too, for who asks what would be if they did.
    """
    more = more or {}
    if challenge.state is ChallengeState.AWARDED:
        rows = session.execute(_AWARDED.where(ChallengeEntry.challenge_id == challenge.id)).all()
        return Board([_final(each, challenge.currency) for each in rows], is_final=True)
    live = {each.entry_id: each for each in live_entries(session, challenge)}
    until = min(now, challenge.days.counting_ends_at)
    views = metrics.last_views(session, {each.post_id: until for each in live.values()})
    counted = [
        Counted(
            each.entry_id,
            (views[each.post_id].counted if each.post_id in views else 0)
            + more.get(each.creator_id, 0),
            each.handed_in_at,
        )
        for each in live.values()
    ]
    lines = []
    for found in places(counted, challenge.promise):
        entry = live[found.entry_id]
        reading = views.get(entry.post_id)
        lines.append(
            Standing(
                entry_id=entry.entry_id,
                deliverable_id=entry.deliverable_id,
                creator_id=entry.creator_id,
                name=entry.name,
                is_named=entry.is_named,
                address=entry.address,
                place=found.place,
                views=found.views,
                read_at=None if reading is None else reading.taken_at,
                held=0 if reading is None else reading.held,
                prize=found.prize,
            )
        )
    return Board(lines, is_final=False)


def live_entries(session: Session, challenge: Challenge) -> Sequence[LiveEntry]:
    """Entries that count: their post is there, and their creator is not of the brand itself."""
    rows = session.execute(
        select(
            ChallengeEntry.id,
            ChallengeEntry.deliverable_id,
            ChallengeEntry.creator_id,
            Creator.display_name,
            ChallengeEntry.is_named,
            PublishedPost.id,
            PublishedPost.address,
            PublishedPost.pasted_at,
        )
        .join(Creator, Creator.id == ChallengeEntry.creator_id)
        .join(PublishedPost, PublishedPost.deliverable_id == ChallengeEntry.deliverable_id)
        .where(
            ChallengeEntry.challenge_id == challenge.id,
            PublishedPost.state == PostState.VERIFIED,
            ~exists().where(
                BrandMember.brand_id == challenge.campaign.brand_id,
                BrandMember.user_id == Creator.user_id,
            ),
        )
        .order_by(ChallengeEntry.id)
    )
    return [LiveEntry(*row) for row in rows]


def counting_ends(session: Session, post_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """Post id -> from when on no view counts for its challenge, where that is not awarded."""
    rows = session.execute(
        select(PublishedPost.id, Challenge)
        .join(ChallengeEntry, ChallengeEntry.deliverable_id == PublishedPost.deliverable_id)
        .join(ChallengeEntry.challenge)
        .options(joinedload(Challenge.campaign))
        .where(among(PublishedPost.id, post_ids), Challenge.state == ChallengeState.OPEN)
    )
    return {post_id: challenge.days.counting_ends_at for post_id, challenge in rows}


def _final(row: Any, currency: str) -> Standing:
    return Standing(
        entry_id=row.entry_id,
        deliverable_id=row.deliverable_id,
        creator_id=row.creator_id,
        name=row.display_name,
        is_named=row.is_named,
        address=row.address,
        place=row.place,
        views=row.views,
        read_at=row.counted_at,
        held=0,
        prize=Money(row.prize_minor, currency),
    )


_AWARDED: Final = (
    select(
        ChallengeEntry.id.label("entry_id"),
        ChallengeEntry.deliverable_id,
        ChallengeEntry.creator_id,
        Creator.display_name,
        ChallengeEntry.is_named,
        func.coalesce(PublishedPost.address, "").label("address"),
        ChallengeEntry.place,
        ChallengeEntry.views,
        ChallengeEntry.counted_at,
        ChallengeEntry.prize_minor,
    )
    .join(Creator, Creator.id == ChallengeEntry.creator_id)
    .outerjoin(
        PublishedPost,
        (PublishedPost.deliverable_id == ChallengeEntry.deliverable_id)
        & (PublishedPost.state != PostState.REFUSED),
    )
    .where(ChallengeEntry.place.is_not(None))
    .order_by(ChallengeEntry.place)
)
