"""Databases for tests: migrated once, and copied wherever one has to be fresh."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError, ProgrammingError

from marketplace.cli.local import PRODUCT_ROLE
from marketplace.cli.migrating import migrate
from marketplace.cli.postgres_server import shared_postgres


@dataclass(frozen=True, slots=True)
class Template:
    """A database at the newest migration that nobody writes into.

    server: the address of any database on its server, as the owner.
    """

    server: str
    name: str

    @contextmanager
    def copied(self) -> Iterator[str]:
        """Make a database that nobody has used, and drop it afterwards.

        Yields its address as the product's role.
        """
        with database(self.server, f"run_{uuid4().hex[:12]}", like=self.name) as url:
            yield as_product(url)


@contextmanager
def server_folder() -> Iterator[Path]:
    """A folder for a server that runs as another account where we are root.

    None of pytest's: each run that begins closes their common parent to everybody else, and would
    shut out the server of the run beside it.
    """
    with TemporaryDirectory(prefix="fairview-") as name:
        yield Path(name)


@contextmanager
def migrated_template(server: str) -> Iterator[Template]:
    """Migrate a database on the server of an address, to be copied until the block ends."""
    owner = as_owner(server)
    with (
        _as_admin(owner) as admin,
        admin.connect() as connection,
        suppress(ProgrammingError, IntegrityError),  # it is there, since just now perhaps
    ):
        connection.execute(text(f"CREATE ROLE {PRODUCT_ROLE}"))
    with database(owner, f"template_{uuid4().hex[:12]}") as url:
        migrate(url, product_role=PRODUCT_ROLE)
        yield Template(owner, str(make_url(url).database))


@contextmanager
def lone_template() -> Iterator[Template]:
    """Do the same on a server of its own, where checkpoints wait for nobody else's transactions."""
    with (
        server_folder() as folder,
        shared_postgres(folder / "postgres", durable=False) as server,
        migrated_template(server) as template,
    ):
        yield template


@contextmanager
def database(server: str, name: str, *, like: str = "template1") -> Iterator[str]:
    """Make a database on the server of an address, a copy of another, and drop it afterwards.

    Yields its address with the rights of the one given.
    """
    with _as_admin(server) as admin:
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {like}"))
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@contextmanager
def _as_admin(server: str) -> Iterator[Engine]:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


def as_product(url: str) -> str:
    """Return the address with the rights of the product's role, whoever signs in."""
    turned = make_url(as_owner(url)).update_query_dict({"options": f"-c role={PRODUCT_ROLE}"})
    return turned.render_as_string(hide_password=False)


def as_owner(url: str) -> str:
    """Return the address with the rights of whoever owns the database."""
    owner = make_url(url).difference_update_query(["options"])
    return owner.render_as_string(hide_password=False)
