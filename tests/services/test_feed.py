"""The open briefs a creator sees, in which order, and what they choose to see less of."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignState
from marketplace.creators import queries as creators
from marketplace.creators import service as creator_service
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import InvalidInput, NotPermitted
from marketplace.kernel.money import Money
from marketplace.matching import queries
from marketplace.matching import service as matching
from marketplace.matching.messages import RulesKept
from marketplace.matching.models import BriefMedians, FeedChoice, FeedState
from marketplace.matching.queries import FeedLine
from marketplace.matching.rules.chances import NEW_LEAST, Facts, Outcome, Step, start
from marketplace.matching.rules.feed import FeedChoiceKind, record_of
from marketplace.matching.rules.left_out import LeftOut
from marketplace.matching.rules.wanted import HardRules
from marketplace.store.outbox import OutboxMessage
from marketplace.store.paging import Page
from tests.conftest import NOON
from tests.factories.campaigns import content, make_campaign
from tests.factories.creators import make_audience, make_channel, make_rate
from tests.factories.market import make_hireable

LESS, BRAND, CAMPAIGN, CATEGORY, CAUSE, MORE = FeedChoiceKind


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    """Asks for the ages of 18 to 34, the United States and cooking, for USD 500 at most."""
    return make_campaign(session, brand=acme, by=alice)


@pytest.fixture
def hireable(session: Session, bea: Actor) -> Actor:
    """Bea with a channel, an audience, and 300.00 for a video; she makes videos about cooking."""
    assert bea.creator_id is not None
    creators.creator_by_id(session, bea.creator_id).topics = ["cooking"]
    channel = make_channel(session, creator_id=bea.creator_id)
    make_audience(session, channel_id=channel.id, age={"18-24": 9_000}, country={"US": 9_000})
    make_rate(session, creator_id=bea.creator_id)
    session.flush()
    return bea


def feed(session: Session, who: Actor, **changes: object) -> Page[FeedLine]:
    session.flush()
    assert who.creator_id is not None
    given = {"creator_id": who.creator_id, "now": NOON} | changes
    return queries.feed_for(session, **given).page  # type: ignore[arg-type]


def names(page: Page[FeedLine]) -> list[str]:
    return [line.brief.campaign.name for line in page.rows]


def choose(session: Session, who: Actor, kind: FeedChoiceKind, value: object) -> None:
    matching.choose_feed(session, actor=who, kind=kind, value=str(value), now=NOON)


def test_only_open_briefs_are_there_and_what_one_makes_stands_first(
    session: Session, acme: Brand, alice: Actor, campaign: Campaign, hireable: Actor
) -> None:
    make_campaign(
        session, brand=acme, by=alice, name="Knitting", brief=content(target_interests=("books",))
    )
    make_campaign(session, brand=acme, by=alice, name="Over", state=CampaignState.CLOSED)
    make_campaign(session, brand=acme, by=alice, name="Not yet", state=CampaignState.DRAFT)

    page = feed(session, hireable)

    assert names(page) == ["Beans in a minute", "Knitting"]
    assert page.total == 2
    assert [line.parts.liking for line in page.rows] == [10_000, 6_000]
    assert page.rows[0].parts.score > page.rows[1].parts.score
    assert names(feed(session, hireable, among={campaign.id})) == ["Beans in a minute"]
    assert not feed(session, hireable, now=NOON + timedelta(days=61)).rows
    assert names(feed(session, hireable, page=1, size=1)) == ["Beans in a minute"]
    assert names(feed(session, hireable, page=2, size=1)) == ["Knitting"]


def test_a_place_is_chance_and_pay_and_liking_and_each_is_said(
    session: Session, campaign: Campaign, hireable: Actor
) -> None:
    [line] = feed(session, hireable).rows

    pieces = sum(each["count"] for each in line.brief.deliverables)
    assert line.fee == Money(30_000, "USD")
    assert line.parts.pay == 10_000 // pieces
    assert line.minutes == 360 * pieces
    assert line.per_hour == Money(5_000 // pieces, "USD")
    assert line.parts.chance == 3_000


def test_fit_and_middle_candidate_are_those_that_the_brand_sees_by_the_rules_it_keeps(
    session: Session, campaign: Campaign, hireable: Actor, alice: Actor
) -> None:
    make_hireable(session, "Bob", reach=7_000, country="DE")
    make_hireable(session, "Cal", reach=1_000)
    assert hireable.creator_id is not None
    creators.creator_by_id(session, hireable.creator_id).country = "US"
    session.flush()

    def both() -> tuple[tuple[int, int], tuple[int, int]]:
        [mine] = feed(session, hireable).rows
        fit = queries.fit_of(
            session, campaign_id=campaign.id, creator_id=hireable.creator_id, now=NOON
        )
        own = queries.fit_to(session, mine.brief, creator_id=hireable.creator_id, now=NOON)
        assert (own.explained.fit, own.usual) == (fit.explained.fit, fit.usual)
        assert mine.against_usual is not None
        assert fit.usual
        return (
            (mine.fit, round(mine.against_usual)),
            (fit.explained.fit, round(fit.explained.fit / fit.usual)),
        )

    mine, of_brand = both()
    assert mine == of_brand
    matching.work_out_medians(session, now=NOON)
    assert both() == (of_brand, of_brand)

    rules = HardRules(lives_in=frozenset({"US"}))
    matching.keep_rules(session, campaign_id=campaign.id, rules=rules, actor=alice, now=NOON)
    kept = session.scalars(select(OutboxMessage).where(OutboxMessage.name == "RulesKept")).one()
    assert RulesKept.from_json(kept.body).campaign_id == campaign.id
    matching.work_out_medians(session, campaign_ids=[campaign.id], now=NOON)
    mine, among_neighbours = both()
    assert mine == among_neighbours
    assert among_neighbours[1] != of_brand[1]


@pytest.mark.usefixtures("place")
def test_rules_that_are_committed_after_newer_ones_reach_the_feed(
    session: Session, acme: Brand, campaign: Campaign, hireable: Actor, alice: Actor
) -> None:
    other = make_campaign(session, brand=acme, by=alice)
    matching.build_columns(session, now=NOON, progress=lambda _done, _of: None)
    nobody = HardRules(followers_least=10_000_000)
    for made, at in ((campaign, NOON + timedelta(seconds=1)), (other, NOON)):
        seen = {line.brief.campaign_id for line in feed(session, hireable).rows}
        assert made.id in seen
        matching.keep_rules(session, campaign_id=made.id, rules=nobody, actor=alice, now=at)

    assert feed(session, hireable).rows == []


def test_what_every_feed_is_told_from_counts_its_moves(
    session: Session, campaign: Campaign, alice: Actor
) -> None:
    def moves() -> int | None:
        session.flush()
        return session.scalar(select(FeedState.moves))

    assert (matching.work_out_medians(session, campaign_ids=[], now=NOON), moves()) == (0, None)
    matching.work_out_medians(session, now=NOON)
    assert moves() == 1
    matching.keep_rules(session, campaign_id=campaign.id, rules=HardRules(), actor=alice, now=NOON)
    assert moves() == 2
    learned = [Outcome(Facts(), happened=place % 2 == 0) for place in range(2 * NEW_LEAST)]
    matching.learn_chances(session, {Step.OFFER: learned}, now=NOON)
    matching.learn_chances(session, {Step.OFFER: learned}, now=NOON)
    assert moves() == 3


def test_a_rule_that_leaves_the_creator_out_is_said_on_their_own_page(
    session: Session, campaign: Campaign, hireable: Actor, alice: Actor
) -> None:
    assert hireable.creator_id is not None
    [line] = feed(session, hireable).rows

    def left_out() -> LeftOut | None:
        assert hireable.creator_id is not None
        return queries.fit_to(
            session, line.brief, creator_id=hireable.creator_id, now=NOON
        ).left_out

    assert left_out() is None
    rules = HardRules(followers_least=10_000_000)
    matching.keep_rules(session, campaign_id=campaign.id, rules=rules, actor=alice, now=NOON)
    assert left_out() is LeftOut.TOO_FEW_FOLLOWERS


def test_middle_candidates_are_worked_out_once_for_everybody(
    session: Session, campaign: Campaign, hireable: Actor
) -> None:
    make_hireable(session, "Bob", reach=2_000)
    make_hireable(session, "Cal", reach=1_000)
    session.flush()
    before = feed(session, hireable).rows[0]

    for _ in range(2):
        assert matching.work_out_medians(session, now=NOON) == 1
        session.flush()

    kept = session.scalars(select(BriefMedians)).one()
    assert (kept.candidates, len(kept.factors)) == (3, 9)
    after = feed(session, hireable).rows[0]
    assert (after.fit, after.against_usual) == (before.fit, before.against_usual)
    assert before.against_usual is not None
    assert before.against_usual > 2
    assert feed(session, hireable).rows[0].parts.chance > 3_000
    assert matching.work_out_medians(session, campaign_ids=[], now=NOON) == 0


def test_less_of_a_topic_counts_half_and_can_be_undone(
    session: Session, campaign: Campaign, hireable: Actor
) -> None:
    for _ in range(2):
        choose(session, hireable, LESS, "cooking")

    assert feed(session, hireable).rows[0].parts.liking == 5_000
    assert session.scalar(select(func.count()).select_from(FeedChoice)) == 1
    matching.undo_feed_choice(session, actor=hireable, kind=LESS, value="cooking")
    assert feed(session, hireable).rows[0].parts.liking == 10_000


def test_a_hidden_brand_and_a_hidden_brief_are_gone_until_shown_again(
    session: Session, acme: Brand, alice: Actor, campaign: Campaign, hireable: Actor
) -> None:
    make_campaign(session, brand=acme, by=alice, name="Second")

    choose(session, hireable, CAMPAIGN, campaign.id)
    assert names(feed(session, hireable)) == ["Second"]
    choose(session, hireable, BRAND, acme.id)
    assert feed(session, hireable).total == 0
    assert queries.feed_for(
        session, creator_id=hireable.creator_id or acme.id, now=NOON
    ).chosen == {
        LESS: [],
        BRAND: [str(acme.id)],
        CAMPAIGN: [str(campaign.id)],
        CATEGORY: [],
        CAUSE: [],
        MORE: [],
    }
    for kind, value in ((BRAND, acme.id), (CAMPAIGN, campaign.id)):
        matching.undo_feed_choice(session, actor=hireable, kind=kind, value=str(value))
    assert len(feed(session, hireable).rows) == 2


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (LESS, "astrology"),
        (LESS, ""),
        (BRAND, "acme"),
        (CAMPAIGN, ""),
        (CATEGORY, "soup"),
        (CAUSE, "A b"),
        (MORE, "A b"),
    ],
)
def test_what_cannot_be_chosen_is_refused(
    session: Session, hireable: Actor, kind: FeedChoiceKind, value: str
) -> None:
    with pytest.raises(InvalidInput):
        choose(session, hireable, kind, value)
    assert session.scalars(select(FeedChoice)).all() == []


def test_only_a_creator_has_a_feed_to_choose(session: Session, alice: Actor) -> None:
    with pytest.raises(NotPermitted):
        choose(session, alice, LESS, "gaming")
    with pytest.raises(NotPermitted):
        matching.undo_feed_choice(session, actor=alice, kind=LESS, value="gaming")


def test_a_creator_without_a_channel_sees_the_briefs_too(
    session: Session, campaign: Campaign, bea: Actor
) -> None:
    [line] = feed(session, bea).rows
    assert (line.parts.liking, line.parts.cause) == (10_000, 10_000)
    assert line.fit == 0


def test_a_new_brief_is_in_the_feed_at_once(
    session: Session, acme: Brand, alice: Actor, campaign: Campaign, hireable: Actor
) -> None:
    assert len(feed(session, hireable).rows) == 1
    make_campaign(session, brand=acme, by=alice, name="Fresh")
    assert set(names(feed(session, hireable))) == {"Beans in a minute", "Fresh"}


def test_what_applications_led_to_before_moves_the_chance(
    session: Session, campaign: Campaign, hireable: Actor
) -> None:
    assert hireable.creator_id is not None
    [before] = feed(session, hireable).rows
    assert before.parts.chance == 3_000

    for _ in range(2):
        creator_service.record_answers(session, {hireable.creator_id: (4, 0)})
    [taken] = feed(session, hireable).rows
    creator_service.record_answers(session, {hireable.creator_id: (0, 4)})
    [refused] = feed(session, hireable).rows

    expected = [
        start(Step.OFFER).chance_bps(Facts(record=record_of(*one))) for one in ((4, 0), (0, 4))
    ]
    assert [taken.parts.chance, refused.parts.chance] == expected
    assert refused.parts.chance < 3_000 < taken.parts.chance


def test_categories_and_causes_can_be_hidden_and_shown_again(
    session: Session, acme: Brand, alice: Actor, campaign: Campaign, hireable: Actor
) -> None:
    drinks = make_campaign(session, brand=acme, by=alice, name="Lemonade", category="drinks")
    choose(session, hireable, CATEGORY, "drinks")
    assert names(feed(session, hireable)) == ["Beans in a minute"]

    asked: list[object] = []

    def giving_to(causes: object) -> set[object]:
        asked.append(causes)
        return {campaign.id}

    assert names(feed(session, hireable, giving_to=giving_to)) == ["Beans in a minute"]
    choose(session, hireable, CAUSE, "animals")
    assert names(feed(session, hireable, giving_to=giving_to)) == []
    assert asked == [["animals"]]

    matching.undo_feed_choice(session, actor=hireable, kind=CATEGORY, value="drinks")
    assert names(feed(session, hireable, giving_to=giving_to)) == [drinks.name]


def test_what_gives_to_a_cause_the_creator_cares_about_stands_higher_until_undone(
    session: Session, acme: Brand, alice: Actor, campaign: Campaign, hireable: Actor
) -> None:
    giving = make_campaign(
        session, brand=acme, by=alice, name="Giving", brief=content(fee_high=Money(40_000, "USD"))
    )

    def giving_to(causes: Collection[str]) -> set[UUID]:
        return {giving.id} if "animals" in causes else set()

    def look() -> list[tuple[str, int]]:
        page = feed(session, hireable, giving_to=giving_to)
        return [(line.brief.campaign.name, line.parts.cause) for line in page.rows]

    assert look() == [("Beans in a minute", 10_000), ("Giving", 10_000)]
    for _ in range(2):
        choose(session, hireable, MORE, "animals")
    assert look() == [("Giving", 12_500), ("Beans in a minute", 10_000)]
    [first, second] = feed(session, hireable, giving_to=giving_to).rows
    assert first.parts.score > second.parts.score

    choose(session, hireable, CAUSE, "animals")
    assert look() == [("Beans in a minute", 10_000)]
    choose(session, hireable, MORE, "animals")
    assert look()[0] == ("Giving", 12_500)
    assert session.scalars(select(FeedChoice.kind)).all() == [MORE]
    matching.undo_feed_choice(session, actor=hireable, kind=MORE, value="animals")
    assert look() == [("Beans in a minute", 10_000), ("Giving", 10_000)]
