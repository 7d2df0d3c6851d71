"""Settings that are there and cannot be meant: refused at the start, each by its name."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from marketplace.config import MAIL_SENDER, STRIPE_API_BASE, MissingSetting, Settings

KEY = Fernet.generate_key().decode()
GIVEN = {
    "DATABASE_URL": "postgresql://db",
    "REDIS_URL": "redis://r",
    "SECRET_KEY": "s",
    "BASE_URL": "https://market.example.com/",
    "UPLOAD_FOLDER": "/srv/fairview/uploads",
    "TOKEN_KEYS": KEY,
    "MAIL_FOLDER": "/srv/fairview/mail",
}


@pytest.mark.parametrize("name", ["FAIRVIEW_DEMO", "MONEY_FIRST"])
@pytest.mark.parametrize("text", ["true", "yes", "on", "2", " 1"])
def test_a_switch_that_is_neither_on_nor_off_is_refused(name: str, text: str) -> None:
    with pytest.raises(MissingSetting) as refusal:
        Settings.from_env({**GIVEN, name: text})

    assert str(refusal.value) == f"{name} is 1 or 0, not {text!r}."


def test_switches_are_on_off_or_left_out() -> None:
    on = Settings.from_env({**GIVEN, "FAIRVIEW_DEMO": "1", "MONEY_FIRST": "1"})
    off = Settings.from_env({**GIVEN, "FAIRVIEW_DEMO": "0", "MONEY_FIRST": ""})

    assert (on.demo, on.money_first) == (True, True)
    assert (off.demo, off.money_first) == (False, False)


@pytest.mark.parametrize("key", ["sk_live_1", "rk_live_1"])
def test_the_demo_never_runs_beside_a_live_key(key: str) -> None:
    with pytest.raises(MissingSetting, match="FAIRVIEW_DEMO"):
        Settings.from_env({**GIVEN, "FAIRVIEW_DEMO": "1", "STRIPE_API_KEY": key})

    assert Settings.from_env({**GIVEN, "STRIPE_API_KEY": key}).livemode is True


def test_the_clock_is_moved_in_the_demo_alone() -> None:
    moved = {**GIVEN, "FAIRVIEW_CLOCK_FILE": "/srv/fairview/clock"}
    with pytest.raises(MissingSetting, match="FAIRVIEW_CLOCK_FILE moves the clock of the demo"):
        Settings.from_env(moved)

    assert Settings.from_env({**moved, "FAIRVIEW_DEMO": "1"}).demo is True
    assert Settings.from_env({**GIVEN, "FAIRVIEW_CLOCK_FILE": ""}).demo is False


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SMTP_URL", "smtp://mail.example.com:58x"),
        ("SMTP_URL", "smtp://mail.example.com:70000"),
        ("SMTP_URL", "smtp://olive:pa/ss@mail.example.com:587"),
        ("REDIS_URL", "redis://cache:port/0"),
        ("BASE_URL", "https://market.example.com:https"),
    ],
)
def test_a_port_that_is_none_is_told_with_its_setting_and_without_a_password(
    name: str, text: str
) -> None:
    with pytest.raises(MissingSetting) as refusal:
        Settings.from_env({**GIVEN, name: text})

    assert str(refusal.value).startswith(f"{name} cannot be read: ")
    assert "pa/ss" not in str(refusal.value)
    assert "'pa'" not in str(refusal.value)


@pytest.mark.parametrize(
    "text", ["market.example.com", "//market.example.com", "ftp://market.example.com", "https://"]
)
def test_an_address_that_no_browser_opens_is_refused(text: str) -> None:
    with pytest.raises(MissingSetting) as refusal:
        Settings.from_env({**GIVEN, "BASE_URL": text})

    assert str(refusal.value) == (
        f"BASE_URL is no address: {text} (like https://market.example.com)."
    )


@pytest.mark.parametrize(
    "text", ["abc", f"{KEY},", f"{KEY},abc"], ids=["none", "one, and nothing", "one, and none"]
)
def test_keys_that_seal_nothing_are_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(MissingSetting) as refusal:
        Settings.from_env({**GIVEN, "TOKEN_KEYS": text})

    assert str(refusal.value).startswith("TOKEN_KEYS ")
    assert "abc" not in str(refusal.value)
    assert KEY not in str(refusal.value)


def test_several_keys_may_have_blanks_between_them() -> None:
    assert Settings.from_env({**GIVEN, "TOKEN_KEYS": f"{KEY}, {KEY}"}).token_keys == (KEY, KEY)


def test_what_is_left_empty_is_as_if_it_were_left_out() -> None:
    given = Settings.from_env({**GIVEN, "STRIPE_API_BASE": "", "MAIL_SENDER": ""})

    assert (given.stripe_api_base, given.mail_sender) == (STRIPE_API_BASE, MAIL_SENDER)
