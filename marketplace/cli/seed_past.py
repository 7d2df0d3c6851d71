"""What has happened in the demo's market before anybody looks: five weeks of two campaigns.

One is over: its creators are paid, and what was left went back. In the other a post is live, a fee
is disputed in its hold window, and a draft waits for its review. A bonus for views was paid; of
another fee something is taken back, and a bank has taken a payment back. A payout has left whose
answer was lost, and somebody has moved money past the product: a break for finance to resolve.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from marketplace.campaigns import queries as campaign_queries
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import BriefContent
from marketplace.causes import service as causes
from marketplace.causes.rules.pledges import PledgeTerms
from marketplace.cli import seed_challenge
from marketplace.cli.seed_briefs import MORNINGS, PICNIC
from marketplace.cli.seed_causes import BY_VIEWS, FIXED
from marketplace.cli.seed_dispute import disagree
from marketplace.cli.seed_stage import CARD, DISPUTED, Stage
from marketplace.cli.seed_story import BrandSide, Cast
from marketplace.collaborations import service as collaborations
from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import Bonus, DueDeliverable, Terms
from marketplace.creators.models import Platform
from marketplace.deliverables import queries as work
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.models import Deliverable
from marketplace.funding import queries as fundings
from marketplace.funding import service as funding
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.kernel.money import Money
from marketplace.notifications import service as notifications
from marketplace.payouts import queries as payout_queries
from marketplace.payouts import service as payouts
from marketplace.store.session import reading
from marketplace.treasury import service as treasury

LENGTH: Final = timedelta(days=35)
"""How long ago the people of the demo signed up."""
_DAY: Final = timedelta(days=1)
_HALF: Final = timedelta(hours=12)
_SOON: Final = timedelta(minutes=20)

Say = Callable[[str], None]


def play(stage: Stage, cast: Cast, *, say: Say) -> None:
    """Let five weeks pass, from the day the people signed up to now."""
    say("Five weeks ago: a picnic campaign is paid for and agreed on …")
    picnic = _Campaign.begun(
        stage, cast.brands[0], "Picnic weather", 90_000, PICNIC, gives=(cast.causes[0], FIXED)
    )
    ines, tilda, third, fourth = cast.creators[:4]
    bridge = _picnic(stage, picnic, tilda, third)
    say("Three weeks ago: the posts are seen, the first creator is paid …")
    stage.time.sleep(10 * _DAY)  # views, silence, the hold window and the payout
    stage.act(campaigns.close, campaign_id=picnic.campaign.id, actor=picnic.side.owner)
    stage.act(funding.refund_unspent, campaign_id=picnic.campaign.id, actor=picnic.side.owner)
    say("Two weeks ago: a breakfast campaign begins …")
    mornings = _Campaign.begun(
        stage, cast.brands[0], "Slow mornings", 200_000, MORNINGS, gives=(cast.causes[1], BY_VIEWS)
    )
    breakfast = _mornings(stage, mornings, cast, ines=ines, tilda=tilda, fourth=fourth)
    say("Some days ago: a challenge opens, and the first creators enter …")
    seed_challenge.play(
        stage, cast.brands[0], _pay_later, joining=(fourth, tilda, third), late=ines
    )
    say("Two days ago: a bank takes a payment back, and a creator gives something back …")
    _trouble(stage, cast, mornings, bridge)
    disagree(stage, mornings.side, breakfast)
    say("Today: a draft to review, a payout under way, a break to resolve …")
    _today(stage, tilda=tilda, third=third)
    stage.time.arrive()


class _Campaign:
    """A published campaign with money, and what its people do in it."""

    def __init__(self, stage: Stage, side: BrandSide, campaign: Campaign) -> None:
        self.stage, self.side, self.campaign = stage, side, campaign

    @classmethod
    def begun(
        cls,
        stage: Stage,
        side: BrandSide,
        name: str,
        minor: int,
        content: BriefContent,
        *,
        gives: tuple[UUID, PledgeTerms],
    ) -> _Campaign:
        """Draft, publish and pay for a campaign. gives: to which organisation, and what."""
        today = utc_now().date()
        campaign = stage.act(
            campaigns.draft_campaign,
            brand_id=side.brand_id,
            name=name,
            budget=Money(minor, "USD"),
            starts_on=today,
            ends_on=today + 60 * _DAY,
            category="food",
            actor=side.owner,
        )
        stage.act(campaigns.save_brief, campaign_id=campaign.id, content=content, actor=side.owner)
        organisation_id, terms = gives
        stage.act(
            causes.pledge,
            campaign_id=campaign.id,
            organisation_id=organisation_id,
            terms=terms,
            actor=side.owner,
        )
        stage.act(campaigns.publish, campaign_id=campaign.id, actor=side.owner)
        pay_in(stage, side, campaign.id, Money(minor, "USD"))
        stage.time.sleep(_SOON)
        return cls(stage, side, campaign)

    def agree(
        self,
        creator: Actor,
        pitch: str,
        fee: int,
        owed: Sequence[tuple[str, str, int]],
        bonus: Bonus | None = None,
    ) -> list[Deliverable]:
        """A creator applies, gets an offer and accepts it; owed: format, words, days to the draft.

        Returns the deliverables in the order agreed.
        """
        application = self.stage.act(
            collaborations.apply,
            campaign_id=self.campaign.id,
            pitch=pitch,
            fee=Money(fee + 4_000, "USD"),
            actor=creator,
        )
        self.stage.time.sleep(_HALF)
        offer = self.stage.act(
            collaborations.make_offer,
            application_id=application.id,
            terms=Terms(
                fee=Money(fee, "USD"),
                deliverables=tuple(_due(*each) for each in owed),
                usage_media="paid",
                usage_days=60,
                revision_rounds=2,
                bonus=bonus,
            ),
            actor=self.side.owner,
        )
        agreed: Collaboration = self.stage.act(
            collaborations.accept_offer, offer_id=offer.id, actor=creator
        )
        with reading() as session:
            return list(work.deliverables_of(session, collaboration_id=agreed.id))

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

    def post(
        self, creator: Actor, owed: Deliverable, handle: str, words: str, *, total_views: int
    ) -> None:
        """The creator publishes at TikTok and pastes the address."""
        key, address = self.stage.publish(handle, words, total_views=total_views)
        self.stage.act(
            deliverables.paste_post,
            actor=creator,
            deliverable_id=owed.id,
            platform=Platform.TIKTOK,
            external_id=key,
            address=address,
        )


def pay_for_today(stage: Stage, cast: Cast) -> None:
    """Put money into the campaign whose offer waits; the processor's own word brings it in."""
    tin = cast.brands[0]
    with reading() as session:
        (suppers,) = (
            each
            for each in campaign_queries.current_of(session, brand_id=tin.brand_id)
            if each.name == "Supper from a tin"
        )
    pay_in(stage, tin, suppers.id, Money(100_000, "USD"))


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


def _pay_later(stage: Stage, side: BrandSide, campaign_id: UUID, amount: Money) -> None:
    pay_in(stage, side, campaign_id, amount)
    stage.time.sleep(_SOON)


def _due(kind: str, words: str, days: int) -> DueDeliverable:
    draft: date = utc_now().date() + days * _DAY
    return DueDeliverable(kind, words, draft, draft + 7 * _DAY)


def _picnic(stage: Stage, picnic: _Campaign, tilda: Actor, third: Actor) -> Deliverable:
    """Two creators make a picnic each, one of them in two rounds; both are accepted.

    Returns the one that has a bonus for its views.
    """
    tilda_at, third_at = stage.connect(tilda), stage.connect(third)
    _bank(stage, tilda, email="tilda@creators.test", holder="T. Account", bank="DE0044556677")
    (bridge,) = picnic.agree(
        tilda,
        "Rain is my best month. We would sit under the bridge with the beans and a camping stove.",
        38_000,
        [("video", "A picnic under the bridge", 5)],
        Bonus(rate=Money(200, "USD"), cap=Money(6_000, "USD"), days=7),
    )
    (roof,) = picnic.agree(
        third,
        "A picnic on the roof of my building, in the ten minutes the sun is there.",
        24_000,
        [("video", "A picnic on the roof", 4)],
    )
    stage.time.sleep(2 * _DAY)
    version = picnic.hand_in(tilda, bridge, "bridge-1", "The wind is real.")
    picnic.ask_changes(bridge, version, "Could the tin be opened before the umbrella goes?")
    stage.time.sleep(_DAY)
    picnic.approve(bridge, picnic.hand_in(tilda, bridge, "bridge-2", "Tin first now."), "Perfect.")
    picnic.approve(roof, picnic.hand_in(third, roof, "roof", "The sun came twice."))
    picnic.post(tilda, bridge, tilda_at, "Picnic under the bridge #ad", total_views=84_000)
    picnic.post(third, roof, third_at, "Ten minutes of sun #ad", total_views=31_000)
    stage.time.sleep(2 * _DAY)
    stage.act(deliverables.accept, actor=picnic.side.owner, deliverable_id=roof.id)
    return bridge


def _mornings(
    stage: Stage, mornings: _Campaign, cast: Cast, *, ines: Actor, tilda: Actor, fourth: Actor
) -> Deliverable:
    """Three creators agree: one has earned, one is live, one is asked for changes.

    Returns what is earned and in its hold window.
    """
    ines_at, fourth_at = stage.connect(ines), stage.connect(fourth)
    _bank(stage, ines, email="ines@creators.test", holder="I. Account", bank="US0011223344")
    breakfast, leftovers = mornings.agree(
        ines,
        "Sundays are the only day I sit down for breakfast. You would see the whole table, "
        "and what the dog gets.",
        60_000,
        [("video", "Sunday breakfast", 6), ("story", "What was left over", 16)],
    )
    (balcony,) = mornings.agree(
        fourth,
        "Breakfast on a balcony of two square metres, with a neighbour who comments.",
        35_000,
        [("video", "Breakfast on the balcony", 10)],
    )
    (monday,) = mornings.agree(
        tilda,
        "A Monday off, three children at school: the quietest breakfast of the year.",
        45_000,
        [("video", "The quiet Monday", 15)],
    )
    stage.time.sleep(6 * _DAY)
    mornings.approve(breakfast, mornings.hand_in(ines, breakfast, "sunday", "With the dog."))
    mornings.post(ines, breakfast, ines_at, "Sunday, slowly #ad", total_views=140_000)
    stage.time.sleep(6 * _DAY)
    mornings.approve(balcony, mornings.hand_in(fourth, balcony, "balcony", ""), "Funny.")
    _read_everything(stage, cast)
    stage.time.sleep(_DAY)
    mornings.post(
        fourth, balcony, fourth_at, "Two square metres of breakfast #ad", total_views=52_000
    )
    version = mornings.hand_in(tilda, monday, "monday", "So quiet that you hear the toast.")
    stage.time.sleep(_DAY)
    mornings.ask_changes(monday, version, "The tin is hard to see. Could it come closer once?")
    mornings.hand_in(ines, leftovers, "leftovers", "The dog got the crumbs.")
    return breakfast


def _trouble(stage: Stage, cast: Cast, mornings: _Campaign, paid: Deliverable) -> None:
    """A card's bank takes a payment back. Two of finance decide that a creator gives back a part.

    Some of that comes out of what was sent already, the rest will be kept back from later earnings.
    """
    side = mornings.side
    pay_in(stage, side, mornings.campaign.id, Money(50_000, "USD"), card=DISPUTED)
    asking, deciding = cast.staff
    asked = stage.act(
        treasury.ask_clawback,
        actor=asking,
        deliverable_id=paid.id,
        amount=Money(9_000, "USD"),
        reason="The post was private for two days of the week it was paid for",
    )
    stage.act(treasury.approve, actor=deciding, request_id=asked.id)
    with reading() as session:
        sent = payout_queries.reversible_payouts(
            session, creator_id=paid.creator_id, currency="USD"
        )
    stage.act(
        payouts.ask_reversal,
        actor=asking,
        payout_id=sent[0].id,
        amount=Money(3_000, "USD"),
        reason="As far as her account goes; she agrees.",
        case_id=asked.id,
    )
    stage.time.sleep(_SOON)


def _today(stage: Stage, *, tilda: Actor, third: Actor) -> None:
    """Somebody moves money in the processor's dashboard, which the books cannot know of.

    And a creator opens a payout account late, to which the processor does not answer at once.
    """
    stage.time.sleep(_HALF)
    stage.transfer_by_hand(_account_of(tilda), minor=1_200)
    stage.control(
        "sandbox/control/script", path="/v1/transfers", method="POST", drop="before", times=5
    )
    _bank(stage, third, email="roof@creators.test", holder="K. Account", bank="US0099887766")


def _bank(stage: Stage, creator: Actor, *, email: str, holder: str, bank: str) -> None:
    """Open a payout account and fill in the processor's form."""
    stage.act(payouts.open_account, actor=creator, country="US", email=email)
    stage.onboard(_account_of(creator), holder=holder, bank=bank)
    stage.time.sleep(_SOON)


def _account_of(creator: Actor) -> str:
    """Return the processor's id of a creator's payout account."""
    assert creator.creator_id is not None
    with reading() as session:
        account = payout_queries.account_of(session, creator.creator_id)
    assert account is not None
    assert account.stripe_account_id is not None
    return account.stripe_account_id


def _read_everything(stage: Stage, cast: Cast) -> None:
    """The people of the demo have read what has come so far."""
    for person in (*(side.owner for side in cast.brands), *cast.creators[:2], *cast.others):
        stage.act(notifications.mark_all_read, actor=person)
