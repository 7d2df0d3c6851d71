"""The webhooks that were kept, what became of them, and handling them again."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.kernel.ids import new_id
from marketplace.store import inbox
from marketplace.store.base import Json
from marketplace.store.inbox import InboxMessage, InboxState
from marketplace.store.outbox import OutboxMessage
from tests.conftest import NOON
from tests.factories.money import make_payout_account
from tests.web.staff.conftest import Road


def keep(
    session: Session,
    number: int,
    *,
    kind: str = "transfer.created",
    object_id: str = "tr_1",
    account: str | None = None,
    aside: str = "",
    says: Json | None = None,
) -> UUID:
    kept = inbox.keep_once(
        session,
        sender="stripe" if account is None else "stripe_connect",
        sender_id=f"evt_{number}",
        kind=kind,
        account=account,
        object_id=object_id,
        body={
            "id": f"evt_{number}",
            "data": {"object": {"id": object_id, "amount": 4321} | (says or {})},
        },
        now=NOON + timedelta(minutes=number),
        aside=aside,
    )
    assert kept is not None
    session.flush()
    return kept


def rung(session: Session) -> list[str]:
    session.expire_all()
    return [
        str(each.body["inbox_id"])
        for each in session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
        if each.name == "WebhookKept"
    ]


def test_with_no_webhook_it_says_so(staff: FlaskClient) -> None:
    assert "No webhook yet" in staff.get("/staff/webhooks").text


def test_webhooks_are_listed_with_what_they_are_about_and_what_became_of_them(
    staff: FlaskClient, session: Session
) -> None:
    inbox.conclude(session, keep(session, 1), state=InboxState.HANDLED, now=NOON)
    inbox.went_wrong(session, keep(session, 2, object_id="re_1"), why="The processor was away")
    keep(session, 3, kind="balance.available", object_id="", aside="It is about live money")
    page = staff.get("/staff/webhooks").text
    for shown in (
        "transfer.created",
        "tr_1",
        "Handled",
        "The processor was away",
        "Waiting",
        "balance.available",
        "Put aside",
        "It is about live money",
    ):
        assert shown in page, shown
    assert page.index("balance.available") < page.index("re_1") < page.index("tr_1")


def test_they_can_be_looked_for_by_state_and_by_object(
    staff: FlaskClient, session: Session
) -> None:
    inbox.conclude(session, keep(session, 1), state=InboxState.HANDLED, now=NOON)
    keep(session, 2, object_id="tr_2")
    keep(session, 3, kind="payout.failed", object_id="po_1", account="acct_1")
    assert "tr_2" not in staff.get("/staff/webhooks?state=handled").text
    by_account = staff.get("/staff/webhooks?about=acct_1").text
    assert "po_1" in by_account
    assert "tr_1" not in by_account
    assert "po_1" not in staff.get("/staff/webhooks?about=evt_1").text
    assert "No webhook fits that." in staff.get("/staff/webhooks?about=nothing").text
    assert (
        "There is no state called “odd”, so all are shown."
        in staff.get("/staff/webhooks?state=odd").text
    )


def test_a_webhook_leads_to_the_page_of_what_it_is_about(
    staff: FlaskClient, session: Session, road: Road
) -> None:
    kept = keep(session, 1)
    keep(session, 2, kind="transfer.reversed")
    payout = f"/staff/payouts/{road.payout.id}"
    assert payout in staff.get("/staff/webhooks").text
    page = staff.get(f"/staff/webhooks/{kept}").text
    assert payout in page
    assert "1 more about it" in page
    assert "&#34;amount&#34;: 4321" in page


def test_the_secrets_in_a_webhook_are_not_shown(staff: FlaskClient, session: Session) -> None:
    says: Json = {
        "client_secret": "pi_1_secret_of_one",
        "payments": [{"client_secret": "pi_2_secret_of_two", "amount": 765}],
        "setup_secret": None,
    }
    kept = keep(session, 1, says=says)

    page = unescape(staff.get(f"/staff/webhooks/{kept}").text)

    assert "secret_of" not in page
    assert page.count('"client_secret": "(not shown)"') == 2
    assert '"setup_secret": null' in page
    assert '"amount": 765' in page


def test_a_webhook_of_an_account_leads_to_its_creator(
    staff: FlaskClient, session: Session, bea: Actor
) -> None:
    account = make_payout_account(session, bea)
    keep(session, 1, kind="payout.failed", object_id="po_1", account=account.stripe_account_id)
    assert f"/staff/earnings?creator={bea.creator_id}" in staff.get("/staff/webhooks").text


@pytest.mark.parametrize("state", [InboxState.HANDLED, InboxState.UNUSED, InboxState.ASIDE])
def test_any_webhook_can_be_handled_again(
    staff: FlaskClient, session: Session, state: InboxState
) -> None:
    kept = keep(session, 1, aside="Not ours")
    inbox.conclude(session, kept, state=state, now=NOON, why="Not ours")
    session.flush()

    answer = staff.post(f"/staff/webhooks/{kept}/again")

    assert (answer.status_code, answer.location) == (303, f"/staff/webhooks/{kept}")
    assert rung(session) == [str(kept)]
    row = session.get_one(InboxMessage, kept)
    assert (row.state, row.handled_at, row.failure) == (InboxState.WAITING, None, None)


def test_a_webhook_that_is_not_there_cannot_be_handled(
    staff: FlaskClient, session: Session
) -> None:
    assert staff.post(f"/staff/webhooks/{new_id()}/again").status_code == 404
    assert rung(session) == []


def test_webhooks_that_cannot_be_handled_are_told_at_home(
    staff: FlaskClient, session: Session
) -> None:
    for number in (1, 2):
        inbox.went_wrong(session, keep(session, number), why="The processor was away")
    session.flush()
    page = staff.get("/staff/").text
    assert "2 webhooks cannot be handled" in page
    assert "/staff/webhooks?state=waiting" in page
