"""Look at what was read of posts, and put views without likes or comments in question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.authenticity import queries
from marketplace.authenticity.messages import ViewsQuestioned
from marketplace.authenticity.models import Assessment, Evidence
from marketplace.authenticity.rules.life import ANSWER_WITHIN, OPEN, AssessmentState, takes_more
from marketplace.authenticity.rules.signs import (
    RULE,
    Count,
    Look,
    Sign,
    is_worth_asking,
    look_at,
    own_comments,
    usual_per_thousand,
)
from marketplace.creators import queries as creators
from marketplace.deliverables.models import PublishedPost
from marketplace.kernel.ids import new_id
from marketplace.matching.rules.views import OwnRatio, own_ratio
from marketplace.metrics import queries as metrics
from marketplace.metrics import service as holding
from marketplace.metrics.models import MetricSnapshot
from marketplace.store.locks import lock_row, lock_rows
from marketplace.store.outbox import post


def assess(session: Session, *, until: Mapping[UUID, datetime], now: datetime) -> list[UUID]:
    """Look at posts whose views are paid for and that were just read; return the questions put.

    until: post id -> from when on no view of it counts. To be called in the transaction that keeps
    the readings, so that nothing is ever booked by a reading that nobody has looked at. A post is
    left alone once a reading from after its end was there before this one. The second time for one
    reading nothing happens. Where views were let count, only bursts since then are asked about.
    """
    posts = lock_rows(session, PublishedPost, until)
    series = metrics.series_of(session, until)
    asked = queries.asked_of(session, until)
    questions = []
    for each in posts:
        readings = series.get(each.id, [])
        if not readings or _is_over(readings, until[each.id]) or _fell(session, each, readings):
            continue
        usual, comments = _usual(session, each, now=now)
        if usual is None:
            continue
        before = asked.get(each.id, queries.NEVER)
        look = look_at(
            _counts(readings, since=before.cleared_by),
            usual,
            begun_at=each.published_at or each.pasted_at,
            comments=comments,
            is_known=before.cleared_by is not None,
        )
        if is_worth_asking(look.held, asked=before.views):
            evidence = _evidence(look, usual, comments, more=look.held - before.views)
            questions.append(_put(session, each, evidence, at=readings[-1].taken_at, now=now))
    return questions


def _is_over(readings: Sequence[MetricSnapshot], until: datetime) -> bool:
    """True when the last reading comes after one that was counted by for good."""
    return any(each.views is not None and each.taken_at >= until for each in readings[:-1])


def _fell(session: Session, found: PublishedPost, readings: Sequence[MetricSnapshot]) -> bool:
    """True when the platform took views away since the reading before; less is held then."""
    if len(readings) < 2:
        return False
    before, last = readings[-2].views, readings[-1].views
    if before is None or last is None or last >= before:
        return False
    holding.let_go_of_removed(
        session, post_id=found.id, removed=before - last, from_at=readings[-1].taken_at
    )
    return True


def _usual(
    session: Session, found: PublishedPost, *, now: datetime
) -> tuple[OwnRatio | None, OwnRatio | None]:
    """The likes and the comments per view of the channel's other videos."""
    others = creators.other_videos(
        session, channel_id=found.channel_id, but=found.external_id, now=now
    )
    views = [each.views for each in others]
    return (
        own_ratio(views, [each.likes for each in others]),
        own_comments(views, [each.comments for each in others]),
    )


def _counts(readings: Sequence[MetricSnapshot], *, since: datetime | None) -> list[Count]:
    """What was counted at the readings that count by the same rule as the last one."""
    return [
        Count(each.taken_at, each.views, each.likes, each.comments)
        for each in readings
        if each.definition == readings[-1].definition
        and each.views is not None
        and each.likes is not None
        and (since is None or each.taken_at >= since)
    ]


def _evidence(look: Look, usual: OwnRatio, comments: OwnRatio | None, *, more: int) -> Evidence:
    """What a look has found, of no post yet. more: views than were ever asked about."""
    kept = _kept_usual(usual)
    if comments and any(each.comments is not None for each in look.signs):
        kept["comments"] = _kept_usual(comments)
    signs = [_kept(each) for each in look.signs]
    return Evidence(id=new_id(), views=more, rule=RULE, usual=kept, signs=signs)


def _put(
    session: Session, found: PublishedPost, evidence: Evidence, *, at: datetime, now: datetime
) -> UUID:
    """Keep what was found at a reading, and let so many more views not count."""
    question = _open_question(session, found.id, now=now)
    if question is None:
        question = _ask(session, found.id, read_at=at, now=now)
    evidence.assessment_id, evidence.post_id, evidence.found_at = question.id, found.id, at
    session.add(evidence)
    holding.hold_views(
        session, post_id=found.id, held_for=question.id, from_at=at, views=evidence.views
    )
    post(session, ViewsQuestioned(assessment_id=question.id))
    return question.id


def _open_question(session: Session, post_id: UUID, *, now: datetime) -> Assessment | None:
    """The question that takes what is found now, locked; None where a new one is to be put."""
    newest = session.scalar(
        select(Assessment.id)
        .where(Assessment.post_id == post_id, Assessment.state.in_(OPEN))
        .order_by(Assessment.asked_at.desc(), Assessment.id.desc())
        .limit(1)
    )
    if newest is None:
        return None
    found = lock_row(session, Assessment, newest)
    return found if takes_more(found.state, asked_at=found.asked_at, now=now) else None


def _ask(session: Session, post_id: UUID, *, read_at: datetime, now: datetime) -> Assessment:
    question = Assessment(
        id=new_id(),
        post_id=post_id,
        state=AssessmentState.HELD,
        asked_at=now,
        held_from=read_at,
        decide_by=now + ANSWER_WITHIN,
    )
    session.add(question)
    session.flush()  # its evidence points at it
    return question


def _kept_usual(usual: OwnRatio) -> dict[str, Any]:
    middle, low, high = usual_per_thousand(usual)
    return {"middle": middle, "low": low, "high": high, "posts": usual.posts}


def _kept(sign: Sign) -> dict[str, Any]:
    return asdict(sign) | {"since": sign.since.isoformat(), "until": sign.until.isoformat()}
