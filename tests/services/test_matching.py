"""Ranking the market for a campaign, the shortlist, and the briefs that fit a creator."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand, User
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignState
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound, NotPermitted
from marketplace.matching import queries
from marketplace.matching import service as matching
from marketplace.matching.models import Match, MatchRun, Shortlisting
from marketplace.matching.queries import MatchFilters
from marketplace.matching.rules.fit import LeftOut, fit_of_parts
from marketplace.store.outbox import OutboxMessage
from tests.conftest import NOON
from tests.factories.campaigns import content, make_campaign
from tests.factories.creators import make_audience, make_channel, make_creator, make_rate


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    """Asks for the ages of 18 to 34, the United States and cooking, for USD 500 at most."""
    return make_campaign(session, brand=acme, by=alice)


def make_hireable(
    session: Session,
    name: str,
    *,
    reach: int = 5_000,
    country: str = "US",
    followers: int = 10_000,
    user_id: UUID | None = None,
) -> UUID:
    creator = make_creator(session, display_name=name, country=country, user_id=user_id)
    channel = make_channel(session, creator_id=creator.id, follower_count=followers)
    make_audience(
        session, channel_id=channel.id, age={"18-24": reach}, country={"US": reach}, interest={}
    )
    make_rate(session, creator_id=creator.id)
    return creator.id


def run(session: Session, campaign: Campaign) -> MatchRun:
    found = matching.run_matching(session, campaign_id=campaign.id, now=NOON)
    session.flush()
    return found


def names(session: Session, campaign: Campaign, filters: MatchFilters) -> list[str]:
    page = queries.best_matches(session, campaign_id=campaign.id, filters=filters)
    return [line.display_name for line in page.rows]


def test_matches_stand_in_the_order_of_their_fit_with_their_reasons(
    session: Session, campaign: Campaign
) -> None:
    make_hireable(session, "Some", reach=4_000)
    make_hireable(session, "Most", reach=9_000)
    make_hireable(session, "Few", reach=1_000)

    run(session, campaign)

    page = queries.best_matches(session, campaign_id=campaign.id)
    assert [(one.place, one.display_name, one.fit_bps) for one in page.rows] == [
        (1, "Most", 8_647),
        (2, "Some", 6_294),
        (3, "Few", 4_882),
    ]
    assert [one.fit_bps for one in page.rows] == [fit_of_parts(one.parts) for one in page.rows]
    assert page.rows[0].parts[0].evidence == "90 % of the audience are 18–34; you asked for 100 %."


def test_whom_a_hard_rule_removes_is_counted_and_not_ranked(
    session: Session, campaign: Campaign, bea: Actor
) -> None:
    make_hireable(session, "Stays")
    make_channel(session, creator_id=make_creator(session).id, median_views=None)
    person = session.scalars(select(User).limit(1)).one()
    person.closed_at = NOON
    make_hireable(session, "Closed", user_id=person.id)

    found = run(session, campaign)

    assert found.creator_count == 4
    assert found.left_out == {"account_closed": 1, "no_channel": 1, "nothing_known": 1}
    assert names(session, campaign, MatchFilters()) == ["Stays"]
    assert bea.creator_id is not None
    fit = queries.fit_of(session, campaign_id=campaign.id, creator_id=bea.creator_id)
    assert fit.left_out is LeftOut.NO_CHANNEL


def test_running_again_takes_the_place_of_the_run_before_and_finds_the_same(
    session: Session, campaign: Campaign
) -> None:
    for number in range(3):
        make_hireable(session, f"Same {number}")
    run(session, campaign)
    before = queries.best_matches(session, campaign_id=campaign.id).rows

    run(session, campaign)

    assert queries.best_matches(session, campaign_id=campaign.id).rows == before
    assert session.scalar(select(func.count()).select_from(MatchRun)) == 1
    assert session.scalar(select(func.count()).select_from(Match)) == 3


def test_only_the_best_are_written_down(
    session: Session, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "MATCHES_KEPT", 2)
    for reach in (1_000, 3_000, 2_000):
        make_hireable(session, str(reach), reach=reach)

    run(session, campaign)

    assert names(session, campaign, MatchFilters()) == ["3000", "2000"]


def test_the_brand_hears_of_its_first_matches_once(session: Session, campaign: Campaign) -> None:
    make_hireable(session, "Somebody")

    run(session, campaign)
    run(session, campaign)

    posted = session.scalars(select(OutboxMessage.name)).all()
    assert posted.count("MatchesReady") == 1


def test_a_draft_is_ranked_by_the_brief_as_it_stands_and_nobody_is_told(
    session: Session, acme: Brand, alice: Actor
) -> None:
    draft = make_campaign(session, brand=acme, by=alice, state=CampaignState.DRAFT)
    make_hireable(session, "Somebody")

    run(session, draft)

    assert names(session, draft, MatchFilters()) == ["Somebody"]
    assert "MatchesReady" not in session.scalars(select(OutboxMessage.name)).all()


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (MatchFilters(), ["Ann", "Bob", "Cas"]),
        (MatchFilters(country="DE"), ["Bob"]),
        (MatchFilters(min_followers=20_000), ["Bob", "Cas"]),
        (MatchFilters(country="DE", min_followers=20_001), []),
        (MatchFilters(shortlisted=True), ["Cas"]),
    ],
)
def test_filters_narrow_the_matches_and_keep_their_places(
    session: Session, campaign: Campaign, alice: Actor, filters: MatchFilters, found: list[str]
) -> None:
    make_hireable(session, "Ann", reach=9_000)
    make_hireable(session, "Bob", reach=8_000, country="DE", followers=20_000)
    cas = make_hireable(session, "Cas", reach=7_000, followers=30_000)
    run(session, campaign)
    matching.shortlist(session, campaign_id=campaign.id, creator_id=cas, actor=alice, now=NOON)

    assert names(session, campaign, filters) == found
    page = queries.best_matches(session, campaign_id=campaign.id, filters=filters)
    assert [line.place for line in page.rows] == [
        {"Ann": 1, "Bob": 2, "Cas": 3}[line.display_name] for line in page.rows
    ]


def test_pages_go_on_where_the_one_before_ended(session: Session, campaign: Campaign) -> None:
    for number in range(5):
        make_hireable(session, str(number), reach=9_000 - number)
    run(session, campaign)

    page = queries.best_matches(session, campaign_id=campaign.id, page=2, size=2)

    assert [line.place for line in page.rows] == [3, 4]
    assert (page.number, page.total, page.last) == (2, 5, 3)
    assert queries.best_matches(session, campaign_id=campaign.id, page=9, size=2).number == 3


def test_before_the_first_run_there_are_no_matches(session: Session, campaign: Campaign) -> None:
    assert queries.best_matches(session, campaign_id=campaign.id).total == 0
    assert queries.latest_run(session, campaign.id) is None


def test_a_creator_sees_open_briefs_with_the_fit_that_the_brand_sees(
    session: Session, acme: Brand, alice: Actor, campaign: Campaign
) -> None:
    creator_id = make_hireable(session, "Ann", reach=9_000)
    make_campaign(
        session, brand=acme, by=alice, name="Knitting",
        brief=content(target_interests=("books",)),
    )  # fmt: skip
    make_campaign(session, brand=acme, by=alice, name="Over", state=CampaignState.CLOSED)
    make_campaign(session, brand=acme, by=alice, name="Not yet", state=CampaignState.DRAFT)
    run(session, campaign)

    briefs = queries.open_briefs_for(session, creator_id=creator_id, now=NOON)

    assert [(one.brief.campaign.name, one.fit.fit_bps) for one in briefs] == [
        ("Beans in a minute", 8_647),
        ("Knitting", 6_294),
    ]
    assert briefs[0].brief.campaign.brand.name == "Acme Kitchen"
    ranked = queries.best_matches(session, campaign_id=campaign.id).rows[0]
    assert (ranked.fit_bps, ranked.parts) == (briefs[0].fit.fit_bps, briefs[0].fit.parts)


def test_after_its_last_day_a_brief_is_not_offered(session: Session, campaign: Campaign) -> None:
    creator_id = make_hireable(session, "Ann")

    assert queries.open_briefs_for(session, creator_id=creator_id, now=NOON)
    assert not queries.open_briefs_for(
        session, creator_id=creator_id, now=NOON + timedelta(days=61)
    )


def test_a_shortlist_holds_each_creator_once(
    session: Session, campaign: Campaign, alice: Actor, ben: Actor
) -> None:
    creator_id = make_hireable(session, "Ann")
    for actor in (alice, ben):
        matching.shortlist(
            session, campaign_id=campaign.id, creator_id=creator_id, actor=actor, now=NOON
        )

    assert session.scalars(select(Shortlisting.added_by)).all() == [alice.user_id]
    for _ in range(2):
        matching.take_off_shortlist(
            session, campaign_id=campaign.id, creator_id=creator_id, actor=ben
        )
    assert queries.shortlisted(session, campaign.id) == frozenset()


def test_only_those_who_run_the_campaign_choose(
    session: Session, campaign: Campaign, vic: Actor, mallory: Actor, bea: Actor, fiona: Actor
) -> None:
    creator_id = make_hireable(session, "Ann")
    for actor, refusal in (
        (vic, NotPermitted),
        (fiona, NotPermitted),
        (mallory, NotFound),
        (bea, NotFound),
    ):
        with pytest.raises(refusal):
            matching.shortlist(
                session, campaign_id=campaign.id, creator_id=creator_id, actor=actor, now=NOON
            )
    assert queries.shortlisted(session, campaign.id) == frozenset()


def test_what_does_not_exist_is_not_found(
    session: Session, campaign: Campaign, alice: Actor
) -> None:
    with pytest.raises(NotFound):
        matching.run_matching(session, campaign_id=uuid4(), now=NOON)
    with pytest.raises(NotFound):
        queries.open_briefs_for(session, creator_id=uuid4(), now=NOON)
    with pytest.raises(NotFound):
        matching.shortlist(
            session, campaign_id=campaign.id, creator_id=uuid4(), actor=alice, now=NOON
        )
