"""A campaign in the demo's past: it is paid for, and its people agree, hand in, accept and post."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from marketplace.campaigns import service as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import BriefContent
from marketplace.causes import service as causes
from marketplace.causes.rules.pledges import PledgeTerms
from marketplace.cli.seed_stage import CARD, Stage
from marketplace.cli.seed_story import BrandSide
from marketplace.collaborations import service as collaborations
from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import Bonus, DueDeliverable, Exclusive, Terms
from marketplace.creators import queries as creators
from marketplace.creators.models import Platform
from marketplace.deliverables import queries as work
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import EndingReason
from marketplace.funding import queries as fundings
from marketplace.funding import service as funding
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.kernel.money import Money
from marketplace.matching import queries as matching
from marketplace.matching.queries import PlanWish
from marketplace.matching.rules.planner.correction import CountSource
from marketplace.matching.rules.planner.limits import Limits
from marketplace.metrics import service as metrics
from marketplace.payouts import queries as payout_queries
from marketplace.payouts import service as payouts
from marketplace.store.session import reading

DAY: Final = timedelta(days=1)
HALF: Final = timedelta(hours=12)
SOON: Final = timedelta(minutes=20)


class PastCampaign:
    """A published campaign with money, and what its people do in it."""

    def __init__(self, stage: Stage, side: BrandSide, campaign: Campaign) -> None:
        self.stage, self.side, self.campaign = stage, side, campaign

    @classmethod
    def begun(
        cls,
        stage: Stage,
        side: BrandSide,
        name: str,
        budget: Money,
        content: BriefContent,
        *,
        category: str = "food",
        gives: tuple[UUID, PledgeTerms] | None = None,
    ) -> PastCampaign:
        """Draft, publish and pay for a campaign. gives: to which organisation, and what."""
        today = utc_now().date()
        campaign = stage.act(
            campaigns.draft_campaign,
            brand_id=side.brand_id,
            name=name,
            budget=budget,
            starts_on=today,
            ends_on=today + 60 * DAY,
            category=category,
            actor=side.owner,
        )
        stage.act(campaigns.save_brief, campaign_id=campaign.id, content=content, actor=side.owner)
        if gives is not None:
            organisation_id, terms = gives
            stage.act(
                causes.pledge,
                campaign_id=campaign.id,
                organisation_id=organisation_id,
                terms=terms,
                actor=side.owner,
            )
        stage.act(campaigns.publish, campaign_id=campaign.id, actor=side.owner)
        pay_later(stage, side, campaign.id, budget)
        return cls(stage, side, campaign)

    def plan(self, *who: Actor, message: str) -> None:
        """The brand accepts a plan of these creators, and so invites them at its prices."""
        exactly = {each.creator_id: None for each in who if each.creator_id is not None}
        wish = PlanWish(Limits(self.campaign.budget_minor), exactly=exactly)
        with reading() as session:
            wanted = matching.wanted_for(session, self.campaign.id)
            found = matching.plan_for(session, wanted, wish, now=utc_now())
        self.stage.act(
            collaborations.accept_plan,
            campaign_id=self.campaign.id,
            wish=wish,
            seen_cost_minor=found.cost_minor,
            message=message,
            actor=self.side.owner,
        )

    def count(self, people: int, *, note: str) -> None:
        """The brand says how many people of the target the platform counted."""
        self.stage.act(
            metrics.count_reach,
            campaign_id=self.campaign.id,
            people=people,
            in_target=True,
            source=CountSource.PLATFORM,
            sample=None,
            counted_on=(utc_now() - DAY).date(),
            note=note,
            actor=self.side.owner,
        )

    def agree(
        self,
        creator: Actor,
        pitch: str,
        fee: int,
        owed: Sequence[tuple[str, str, int]],
        *,
        bonus: Bonus | None = None,
        exclusive_days: int = 0,
    ) -> list[Deliverable]:
        """A creator applies, gets an offer and accepts it; owed: format, words, days to the draft.

        exclusive_days: how long the creator leaves the campaign's category to this brand alone; 0
        for not at all. Returns the deliverables in the order agreed.
        """
        currency = self.campaign.currency
        application = self.stage.act(
            collaborations.apply,
            campaign_id=self.campaign.id,
            pitch=pitch,
            fee=Money(fee + 4_000, currency),
            actor=creator,
        )
        self.stage.time.sleep(HALF)
        offer = self.stage.act(
            collaborations.make_offer,
            application_id=application.id,
            instead_of=None,
            terms=Terms(
                fee=Money(fee, currency),
                deliverables=tuple(_due(*each) for each in owed),
                usage_media="paid",
                usage_days=60,
                revision_rounds=2,
                bonus=bonus,
                exclusive=self._exclusive(exclusive_days),
            ),
            actor=self.side.owner,
        )
        agreed: Collaboration = self.stage.act(
            deliverables.accept_offer, offer_id=offer.id, actor=creator
        )
        with reading() as session:
            return list(work.deliverables_of(session, collaboration_id=agreed.id))

    def _exclusive(self, days: int) -> Exclusive | None:
        category = self.campaign.category
        if not days or category is None:
            return None
        today = utc_now().date()
        return Exclusive(category, today, today + days * DAY)

    def hand_in(self, creator: Actor, owed: Deliverable, name: str, note: str) -> int:
        """The creator hands in a link to a draft; returns the number of the version."""
        with reading() as session:
            points = work.checklist_of(session, owed.collaboration_id)
        handed = self.stage.act(
            deliverables.submit,
            actor=creator,
            deliverable_id=owed.id,
            link=f"https://drafts.example/{name}",
            file=None,
            done=range(len(points)),
            note=note,
        )
        return handed.number

    def approve(self, owed: Deliverable, version: int, comment: str = "") -> None:
        """The brand approves a version."""
        self.stage.act(
            deliverables.approve,
            actor=self.side.owner,
            deliverable_id=owed.id,
            version=version,
            comment=comment,
        )

    def ask_changes(self, owed: Deliverable, version: int, comment: str) -> None:
        """The brand sends a version back."""
        self.stage.act(
            deliverables.request_changes,
            actor=self.side.owner,
            deliverable_id=owed.id,
            version=version,
            comment=comment,
        )

    def call_off(self, owed: Deliverable, note: str) -> None:
        """The brand ends alone what a creator is late with; all of its fee goes back."""
        self.stage.act(
            deliverables.ask_to_end,
            collaboration_id=owed.collaboration_id,
            reason=EndingReason.NO_ANSWER,
            note=note,
            release=owed.fee,
            actor=self.side.owner,
        )

    def post(self, creator: Actor, owed: Deliverable, words: str, *, total_views: int) -> None:
        """The creator publishes at TikTok and pastes the address."""
        key, address = self.stage.publish(handle_of(creator), words, total_views=total_views)
        self.stage.act(
            deliverables.paste_post,
            actor=creator,
            deliverable_id=owed.id,
            platform=Platform.TIKTOK,
            external_id=key,
            address=address,
        )


def pay_in(
    stage: Stage, side: BrandSide, campaign_id: UUID, amount: Money, *, card: str = CARD
) -> None:
    """Pay money into a campaign by card; the product hears of it a little later."""
    asked = stage.act(
        funding.request_funding,
        actor=side.owner,
        campaign_id=campaign_id,
        budget=amount,
        return_base=stage.base_url,
    )
    with reading() as session:
        page = fundings.funding_seen_by(session, side.owner, asked.id)
    assert page.checkout_url is not None
    stage.pay(page.checkout_url, card=card)


def pay_later(stage: Stage, side: BrandSide, campaign_id: UUID, amount: Money) -> None:
    """Pay money into a campaign, and let the time pass until it is there."""
    pay_in(stage, side, campaign_id, amount)
    stage.time.sleep(SOON)


def _due(kind: str, words: str, days: int) -> DueDeliverable:
    draft: date = utc_now().date() + days * DAY
    return DueDeliverable(kind, words, draft, draft + 7 * DAY)


def open_bank(stage: Stage, creator: Actor, *, email: str, holder: str, bank: str) -> None:
    """Open a payout account and fill in the processor's form."""
    stage.act(payouts.open_account, actor=creator, country="US", email=email)
    stage.onboard(account_of(creator), holder=holder, bank=bank)
    stage.time.sleep(SOON)


def account_of(creator: Actor) -> str:
    """Return the processor's id of a creator's payout account."""
    assert creator.creator_id is not None
    with reading() as session:
        account = payout_queries.account_of(session, creator.creator_id)
    assert account is not None
    assert account.stripe_account_id is not None
    return account.stripe_account_id


def handle_of(creator: Actor) -> str:
    """Return the handle of a creator's connected account."""
    assert creator.creator_id is not None
    with reading() as session:
        channel = creators.channel_of(session, creator_id=creator.creator_id)
    assert channel is not None
    assert channel.handle is not None
    return channel.handle
