"""Views that came with likes and almost without comments: asked about like those without likes."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.authenticity import queries
from marketplace.deliverables.models import PublishedPost
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import Actor
from marketplace.metrics import queries as metrics
from tests.factories.authenticity import DAY, hold_for_comments
from tests.factories.campaigns import NOON
from tests.factories.deliverables import make_deliverable

END = NOON + 30 * DAY


def test_a_burst_with_likes_and_without_comments_is_held_with_what_is_usual_of_both(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    make_deliverable(session, brand=acme, by=alice, creator=bea, state=DeliverableState.LIVE)
    post = session.scalars(select(PublishedPost)).one()

    held = hold_for_comments(session, post, until=END)

    question = queries.question_for_staff(session, held.id)
    [found] = question.evidence
    [sign] = found.signs
    assert (sign["views"], sign["likes"], sign["comments"]) == (21_000, 1_049, 0)
    assert (found.views, sign["unexplained"]) == (21_000, 21_000)
    last = metrics.last_views(session, {post.id: held.held_from})[post.id]
    assert (last.read, last.counted) == (30_001, 9_001)
    assert round(found.usual["middle"], 1) == 50.0
    usual = found.usual["comments"]
    assert (round(usual["middle"], 2), usual["posts"]) == (1.71, 12)
    assert question.missing == "comments"
