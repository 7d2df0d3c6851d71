"""Addresses, names, passwords, paths and signed links."""

from __future__ import annotations

from uuid import uuid4

import pytest
from itsdangerous import TimestampSigner

from marketplace.accounts.rules import (
    MAY,
    DeadLink,
    Link,
    LinkFault,
    LinkPurpose,
    check_new_password,
    clean_country,
    clean_email,
    clean_name,
    clean_website,
    countries,
    is_local_path,
    make_link,
    may_manage_team,
    read_link,
    same_password,
)
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import InvalidInput

SECRET = "a secret of this test"
OTHER_SECRET = "another secret"
SUBJECT = uuid4()


def test_an_address_is_kept_in_lower_case_without_spaces() -> None:
    assert clean_email("  Bea.Lind@Example.COM ") == "bea.lind@example.com"


@pytest.mark.parametrize(
    "text", ["", "bea", "bea@", "@example.com", "bea@localhost", "a@b@c.com", "bea@ex ample.com",
             "bea@example.com\nBcc: x@example.com", "x" * 250 + "@example.com"]
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        clean_email(text)
    assert refusal.value.problems == {
        "email": "This is not an e-mail address. It looks like name@company.com."
    }


def test_a_name_is_one_line_without_needless_spaces() -> None:
    assert clean_name("  Noor \n van   Dijk ") == "Noor van Dijk"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (" \t ", "A name is needed."),
        ("\u200b \u3164", "A name is needed."),
        ("\u202eNoor", "This name contains signs that cannot be shown."),
        ("x" * 101, "A name has at most 100 characters."),
        ("Noor\x07", "This name contains signs that cannot be shown."),
    ],
)
def test_a_name_that_cannot_be_shown_is_refused_under_its_field(text: str, sentence: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        clean_name(text, field="display_name")
    assert refusal.value.problems == {"display_name": sentence}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", ""),
        ("acme.com", "https://acme.com"),
        (" http://acme.com/shop ", "http://acme.com/shop"),
    ],
)
def test_a_website_is_kept_with_its_scheme(text: str, kept: str) -> None:
    assert clean_website(text) == kept


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "javascript://acme.com/%0aalert(1)", "ftp://acme.com", "acme",
             "https://", "https://a b.com", "https://[acme.com"]
)  # fmt: skip
def test_what_is_no_web_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="not a web address"):
        clean_website(text)


def test_countries_are_countries_and_come_in_the_order_of_their_names() -> None:
    names = list(countries().values())
    assert names == sorted(names)
    assert countries()["SE"] == "Sweden"
    assert not {"EU", "UN", "ZZ", "001"} & set(countries())


def test_a_country_is_kept_in_capitals_and_an_unknown_one_is_refused() -> None:
    assert clean_country("se") == "SE"
    with pytest.raises(InvalidInput, match="Choose a country"):
        clean_country("XX")


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("nine char", "A password has at least 10 characters."),
        ("  nine char  ", "A password has at least 10 characters."),
        ("x y z " * 40, "A password has at most 200 characters."),
        (
            "Bea.Lindqvist",
            "Your name or e-mail address is the first thing anybody would try.",
        ),
        (
            "BEA LINDQVIST",
            "Your name or e-mail address is the first thing anybody would try.",
        ),
        (
            "bea.lindqvist@example.com",
            "Your name or e-mail address is the first thing anybody would try.",
        ),
        ("1234567890", "This is one of the first passwords anybody would try."),
        ("aaaaaaaaaaaa", "This is one of the first passwords anybody would try."),
    ],
)
def test_a_password_anybody_would_guess_is_refused(password: str, sentence: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_new_password(password, email="bea.lindqvist@example.com", name="Bea Lindqvist")
    assert refusal.value.problems == {"password": sentence}


def test_ten_characters_without_odd_signs_are_enough() -> None:
    check_new_password("tea at ten", email="bea@example.com", name="Bea")


def test_a_password_is_the_same_however_a_keyboard_composes_it() -> None:
    assert same_password("cafe\u0301 au lait") == same_password("caf\u00e9 au lait")


@pytest.mark.parametrize("path", ["/", "/brand/campaigns?page=2&sort=name", "/a#b", "/å"])
def test_a_path_of_this_site_is_local(path: str) -> None:
    assert is_local_path(path)


@pytest.mark.parametrize(
    "path", ["", "brand", "//evil.test", "///evil.test", "/\\evil.test", "\\\\evil.test",
             "https://evil.test", "javascript:alert(1)", "/\t/evil.test", "/\n/evil.test",
             " /brand", "/brand\r\nSet-Cookie: a=b", "http:/evil.test", "//[evil"]
)  # fmt: skip
def test_whatever_a_browser_could_take_elsewhere_is_not_local(path: str) -> None:
    assert not is_local_path(path)


@pytest.mark.parametrize("purpose", LinkPurpose)
def test_a_link_gives_back_what_it_speaks_of(purpose: LinkPurpose) -> None:
    token = make_link(SECRET, purpose=purpose, subject_id=SUBJECT, serial=3)
    assert read_link(SECRET, token, purpose=purpose) == Link(subject_id=SUBJECT, serial=3)


@pytest.mark.parametrize("made_for", LinkPurpose)
@pytest.mark.parametrize("used_for", LinkPurpose)
def test_a_link_of_one_purpose_opens_nothing_else(
    made_for: LinkPurpose, used_for: LinkPurpose
) -> None:
    token = make_link(SECRET, purpose=made_for, subject_id=SUBJECT)
    if made_for is used_for:
        assert read_link(SECRET, token, purpose=used_for).subject_id == SUBJECT
        return
    with pytest.raises(DeadLink) as refusal:
        read_link(SECRET, token, purpose=used_for)
    assert refusal.value.fault is LinkFault.BROKEN


def test_a_link_that_was_changed_is_broken() -> None:
    token = make_link(SECRET, purpose=LinkPurpose.CONFIRM_EMAIL, subject_id=SUBJECT)
    foreign = make_link(OTHER_SECRET, purpose=LinkPurpose.CONFIRM_EMAIL, subject_id=SUBJECT)
    for wrong in (token[:-1], "x" + token, "", "abc", foreign):
        with pytest.raises(DeadLink) as refusal:
            read_link(SECRET, wrong, purpose=LinkPurpose.CONFIRM_EMAIL)
        assert refusal.value.fault is LinkFault.BROKEN


@pytest.mark.parametrize(
    ("purpose", "life_seconds"),
    [
        (LinkPurpose.CONFIRM_EMAIL, 3 * 86_400),
        (LinkPurpose.RESET_PASSWORD, 3_600),
        (LinkPurpose.JOIN_BRAND, 7 * 86_400),
    ],
)
def test_a_link_lives_as_long_as_its_purpose_allows(
    purpose: LinkPurpose, life_seconds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = make_link(SECRET, purpose=purpose, subject_id=SUBJECT)
    made_at = TimestampSigner(SECRET).get_timestamp()

    def later(seconds: int) -> None:
        monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: made_at + seconds)

    later(life_seconds - 5)
    assert read_link(SECRET, token, purpose=purpose).subject_id == SUBJECT
    later(life_seconds + 5)
    with pytest.raises(DeadLink) as refusal:
        read_link(SECRET, token, purpose=purpose)
    assert refusal.value.fault is LinkFault.EXPIRED


def test_only_owners_manage_the_team_and_every_role_is_described() -> None:
    assert [role for role in Role if may_manage_team(role)] == [Role.OWNER]
    assert not may_manage_team(None)
    assert set(MAY) == set(Role)
