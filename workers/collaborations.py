"""What ends by itself around an agreement, and who hears of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from marketplace.campaigns.messages import BriefAmended, CampaignClosed
from marketplace.collaborations import queries
from marketplace.collaborations import service as collaborations
from marketplace.kernel.days import day_in_words
from marketplace.kernel.money import in_words
from marketplace.store.session import reading, transaction
from workers.runtime import Run
from workers.sweeping import each_alone
from workers.telling import tell_payers

NEWS_DAYS: Final = 14
"""Workers that stood still for so long make up for what nobody was told."""


def end_negotiations(message: CampaignClosed, run: Run) -> None:
    """End what is still open around a campaign that was closed."""
    with transaction() as session:
        collaborations.end_negotiations(session, campaign_id=message.campaign_id, now=run.now)


def tell_of_amendment(message: BriefAmended, run: Run) -> None:
    """Tell applicants that the brief they read has a new version."""
    with transaction() as session:
        collaborations.tell_of_amendment(session, brief_id=message.brief_id, now=run.now)


def expire_offers(run: Run) -> None:
    """Close every offer whose time to answer is over, each in its own transaction."""
    with reading() as session:
        due = queries.expired_offer_ids(session, now=run.now)
    with each_alone() as each:
        for offer_id in due:
            with each(offer_id), transaction() as session:
                collaborations.expire_offer(session, offer_id=offer_id, now=run.now)


def tell_of_freed_money(run: Run) -> None:
    """Tell who may move a brand's money what became free yesterday, once a campaign and day.

    The days before are told where no night's sweep has, while that is news.
    """
    days = [run.now.date() - timedelta(days=ago) for ago in range(NEWS_DAYS, 0, -1)]
    with reading() as session:
        found = queries.freed_on(session, days, now=run.now)
    with each_alone() as each:
        for freed in found:
            with each(freed.campaign_id), transaction() as session:
                tell_payers(
                    session,
                    freed.brand_id,
                    kind="money_freed",
                    about=freed.campaign_id,
                    on=freed.on,
                    title=f"{in_words(freed.amount)} of “{freed.name}” is free",
                    text=f"Since {day_in_words(freed.on)} creators cannot dispute it any more: it"
                    " can be promised again, or sent back.",
                    path=f"/brand/campaigns/{freed.campaign_id}/money",
                    now=run.now,
                )


def close_stale_applications(run: Run) -> None:
    """Close every application that a brand did not answer, each in its own transaction."""
    with reading() as session:
        due = queries.stale_application_ids(session, now=run.now)
    with each_alone() as each:
        for application_id in due:
            with each(application_id), transaction() as session:
                collaborations.close_stale_application(
                    session, application_id=application_id, now=run.now
                )
