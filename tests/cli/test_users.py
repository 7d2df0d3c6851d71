"""``flask users make-staff``."""

from __future__ import annotations

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import User
from marketplace.store.outbox import OutboxMessage
from tests.factories.accounts import NOON, PASSWORD, make_user

EMAIL = "stella@example.test"


def make_staff(app: Flask, *words: str, typed: str = "") -> Result:
    return app.test_cli_runner().invoke(args=["users", "make-staff", *words], input=typed)


def found(session: Session) -> User | None:
    return session.scalar(select(User).where(User.email == EMAIL))


def test_a_new_member_of_staff_is_made_with_the_password_typed(
    app: Flask, session: Session
) -> None:
    result = make_staff(app, "Stella@example.test", "--name", "Stella", typed=f"{PASSWORD}\n" * 2)
    user = found(session)
    assert result.exit_code == 0, result.output
    assert "Stella <stella@example.test> has an account now, and is staff." in result.output
    assert PASSWORD not in result.output
    assert user is not None
    assert user.is_staff


def test_a_link_is_sent_instead_of_asking_for_a_password(app: Flask, session: Session) -> None:
    result = make_staff(app, EMAIL, "--name", "Stella", "--send-link")
    assert result.exit_code == 0, result.output
    assert "A link to set a password is on its way" in result.output
    assert session.scalars(select(OutboxMessage.name)).all() == ["PasswordResetWanted"]


def test_a_known_person_is_promoted_and_keeps_their_password(app: Flask, session: Session) -> None:
    user = make_user(session, name="Stella", email=EMAIL)
    kept_hash = user.password_hash
    for _ in range(2):
        result = make_staff(app, EMAIL)
        assert result.exit_code == 0, result.output
        assert result.output == "Stella <stella@example.test> is staff now.\n"
    session.refresh(user)
    assert user.is_staff
    assert user.password_hash == kept_hash


@pytest.mark.parametrize(
    ("words", "typed", "sentence"),
    [
        (["stella"], "", "This is not an e-mail address."),
        ([EMAIL], "", "give --name as well"),
        ([EMAIL, "--name", "Stella"], "short\nshort\n", "A password has at least 10 characters."),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    app: Flask, session: Session, words: list[str], typed: str, sentence: str
) -> None:
    result = make_staff(app, *words, typed=typed)
    assert result.exit_code in {1, 2}
    assert sentence in result.output
    assert "Traceback" not in result.output
    assert found(session) is None


def test_a_closed_account_is_not_promoted(app: Flask, session: Session) -> None:
    make_user(session, email=EMAIL, closed_at=NOON)
    result = make_staff(app, EMAIL)
    assert result.exit_code == 1
    assert "This account is closed." in result.output
