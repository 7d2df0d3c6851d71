"""Attention is shared among creators, logged and reported on."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.kernel.actor import Actor
from marketplace.matching import queries
from marketplace.matching import service as matching
from marketplace.matching.models import AttentionReport, MatchListing, MatchShowing
from marketplace.matching.queries import Matches
from tests.conftest import NOON
from tests.factories.campaigns import make_campaign
from tests.factories.market import make_hireable


@pytest.fixture
def campaigns(session: Session, acme: Brand, alice: Actor) -> list[Campaign]:
    return [make_campaign(session, brand=acme, by=alice, name=f"No {n}") for n in range(4)]


def look(
    session: Session, campaign: Campaign, *, is_fair: bool = True, now: datetime = NOON
) -> Matches:
    session.flush()
    return queries.matches_for(
        session,
        queries.wanted_for(session, campaign.id),
        campaign_id=campaign.id,
        is_fair=is_fair,
        now=now,
    )


def show(session: Session, campaign: Campaign, actor: Actor, now: datetime = NOON) -> Matches:
    found = look(session, campaign, now=now)
    brief = queries.brief_to_match(session, campaign.id)
    matching.record_showing(
        session,
        campaign_id=campaign.id,
        brief_id=brief.id,
        lines=found.page.rows,
        actor=actor,
        now=now,
    )
    session.flush()
    return found


def list_in(session: Session, creator_id: UUID, *campaigns: Campaign, at: datetime = NOON) -> None:
    for campaign in campaigns:
        session.add(MatchListing(creator_id=creator_id, campaign_id=campaign.id, shown_at=at))
    session.flush()


def names(found: Matches) -> list[str]:
    return [line.display_name for line in found.page.rows]


def test_who_was_in_other_lists_this_week_makes_room_for_somebody_nearly_as_good(
    session: Session, campaigns: list[Campaign]
) -> None:
    often = make_hireable(session, "Often", reach=5_000)
    make_hireable(session, "Nearly", reach=4_800)
    make_hireable(session, "Far", reach=2_000)
    assert names(look(session, campaigns[0])) == ["Often", "Nearly", "Far"]
    list_in(session, often, *campaigns[1:])

    found = look(session, campaigns[0])

    assert names(found) == ["Nearly", "Often", "Far"]
    assert [(line.place, line.by_fit, line.lists) for line in found.page.rows] == [
        (1, 2, 0),
        (2, 1, 3),
        (3, 3, 0),
    ]
    assert names(look(session, campaigns[0], is_fair=False)) == ["Often", "Nearly", "Far"]


def test_a_list_of_ones_own_and_a_list_of_last_week_change_nothing(
    session: Session, campaigns: list[Campaign]
) -> None:
    often = make_hireable(session, "Often", reach=5_000)
    make_hireable(session, "Nearly", reach=4_800)
    list_in(session, often, campaigns[0])
    list_in(session, often, *campaigns[1:], at=NOON - timedelta(days=7))
    found = look(session, campaigns[0])
    assert names(found) == ["Often", "Nearly"]
    assert [line.lists for line in found.page.rows] == [0, 0]


def test_the_tenth_place_is_for_somebody_hardly_seen_and_the_list_stays_still_for_a_week(
    session: Session, campaigns: list[Campaign]
) -> None:
    seen = [make_hireable(session, f"Seen {n}", reach=9_000 - n) for n in range(12)]
    for one in seen:
        list_in(session, one, *campaigns[1:])
    fresh = {make_hireable(session, f"New {n}", reach=100 + n) for n in range(5)}

    first = look(session, campaigns[0])

    tenth = first.page.rows[9]
    assert tenth.creator_id in fresh
    assert (tenth.is_fresh, tenth.place) == (True, 10)
    assert [line.is_fresh for line in first.page.rows].count(True) == 1
    later = look(session, campaigns[0], now=NOON + timedelta(hours=20))
    assert names(later) == names(first)
    others = {
        look(session, campaigns[0], now=NOON + timedelta(days=7 * week)).page.rows[9].creator_id
        for week in range(12)
    }
    assert len(others & fresh) > 1


def test_a_showing_keeps_places_fits_and_what_the_order_of_fit_would_have_had(
    session: Session, campaigns: list[Campaign], alice: Actor
) -> None:
    often = make_hireable(session, "Often", reach=5_000)
    near = make_hireable(session, "Nearly", reach=4_800)
    list_in(session, often, *campaigns[1:])

    show(session, campaigns[0], alice)
    show(session, campaigns[0], alice, NOON + timedelta(minutes=59))
    found = show(session, campaigns[0], alice, NOON + timedelta(hours=1))

    kept = session.scalars(select(MatchShowing).order_by(MatchShowing.shown_at)).all()
    assert len(kept) == 2
    fits = {line.creator_id: line.fit.fit for line in found.page.rows}
    assert kept[0].creator_ids == [near, often]
    assert kept[0].fits == [fits[near], fits[often]]
    assert kept[0].best_fits == [fits[often], fits[near]]
    assert kept[0].fresh == [False, False]
    listing = session.get_one(MatchListing, (near, campaigns[0].id))
    assert listing.shown_at == NOON + timedelta(hours=1)


def test_the_report_counts_the_week_and_what_was_chosen(
    session: Session, campaigns: list[Campaign], alice: Actor
) -> None:
    ids = [make_hireable(session, f"Seen {n}", reach=9_000 - n) for n in range(12)]
    for one in ids:
        list_in(session, one, *campaigns[1:])
    fresh = make_hireable(session, "New", reach=100, followers=9_999)
    make_hireable(session, "Elsewhere", country="US", fee_minor=90_000)
    show(session, campaigns[0], alice, NOON - timedelta(days=8))
    show(session, campaigns[0], alice)
    matching.shortlist(
        session, campaign_id=campaigns[0].id, creator_id=fresh, actor=alice, now=NOON
    )
    session.flush()

    for _ in range(2):
        report = matching.report_attention(session, invited=[(campaigns[0].id, ids[0])], now=NOON)

    assert (report.creators, report.impressions, report.unseen_bps) == (14, 13, 714)
    assert (report.fresh_bps, report.fresh_chosen_bps, report.other_chosen_bps) == (
        769,
        10_000,
        833,
    )
    # 1 of 1 was chosen there and 1 of 12 elsewhere, both drawn together by a hundred of 2 in 13
    assert report.fresh_every == 9
    assert (report.small_bps, report.small_market_bps) == (769, 714)
    assert report.gini_bps == 714
    assert report.cost_bps == 0
    assert queries.attention_report(session) == report


def test_places_are_told_of_who_was_asked_alone_in_order_of_time(
    session: Session, campaigns: list[Campaign], alice: Actor
) -> None:
    often, near, other = (make_hireable(session, name) for name in ("Often", "Near", "Other"))
    first, second, third, _ = campaigns
    later = NOON + timedelta(hours=1)
    for campaign, at, place, people in (
        (first, later, 11, [near, often]),
        (first, NOON, 1, [often, near, other]),
        (second, NOON, 1, [often, near]),
    ):
        session.add(
            MatchShowing(
                campaign_id=campaign.id,
                brief_id=queries.brief_to_match(session, campaign.id).id,
                shown_to=alice.user_id,
                shown_at=at,
                first_place=place,
                creator_ids=people,
                fits=[50] * len(people),
                fresh=[False] * len(people),
                best_fits=[50] * len(people),
            )
        )
    session.flush()

    asked = [(first.id, often), (first.id, often), (second.id, near), (third.id, near)]

    assert queries.places_shown(session, asked) == {
        (first.id, often): [(NOON, 1), (later, 12)],
        (second.id, near): [(NOON, 2)],
    }
    assert queries.places_shown(session, []) == {}


@pytest.mark.parametrize(
    ("pages", "cost_bps"),
    [
        ([(1, [70, 20], [80, 70])], 4_000),
        ([(1, [70, 20], [80, 70]), (3, [70, 10], [20, 10])], 556),
        ([(1, [80, 70], [80, 70]), (1, [70, 20], [80, 70]), (3, [70, 10], [20, 10])], 556),
    ],
)
def test_what_sharing_costs_is_the_fit_that_what_was_seen_of_a_list_has_less(
    session: Session,
    campaigns: list[Campaign],
    alice: Actor,
    pages: list[tuple[int, list[int], list[int]]],
    cost_bps: int,
) -> None:
    """What the first page lost the second has more; a page that was read again counts once."""
    creator_ids = [make_hireable(session, "A"), make_hireable(session, "B")]
    session.add_all(
        MatchShowing(
            campaign_id=campaigns[0].id,
            brief_id=queries.brief_to_match(session, campaigns[0].id).id,
            shown_to=alice.user_id,
            shown_at=NOON + timedelta(minutes=minutes),
            first_place=first_place,
            creator_ids=creator_ids,
            fits=fits,
            fresh=[False, True],
            best_fits=best_fits,
        )
        for minutes, (first_place, fits, best_fits) in enumerate(pages)
    )
    session.flush()
    report = matching.report_attention(session, invited=[], now=NOON)
    assert (report.cost_bps, report.fresh_bps) == (cost_bps, 5_000)


def test_a_market_that_nobody_has_looked_at_reports_nothing(session: Session) -> None:
    report = matching.report_attention(session, invited=[], now=NOON)
    assert (report.impressions, report.gini_bps, report.fresh_bps, report.cost_bps) == (0, 0, 0, 0)


def test_what_was_learned_before_a_week_began_orders_the_lists_of_that_week(
    session: Session, campaigns: list[Campaign], alice: Actor
) -> None:
    seen = [make_hireable(session, f"Seen {n}", reach=9_000 - n) for n in range(12)]
    for one in seen:
        list_in(session, one, *campaigns[1:])
    for number in range(3):
        make_hireable(session, f"New {number}", reach=100 + number)

    def fresh_places(now: datetime) -> list[int | None]:
        found = look(session, campaigns[0], now=now)
        return [line.place for line in found.page.rows if line.is_fresh]

    monday = NOON
    assert monday.weekday() == 0
    session.add(report_of(monday, fresh_every=20))
    session.flush()
    assert fresh_places(monday) == [10]
    session.add(report_of(monday - timedelta(days=1), fresh_every=5))
    session.flush()

    assert queries.fresh_every(session, now=monday) == 5
    assert fresh_places(monday + timedelta(hours=30)) == [5, 10, 15]
    assert queries.fresh_every(session, now=monday + timedelta(days=7)) == 20


def report_of(now: datetime, *, fresh_every: int) -> AttentionReport:
    """A report in which nothing was shown."""
    return AttentionReport(
        day=now.date(), creators=0, impressions=0, gini_bps=0, top_bps=0, unseen_bps=0, curve=[],
        fresh_bps=0, cost_bps=0, fresh_chosen_bps=0, other_chosen_bps=0, fresh_every=fresh_every,
        small_bps=0, small_market_bps=0,
    )  # fmt: skip
