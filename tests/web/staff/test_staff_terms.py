"""The pages of the platform's terms: what is in force, setting others, and who set what."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.kernel.money import Money
from marketplace.terms import queries
from marketplace.terms.models import BrandTermsVersion, TermsVersion
from marketplace.terms.rules import DisputeDays
from tests.factories.terms import set_terms

DAY = timedelta(days=1)


def filled(page: str) -> dict[str, str]:
    """What the form on a page would send as it stands."""
    form: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        found = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if "name" in found and (found.get("type") != "checkbox" or "checked" in tag):
            form[found["name"]] = unescape(found.get("value", ""))
    form["processor_fees_by"] = "platform"
    return form


def count(session: Session) -> tuple[int, int]:
    session.expire_all()
    return (
        session.scalar(select(func.count()).select_from(TermsVersion)) or 0,
        session.scalar(select(func.count()).select_from(BrandTermsVersion)) or 0,
    )


def test_the_terms_in_force_are_shown_with_an_example(staff: FlaskClient) -> None:
    page = staff.get("/staff/terms").text

    assert "10\xa0%" in page
    assert "7 days" in page
    assert "An example: a fee of $400.00" in page
    assert "$440.00" in page
    assert "$380.00" in page
    assert "KWD\xa050.000" in page
    assert "Nothing is set for later" in page
    assert "Every brand has everybody’s terms." in page


def test_new_terms_are_set_as_typed(staff: FlaskClient, session: Session) -> None:
    form = filled(staff.get("/staff/terms/new").text)

    reply = staff.post(
        "/staff/terms/new",
        data=form
        | {
            "brand_fee_bps": "12.25",
            "hold_days": "14",
            "fee_tax_bps": "19",
            "withholding": "DE 15.82\nUS 30",
            "why": "Our costs rose.",
        },
        follow_redirects=True,
    )

    assert "What was agreed before keeps the terms it had." in reply.text
    assert "Our costs rose." in reply.text
    found = queries.terms_for(session, at=utc_now())
    assert (found.brand_fee_bps, found.hold_days, found.fee_tax_bps) == (1_225, 14, 1_900)
    assert dict(found.withholding) == {"DE": 1_582, "US": 3_000}
    assert len(found.currencies) == 20


def test_clocks_of_disputes_and_what_one_person_decides_are_set_as_typed(
    staff: FlaskClient, session: Session
) -> None:
    form = filled(staff.get("/staff/terms/new").text)
    row = next(name for name, value in form.items() if value == "JPY").removesuffix("currency")
    assert (form["dispute_answer_days"], form[f"{row}dispute_alone"]) == ("5", "50000")
    typed = {
        "dispute_answer_days": "9",
        "dispute_decide_days": "3",
        "dispute_to_open_days": "14",
        f"{row}dispute_alone": "70000",
        f"{row}identify_alone": "0",
        "why": "Five days were short.",
    }

    page = staff.post("/staff/terms/new", data=form | typed, follow_redirects=True).text

    assert "9 days to answer, 3 to decide, 14 to open one about what has ended" in page
    found = queries.terms_for(session, at=utc_now())
    assert found.dispute_days == DisputeDays(answer=9, decide=3, to_open=14)
    assert found.limits["JPY"].dispute_alone == Money(70_000, "JPY")
    assert found.limits["JPY"].identify_alone == Money(0, "JPY")
    assert found.limits["USD"].dispute_alone == Money(50_000, "USD")
    before = count(session)
    for wrong in ("0", "31", "-1", "2.5", ""):
        refused = staff.post("/staff/terms/new", data=form | typed | {"dispute_answer_days": wrong})
        assert refused.status_code == 422
    assert count(session) == before


def test_a_currency_can_be_taken_off_offer(staff: FlaskClient, session: Session) -> None:
    form = filled(staff.get("/staff/terms/new").text)
    gone = next(name for name, value in form.items() if value == "KWD").replace(
        "currency", "offered"
    )
    del form[gone]

    staff.post("/staff/terms/new", data=form | {"why": "Nobody asked for it."})

    found = queries.terms_for(session, at=utc_now())
    assert "KWD" not in found.currencies
    assert found.limits_of("KWD").payout_least.minor == 10_000


def test_the_example_is_worked_out_before_anything_is_set(
    staff: FlaskClient, session: Session
) -> None:
    form = filled(staff.get("/staff/terms/new").text)

    page = staff.post(
        "/staff/terms/new", data=form | {"brand_fee_bps": "12.5", "why": "Why not", "look": "1"}
    ).text

    assert "With these terms" in page
    assert "$450.00" in page
    assert count(session) == (1, 0)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"brand_fee_bps": "12.255"}, "Two decimals at most, like 12.25."),
        ({"brand_fee_bps": "1e1000"}, "Each share is between 0\xa0% and 100\xa0%."),
        ({"brand_fee_bps": "NaN"}, "Write a number with a point, like 12.5."),
        ({"brand_fee_bps": "101"}, "Each share is between 0\xa0% and 100\xa0%."),
        ({"brand_fee_bps": "-1"}, "Each share is between 0\xa0% and 100\xa0%."),
        ({"brand_fee_bps": ""}, "Enter a share."),
        ({"brand_fee_bps": "1"}, "more than our fee of $0.50"),
        ({"creator_fee_bps": "50.01"}, "Between 0 and 50\xa0%."),
        ({"hold_days": "91"}, "Between 0 and 90 days."),
        ({"hold_days": "x"}, "Enter a whole number."),
        ({"why": ""}, "Say why: everybody on the staff will read it."),
        ({"valid_from": "2020-01-01T00:00"}, "Terms cannot be changed for a time that is over."),
        ({"withholding": "Germany 15"}, "There is no country GERMANY: use two letters, like DE."),
        ({"withholding": "DE fifteen"}, "Write a country and a share on each line"),
        ({"withholding": "DE 15.825"}, "Write a country and a share on each line"),
        ({"limits-0-funding_least": "1,000.00"}, "USD: Write the amount with a point"),
        ({"limits-0-funding_least": "1.2.3"}, "USD: Write digits only"),
        ({"limits-0-funding_least": "-5"}, "USD: Write digits only"),
        ({"limits-0-funding_least": "0"}, "USD: The amount must be more than 0."),
        ({"limits-0-funding_most": "1" + "0" * 15}, "USD: The amount is larger than we can handle"),
        ({"limits-0-funding_least": "0.49"}, "The processor takes no payment below $0.50."),
        ({"limits-0-funding_most": "49.00"}, "The largest payment is below the smallest."),
        ({"limits-0-currency": "XYZ"}, "There is no currency called XYZ."),
    ],
)
def test_what_cannot_be_set_is_refused_with_its_reason_and_kept(
    staff: FlaskClient, session: Session, changes: dict[str, str], sentence: str
) -> None:
    form = filled(staff.get("/staff/terms/new").text) | {"why": "A reason to keep."} | changes

    reply = staff.post("/staff/terms/new", data=form)

    assert reply.status_code == 422
    assert sentence in unescape(reply.text)
    for value in changes.values():
        assert not value or "\n" in value or f'value="{value}"' in reply.text or value in reply.text
    assert count(session) == (1, 0)


def test_terms_set_by_somebody_else_meanwhile_are_not_overwritten(
    staff: FlaskClient, session: Session, stella: Actor
) -> None:
    form = filled(staff.get("/staff/terms/new").text) | {"why": "Mine."}
    set_terms(session, by=stella, at=utc_now() + DAY, now=utc_now(), hold_days=3)

    reply = staff.post("/staff/terms/new", data=form)

    assert reply.status_code == 409
    assert count(session) == (2, 0)


def test_terms_to_come_are_taken_back_once(
    staff: FlaskClient, session: Session, stella: Actor
) -> None:
    coming = set_terms(session, by=stella, at=utc_now() + DAY, now=utc_now(), hold_days=3)
    assert "Take back" in staff.get("/staff/terms").text
    address = f"/staff/terms/{coming}/take-back"

    first = staff.post(address, data={"looked_at": str(coming)}, follow_redirects=True)
    again = staff.post(address, data={"looked_at": str(coming)})

    assert "What is in force before that day goes on." in first.text
    assert again.status_code == 409
    assert queries.terms_for(session, at=utc_now() + 2 * DAY).hold_days == 7
    assert count(session) == (3, 0)


def test_a_brand_gets_terms_of_its_own(staff: FlaskClient, session: Session, acme: Brand) -> None:
    address = f"/staff/terms/brands/{acme.id}"
    assert "This brand has always had everybody’s terms." in staff.get(address).text

    reply = staff.post(
        address,
        data={"brand_fee_bps": "7.5", "why": "They bring us work."},
        follow_redirects=True,
    )

    assert "They bring us work." in reply.text
    assert queries.terms_for(session, at=utc_now(), brand_id=acme.id).brand_fee_bps == 750
    assert queries.terms_for(session, at=utc_now()).brand_fee_bps == 1_000
    assert acme.name in staff.get("/staff/terms").text
    assert staff.post(address, data={"brand_fee_bps": "7.5", "why": "Again."}).status_code == 409


def test_a_brands_terms_that_do_not_cover_the_processor_are_refused(
    staff: FlaskClient, session: Session, acme: Brand
) -> None:
    reply = staff.post(
        f"/staff/terms/brands/{acme.id}", data={"brand_fee_bps": "0", "why": "A gift."}
    )

    assert reply.status_code == 422
    assert "let the brand bear the processor’s fee" in unescape(reply.text)
    assert "A gift." in reply.text
    assert count(session) == (1, 0)


def test_the_terms_of_a_brand_are_found_by_choosing_it(staff: FlaskClient, acme: Brand) -> None:
    reply = staff.get(f"/staff/terms/brands?brand={acme.id}")

    assert reply.location.endswith(f"/staff/terms/brands/{acme.id}")
    assert staff.get("/staff/terms/brands?brand=nonsense").location.endswith("/staff/terms")


def test_fees_in_one_line_follow_the_terms(
    client: FlaskClient, session: Session, stella: Actor
) -> None:
    now = utc_now()
    set_terms(session, by=stella, at=now, now=now, brand_fee_bps=1_250, hold_days=1)

    page = client.get("/").text

    assert "Brands pay 12.5\xa0% on top of a creator’s fee." in page
    assert "95\xa0% of it, from 1 day after their work is accepted." in page
