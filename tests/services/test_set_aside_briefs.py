"""Open briefs whose rules leave a creator out are set aside, counted and explained."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.creators import queries as creators
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.matching import queries
from marketplace.matching import service as matching
from marketplace.matching.queries import Feed, SetAside
from marketplace.matching.rules.feed import FeedChoiceKind
from marketplace.matching.rules.left_out import LeftOut
from marketplace.matching.rules.wanted import HardRules
from tests.conftest import NOON
from tests.factories.campaigns import content, make_campaign
from tests.factories.creators import make_exclusivity
from tests.factories.market import make_hireable


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice)


@pytest.fixture
def creator(session: Session) -> UUID:
    """Lives in the United States, has 10,000 followers and asks USD 300 for a video."""
    return make_hireable(session, "Rea Lund")


def feed(session: Session, creator_id: UUID, **changes: object) -> Feed:
    session.flush()
    return queries.feed_for(session, creator_id=creator_id, now=NOON, **changes)  # type: ignore[arg-type]


def aside(session: Session, creator_id: UUID, **changes: object) -> SetAside:
    session.flush()
    return queries.set_aside_for(session, creator_id=creator_id, now=NOON, **changes)  # type: ignore[arg-type]


def names(found: Feed | SetAside) -> list[str]:
    return [line.brief.campaign.name for line in found.page.rows]


def keep(session: Session, campaign: Campaign, by: Actor, **rules: object) -> None:
    kept = HardRules(**rules)  # type: ignore[arg-type]
    matching.keep_rules(session, campaign_id=campaign.id, rules=kept, actor=by, now=NOON)


def test_a_kept_rule_puts_the_brief_aside_and_taking_it_back_puts_it_into_the_feed(
    session: Session, campaign: Campaign, alice: Actor, creator: UUID
) -> None:
    assert (names(feed(session, creator)), feed(session, creator).set_aside) == (
        ["Beans in a minute"],
        {},
    )
    for _ in range(2):
        keep(session, campaign, alice, followers_least=10_001)
        found = feed(session, creator)
        assert (names(found), found.page.total) == ([], 0)
        assert found.set_aside == {LeftOut.TOO_FEW_FOLLOWERS: 1}

    [line] = aside(session, creator).page.rows
    assert aside(session, creator).reasons == {line.brief.id: LeftOut.TOO_FEW_FOLLOWERS}
    own = queries.fit_to(session, line.brief, creator_id=creator, now=NOON)
    assert own.left_out is LeftOut.TOO_FEW_FOLLOWERS
    assert line.fit == own.explained.fit

    keep(session, campaign, alice)
    assert names(feed(session, creator)) == ["Beans in a minute"]
    assert names(aside(session, creator)) == []


def test_what_is_set_aside_stands_rule_by_rule_and_is_counted_over_all_pages(
    session: Session, acme: Brand, alice: Actor, creator: UUID
) -> None:
    made = {
        name: make_campaign(session, brand=acme, by=alice, name=name)
        for name in ("Near", "Big", "Bigger", "Far")
    }
    make_campaign(
        session, brand=acme, by=alice, name="Poor",
        brief=content(fee_low=Money(10_000, "USD"), fee_high=Money(29_999, "USD")),
    )  # fmt: skip
    keep(session, made["Far"], alice, lives_in=frozenset({"DE"}))
    for name in ("Big", "Bigger"):
        keep(session, made[name], alice, followers_least=20_000)

    found = feed(session, creator)
    assert names(found) == ["Near"]
    assert list(found.set_aside.items()) == [
        (LeftOut.LIVES_ELSEWHERE, 1),
        (LeftOut.TOO_FEW_FOLLOWERS, 2),
        (LeftOut.TOO_DEAR, 1),
    ]
    listed = [aside(session, creator, page=number, size=2) for number in (1, 2)]
    first, second = (names(each) for each in listed)
    assert (first[0], second[1], {first[1], second[0]}) == ("Far", "Poor", {"Big", "Bigger"})
    assert listed[0].counts == listed[1].counts == found.set_aside
    assert listed[1].page.total == 4


def test_who_is_invited_keeps_the_brief_in_the_feed(
    session: Session, campaign: Campaign, alice: Actor, creator: UUID
) -> None:
    keep(session, campaign, alice, followers_least=20_000)

    found = feed(session, creator, tied=queries.Tied(invited={campaign.id, new_id()}))

    assert (names(found), found.set_aside) == (["Beans in a minute"], {})
    assert names(aside(session, creator, tied=queries.Tied(invited={campaign.id}))) == []


@pytest.mark.parametrize("rules", [{}, {"followers_least": 20_000}])
def test_who_has_applied_finds_the_brief_told_apart_and_in_no_list(
    session: Session, campaign: Campaign, alice: Actor, creator: UUID, rules: dict[str, int]
) -> None:
    keep(session, campaign, alice, **rules)
    tied = queries.Tied(applied={campaign.id, new_id()})

    found = feed(session, creator, tied=tied)

    assert (names(found), found.set_aside) == ([], {})
    assert [each.campaign_id for each in found.applied] == [campaign.id]
    assert names(aside(session, creator, tied=tied)) == []


def test_what_the_creator_hides_is_in_neither_and_not_counted(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, creator: UUID
) -> None:
    assert bea.creator_id is not None
    creators.creator_by_id(session, bea.creator_id).country = "DE"
    keep(session, campaign, alice, lives_in=frozenset({"US"}))
    assert feed(session, bea.creator_id).set_aside == {LeftOut.LIVES_ELSEWHERE: 1}

    matching.choose_feed(
        session, actor=bea, kind=FeedChoiceKind.HIDE_CATEGORY, value="food", now=NOON
    )

    assert feed(session, bea.creator_id).set_aside == {}
    assert names(aside(session, bea.creator_id)) == []
    assert names(aside(session, creator, among=set())) == []


def test_a_creator_without_a_channel_is_told_only_what_the_briefs_themselves_ask(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    assert bea.creator_id is not None
    assert (names(feed(session, bea.creator_id)), feed(session, bea.creator_id).set_aside) == (
        ["Beans in a minute"],
        {},
    )
    keep(session, campaign, alice, followers_least=1)
    assert feed(session, bea.creator_id).set_aside == {LeftOut.TOO_FEW_FOLLOWERS: 1}


def test_whoever_is_promised_to_another_brand_is_told_so_and_not_shown_what_they_could_not_take(
    session: Session, acme: Brand, alice: Actor, campaign: Campaign, creator: UUID, mallory: Actor
) -> None:
    make_campaign(session, brand=acme, by=alice, name="Lemonade", category="drinks")
    rival = next(iter(mallory.brands))
    make_exclusivity(session, creator_id=creator, brand_id=rival, category="food")

    found = feed(session, creator)
    assert (names(found), found.set_aside) == (["Lemonade"], {LeftOut.BOUND: 1})

    own = make_campaign(session, brand=acme, by=alice, name="Own", category="drinks")
    make_exclusivity(session, creator_id=creator, brand_id=acme.id, category="drinks")
    assert set(names(feed(session, creator))) == {"Lemonade", own.name}


def test_nobody_has_no_briefs_set_aside(session: Session, campaign: Campaign) -> None:
    with pytest.raises(NotFound):
        aside(session, new_id())
