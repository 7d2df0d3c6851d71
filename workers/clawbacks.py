"""Who hears of money that comes back from a creator."""

from __future__ import annotations

from marketplace.accounts import queries as accounts
from marketplace.campaigns.models import Campaign
from marketplace.kernel.actor import Role
from marketplace.kernel.money import in_words
from marketplace.notifications import service as notifications
from marketplace.payouts import queries
from marketplace.payouts.messages import ClawbackOpened, ClawbackSettled, ReversalEnded
from marketplace.payouts.rules import ACCOUNT_SHORT, ReversalState
from marketplace.store.session import transaction
from workers.runtime import Run
from workers.telling import tell_earner

READERS = (Role.OWNER, Role.FINANCE)


def tell_creator(message: ClawbackOpened, run: Run) -> None:
    """Tell the creator what is taken back, why, from what, and how to object."""
    with transaction() as session:
        case = queries.case_by_id(session, message.case_id).case
        tell_earner(
            session,
            case.creator_id,
            kind="clawback_opened",
            title=f"We take {in_words(case.amount)} back from your next payouts",
            text=f"Because: {case.reason}. If you think that this is wrong, write to us;"
            " your earnings page says how.",
            about=case.id,
            now=run.now,
        )


def tell_brand(message: ClawbackOpened, run: Run) -> None:
    """Tell the brand that money is back in its campaign."""
    with transaction() as session:
        line = queries.case_by_id(session, message.case_id)
        campaign = session.get_one(Campaign, line.case.campaign_id)
        notifications.tell_each(
            session,
            accounts.people_who(session, campaign.brand_id, READERS),
            kind="clawback_for_brand",
            about=line.case.id,
            title=f"{in_words(line.case.amount)} is back in “{line.campaign_name}”",
            text=f"{line.case.creator.display_name} has to give it back. {line.case.reason}.",
            path=f"/brand/campaigns/{campaign.id}/money",
            now=run.now,
        )


def tell_settled(message: ClawbackSettled, run: Run) -> None:
    """Tell the creator that nothing more is kept back for it."""
    with transaction() as session:
        case = queries.case_by_id(session, message.case_id).case
        tell_earner(
            session,
            case.creator_id,
            kind="clawback_settled",
            title=f"The {in_words(case.amount)} that we took back is settled",
            text="Nothing more is kept back for it.",
            about=case.id,
            now=run.now,
        )


def tell_reversal_ended(message: ReversalEnded, run: Run) -> None:
    """Tell whoever wanted a payout back whether it has come, and what else can be done."""
    with transaction() as session:
        reversal = queries.reversal_by_id(session, message.reversal_id)
        done = reversal.state is ReversalState.DONE
        text = "The books say so too."
        if not done:
            text = reversal.problem
            if reversal.problem_code == ACCOUNT_SHORT:
                text = "The creator’s account holds too little: their bank has it already."
                text += " A clawback keeps it back from later earnings."
        notifications.tell(
            session,
            user_id=reversal.asked_by,
            kind="reversal_ended",
            title=f"{in_words(reversal.amount)} of a payout"
            f" {'was taken back' if done else 'could not be taken back'}",
            text=text,
            path=f"/staff/payouts/{reversal.payout_id}",
            once_key=f"reversal_ended:{reversal.id}",
            now=run.now,
        )
