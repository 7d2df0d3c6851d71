"""Puts the product together: picks the gateways and registers the pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from flask import Flask, Response
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFProtect
from werkzeug.datastructures import ContentSecurityPolicy
from werkzeug.middleware.proxy_fix import ProxyFix

from marketplace.cli import columns as column_commands
from marketplace.cli import creators as creator_commands
from marketplace.cli import ledger as ledger_commands
from marketplace.cli import users as user_commands
from marketplace.cli.seed import DEMO_ACCOUNTS
from marketplace.config import MissingSetting, Settings
from marketplace.deliverables.rules import LARGEST_FILE_BYTES
from marketplace.gateways.mail_folder import MailFolder
from marketplace.gateways.smtp_mailer import SmtpMailer
from marketplace.gateways.stripe_accounts import Api, account_gateway
from marketplace.gateways.stripe_events import StripeEvents
from marketplace.gateways.stripe_payments import StripePayments
from marketplace.gateways.tiktok import TikTok
from marketplace.gateways.tiktok_links import TikTokLinks
from marketplace.gateways.tiktok_notices import TikTokNotices
from marketplace.gateways.tiktok_sounds import TikTokSounds
from marketplace.kernel.errors import InvalidInput
from marketplace.ledger import service as ledger
from marketplace.ledger.checks import must_be_guarded
from marketplace.matching import columns
from marketplace.notifications.ports import Mailer
from marketplace.payouts.ports import AccountGateway
from marketplace.processor.ports import Endpoint
from marketplace.store import sealed
from marketplace.store.session import ENGINE_OPTIONS, db, reading
from marketplace.web import (
    addresses,
    errors,
    fits,
    health,
    hooks,
    pages,
    render,
    sessions,
    static,
    templating,
    tiktok_hooks,
)

LARGEST_REQUEST_BYTES: Final = LARGEST_FILE_BYTES + 1024 * 1024
"""The largest video a creator may hand in, with the form around it."""
ROOT: Final = Path(__file__).parent.parent
POLICY: Final = ContentSecurityPolicy(
    {
        **dict.fromkeys(("default-src", "script-src", "style-src"), "'self'"),
        **dict.fromkeys(("img-src", "media-src"), "'self' data: blob:"),
        **dict.fromkeys(("object-src", "base-uri", "frame-ancestors"), "'none'"),
        "form-action": "'self'",
    }
).to_header()


@dataclass(frozen=True, slots=True)
class Gateways:
    """The outside world, behind the rooms' ports."""

    payments: StripePayments
    accounts: AccountGateway
    events: StripeEvents
    tiktok: TikTok
    tiktok_links: TikTokLinks
    tiktok_sounds: TikTokSounds
    tiktok_notices: TikTokNotices
    mailer: Mailer


def create_app(settings: Settings) -> Flask:
    """Return the product, ready to serve; talks to nobody yet."""
    app = Flask(
        "marketplace",
        root_path=str(ROOT),
        template_folder="templates",
        static_folder="static",
        static_url_path=static.url_path(ROOT / "static"),
    )
    app.jinja_environment = templating.Environment
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=dict(ENGINE_OPTIONS),
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https://"),
        PERMANENT_SESSION_LIFETIME=timedelta(days=14),
        WTF_CSRF_TIME_LIMIT=None,  # a form left open over night still works; the session ends it
        MAX_CONTENT_LENGTH=LARGEST_REQUEST_BYTES,
        BOOTSTRAP_SERVE_LOCAL=True,
        SEND_FILE_MAX_AGE_DEFAULT=static.KEPT_FOR,
        DEMO=settings.demo,
        MONEY_FIRST=settings.money_first,
        DEMO_ACCOUNTS=DEMO_ACCOUNTS if settings.demo else (),
        LIVEMODE=settings.livemode,
    )
    app.extensions["settings"] = settings
    app.extensions["gateways"] = pick_gateways(settings)
    sealed.use_keys(settings.token_keys)
    ledger.use_zone(settings.accounting_zone)
    columns.use_folder(settings.columns_folder)
    _count_people(settings.people_file)
    db.init_app(app)
    Bootstrap5(app)
    CSRFProtect(app).exempt(hooks.bp)
    for part in (render, addresses, static, fits, errors, sessions):
        part.install(app)
    for blueprint in (*pages.BLUEPRINTS, tiktok_hooks.bp, health.bp):
        app.register_blueprint(blueprint)
    for commands in (column_commands, creator_commands, ledger_commands, user_commands):
        app.cli.add_command(commands.group)
    app.after_request(_safe_headers)
    # One proxy of the operator's own may stand in front; it tells scheme, host and address.
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]  # as Flask documents it
    return app


def _count_people(file: str) -> None:
    try:
        columns.use_people(file)
    except InvalidInput as refusal:
        raise MissingSetting(f"PEOPLE_FILE: {' '.join(refusal.problems.values())}") from refusal


def start_app(settings: Settings) -> Flask:
    """Return the product, once its database is seen to guard the books.

    Every process begins here. Raises UnguardedLedger, with one sentence.
    """
    app = create_app(settings)
    with app.app_context():
        try:
            with reading() as session:
                must_be_guarded(session)
        finally:
            db.engine.dispose()  # a process that forks takes no connection with it
    return app


def pick_gateways(settings: Settings) -> Gateways:
    """Return the gateways these settings ask for."""
    api_key, api_base = settings.stripe_api_key, settings.stripe_api_base
    accounts = account_gateway(Api(settings.stripe_accounts), api_key=api_key, api_base=api_base)
    return Gateways(
        payments=StripePayments(api_key=api_key, api_base=api_base, accounts=accounts),
        accounts=accounts,
        events=StripeEvents(
            {
                Endpoint.PLATFORM: tuple(settings.stripe_webhook_secret.split(",")),
                Endpoint.CONNECT: tuple(settings.stripe_connect_webhook_secret.split(",")),
            }
        ),
        tiktok=TikTok(
            client_key=settings.tiktok_client_key,
            client_secret=settings.tiktok_client_secret,
            api_base=settings.tiktok_api_base,
            authorize_base=settings.tiktok_authorize_base,
        ),
        tiktok_links=TikTokLinks(settings.tiktok_authorize_base),
        tiktok_sounds=TikTokSounds(settings.tiktok_authorize_base),
        tiktok_notices=TikTokNotices(
            client_key=settings.tiktok_client_key, client_secret=settings.tiktok_client_secret
        ),
        mailer=SmtpMailer(settings.smtp_url, settings.mail_sender)
        if settings.smtp_url
        else MailFolder(Path(settings.mail_folder), settings.mail_sender),
    )


def _safe_headers(response: Response) -> Response:
    """No script and no style that is not a file of ours; nobody frames us."""
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    return response
