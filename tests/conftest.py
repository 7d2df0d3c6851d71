"""What the shelves share: a database for the run, a savepoint for each test, and the cast."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from argon2 import PasswordHasher
from cryptography.fernet import Fernet
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from marketplace.accounts.models import Brand, BrandMember, User
from marketplace.accounts.service import signing_in
from marketplace.app import create_app
from marketplace.cli.local import PRODUCT_ROLE
from marketplace.cli.postgres_server import embedded_postgres
from marketplace.config import Settings
from marketplace.creators.models import Creator, CreatorSource
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.ids import new_id
from marketplace.store import sealed
from marketplace.store.session import db
from tests.databases import Template, as_owner, migrated_template
from tests.factories.accounts import CHEAP
from tests.turns import pytest_collection_modifyitems, pytest_terminal_summary

__all__ = ["pytest_collection_modifyitems", "pytest_terminal_summary"]

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
ROOT = Path(__file__).parent.parent
TOKEN_KEY = Fernet.generate_key().decode()
STATEMENTS = 10_000
"""Of how many it is remembered how they are compiled: more than all tests together put."""

# A slow machine is no fault of what is tested.
hypothesis_settings.register_profile(
    "patient",
    hypothesis_settings(),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
hypothesis_settings.load_profile("patient")


@pytest.fixture(autouse=True, scope="session")
def _keys() -> None:
    sealed.use_keys([TOKEN_KEY])


@pytest.fixture(autouse=True, scope="session")
def hasher_of_the_product() -> Iterator[PasswordHasher]:
    """What hashes the passwords of people; in tests one that does not take long has its place."""
    own = signing_in._HASHER
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signing_in, "_HASHER", CHEAP)
        yield own


@pytest.fixture(scope="session")
def template() -> Iterator[Template]:
    """A database at the newest migration, of which a test that commits takes a copy."""
    folder = Path(tempfile.gettempdir()) / f"fairview-test-pg-{os.getuid()}"
    server = os.environ.get("TEST_DATABASE_URL") or embedded_postgres(folder, durable=False)
    with migrated_template(server) as template:
        yield template


@pytest.fixture(scope="session")
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh database at the newest migration, as the product's role, dropped after the run.

    TEST_MIGRATED_DATABASE_URL may name one that is there already and that no other run uses.
    """
    if migrated := os.environ.get("TEST_MIGRATED_DATABASE_URL"):
        yield migrated
        return
    template: Template = request.getfixturevalue("template")
    with template.copied() as url:
        _keep_untidied(url)
        yield url


def _keep_untidied(url: str) -> None:
    """Have PostgreSQL leave the tables of a database alone in which no test commits anything.

    Tidying up, it would see them empty and plan for that, and a page would take minutes.
    """
    engine = create_engine(as_owner(url), poolclass=NullPool)
    with engine.begin() as connection:
        for table in inspect(connection).get_table_names():
            connection.execute(text(f"ALTER TABLE {table} SET (autovacuum_enabled = off)"))


@contextmanager
def with_owners_rights(session: Session) -> Iterator[None]:
    """Let the session do within the block what only the owner of the database can."""
    session.execute(text("SET LOCAL ROLE NONE"))
    yield
    session.execute(text(f"SET LOCAL ROLE {PRODUCT_ROLE}"))


def damage(session: Session, statement: str, **values: object) -> None:
    """Do what only the owner of the database could do: go past every guard."""
    with with_owners_rights(session):
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text(statement), values)
        session.execute(text("SET LOCAL session_replication_role = origin"))


@pytest.fixture(scope="session")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("product")
    (folder / "uploads").mkdir()
    (folder / "mail").mkdir()
    return Settings(
        database_url=database_url,
        redis_url="redis://127.0.0.1:1/0",
        secret_key="a secret of the tests",
        base_url="http://localhost",
        upload_folder=str(folder / "uploads"),
        mail_folder=str(folder / "mail"),
        seal_folder=str(folder / "seals"),
        token_keys=(TOKEN_KEY,),
        stripe_api_key="sk_test_sandbox",
        stripe_api_base="http://127.0.0.1:1",
        stripe_webhook_secret="whsec_platform",
        stripe_connect_webhook_secret="whsec_connect",
        tiktok_client_key="sandbox-client",
        tiktok_client_secret="sandbox-secret",
        tiktok_api_base="http://127.0.0.1:1/tiktok",
        tiktok_authorize_base="http://127.0.0.1:1/tiktok",
    )


@pytest.fixture(scope="session")
def whole_app(settings: Settings) -> Flask:
    app = create_app(settings)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return app


@pytest.fixture(scope="session")
def engine_of_the_run(database_url: str) -> Iterator[Engine]:
    """It remembers how each statement is compiled, and keeps its connection from test to test.

    What a test did on a connection goes with its transaction.
    """
    engine = create_engine(database_url, query_cache_size=STATEMENTS)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine_of_the_run: Engine) -> Iterator[Connection]:
    """One outer transaction for the test; everything in it is undone."""
    with engine_of_the_run.connect() as connection:
        outer = connection.begin()
        yield connection
        outer.rollback()


@pytest.fixture
def session(connection: Connection) -> Iterator[Session]:
    with Session(
        connection, join_transaction_mode="create_savepoint", expire_on_commit=False
    ) as session:
        yield session


@pytest.fixture
def app(whole_app: Flask, connection: Connection) -> Iterator[Flask]:
    """The product, talking to the test's own transaction."""
    with whole_app.app_context():
        engines = db._app_engines[whole_app]
        real = engines[None]
        engines[None] = connection  # type: ignore[assignment]  # a bind may be a connection
    yield whole_app
    engines[None] = real


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    return app.test_client()


def make_person(session: Session, name: str, *, is_staff: bool = False) -> User:
    user = User(
        id=new_id(),
        email=f"{name}@example.test",
        name=name.title(),
        password_hash="!",
        is_staff=is_staff,
        email_confirmed_at=NOON,
        link_serial=0,
        session_serial=0,
        created_at=NOON,
    )
    session.add(user)
    session.flush()
    return user


def _member(session: Session, brand: Brand, name: str, role: Role) -> Actor:
    user = make_person(session, name)
    session.add(BrandMember(brand_id=brand.id, user_id=user.id, role=role, joined_at=NOON))
    session.flush()
    return Actor(user_id=user.id, brands={brand.id: role})


def _brand(session: Session, name: str) -> Brand:
    brand = Brand(id=new_id(), name=name, country="US", created_at=NOON)
    session.add(brand)
    session.flush()
    return brand


def _creator(session: Session, name: str) -> Actor:
    user = make_person(session, name)
    creator = Creator(
        id=new_id(),
        user_id=user.id,
        display_name=name.title(),
        country="US",
        topics=["cooking"],
        source=CreatorSource.SIGNED_UP,
        created_at=NOON,
    )
    session.add(creator)
    session.flush()
    return Actor(user_id=user.id, creator_id=creator.id)


@pytest.fixture
def acme(session: Session) -> Brand:
    return _brand(session, "Acme Kitchen")


@pytest.fixture
def alice(session: Session, acme: Brand) -> Actor:
    return _member(session, acme, "alice", Role.OWNER)


@pytest.fixture
def ben(session: Session, acme: Brand) -> Actor:
    return _member(session, acme, "ben", Role.MANAGER)


@pytest.fixture
def fiona(session: Session, acme: Brand) -> Actor:
    return _member(session, acme, "fiona", Role.FINANCE)


@pytest.fixture
def vic(session: Session, acme: Brand) -> Actor:
    return _member(session, acme, "vic", Role.VIEWER)


@pytest.fixture
def mallory(session: Session) -> Actor:
    return _member(session, _brand(session, "Rival Foods"), "mallory", Role.OWNER)


@pytest.fixture
def bea(session: Session) -> Actor:
    return _creator(session, "bea")


@pytest.fixture
def carl(session: Session) -> Actor:
    return _creator(session, "carl")


@pytest.fixture
def stella(session: Session) -> Actor:
    return Actor(user_id=make_person(session, "stella", is_staff=True).id, is_staff=True)


def sign_in(client: FlaskClient, actor: Actor) -> None:
    """Put the actor's sign-in cookie into the client, as the sign-in page would."""
    user_id: UUID | None = actor.user_id
    with client.session_transaction() as cookie:
        cookie.clear()
        cookie["_user_id"] = f"{user_id}:0"
        cookie["_fresh"] = True
