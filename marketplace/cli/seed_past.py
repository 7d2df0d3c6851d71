"""What has happened in the demo's market before anybody looks: five weeks of three campaigns.

Before them were two campaigns whose videos were followed to the end.
One is over: what its plan promised was counted, its creators are paid, staff have decided a dispute
of it, and what was left went back.
In the next a post is live and its bonus for views runs, a fee is disputed in its hold window, and a
draft waits for its review.
In the third, of another brand, a creator works for it alone and wants staff's decision. A challenge
is over and another runs; in each a post has views almost without likes. A bonus for views was paid;
of another fee something is taken back, and a bank has taken a payment back. A payout has left whose
answer was lost, and somebody has moved money past the product: a break for finance to resolve.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final
from uuid import UUID

from marketplace.campaigns import queries as campaign_queries
from marketplace.campaigns import service as campaigns
from marketplace.cli import seed_challenge, seed_dispute, seed_seasons, seed_views
from marketplace.cli.seed_briefs import MORNINGS, PICNIC, TRAIL
from marketplace.cli.seed_campaign import (
    DAY,
    HALF,
    SOON,
    PastCampaign,
    account_of,
    open_bank,
    pay_in,
)
from marketplace.cli.seed_causes import BY_VIEWS, FIXED
from marketplace.cli.seed_stage import DISPUTED, Stage
from marketplace.cli.seed_story import BrandSide, Cast
from marketplace.cli.seed_topics import RISING
from marketplace.collaborations.rules import Bonus
from marketplace.creators import service as creators
from marketplace.creators.rules.subjects import Subject
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.models import Deliverable
from marketplace.funding import service as funding
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import demo_offset
from marketplace.kernel.money import Money
from marketplace.notifications import service as notifications
from marketplace.payouts import queries as payout_queries
from marketplace.payouts import service as payouts
from marketplace.store.session import reading
from marketplace.treasury import service as treasury
from marketplace.trends import queries as trend_queries
from marketplace.trends import service as trends

STORY: Final = timedelta(days=35)
LENGTH: Final = seed_seasons.LENGTH + STORY
"""How long ago the people of the demo signed up."""
LONG_AGO: Final = slice(40, 46)
"""Who made videos for both of them."""
FOR_ONE_BRAND: Final = 26
"""Who cooks on trails for one brand alone: a creator whom the others would like to have."""
LATE: Final = 30
"""Who agreed to a video and has not handed in any."""
COUNTED: Final = 1_290
"""People of the picnic's target, as TikTok says: somewhat fewer than its plan promised."""

Say = Callable[[str], None]


def play(stage: Stage, cast: Cast, *, say: Say) -> None:
    """Let the months pass, from the day the people signed up to now."""
    tin, larkmoor, _ = cast.brands
    say("Long ago: six creators make six videos each, which are followed for 90 days …")
    seed_seasons.play(stage, tin, cast.creators[LONG_AGO])
    stage.time.leap(-demo_offset() - STORY)
    ines, tilda, third, fourth = cast.creators[:4]
    for each in (ines, tilda, third, fourth):
        stage.connect(each)
    say("Five weeks ago: a picnic campaign is paid for, and a challenge opens …")
    picnic = PastCampaign.begun(
        stage, tin, "Picnic weather", Money(90_000, "USD"), PICNIC, gives=(cast.causes[0], FIXED)
    )
    picnic.plan(
        tilda, third, message="Two picnics in bad weather, and nobody else could make us laugh so."
    )
    seed_challenge.play(
        stage, tin, seed_challenge.RAIN_OR_SHINE, entering=(fourth, ines, tilda, third)
    )
    bridge, roof = _picnic(stage, picnic, tilda=tilda, third=third)
    seed_views.object_to_all(
        stage,
        third,
        "A climbing hall shows it on a wall above the counter. Nobody there can press a heart.",
    )
    seed_views.let_count(
        stage, third, cast.staff[0], "The hall has confirmed it, and sent a picture of the wall."
    )
    say("Three weeks ago: staff decide a dispute, creators and winners are paid …")
    seed_dispute.have_decided(stage, tin, roof, creator=third, staff=cast.staff[0])
    stage.time.sleep(8 * DAY)  # views, silence, the hold window and the payout
    stage.act(campaigns.close, campaign_id=picnic.campaign.id, actor=tin.owner)
    picnic.count(COUNTED, note="TikTok’s campaign report")
    stage.act(funding.refund_unspent, campaign_id=picnic.campaign.id, actor=tin.owner)
    say("Two weeks ago: a breakfast campaign begins, and one on the trail …")
    mornings = PastCampaign.begun(
        stage,
        tin,
        "Slow mornings",
        Money(200_000, "USD"),
        MORNINGS,
        gives=(cast.causes[1], BY_VIEWS),
    )
    trail = PastCampaign.begun(stage, larkmoor, "Trail meals", Money(60_000, "GBP"), TRAIL)
    alone = cast.creators[FOR_ONE_BRAND]
    (stew,) = trail.agree(
        alone,
        "I cook outside from April to November, and I have never seen a pack like yours.",
        28_000,
        [("video", "Stew on a ridge", 8)],
        exclusive_days=60,
    )
    trail.hand_in(alone, stew, "ridge", "It boiled over, and it stays in.")
    breakfast = _mornings(stage, mornings, cast, ines=ines, tilda=tilda)
    say("Some days ago: another challenge opens, and a creator wants a decision …")
    seed_challenge.play(stage, tin, seed_challenge.ONE_TIN, entering=(fourth, tilda, third, ines))
    seed_dispute.want_a_decision(stage, trail, stew, creator=alone)
    say("Two days ago: a bank takes a payment back, and a creator gives something back …")
    seed_views.object_to_all(
        stage, tilda, "My sister’s school shows it at lunch. Ask the cook, she chose it."
    )
    _trouble(stage, cast, mornings, bridge)
    seed_dispute.disagree(stage, tin, breakfast)
    say("Today: a draft to review, a payout under way, a break to resolve …")
    _today(stage, tilda=tilda, third=third)
    stage.time.arrive()


def pay_for_today(stage: Stage, cast: Cast) -> None:
    """Put money into the campaign whose offer waits; the processor's own word brings it in."""
    tin = cast.brands[0]
    pay_in(stage, tin, _campaign_called(tin, "Supper from a tin"), Money(100_000, "USD"))


def ride_on_a_trend(stage: Stage, cast: Cast) -> None:
    """Have a campaign of today ride on what more and more videos carry."""
    tin = cast.brands[0]
    with reading() as session:
        (rising,) = (
            each for each in trend_queries.all_living(session) if each.trend.name == RISING[0]
        )
    stage.act(
        trends.ride,
        campaign_id=_campaign_called(tin, "Pantry tour"),
        trend_id=rising.trend_id,
        actor=tin.owner,
    )


def _campaign_called(side: BrandSide, name: str) -> UUID:
    with reading() as session:
        (found,) = (
            each.id
            for each in campaign_queries.current_of(session, brand_id=side.brand_id)
            if each.name == name
        )
    return found


def _picnic(
    stage: Stage, picnic: PastCampaign, *, tilda: Actor, third: Actor
) -> tuple[Deliverable, Deliverable]:
    """Two creators make a picnic each, one of them in two rounds; both are accepted.

    Returns both, the one that has a bonus for its views first.
    """
    open_bank(stage, tilda, email="tilda@creators.test", holder="T. Account", bank="DE0044556677")
    (bridge,) = picnic.agree(
        tilda,
        "Rain is my best month. We would sit under the bridge with the beans and a camping stove.",
        38_000,
        [("video", "A picnic under the bridge", 5)],
        bonus=Bonus(rate=Money(200, "USD"), cap=Money(6_000, "USD"), days=7),
    )
    (roof,) = picnic.agree(
        third,
        "A picnic on the roof of my building, in the ten minutes the sun is there.",
        24_000,
        [("video", "A picnic on the roof", 4)],
    )
    stage.time.sleep(2 * DAY)
    version = picnic.hand_in(tilda, bridge, "bridge-1", "The wind is real.")
    picnic.ask_changes(bridge, version, "Could the tin be opened before the umbrella goes?")
    stage.time.sleep(DAY)
    picnic.approve(bridge, picnic.hand_in(tilda, bridge, "bridge-2", "Tin first now."), "Perfect.")
    picnic.approve(roof, picnic.hand_in(third, roof, "roof", "The sun came twice."))
    picnic.post(tilda, bridge, "Picnic under the bridge #ad", total_views=84_000)
    picnic.post(third, roof, "Ten minutes of sun #ad", total_views=31_000)
    stage.time.sleep(2 * DAY)
    for each in (bridge, roof):
        stage.act(deliverables.accept, actor=picnic.side.owner, deliverable_id=each.id)
    return bridge, roof


def _mornings(
    stage: Stage, mornings: PastCampaign, cast: Cast, *, ines: Actor, tilda: Actor
) -> Deliverable:
    """Three creators agree: one has earned, one is live and asked for changes, one is late.

    Of the live post the views of a bonus are counted. The brand calls off what is late, and what it
    gets back rests, as that may be disputed. Returns what is earned and in its hold window.
    """
    open_bank(stage, ines, email="ines@creators.test", holder="I. Account", bank="US0011223344")
    breakfast, leftovers = mornings.agree(
        ines,
        "Sundays are the only day I sit down for breakfast. You would see the whole table, "
        "and what the dog gets.",
        60_000,
        [("video", "Sunday breakfast", 6), ("story", "What was left over", 16)],
    )
    balcony, monday = mornings.agree(
        tilda,
        "Two breakfasts: on a balcony of two square metres, with a neighbour who comments, and on "
        "a Monday off, with three children at school.",
        80_000,
        [("video", "Breakfast on the balcony", 10), ("video", "The quiet Monday", 15)],
        bonus=Bonus(rate=Money(100, "USD"), cap=Money(8_000, "USD"), days=14),
    )
    (porridge,) = mornings.agree(
        cast.creators[LATE],
        "Porridge for one, out of the pan, with whatever the shelf has.",
        20_000,
        [("video", "Porridge for one", 4)],
    )
    stage.time.sleep(6 * DAY - HALF)
    mornings.approve(breakfast, mornings.hand_in(ines, breakfast, "sunday", "With the dog."))
    mornings.post(ines, breakfast, "Sunday, slowly #ad", total_views=140_000)
    stage.time.sleep(6 * DAY)
    mornings.approve(balcony, mornings.hand_in(tilda, balcony, "balcony", ""), "Funny.")
    _read_everything(stage, cast)
    stage.time.sleep(DAY)
    mornings.post(tilda, balcony, "Two square metres of breakfast #ad", total_views=52_000)
    version = mornings.hand_in(tilda, monday, "monday", "So quiet that you hear the toast.")
    stage.time.sleep(DAY)
    mornings.ask_changes(monday, version, "The tin is hard to see. Could it come closer once?")
    mornings.hand_in(ines, leftovers, "leftovers", "The dog got the crumbs.")
    mornings.call_off(porridge, "Two reminders, and no draft in eleven days.")
    return breakfast


def _trouble(stage: Stage, cast: Cast, mornings: PastCampaign, paid: Deliverable) -> None:
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
    stage.time.sleep(SOON)


def _today(stage: Stage, *, tilda: Actor, third: Actor) -> None:
    """Somebody moves money in the processor's dashboard, which the books cannot know of.

    A creator opens a payout account late, to which the processor does not answer at once. Another
    objects to what was found in her posts.
    """
    stage.time.sleep(HALF)
    stage.act(
        creators.object_to_subject,
        subject=Subject.GAMBLING,
        words="These are lessons on chance: the lottery is the example for why nobody wins.",
        actor=tilda,
    )
    stage.transfer_by_hand(account_of(tilda), minor=1_200)
    stage.control(
        "sandbox/control/script", path="/v1/transfers", method="POST", drop="before", times=5
    )
    open_bank(stage, third, email="roof@creators.test", holder="K. Account", bank="US0099887766")


def _read_everything(stage: Stage, cast: Cast) -> None:
    """The people of the demo have read what has come so far."""
    for person in (*(side.owner for side in cast.brands), *cast.creators[:2], *cast.others):
        stage.act(notifications.mark_all_read, actor=person)
