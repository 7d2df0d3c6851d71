"""What follows from a wish to end a collaboration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from marketplace.collaborations.rules import Party, other_party
from marketplace.collaborations.service import tell_party
from marketplace.deliverables import queries
from marketplace.deliverables.messages import CollaborationEnded, EndingMoved
from marketplace.deliverables.models import Ending
from marketplace.deliverables.rules import ENDING_SENTENCES, EndingState
from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.money import Money, in_words
from marketplace.payouts import service as payouts
from marketplace.store.session import transaction
from workers.runtime import Run
from workers.telling import tell_staff

S = EndingState
TITLES: Final[Mapping[str, str]] = {
    S.ASKED: "{name} wants to end “{campaign}”",
    S.ALONE: "{name} has ended “{campaign}”",
    S.AGREED: "“{campaign}” has ended, as you asked",
    S.DECLINED: "{name} does not want to end “{campaign}”",
    S.WITHDRAWN: "“{campaign}” goes on: {name} has taken the wish to end it back",
    S.WITH_STAFF: "Fairview is asked to decide whether “{campaign}” ends",
    S.ENDED_BY_STAFF: "Fairview has ended “{campaign}”",
    S.KEPT_BY_STAFF: "“{campaign}” goes on, Fairview has decided",
}
ANSWERS: Final = frozenset({S.AGREED, S.DECLINED})
"""The other side has spoken, so the one that asked is told."""
BY_STAFF: Final = frozenset({S.ENDED_BY_STAFF, S.KEPT_BY_STAFF})


def settle(message: CollaborationEnded, run: Run) -> None:
    """Give back what is left, where nothing can be earned any more."""
    with transaction() as session:
        payouts.complete(session, collaboration_id=message.collaboration_id, now=run.now)


def tell(message: EndingMoved, run: Run) -> None:
    """Tell whoever has not done it themselves what has happened, and what happens to the money."""
    state = EndingState(message.state)
    with transaction() as session:
        ending = queries.ending_seen_by(session, SYSTEM, message.ending_id)
        asked_by = ending.asked_by
        if state in BY_STAFF:
            heard = tuple(Party)
        else:
            heard = (asked_by,) if state in ANSWERS else (other_party(asked_by),)
        for party in heard:
            _tell(session, ending, state, party, run)
        if state is S.WITH_STAFF:
            tell_staff(
                session,
                kind="ending_to_decide",
                about=ending.id,
                title="Two sides do not agree whether to end a collaboration",
                text=f"It is about “{ending.collaboration.campaign.name}”.",
                path=f"/staff/endings/{ending.id}",
                now=run.now,
            )


def _tell(session: Session, ending: Ending, state: EndingState, party: Party, run: Run) -> None:
    agreed = ending.collaboration
    names = {Party.BRAND: agreed.campaign.brand.name, Party.CREATOR: agreed.creator.display_name}
    tell_party(
        session,
        agreed,
        party,
        kind=f"ending_{state.value}",
        title=TITLES[state].format(name=names[other_party(party)], campaign=agreed.campaign.name),
        text=_text(ending, state),
        page=f"collaborations/{agreed.id}",
        key=ending.id,
        now=run.now,
    )


def _text(ending: Ending, state: EndingState) -> str:
    released = in_words(Money(ending.release_minor, ending.collaboration.campaign.currency))
    match state:
        case S.ASKED | S.WITH_STAFF:
            return (
                f"{ENDING_SENTENCES[ending.reason]} {ending.note} If it ends, {released} for work"
                " that is not accepted goes back to the campaign."
            )
        case S.ALONE | S.AGREED | S.ENDED_BY_STAFF:
            return (
                f"{ending.answer or ENDING_SENTENCES[ending.reason]} {released} for work that was"
                " not accepted is the campaign’s again; what was accepted stays earned."
            )
        case _:
            return f"{ending.answer} The work and its dates stay as agreed."
