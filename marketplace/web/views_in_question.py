"""Views in question as people read them: what was found, day by day, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from markupsafe import Markup
from sqlalchemy.orm import Session

from marketplace.authenticity import queries
from marketplace.authenticity.queries import Question
from marketplace.authenticity.rules.life import DECIDE_WITHIN, OPEN, AssessmentState
from marketplace.metrics import queries as metrics
from marketplace.metrics.models import MetricSnapshot
from marketplace.metrics.queries import CountedViews
from marketplace.web import charts, reader
from marketplace.web.views_worth import Waiting, waiting_for


@dataclass(frozen=True, slots=True)
class SignLine:
    """A stretch of a post's life with more views than its likes, or its comments, explain.

    what: of both what is missing, and came: how many of it came. per_thousand: for each 1,000 of
    the views. times_faster: None for the whole post.
    """

    since: datetime
    until: datetime
    views: int
    what: str
    came: int
    per_thousand: float
    unexplained: int
    times_faster: float | None


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual for 1,000 views of a creator's other posts: of likes, or of comments."""

    what: str
    middle: float
    low: float
    high: float
    posts: int


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question with all that a page shows of it.

    usual: of what is missing, as the last look had it; charts: one for each of them. last: the last
    reading. waiting, ends_by: what waits for the word on it, and until when at the latest; None
    once it is decided.
    """

    question: Question
    signs: Sequence[SignLine]
    usual: Sequence[Usual]
    last: CountedViews | None
    waiting: Waiting | None
    ends_by: datetime | None
    views_chart: Markup
    charts: Sequence[Markup]


@dataclass(frozen=True, slots=True)
class HeldCard:
    """What of a post's views counts, and what waits for a word.

    ends_by: when all of it is decided at the latest; None when all of it is.
    """

    views: CountedViews
    questions: Sequence[Question]
    ends_by: datetime | None


def view_of(session: Session, question: Question, *, now: datetime) -> QuestionView:
    """Return what a page shows of a question."""
    post_id, newest = question.assessment.post_id, question.evidence[-1]
    series = metrics.post_series(session, post_id=post_id)
    signs = [_line(each) for each in newest.signs]
    missing = {each.what for each in signs}
    kept = {"likes": newest.usual, "comments": newest.usual.get("comments")}
    usual = [_usual(what, of) for what, of in kept.items() if what in missing and of]
    return QuestionView(
        question=question,
        signs=signs,
        usual=usual,
        last=metrics.last_views(session, {post_id: now}).get(post_id),
        waiting=waiting_for(session, question, now=now),
        ends_by=ends_by(question),
        views_chart=_views_chart(series),
        charts=[_chart_of(series, each) for each in usual],
    )


def held_card(session: Session, post_id: UUID, *, now: datetime) -> HeldCard | None:
    """Return what is and was in question of a post; None where nothing ever was."""
    questions = queries.questions_of_post(session, post_id=post_id)
    views = metrics.last_views(session, {post_id: now}).get(post_id)
    if not questions or views is None:
        return None
    ends = [end for each in questions if (end := ends_by(each))]
    return HeldCard(views, questions, max(ends, default=None))


def ends_by(question: Question) -> datetime | None:
    """When a question is decided at the latest; None once it is."""
    found = question.assessment
    if found.state not in OPEN or found.decide_by is None:
        return None
    waits_for_creator = found.state is AssessmentState.HELD
    return found.decide_by + DECIDE_WITHIN if waits_for_creator else found.decide_by


def _line(sign: Mapping[str, Any]) -> SignLine:
    what = "likes" if sign.get("comments") is None else "comments"
    return SignLine(
        since=datetime.fromisoformat(sign["since"]),
        until=datetime.fromisoformat(sign["until"]),
        views=sign["views"],
        what=what,
        came=sign[what],
        per_thousand=_per_thousand(sign[what], sign["views"]),
        unexplained=sign["unexplained"],
        times_faster=sign["times_faster"],
    )


def _usual(what: str, kept: Mapping[str, float]) -> Usual:
    middle, low, high = (_rounded(kept[name]) for name in ("middle", "low", "high"))
    return Usual(what, middle, low, high, int(kept["posts"]))


def _views_chart(series: Sequence[MetricSnapshot]) -> Markup:
    days = _by_day(series, "likes")
    return charts.line(
        title="Views that came, day by day",
        unit="views",
        dates=list(days),
        series=[charts.Series("Views", [views for views, _ in days.values()])],
    )


def _chart_of(series: Sequence[MetricSnapshot], usual: Usual) -> Markup:
    days = _by_day(series, usual.what)
    return charts.line(
        title=f"{usual.what.capitalize()} for each 1,000 of them",
        unit=f"{usual.what} for 1,000 views",
        dates=list(days),
        series=[
            charts.Series(
                usual.what.capitalize(),
                [_per_thousand(came, views) if views else None for views, came in days.values()],
            )
        ],
        band=charts.Band(
            "usual on the other posts",
            [usual.low] * len(days),
            [usual.high] * len(days),
        ),
    )


def _by_day(series: Sequence[MetricSnapshot], what: str) -> dict[date, tuple[int, int]]:
    """Day -> views and likes, or comments, that came in it, by its last reading and the one before.

    what: "likes" or "comments".
    """
    last: dict[date, tuple[int, int]] = {}
    for each in series:
        count = each.likes if what == "likes" else each.comments
        if each.views is not None and count is not None:
            last[each.taken_at.astimezone(reader.zone()).date()] = each.views, count
    came, before = {}, (0, 0)
    for day, (views, count) in last.items():
        came[day] = max(views - before[0], 0), max(count - before[1], 0)
        before = views, count
    return came


def _per_thousand(count: int, views: int) -> float:
    return _rounded(1_000 * count / views)


def _rounded(value: float) -> float:
    """As it is read: one place behind the point below ten, two below one, none above."""
    if value >= 10:
        return round(value)
    return round(value, 1 if value >= 1 else 2)
