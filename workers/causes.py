"""Pledges: held to when a campaign opens, booked as views come, settled when it is over."""

from __future__ import annotations

from marketplace.campaigns.messages import CampaignClosed, CampaignPublished
from marketplace.causes import queries
from marketplace.causes import service as causes
from marketplace.causes.messages import PledgeSettled
from marketplace.kernel.money import in_words
from marketplace.store.session import reading, transaction
from workers.runtime import Run
from workers.sweeping import each_alone
from workers.telling import tell_payers, tell_staff


def promise_pledge(message: CampaignPublished, run: Run) -> None:
    """Hold the brand to what it pledged."""
    with transaction() as session:
        causes.promise(session, campaign_id=message.campaign_id, now=run.now)


def end_pledge(message: CampaignClosed, run: Run) -> None:
    """Book what a fixed pledge is worth at once, or give back what a draft had set aside."""
    with transaction() as session:
        causes.withdraw_with_campaign(session, campaign_id=message.campaign_id, now=run.now)
    with transaction() as session:
        causes.promise(session, campaign_id=message.campaign_id, now=run.now)
        found = queries.pledge_of(session, message.campaign_id)
        if found is not None:
            causes.book_pledge(session, pledge_id=found.id, now=run.now)


def book_pledges(run: Run) -> None:
    """Look at every promised pledge: what is it worth by now, and is it final?"""
    with reading() as session:
        promised = queries.counting(session)
    with each_alone() as each:
        for pledge_id in promised:
            with each(pledge_id), transaction() as session:
                causes.book_pledge(session, pledge_id=pledge_id, now=run.now)


def tell_settled(message: PledgeSettled, run: Run) -> None:
    """Tell the brand what its pledge came to, and staff that there is something to send."""
    with transaction() as session:
        pledge = queries.pledge_by_id(session, message.pledge_id)
        money, campaign = pledge.money(), pledge.campaign
        back = (
            f" {in_words(money.returned)} that was not needed is in your wallet."
            if money.returned
            else ""
        )
        sent = " We send it to the organisation." if money.owed else ""
        tell_payers(
            session,
            campaign.brand_id,
            kind="pledge_settled",
            about=pledge.id,
            title=f"Your pledge to {pledge.organisation.name} came to {in_words(money.owed)}",
            text=f"“{campaign.name}” is over.{sent}{back}",
            path=f"/brand/campaigns/{campaign.id}/cause",
            now=run.now,
        )
        if money.owed:
            tell_staff(
                session,
                kind="pledge_to_send",
                about=pledge.id,
                title=f"{pledge.organisation.name} is to be sent {in_words(money.owed)}",
                text=f"The pledge of “{campaign.name}” is final.",
                path=f"/staff/causes/{pledge.organisation_id}",
                now=run.now,
            )
