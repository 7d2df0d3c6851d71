"""Staff pages exist for staff alone, and what changes something cannot be done by a link."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.kernel.actor import Actor
from tests.conftest import sign_in

ID = UUID(int=7)
PAGES = (
    "/staff/", "/staff/payouts", "/staff/earnings", f"/staff/payouts/{ID}", "/staff/calls",
    f"/staff/calls/{ID}", "/staff/reconciliation", "/staff/reconciliation.csv", "/staff/breaks",
    f"/staff/breaks/{ID}", "/staff/ledger", "/staff/ledger/accounts/1010/USD",
    "/staff/ledger/entries", "/staff/ledger/entries/1", "/staff/proof", "/staff/messages",
    "/staff/clock", "/staff/webhooks", f"/staff/webhooks/{ID}", "/staff/freezes",
    f"/staff/freezes/new/{ID}",
)  # fmt: skip
ACTS = (
    "/staff/reconciliation", f"/staff/breaks/{ID}", f"/staff/messages/{ID}/retry", "/staff/clock",
    "/staff/proof", f"/staff/webhooks/{ID}/again", f"/staff/freezes/new/{ID}",
    f"/staff/freezes/{ID}/lift",
)  # fmt: skip
BY_NOBODY = (("GET", PAGES), ("POST", ACTS))


@pytest.mark.parametrize("visitor", ["alice", "vic", "bea"])
def test_for_brands_and_creators_staff_pages_do_not_exist(
    client: FlaskClient, request: pytest.FixtureRequest, visitor: str
) -> None:
    who: Actor = request.getfixturevalue(visitor)
    sign_in(client, who)
    answers = {
        (method, path): client.open(path, method=method).status_code
        for method, paths in BY_NOBODY
        for path in paths
    }
    assert set(answers.values()) == {404}, answers


def test_signed_out_visitors_are_sent_to_sign_in(client: FlaskClient) -> None:
    for method, paths in BY_NOBODY:
        for path in paths:
            answer = client.open(path, method=method)
            assert answer.status_code == 302, path
            assert answer.location.startswith("/sign-in"), path


def test_every_staff_route_is_in_this_list(app: Flask) -> None:
    listed = {
        app.url_map.bind("localhost").match(path, method)[0]
        for method, paths in BY_NOBODY
        for path in paths
    }
    routes = {
        str(rule.endpoint)
        for rule in app.url_map.iter_rules()
        if str(rule.endpoint).startswith("staff.")
    }
    assert routes == listed


def test_a_link_cannot_do_what_a_button_does(client: FlaskClient, stella: Actor) -> None:
    sign_in(client, stella)
    assert client.get(f"/staff/messages/{ID}/retry").status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        f"/staff/payouts/{ID}", f"/staff/calls/{ID}", f"/staff/breaks/{ID}",
        f"/staff/webhooks/{ID}", "/staff/ledger/entries/1",
        "/staff/ledger/entries/99999999999999999999",
        "/staff/ledger/accounts/1011/USD", "/staff/ledger/accounts/1010/dollars",
    ],
)  # fmt: skip
def test_what_is_not_there_is_said_to_be_missing(
    client: FlaskClient, stella: Actor, path: str
) -> None:
    sign_in(client, stella)
    assert client.get(path).status_code == 404
