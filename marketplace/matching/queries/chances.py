"""What was learned of chances, and where a creator stood when a question was put."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import log
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from marketplace.kernel.money import BPS_WHOLE
from marketplace.matching.columns import BEST
from marketplace.matching.models import AttentionReport, ChanceVersion
from marketplace.matching.rules.chances import Facts, Model, Step, start

VERSIONS_SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class OfInvited:
    """What comes of invitations at the usual fee, of all in basis points.

    learned_from: invitations that were decided here; 0 while any of it is what we assume.
    """

    answer_bps: int
    apply_bps: int
    learned_from: int


def newest_versions(session: Session) -> Mapping[Step, ChanceVersion]:
    """The last learning of each step, whether it counts or not."""
    found = session.scalars(
        select(ChanceVersion)
        .ext(distinct_on(ChanceVersion.step))
        .order_by(ChanceVersion.step, ChanceVersion.version.desc())
    )
    return {each.step: each for each in found}


def present_versions(session: Session) -> Mapping[Step, ChanceVersion]:
    """The learning of each step that counts now; a step that has none is not there."""
    return {each.step: each for each in session.scalars(_PRESENT)}


def present_chances(session: Session) -> Mapping[Step, Model]:
    """The chances that count now; a step of which nothing was learned is not there."""
    return {step: model_of(each) for step, each in present_versions(session).items()}


def of_invited(session: Session) -> OfInvited:
    """What comes of inviting creators of whom nothing is known, by the chances that count now."""
    models = present_chances(session)
    reply, apply = (models.get(step, start(step)) for step in (Step.REPLY, Step.APPLY))
    answer = reply.chance_bps(Facts())
    return OfInvited(
        answer_bps=answer,
        apply_bps=answer * apply.chance_bps(Facts()) // BPS_WHOLE,
        learned_from=reply.rows if apply.rows else 0,
    )


def model_of(version: ChanceVersion) -> Model:
    """The chances of a version."""
    return Model(version.step, version.base, Facts(**version.weights), version.rows)


def chance_versions(session: Session) -> Sequence[ChanceVersion]:
    """The last learnings of all steps, the newest first."""
    return session.scalars(
        select(ChanceVersion)
        .order_by(ChanceVersion.learned_at.desc(), ChanceVersion.step)
        .limit(VERSIONS_SHOWN)
    ).all()


def places_shown(
    session: Session, asked: Collection[tuple[UUID, UUID]]
) -> Mapping[tuple[UUID, UUID], Sequence[tuple[datetime, int]]]:
    """Campaign and creator -> when they were in its list and in which place, in order of time.

    asked: of which pairs; who was in a list and was never asked anything is not looked for.
    """
    found: dict[tuple[UUID, UUID], list[tuple[datetime, int]]] = {}
    pairs = sorted(set(asked))
    given = {
        "campaign_ids": [campaign_id for campaign_id, _ in pairs],
        "creator_ids": [creator_id for _, creator_id in pairs],
    }
    for campaign_id, creator_id, shown_at, place in session.execute(_PLACES, given):
        found.setdefault((campaign_id, creator_id), []).append((shown_at, place))
    return found


def standing_bps(place: int) -> int:
    """Return what share of the listed fits less than a place, on a scale of tenfolds."""
    return round(BPS_WHOLE * (1 - log(min(max(place, 1), BEST)) / log(BEST)))


def attention_report(session: Session) -> AttentionReport | None:
    """How attention was shared, as last worked out; None before the first time."""
    return session.scalar(select(AttentionReport).order_by(AttentionReport.day.desc()).limit(1))


_PLACES: Final = text(
    """
    WITH asked AS (
        SELECT * FROM unnest(:campaign_ids, :creator_ids) AS pairs(campaign_id, creator_id)
    )
    SELECT s.campaign_id, t.creator_id, s.shown_at, s.first_place + t.number - 1
    FROM match_showings s
    CROSS JOIN LATERAL unnest(s.creator_ids) WITH ORDINALITY AS t(creator_id, number)
    JOIN asked USING (campaign_id, creator_id)
    WHERE s.campaign_id = ANY (:campaign_ids)
    ORDER BY s.shown_at, s.id
    """
).bindparams(
    bindparam("campaign_ids", type_=ARRAY(Uuid())), bindparam("creator_ids", type_=ARRAY(Uuid()))
)
_PRESENT: Final = (
    select(ChanceVersion)
    .ext(distinct_on(ChanceVersion.step))
    .where(ChanceVersion.counts)
    .order_by(ChanceVersion.step, ChanceVersion.version.desc())
)
