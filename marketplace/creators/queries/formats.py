"""Which formats creators make: by their videos' length, and by what they have a rate for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from marketplace.creators.models import Channel, ChannelVideo, RateCard
from marketplace.creators.rules.formats import BAND_UNDER, LengthBand, band_shares


@dataclass(frozen=True, slots=True)
class FormatShares:
    """What a creator makes. shares: of their known videos, by length, in basis points.

    videos: how many these shares are of. declared: formats they have set a rate for, by name.
    """

    shares: dict[LengthBand, int]
    videos: int
    declared: Sequence[str]


def format_shares(session: Session, creator_ids: Collection[UUID]) -> dict[UUID, FormatShares]:
    """Creator id -> what they make, for each asked for; by the videos of their main channel."""
    counts: dict[UUID, dict[LengthBand, int]] = defaultdict(dict)
    band = band_of(ChannelVideo.duration_seconds.expression)
    for creator_id, name, count in session.execute(
        select(Channel.creator_id, band, func.count())
        .join(ChannelVideo, ChannelVideo.channel_id == Channel.id)
        .where(
            Channel.creator_id.in_(creator_ids),
            Channel.is_main,
            ChannelVideo.duration_seconds.is_not(None),
        )
        .group_by(Channel.creator_id, band)
    ):
        counts[creator_id][LengthBand(name)] = count
    declared: dict[UUID, set[str]] = defaultdict(set)
    for creator_id, name in session.execute(
        select(RateCard.creator_id, RateCard.format).where(RateCard.creator_id.in_(creator_ids))
    ):
        declared[creator_id].add(name)
    return {
        creator_id: FormatShares(
            shares=band_shares(counts[creator_id]),
            videos=sum(counts[creator_id].values()),
            declared=sorted(declared[creator_id]),
        )
        for creator_id in creator_ids
    }


def band_of(seconds: ColumnElement[int | None]) -> ColumnElement[str]:
    """The band of a length, as a column of another select."""
    return case(
        *((seconds < under, band.value) for band, under in BAND_UNDER), else_=LengthBand.LONG.value
    )
