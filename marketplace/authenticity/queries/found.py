"""Questions about views, with what was found and said."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from marketplace.authenticity.models import Appeal, Assessment, Evidence
from marketplace.authenticity.rules.life import AssessmentState
from marketplace.collaborations.models import Collaboration
from marketplace.deliverables.models import Deliverable, PublishedPost
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound
from marketplace.store.paging import Page, page_of
from marketplace.store.rows import among

APPEALS_DUE: Final = (
    select(func.array_agg(Assessment.decide_by))
    .where(Assessment.state == AssessmentState.APPEALED)
    .scalar_subquery()
)
"""By when staff should decide on each appeal that waits, as a part of another question."""


@dataclass(frozen=True, slots=True)
class Question:
    """Views of a post in question: what was found, look by look, and the creator's word, if any."""

    assessment: Assessment
    evidence: Sequence[Evidence]
    appeal: Appeal | None

    @property
    def views(self) -> int:
        """How many views it is about."""
        return sum(each.views for each in self.evidence)

    @property
    def missing(self) -> str:
        """What the views came almost without, in words."""
        signs = [sign for each in self.evidence for sign in each.signs]
        by_likes = [sign.get("comments") is None for sign in signs]
        if all(by_likes):
            return "likes"
        return "likes or comments" if any(by_likes) else "comments"


def assessment_by_id(session: Session, assessment_id: UUID) -> Assessment:
    """A question with its post, deliverable, creator and campaign; raises NotFound."""
    found = session.scalar(_whole().where(Assessment.id == assessment_id))
    if found is None:
        raise NotFound("views in question")
    return found


def question_of_creator(session: Session, actor: Actor, assessment_id: UUID) -> Question:
    """A question about a post of the creator who asks; else NotFound."""
    found = assessment_by_id(session, assessment_id)
    if actor.creator_id is None or found.post.deliverable.creator_id != actor.creator_id:
        raise NotFound("views in question")
    return _questions(session, [found])[0]


def question_for_staff(session: Session, assessment_id: UUID) -> Question:
    """Any question; raises NotFound."""
    return _questions(session, [assessment_by_id(session, assessment_id)])[0]


def questions_of_post(session: Session, *, post_id: UUID) -> Sequence[Question]:
    """Every question about a post, the newest first."""
    found = session.scalars(
        _whole()
        .where(Assessment.post_id == post_id)
        .order_by(Assessment.asked_at.desc(), Assessment.id.desc())
    ).all()
    return _questions(session, found)


def questions_to_answer(session: Session, *, creator_id: UUID) -> Sequence[Question]:
    """Questions that a creator may still object to, the first to end at the top."""
    found = session.scalars(
        _whole()
        .where(Deliverable.creator_id == creator_id, Assessment.state == AssessmentState.HELD)
        .order_by(Assessment.decide_by, Assessment.id)
    ).all()
    return _questions(session, found)


def questions_for_staff(
    session: Session, *, states: Collection[AssessmentState], page: int
) -> Page[Question]:
    """One page of the questions in these states; whose time ends first at the top."""
    statement = (
        _whole()
        .where(Assessment.state.in_(states))
        .order_by(
            Assessment.decide_by.asc().nulls_last(),
            Assessment.decided_at.desc(),
            Assessment.id.desc(),
        )
    )
    found = page_of(session, statement, number=page)
    return Page(_questions(session, found.rows), found.number, found.total, found.size)


def _whole() -> Select[Assessment]:
    deliverable = contains_eager(Assessment.post).contains_eager(PublishedPost.deliverable)
    return (
        select(Assessment)
        .join(Assessment.post)
        .join(PublishedPost.deliverable)
        .options(
            deliverable.joinedload(Deliverable.collaboration).joinedload(Collaboration.creator),
            deliverable.joinedload(Deliverable.collaboration).joinedload(Collaboration.campaign),
        )
    )


def _questions(session: Session, found: Sequence[Assessment]) -> list[Question]:
    ids = [each.id for each in found]
    evidence: dict[UUID, list[Evidence]] = {each: [] for each in ids}
    for one in session.scalars(
        select(Evidence).where(among(Evidence.assessment_id, ids)).order_by(Evidence.found_at)
    ):
        evidence[one.assessment_id].append(one)
    appeals = {
        each.assessment_id: each
        for each in session.scalars(
            select(Appeal).where(among(Appeal.assessment_id, ids)).options(joinedload(Appeal.maker))
        )
    }
    return [Question(each, evidence[each.id], appeals.get(each.id)) for each in found]
