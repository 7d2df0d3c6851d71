"""The team page, and working for one of several brands."""

from __future__ import annotations

from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts import queries
from marketplace.accounts.models import Brand
from marketplace.kernel.actor import Actor, Role
from tests.conftest import sign_in
from tests.factories.accounts import NOON, make_brand, make_invitation, make_member, make_user


def roles(session: Session, brand: Brand) -> dict[object, Role]:
    session.expire_all()
    return {line.user_id: line.role for line in queries.members_of(session, brand.id)}


@pytest.fixture
def team(alice: Actor, ben: Actor, fiona: Actor, vic: Actor) -> list[Actor]:
    return [alice, ben, fiona, vic]


def test_every_member_sees_the_team_and_what_each_role_may_do(
    client: FlaskClient, team: list[Actor]
) -> None:
    for who in team:
        sign_in(client, who)
        page = client.get("/brand/team")
        assert page.status_code == 200
        for name in ("Alice", "Ben", "Fiona", "Vic"):
            assert name in page.text
        assert "Sees everything and changes nothing." in page.text


def test_only_an_owner_is_offered_to_change_the_team(
    client: FlaskClient, team: list[Actor]
) -> None:
    offered = {}
    for who in team:
        sign_in(client, who)
        page = client.get("/brand/team").text
        offered[next(iter(who.brands.values()))] = "Send the invitation" in page
    assert offered == {
        Role.OWNER: True, Role.MANAGER: False, Role.FINANCE: False, Role.VIEWER: False,
    }  # fmt: skip


def test_others_do_not_reach_the_page(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, mallory: Actor, bea: Actor
) -> None:
    assert client.get("/brand/team").location.startswith("/sign-in?next=")
    sign_in(client, bea)
    assert client.get("/brand/team").status_code == 403
    sign_in(client, mallory)
    page = client.get("/brand/team").text
    assert "Alice" not in page
    assert client.post(f"/brand/team/{alice.user_id}/remove").status_code == 404
    assert roles(session, acme) == {alice.user_id: Role.OWNER}


def test_an_owner_invites_and_takes_back(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor
) -> None:
    sign_in(client, alice)
    answer = client.post(
        "/brand/team/invitations",
        data={"email": "New@example.test", "role": "viewer"},
        follow_redirects=True,
    )
    assert "new@example.test is invited and has been written to." in answer.text
    (invitation,) = queries.open_invitations(session, acme.id)
    assert (invitation.email, invitation.role) == ("new@example.test", Role.VIEWER)

    answer = client.post(f"/brand/team/invitations/{invitation.id}/revoke", follow_redirects=True)
    assert "The invitation of new@example.test is taken back." in answer.text
    assert queries.open_invitations(session, acme.id) == []


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"email": "", "role": "viewer"}, "An e-mail address is needed."),
        ({"email": "nia", "role": "viewer"}, "This is not an e-mail address."),
        ({"email": "nia@example.test", "role": "king"}, "Choose a role from the list."),
        ({"email": "ALICE@example.test", "role": "viewer"}, "This person is in the team already."),
    ],
)
def test_an_invitation_that_cannot_be_is_refused_with_its_reason(
    client: FlaskClient,
    session: Session,
    acme: Brand,
    alice: Actor,
    data: dict[str, str],
    sentence: str,
) -> None:
    sign_in(client, alice)
    answer = client.post("/brand/team/invitations", data=data)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert queries.open_invitations(session, acme.id) == []


def test_roles_are_changed_and_people_taken_out(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, ben: Actor, vic: Actor
) -> None:
    sign_in(client, alice)
    changed = client.post(f"/brand/team/{ben.user_id}/role", data={"role": "finance"})
    removed = client.post(f"/brand/team/{vic.user_id}/remove")
    assert (changed.status_code, removed.status_code) == (303, 303)
    assert roles(session, acme) == {alice.user_id: Role.OWNER, ben.user_id: Role.FINANCE}
    sign_in(client, vic)
    assert client.get("/brand/team").location == "/new/brand"


def test_a_role_that_is_none_is_refused(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, ben: Actor
) -> None:
    sign_in(client, alice)
    answer = client.post(f"/brand/team/{ben.user_id}/role", data={"role": "king"})
    assert answer.status_code == 422
    assert "Choose a role from the list." in answer.text
    assert roles(session, acme)[ben.user_id] is Role.MANAGER


@pytest.mark.parametrize("role", [Role.MANAGER, Role.FINANCE, Role.VIEWER])
def test_others_than_owners_are_refused_and_nothing_changes(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, role: Role
) -> None:
    who = make_member(session, brand=acme, role=role)
    invitation = make_invitation(session, brand=acme, invited_by=alice, email="new@example.test")
    before = roles(session, acme)
    sign_in(client, who)
    for path, data in (
        ("/brand/team/invitations", {"email": "other@example.test", "role": "owner"}),
        (f"/brand/team/invitations/{invitation.id}/revoke", {}),
        (f"/brand/team/{who.user_id}/role", {"role": "owner"}),
        (f"/brand/team/{alice.user_id}/remove", {}),
    ):
        assert client.post(path, data=data).status_code == 403, path
    assert roles(session, acme) == before
    assert len(queries.open_invitations(session, acme.id)) == 1


def test_the_only_owner_stays(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor
) -> None:
    sign_in(client, alice)
    assert "the only owner" in client.get("/brand/team").text
    for path, data in (("remove", {}), ("role", {"role": "viewer"})):
        answer = client.post(f"/brand/team/{alice.user_id}/{path}", data=data)
        assert answer.status_code == 409
        assert "A brand needs an owner." in answer.text
    assert roles(session, acme) == {alice.user_id: Role.OWNER}


def test_anybody_may_leave(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, vic: Actor
) -> None:
    sign_in(client, vic)
    assert client.post(f"/brand/team/{vic.user_id}/remove").location == "/"
    assert roles(session, acme) == {alice.user_id: Role.OWNER}


def test_a_member_of_two_brands_works_for_the_one_they_choose(
    client: FlaskClient, session: Session, acme: Brand, mallory: Actor
) -> None:
    both = make_user(session)
    larch = make_brand(session, name="Larch Outdoors")
    make_member(session, brand=acme, user=both, role=Role.VIEWER)
    make_member(session, brand=larch, user=both, role=Role.OWNER)
    sign_in(client, Actor(user_id=both.id))
    for brand in (larch, acme, larch):
        answer = client.post("/brand/choose", data={"brand_id": str(brand.id)})
        assert answer.status_code == 303
        assert f"Who may do what for {brand.name}?" in client.get("/brand/team").text
    rival = next(iter(mallory.brands))
    for wrong in (str(rival), str(uuid4()), "nonsense", ""):
        assert client.post("/brand/choose", data={"brand_id": wrong}).status_code == 404
    assert "Who may do what for Larch Outdoors?" in client.get("/brand/team").text


def test_an_invitation_that_ran_out_is_shown_as_such(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor
) -> None:
    make_invitation(
        session, brand=acme, invited_by=alice, email="new@example.test", expires_at=NOON
    )
    sign_in(client, alice)
    assert "Expired" in client.get("/brand/team").text
