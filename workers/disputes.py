"""What follows from a word in a dispute, and from silence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from marketplace.collaborations import queries as agreements
from marketplace.collaborations.rules import Party, other_party
from marketplace.collaborations.service import tell_party
from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.days import moment_in_words
from marketplace.kernel.money import in_words
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.payouts.messages import DisputeMoved, DisputeRunsOut
from marketplace.payouts.models import Dispute, DisputeStep
from marketplace.payouts.rules.disputes import (
    REASON_SENTENCES,
    DisputeEvent,
    DisputeState,
    whose_turn,
)
from marketplace.store.session import transaction
from workers.runtime import Run
from workers.sweeping import until_none_is_due
from workers.telling import tell_staff

E = DisputeEvent
TITLES: Final[Mapping[DisputeEvent, str]] = {
    E.OPEN: "{name} disputes “{work}”",
    E.ANSWER: "{name} has answered in the dispute about “{work}”",
    E.SAY: "{name} has said more in the dispute about “{work}”",
    E.RUN_OUT: "Fairview decides the dispute about “{work}”",
    E.AGREE: "The dispute about “{work}” is settled",
    E.WITHDRAW: "{name} has withdrawn the dispute about “{work}”",
    E.DECIDE: "Fairview has decided the dispute about “{work}”",
    E.DISMISS: "Fairview has decided: “{work}” goes on as agreed",
    E.OVERTAKE: "The dispute about “{work}” is over: it was accepted",
}
FOR_STAFF: Final[Mapping[DisputeEvent, str]] = {
    E.OPEN: "A dispute was opened",
    E.ANSWER: "A dispute waits for our word",
    E.RUN_OUT: "A dispute waits for our word",
}


def move_on(run: Run) -> None:
    """Bring in staff where the other side was silent, and remind whoever's time is nearly over."""
    until_none_is_due(
        lambda session, ids: payouts.move_disputes_on(session, now=run.now, ids=ids),
        lambda session: payouts.disputes_to_move(session, now=run.now),
    )


def tell(message: DisputeMoved, run: Run) -> None:
    """Tell whoever has not done it themselves what was said, and what it means for the money."""
    with transaction() as session:
        step = queries.dispute_step(session, message.step_id)
        dispute = queries.dispute_seen_by(session, SYSTEM, step.dispute_id)
        heard = tuple(Party) if step.party is None else (other_party(step.party),)
        for party in heard:
            title = TITLES[step.event].format(
                name=queries.names_of(dispute)[other_party(party)],
                work=dispute.deliverable.description,
            )
            _tell(
                session,
                dispute,
                party,
                kind=f"dispute_{step.event.value}",
                title=title,
                text=_text(dispute, step),
                key=str(step.id),
                run=run,
            )
        if step.event in FOR_STAFF:
            tell_staff(
                session,
                kind=f"dispute_{step.event.value}_staff",
                about=step.id,
                title=f"{FOR_STAFF[step.event]}: {in_words(dispute.stake)}",
                text=f"{REASON_SENTENCES[dispute.reason]} {_due(dispute, step.state)}",
                path=f"/staff/disputes/{dispute.id}",
                now=run.now,
            )


def remind(message: DisputeRunsOut, run: Run) -> None:
    """Remind whoever has the next word that the time is nearly over; once for each time."""
    with transaction() as session:
        dispute = queries.dispute_seen_by(session, SYSTEM, message.dispute_id)
        if dispute.due_at.isoformat() != message.due_at or dispute.closed_at is not None:
            return
        title = f"The dispute about “{dispute.deliverable.description}” waits for your word"
        party = whose_turn(dispute.state, opened_by=dispute.opened_by)
        if party is not None:
            _tell(
                session,
                dispute,
                party,
                kind="dispute_reminder",
                title=title,
                text=_due(dispute, dispute.state),
                key=f"{dispute.id}:{message.due_at}",
                run=run,
            )
        else:
            tell_staff(
                session,
                kind="dispute_reminder",
                about=dispute.id,
                title=title,
                text=_due(dispute, dispute.state),
                path=f"/staff/disputes/{dispute.id}",
                now=run.now,
            )


def _text(dispute: Dispute, step: DisputeStep) -> str:
    words = f"{step.words} " if step.words else ""
    match step.event:
        case E.OPEN:
            return (
                f"{REASON_SENTENCES[dispute.reason]} {words}It is about {in_words(dispute.stake)}."
                f" {_due(dispute, step.state)}"
            )
        case E.ANSWER | E.SAY | E.RUN_OUT:
            return f"{words}{_due(dispute, step.state)}"
        case E.AGREE | E.DECIDE:
            share = dispute.stake.share(basis_points=step.share_bps or 0)
            return (
                f"{words}Of {in_words(dispute.stake)}, {in_words(share)} is earned, and"
                f" {in_words(dispute.stake - share)} is not."
            )
        case E.WITHDRAW | E.DISMISS | E.OVERTAKE:
            return f"{words}The money goes on as agreed."


def _due(dispute: Dispute, state: DisputeState) -> str:
    by = moment_in_words(dispute.due_at)
    if state is DisputeState.ASKED:
        return f"An answer is due by {by}; without one Fairview decides on what is there."
    return f"Fairview means to decide by {by}; until then both sides can still agree."


def _tell(
    session: Session,
    dispute: Dispute,
    party: Party,
    *,
    kind: str,
    title: str,
    text: str,
    key: str,
    run: Run,
) -> None:
    tell_party(
        session,
        agreements.collaboration_seen_by(session, SYSTEM, dispute.collaboration_id),
        party,
        kind=kind,
        title=title,
        text=text,
        page=f"disputes/{dispute.id}",
        key=key,
        now=run.now,
    )
