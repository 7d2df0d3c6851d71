"""Which ports, keys and services a local run gets."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from marketplace.cli.environment import (
    ANY_PORTS,
    Outside,
    choose_ports,
    environment_of,
    outside,
)
from marketplace.cli.home import Home
from marketplace.cli.trouble import CannotStart


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


# --- ports and settings -------------------------------------------------------------------------


def test_a_taken_port_is_named_with_the_way_to_another() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        sentence = rf"^Port {port} is taken by another program: .* `make run PORT=\d+`\.$"
        with pytest.raises(CannotStart, match=sentence):
            choose_ports({"PORT": str(port)})


def test_a_taken_port_of_the_sandbox_is_named_with_the_way_to_another() -> None:
    free = choose_ports({}, port=0)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        given = {"PORT": str(free.web), "SANDBOX_PORT": str(taken.getsockname()[1])}

        with pytest.raises(CannotStart, match=r"`make run SANDBOX_PORT=\d+`\.$"):
            choose_ports(given)
        choose_ports({**given, "STRIPE_API_KEY": "sk_live_1"})  # no sandbox, nothing in its way


def test_any_two_ports_are_two_and_none_that_a_system_gives_away_meanwhile() -> None:
    chosen = [choose_ports({}, port=0) for _ in range(100)]

    assert all(ports.web != ports.sandbox for ports in chosen)
    assert {port for ports in chosen for port in (ports.web, ports.sandbox)} <= set(ANY_PORTS)


@pytest.mark.parametrize("text", ["0", "65536", "eighty", "-1", "８０"])
def test_what_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(CannotStart, match="PORT must be a port number from 1 to 65535"):
        choose_ports({"PORT": text})


@pytest.mark.parametrize(
    ("given", "pretended"),
    [
        ({}, Outside(stripe=True, tiktok=True)),
        ({"STRIPE_API_KEY": "sk_test_1"}, Outside(stripe=False, tiktok=True)),
        ({"TIKTOK_CLIENT_KEY": "key"}, Outside(stripe=True, tiktok=False)),
        ({"STRIPE_API_KEY": "sk_live_1"}, Outside(stripe=False, tiktok=False)),
        (
            {"STRIPE_API_KEY": "sk_test_1", "TIKTOK_CLIENT_KEY": "key"},
            Outside(stripe=False, tiktok=False),
        ),
    ],
)
def test_a_service_with_a_real_key_has_no_sandbox(
    given: dict[str, str], pretended: Outside
) -> None:
    assert outside(given) == pretended


def settings(home: Home, given: dict[str, str]) -> dict[str, str]:
    home.make()
    return environment_of(
        home,
        ports=choose_ports(given, port=0),
        database_url="postgresql+psycopg://db",
        redis_url="redis://r",
        given=given,
    )


def test_without_keys_everything_points_at_the_sandbox_and_the_demo_is_on(home: Home) -> None:
    market = settings(home, {})

    sandbox = market["SANDBOX_URL"]
    assert market["STRIPE_API_KEY"] == "sk_test_sandbox"
    assert market["STRIPE_API_BASE"] == sandbox
    assert market["TIKTOK_API_BASE"] == market["TIKTOK_AUTHORIZE_BASE"] == f"{sandbox}/tiktok"
    assert market["SANDBOX_WEBHOOK_URL"] == f"{market['BASE_URL']}/hooks/stripe"
    assert market["SANDBOX_CONNECT_WEBHOOK_URL"] == f"{market['BASE_URL']}/hooks/stripe-connect"
    assert market["FAIRVIEW_DEMO"] == "1"
    assert market["OPENBLAS_NUM_THREADS"] == "1"
    assert market["FAIRVIEW_CLOCK_FILE"] == str(home.clock)
    assert "SANDBOX_RECORD" not in market


def test_with_real_keys_nothing_is_pretended_and_no_clock_can_be_moved(home: Home) -> None:
    given = {
        "STRIPE_API_KEY": "sk_live_1",
        "STRIPE_WEBHOOK_SECRET": "whsec_theirs",
        "TIKTOK_CLIENT_KEY": "key",
        "FAIRVIEW_DEMO": "1",
        "FAIRVIEW_CLOCK_FILE": "clock",
    }

    market = settings(home, given)

    assert market["STRIPE_API_KEY"] == "sk_live_1"
    assert market["STRIPE_WEBHOOK_SECRET"] == "whsec_theirs"
    assert {name for name in market if name.startswith(("SANDBOX_", "FAIRVIEW_"))} == set()
    assert not {"STRIPE_API_BASE", "TIKTOK_API_BASE"} & set(market)


def test_what_the_operator_gave_wins_over_what_is_made(home: Home) -> None:
    given = {
        "SECRET_KEY": "theirs",
        "OPENBLAS_NUM_THREADS": "4",
        "SMTP_URL": "smtp://mail",
        "BASE_URL": "https://fair.test/",
    }

    market = settings(home, given)

    assert market["SECRET_KEY"] == "theirs"
    assert market["OPENBLAS_NUM_THREADS"] == "4"
    assert market["BASE_URL"] == "https://fair.test"
    assert "MAIL_FOLDER" not in market
