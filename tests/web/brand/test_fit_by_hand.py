"""The fit on a page, recomputed from nothing but what stands on that page."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from math import exp, log, prod, sqrt
from typing import Any, NamedTuple

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import WantedDeliverable
from marketplace.creators import queries
from marketplace.creators import service as creators
from marketplace.creators.models import Creator
from marketplace.creators.rules import AudienceSource
from marketplace.kernel.actor import Actor
from marketplace.matching.rules.shares import PRIOR_VIEWERS
from tests.conftest import NOON, sign_in
from tests.factories.campaigns import content, make_campaign
from tests.factories.creators import (
    make_audience,
    make_channel,
    make_creator,
    make_proof,
    make_rate,
    make_video,
)
from tests.web.reading import plain

pytestmark = pytest.mark.usefixtures("noon")


class Row(NamedTuple):
    """One part as it is shown."""

    number: str
    weight: str
    counts_as: str
    against: str
    evidence: str


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    """Asks for two videos and a story, by everything that a brief can ask."""
    return make_campaign(
        session, brand=acme, by=alice,
        brief=content(
            deliverables=(WantedDeliverable("video", "A", 2), WantedDeliverable("story", "B", 1)),
            target_gender={"female": 10_000},
            target_interests=("cooking", "travel"),
        ),
    )  # fmt: skip


def creator(
    session: Session, name: str, *, rate: int | None, tags: tuple[str, ...], **audience: Any
) -> Creator:
    """A creator with twelve videos of different views; one in twelve has twice its likes."""
    found = make_creator(session, display_name=name, topics=["cooking"])
    channel = make_channel(session, creator_id=found.id, handle=name.lower())
    for number in range(12):
        views = 7_919 + 1_237 * number
        make_video(
            session, channel_id=channel.id, external_id=f"{name}{number}", hashtags=tags,
            views=views, likes=views // (2 if number == 3 else 12),
            published_at=NOON - timedelta(days=10 + number),
        )  # fmt: skip
    if audience:
        make_audience(session, channel_id=channel.id, **audience)
    if rate is not None:
        make_rate(session, creator_id=found.id, fee_minor=rate)
        make_rate(session, creator_id=found.id, fee_minor=rate // 3, format="story")
    return found


def rows_of(page: str) -> dict[str, Row]:
    """The parts of the fit by their names."""
    [body] = re.findall(r"The parts of the fit.*?<tbody>(.*?)</tbody>", page, re.DOTALL)
    found = {}
    for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL):
        name, *cells = [
            plain(cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        found[name.removesuffix(" estimated")] = Row(*cells)
    return found


def estimated_in(page: str) -> list[str]:
    """The parts that are marked as an estimate."""
    return re.findall(r"row\">(\w+) <span class=\"tag\">estimated", page)


def total_of(page: str) -> tuple[Decimal, Decimal]:
    """For how much money, and the fit."""
    [(money, fit)] = re.findall(
        r"all of it multiplied, for ([^,]+), rounded once</th><td class=\"num\">([^<]+)<", page
    )
    return bare(money), bare(fit)


def intervals_of(page: str) -> list[tuple[int, int]]:
    """Between which fits one collaboration is four of five times, wherever that is told."""
    said = plain(page)
    told = re.findall(r"four of five times ([\d,]+) to ([\d,]+)", said)
    told += re.findall(
        r"rounded once [\d,]+ Four of five times between ([\d,]+) and ([\d,]+)\.", said
    )
    return [(int(bare(low)), int(bare(high))) for low, high in told]


def interval_by_hand(rows: dict[str, Row], fit: Decimal) -> tuple[float, float]:
    """What the page's own figures give: the spread of the views, and of shares of few people.

    Of each share Wilson's score interval, with 60 people for what is usual; squares of logarithms
    add up.
    """
    views = float(bare(rows["Views of a video"].number))
    found = re.search(r"between ([\d,]+) and ([\d,]+)", rows["Views of a video"].evidence)
    assert found
    low, high = (float(bare(each)) for each in found.groups())
    down, up = log(views / low) ** 2, log(high / views) ** 2
    for name in ("Age", "Gender", "Country"):
        share = float(bare(rows[name].number))
        behind = re.search(r"counts as ([\d,]+) (?:person|people)", rows[name].evidence)
        people = 60 + (float(bare(behind[1])) if behind else 0)
        middle = (people * share + 1.2816**2 / 2) / (people + 1.2816**2)
        half = sqrt(people * share * (1 - share) + 1.2816**2 / 4) * 1.2816 / (people + 1.2816**2)
        down += log(share / (middle - half)) ** 2
        up += log((middle + half) / share) ** 2
    return float(fit) * exp(-sqrt(down)), float(fit) * exp(sqrt(up))


def assert_against_the_middle(rows: list[Row], *, turned: bool) -> None:
    """One of these creators is the middle one, against whom all are; a lower price is better."""
    counted = [float(bare(row.counts_as)) for row in rows]
    told = [float(bare(row.against)) for row in rows]
    middles = [
        usual
        for usual in counted
        if told
        == pytest.approx(
            [usual / own if turned else own / usual for own in counted], rel=0.05, abs=0.006
        )
    ]
    assert middles, (counted, told)


def bare(number: str) -> Decimal:
    """What is written, without signs and the commas of thousands; a share as a part of one."""
    digits = Decimal(re.sub(r"[^\d.]", "", number))
    return digits / 100 if number.endswith("%") else digits


def test_whoever_multiplies_what_the_page_shows_gets_the_fit_that_it_shows(
    client: FlaskClient, session: Session, alice: Actor, campaign: Campaign
) -> None:
    full = {"age": {"18-24": 3_333, "25-34": 1_111}, "gender": {"female": 7_777}}
    market = [
        creator(session, "Rich", rate=29_999, tags=("soup", "chef"), sample_size=200_000,
                source=AudienceSource.PLATFORM, country={"US": 3_210, "CA": 2_220}, **full),
        creator(session, "Thin", rate=12_345, tags=("tent",), sample_size=20, **full),
        creator(session, "Silent", rate=None, tags=("recipe",)),
        creator(session, "Guessed", rate=99, tags=("soup",), source=AudienceSource.INFERRED,
                age={}, gender={}, country={"US": 8_300}, sample_size=12),
        creator(session, "Partly", rate=None, tags=(), age={"35-44": 9_999},
                country={"DE": 5_000}, sample_size=321),
    ]  # fmt: skip
    sign_in(client, alice)

    seen, pages = set(), []
    for each in market:
        page = client.get(f"/brand/creators/{each.id}?campaign={campaign.id}").text
        rows = rows_of(page)
        money, fit = total_of(page)
        assert list(rows) == [
            "Views of a video", "Authentic", "Age", "Gender", "Country", "Topic", "Format",
            "Reliability", "Price",
        ]  # fmt: skip
        views, price = bare(rows["Views of a video"].number), bare(rows["Price"].number)
        shares = [row for name, row in rows.items() if name not in {"Views of a video", "Price"}]
        by_weights = [1 - bare(row.weight) + bare(row.weight) * bare(row.number) for row in shares]
        assert [bare(row.counts_as) for row in shares] == by_weights
        by_hand = views * prod(by_weights) * money / price
        assert by_hand.quantize(Decimal(1), rounding=ROUND_HALF_UP) == fit
        beside, below = intervals_of(page)
        assert beside == below == pytest.approx(interval_by_hand(rows, fit), abs=0.51)
        assert rows["Format"].evidence == (
            "Offers or makes video and story."
            if rows["Format"].number == "100 %"
            else "Does not say whether they make video and story, what is not said counts half."
        )
        assert rows["Reliability"].evidence == (
            "No collaboration has ended here yet, which counts as four of five kept."
        )
        begin = "Would ask about" if "Price" in estimated_in(page) else "Usually asks"
        assert rows["Price"].evidence.startswith(f"{begin} {rows['Price'].number}")
        assert all(row.evidence.endswith(".") for row in rows.values())
        pages.append(rows)
        seen.add(fit)
    assert len(seen) == len(market)
    for name in pages[0]:
        assert_against_the_middle([rows[name] for rows in pages], turned=name == "Price")


def test_what_nobody_has_said_and_what_is_guessed_is_marked_part_by_part(
    client: FlaskClient, session: Session, alice: Actor, campaign: Campaign
) -> None:
    guessed = creator(
        session, "Guessed", rate=30_000, tags=("soup",), source=AudienceSource.INFERRED,
        age={}, gender={}, country={"US": 8_300}, sample_size=50, taken_at=NOON,
    )  # fmt: skip
    said = creator(
        session,
        "Said",
        rate=30_000,
        tags=("soup",),
        gender={},
        sample_size=100_000,
        taken_at=NOON - timedelta(days=20),
    )
    sign_in(client, alice)

    page = client.get(f"/brand/creators/{guessed.id}?campaign={campaign.id}").text
    rows = rows_of(page)
    assert estimated_in(page) == [
        "Age", "Gender", "Country",
    ]  # fmt: skip
    assert "by what is usual, as nobody has said." in rows["Age"].evidence
    assert (
        "by an estimate from the channel of Mon 2 Nov 2026, which counts as 5 people;"
        in rows["Country"].evidence
    )
    assert "Four of five times between" in rows["Country"].evidence
    assert "Estimated from the channel, Mon 2 Nov 2026; counts as 5 people, by 50 videos" in page

    page = client.get(f"/brand/creators/{said.id}?campaign={campaign.id}").text
    rows = rows_of(page)
    assert estimated_in(page) == ["Gender"]
    assert re.search(
        "by the creator’s own statement of Tue 13 Oct 2026, which counts as 27[78] people."
        " Four of five times between 64 % and 72 %.$",
        rows["Age"].evidence,
    )
    assert "Four of five times between" in rows["Gender"].evidence
    assert f"drawn towards what is usual as if by {PRIOR_VIEWERS:.0f} people more" in page


def test_videos_and_collaborations_behind_a_fit_are_counted_and_give_the_reliability(
    client: FlaskClient, session: Session, alice: Actor, bea: Actor, campaign: Campaign
) -> None:
    known = creator(session, "Known", rate=30_000, tags=("soup",))
    creators.record_outcomes(session, {known.id: (5, 1)})
    assert bea.creator_id is not None
    channel = make_channel(session, creator_id=bea.creator_id)
    make_video(session, channel_id=channel.id)
    session.commit()

    sign_in(client, alice)
    page = client.get(f"/brand/creators/{known.id}?campaign={campaign.id}").text
    assert rows_of(page)["Reliability"].number == "81.5 %"
    assert (
        "The views are by their last 12 videos, the newest most. Of 6 collaborations that ended"
        " here 5 were kept; with the four of five that everybody begins with, 9 of 11, down to"
        " half a percent."
    ) in plain(page)
    sign_in(client, bea)
    own = plain(client.get(f"/creator/briefs/{campaign.id}").text)
    assert "The views are by your last video, the newest most." in own
    assert "that ended here" not in own


def test_a_picture_counts_as_the_creators_own_word_until_staff_have_seen_it(
    client: FlaskClient, session: Session, alice: Actor, stella: Actor, campaign: Campaign
) -> None:
    shown = creator(session, "Shown", rate=30_000, tags=("soup",))
    channel = queries.channel_of(session, creator_id=shown.id)
    assert channel is not None
    proof = make_proof(session, channel_id=channel.id)
    sign_in(client, alice)
    address = f"/brand/creators/{shown.id}?campaign={campaign.id}"

    before = rows_of(client.get(address).text)["Gender"]
    creators.confirm_proof(session, actor=stella, proof_id=proof.id, now=NOON)
    session.commit()
    after = rows_of(client.get(address).text)["Gender"]

    said = "by the creator’s statement of Thu 1 Oct 2026 with a picture that"
    assert f"{said} nobody has checked yet, which counts as 265 people." in before.evidence
    assert f"{said} our staff have checked, which counts as 707 people." in after.evidence
    assert (before.number, after.number) == ("58.5 %", "59.5 %")


def test_a_price_is_written_in_a_sentence_as_the_page_writes_money(
    client: FlaskClient, session: Session, alice: Actor, campaign: Campaign
) -> None:
    cheap = creator(session, "Cheap", rate=30_000, tags=("soup",), age={"18-24": 5_000})
    sign_in(client, alice)
    address = f"/brand/creators/{cheap.id}?campaign={campaign.id}"

    american = rows_of(client.get(address).text)["Price"]
    german = rows_of(client.get(address, headers={"Accept-Language": "de"}).text)["Price"]

    assert (american.number, american.evidence) == ("$700.00", "Usually asks $700.00 for this.")
    assert german.evidence == f"Usually asks {german.number} for this."
    assert german.number == "700,00 $"
