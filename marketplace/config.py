"""Settings, read from the environment once; the product refuses to start when one is missing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from cryptography.fernet import Fernet

from marketplace.kernel.clock import CLOCK_FILE_VARIABLE

STRIPE_API_BASE: Final = "https://api.stripe.com"
TIKTOK_API_BASE: Final = "https://open.tiktokapis.com"
TIKTOK_AUTHORIZE_BASE: Final = "https://www.tiktok.com"
MAIL_SENDER: Final = "Fairview <no-reply@localhost>"
LIVE_KEYS: Final = ("sk_live_", "rk_live_")


class MissingSetting(RuntimeError):
    """A setting without which the product cannot run, or one that it cannot read."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator can set.

    The bases are addresses without a trailing slash; they point at the real services unless the
    sandbox runs. ``demo`` is on only where ``make run`` started the sandbox.
    """

    database_url: str
    redis_url: str
    secret_key: str
    base_url: str
    upload_folder: str
    demo: bool = False
    money_first: bool = False
    """Campaigns are published only once they hold money."""
    stripe_api_key: str = ""
    stripe_api_base: str = STRIPE_API_BASE
    stripe_accounts: str = "v2"
    """How creators' accounts are described to Stripe: ``v2`` or ``v1``."""
    stripe_webhook_secret: str = ""
    stripe_connect_webhook_secret: str = ""
    tiktok_client_key: str = ""
    tiktok_client_secret: str = ""
    tiktok_api_base: str = TIKTOK_API_BASE
    tiktok_authorize_base: str = TIKTOK_AUTHORIZE_BASE
    token_keys: tuple[str, ...] = ()
    """Fernet keys for stored tokens, newest first."""
    accounting_zone: str = "UTC"
    """The zone of the legal entity, in which the books count their days."""
    seal_folder: str = ""
    """Where the seals of the books are kept outside the database."""
    columns_folder: str = ""
    """Where the market is kept as columns; without one PostgreSQL answers alone."""
    people_file: str = ""
    """Figures of the operator's own by which the planner counts people; see docs/planner.md."""
    smtp_url: str = ""
    mail_folder: str = ""
    mail_sender: str = MAIL_SENDER

    @property
    def livemode(self) -> bool:
        """True when the key to the payment processor moves real money."""
        return self.stripe_api_key.startswith(LIVE_KEYS)

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read the settings; what is empty is as if it were left out.

        Raises MissingSetting with the names of all that are missing, or of the first that cannot be
        meant. No secret is repeated in it.
        """
        env = os.environ if environment is None else environment
        needed = (
            "DATABASE_URL",
            "REDIS_URL",
            "SECRET_KEY",
            "BASE_URL",
            "UPLOAD_FOLDER",
            "TOKEN_KEYS",
        )
        missing = [name for name in needed if not env.get(name)]
        if not env.get("SMTP_URL") and not env.get("MAIL_FOLDER"):
            missing.append("SMTP_URL (or MAIL_FOLDER)")
        if missing:
            raise MissingSetting(f"Set these in the environment: {', '.join(missing)}.")
        zone = env.get("ACCOUNTING_ZONE") or "UTC"
        if zone not in available_timezones():
            raise MissingSetting(f"ACCOUNTING_ZONE is no time zone: {zone} (like Europe/Berlin).")
        accounts = env.get("STRIPE_ACCOUNTS") or "v2"
        if accounts not in {"v1", "v2"}:
            raise MissingSetting(f"STRIPE_ACCOUNTS is v1 or v2, not {accounts!r}.")
        stripe_api_key = env.get("STRIPE_API_KEY", "")
        demo = _switch(env, "FAIRVIEW_DEMO")
        if demo and stripe_api_key.startswith(LIVE_KEYS):
            raise MissingSetting("FAIRVIEW_DEMO opens doors that a live STRIPE_API_KEY forbids.")
        if env.get(CLOCK_FILE_VARIABLE) and not demo:
            raise MissingSetting(
                f"{CLOCK_FILE_VARIABLE} moves the clock of the demo: without FAIRVIEW_DEMO=1"
                " leave it out."
            )
        for name in ("BASE_URL", "REDIS_URL", "SMTP_URL"):
            _check_port(name, env.get(name, ""))
        return cls(
            database_url=_psycopg(env["DATABASE_URL"]),
            redis_url=env["REDIS_URL"],
            secret_key=env["SECRET_KEY"],
            base_url=_address(env["BASE_URL"]),
            upload_folder=env["UPLOAD_FOLDER"],
            demo=demo,
            money_first=_switch(env, "MONEY_FIRST"),
            stripe_api_key=stripe_api_key,
            stripe_api_base=(env.get("STRIPE_API_BASE") or STRIPE_API_BASE).rstrip("/"),
            stripe_accounts=accounts,
            stripe_webhook_secret=env.get("STRIPE_WEBHOOK_SECRET", ""),
            stripe_connect_webhook_secret=env.get("STRIPE_CONNECT_WEBHOOK_SECRET", ""),
            tiktok_client_key=env.get("TIKTOK_CLIENT_KEY", ""),
            tiktok_client_secret=env.get("TIKTOK_CLIENT_SECRET", ""),
            tiktok_api_base=(env.get("TIKTOK_API_BASE") or TIKTOK_API_BASE).rstrip("/"),
            tiktok_authorize_base=(
                env.get("TIKTOK_AUTHORIZE_BASE") or TIKTOK_AUTHORIZE_BASE
            ).rstrip("/"),
            token_keys=_keys(env["TOKEN_KEYS"]),
            accounting_zone=zone,
            seal_folder=env.get("SEAL_FOLDER") or str(Path(env["UPLOAD_FOLDER"]).parent / "seals"),
            columns_folder=env.get("COLUMNS_FOLDER")
            or str(Path(env["UPLOAD_FOLDER"]).parent / "columns"),
            people_file=env.get("PEOPLE_FILE", ""),
            smtp_url=env.get("SMTP_URL", ""),
            mail_folder=env.get("MAIL_FOLDER", ""),
            mail_sender=env.get("MAIL_SENDER") or MAIL_SENDER,
        )


def _psycopg(url: str) -> str:
    """Return the address with the driver named, whichever spelling was given."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _switch(env: Mapping[str, str], name: str) -> bool:
    """Return whether something is on; a word like true is refused, as it would leave it off."""
    text = env.get(name, "")
    if text not in {"", "0", "1"}:
        raise MissingSetting(f"{name} is 1 or 0, not {text!r}.")
    return text == "1"


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise MissingSetting(f"BASE_URL is no address: {text} (like https://market.example.com).")
    return text.rstrip("/")


def _check_port(name: str, text: str) -> None:
    """Refuse an address whose port is none; what stands there may be a part of a password."""
    try:
        _ = urlsplit(text).port
    except ValueError:
        raise MissingSetting(
            f"{name} cannot be read: behind the host belongs a port from 0 to 65535, or none, and"
            " signs such as / or @ in a password are written %2F and %40."
        ) from None


def _keys(text: str) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in text.split(","))
    for number, key in enumerate(keys, 1):
        try:
            Fernet(key)
        except ValueError:
            raise MissingSetting(
                f"TOKEN_KEYS are Fernet keys with commas between, and number {number} is none:"
                " docs/operating.md says how one is made."
            ) from None
    return keys
