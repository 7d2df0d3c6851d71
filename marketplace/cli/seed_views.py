"""Views of the demo that came almost without likes: some that count by now, and some that wait."""

from __future__ import annotations

from typing import Final

from marketplace.authenticity import queries
from marketplace.authenticity import service as authenticity
from marketplace.authenticity.rules.life import AssessmentState
from marketplace.cli.seed_stage import Stage
from marketplace.kernel.actor import Actor
from marketplace.store.session import reading

FEW_LIKES: Final = 200
"""Of 10,000 views: what a post has that plays on somebody's wall. Usual are about 1,400."""


def object_to_all(stage: Stage, creator: Actor, words: str) -> None:
    """The creator says of all views in question that they are people's."""
    assert creator.creator_id is not None
    with reading() as session:
        found = queries.questions_to_answer(session, creator_id=creator.creator_id)
    for each in found:
        stage.act(authenticity.appeal, assessment_id=each.assessment.id, words=words, actor=creator)


def let_count(stage: Stage, creator: Actor, staff: Actor, reason: str) -> None:
    """Staff find that the creator is right."""
    with reading() as session:
        waiting = queries.questions_for_staff(session, states=(AssessmentState.APPEALED,), page=1)
    for each in waiting.rows:
        if each.assessment.post.deliverable.creator_id == creator.creator_id:
            stage.act(
                authenticity.clear, assessment_id=each.assessment.id, reason=reason, actor=staff
            )
