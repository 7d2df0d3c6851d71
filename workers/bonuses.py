"""Bonuses for views: book what is due, and end a collaboration when the last view is counted."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.collaborations import queries as collaborations
from marketplace.collaborations.rules import Party
from marketplace.collaborations.service import tell_party
from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.money import Money, in_words
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.payouts.messages import BonusCorrected, BonusEnded, BonusesWaiting
from marketplace.payouts.models import BonusMeasurement, ViewBonus
from marketplace.store.outbox import post
from marketplace.store.session import transaction
from workers.runtime import Run
from workers.sweeping import until_none_is_due


def book_bonuses(run: Run) -> None:
    """Book every bonus that is due by what its views are worth; call for help where many are."""
    with transaction() as session:
        due = payouts.due_bonuses(session, now=run.now, limit=payouts.BATCH)
        if len(due) == payouts.BATCH:
            post(session, BonusesWaiting(asked_at=run.now.isoformat()))
    _book_all(run)


def help_booking(_message: BonusesWaiting, run: Run) -> None:
    """Book beside another worker; each takes what the other has not begun."""
    _book_all(run)


def _book_all(run: Run) -> None:
    until_none_is_due(
        lambda session, ids: payouts.book_bonuses(session, now=run.now, ids=ids),
        lambda session: payouts.due_bonuses(session, now=run.now),
    )


def complete_collaboration(message: BonusEnded, run: Run) -> None:
    """Complete the collaboration when this was the last thing that could still earn."""
    with transaction() as session:
        bonus = queries.bonus_by_id(session, message.bonus_id)
        payouts.complete(session, collaboration_id=bonus.collaboration_id, now=run.now)


def tell_ended(message: BonusEnded, run: Run) -> None:
    """Tell both sides what the views came to."""
    with transaction() as session:
        bonus = queries.bonus_by_id(session, message.bonus_id)
        gross = bonus.booked.gross
        _tell_both(
            session,
            bonus,
            kind="bonus_ended",
            title=f"The views bonus came to {in_words(gross)}",
            text=f"{bonus.views:,} views were counted. "
            + (
                "The bonus reached its cap."
                if gross == bonus.cap
                else f"{in_words(bonus.cap - gross)} of its cap was not reached."
            ),
            key=str(bonus.id),
            run=run,
        )


def tell_corrected(message: BonusCorrected, run: Run) -> None:
    """Tell both sides that views were taken back, and the creator what that means."""
    with transaction() as session:
        measured = queries.measurement_by_id(session, message.measurement_id)
        bonus = queries.bonus_by_id(session, measured.bonus_id)
        after = Money(measured.gross_after_minor, bonus.currency)
        less = Money(measured.gross_before_minor, bonus.currency) - after
        owed = Money(message.owed_minor, bonus.currency)
        _tell_both(
            session,
            bonus,
            kind="bonus_corrected",
            title=f"The views bonus is {in_words(less)} less",
            text=f"{_fewer(measured)}; the bonus is {in_words(after)} now."
            + (f" {in_words(owed)} had been paid already and is owed back." if owed else ""),
            key=str(measured.id),
            run=run,
        )


def _fewer(measured: BonusMeasurement) -> str:
    """Why fewer views count than before."""
    if measured.views_counted < measured.views_read:
        return f"{measured.views_counted:,} of {measured.views_read:,} views count"
    return f"TikTok corrected the views down to {measured.views_counted:,}"


def _tell_both(
    session: Session, bonus: ViewBonus, *, kind: str, title: str, text: str, key: str, run: Run
) -> None:
    agreed = collaborations.collaboration_seen_by(session, SYSTEM, bonus.collaboration_id)
    for party in Party:
        tell_party(
            session,
            agreed,
            party,
            kind=kind,
            title=title,
            text=text,
            page=f"deliverables/{bonus.deliverable_id}",
            key=key,
            now=run.now,
        )
