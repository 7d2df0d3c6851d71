"""The servers of `make run` and of the tests: shared, stopped by the last, and deaf to the net."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import psutil
import psycopg
import pytest
from redis import Redis

from marketplace.cli import postgres_server
from marketplace.cli.postgres_server import (
    ensure_database,
    ensure_role,
    postgres_program,
    shared_postgres,
)
from marketplace.cli.redis_server import embedded_redis
from marketplace.cli.trouble import CannotStart
from tests.databases import server_folder


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with server_folder() as folder:
        yield folder / "postgres"


@pytest.fixture
def place() -> Iterator[Path]:
    """Where nobody has been; the folder of the others is one for all of them."""
    with server_folder() as place:
        yield place


def ask(url: str, question: str) -> object:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        row = connection.execute(question.encode()).fetchone()
    return None if row is None else row[0]


def server_pid(folder: Path) -> int:
    return int((folder / "data" / "postmaster.pid").read_text().split()[0])


def is_up(folder: Path) -> bool:
    return (folder / "data" / "postmaster.pid").exists()


def test_it_is_a_real_server_in_utc_with_a_fixed_sort_order(folder: Path) -> None:
    with shared_postgres(folder, durable=False) as url:
        assert str(ask(url, "SELECT version()")).startswith("PostgreSQL 18")
        assert ask(url, "SHOW timezone") == "UTC"
        assert ask(url, "SHOW fsync") == "off"
        assert ask(url, "SELECT 'B' < 'a'") is True
        assert ask(url, "SELECT lower('ÉCOLE')") == "école"


def test_it_listens_on_no_port_and_nobody_else_may_enter_its_folder(folder: Path) -> None:
    with shared_postgres(folder, durable=False) as url:
        assert ask(url, "SHOW listen_addresses") == ""
        assert (folder / "data").stat().st_mode & 0o077 == 0


def test_what_was_written_is_there_after_a_stop(folder: Path) -> None:
    with shared_postgres(folder, durable=False) as url:
        ours = ensure_database(url, "kept")
        with psycopg.connect(ours.replace("+psycopg", "")) as connection:
            connection.execute("CREATE TABLE kept (answer integer)")
        ask(ours, "INSERT INTO kept VALUES (42) RETURNING answer")

    assert not is_up(folder)
    with shared_postgres(folder, durable=False) as url:
        assert ask(ensure_database(url, "kept"), "SELECT answer FROM kept") == 42


def test_two_users_share_one_server_and_the_last_one_stops_it(folder: Path) -> None:
    with shared_postgres(folder, durable=False):
        with shared_postgres(folder, durable=False) as url:
            first = server_pid(folder)
        assert server_pid(folder) == first
        assert ask(url, "SELECT 1") == 1

    assert not is_up(folder)


def test_of_several_who_begin_at_once_one_makes_the_database_and_its_role(folder: Path) -> None:
    start = Barrier(8)

    def begin(url: str) -> str:
        start.wait(60)
        return ensure_role(ensure_database(url, "at_once"), "somebody")

    with shared_postgres(folder, durable=False) as url, ThreadPoolExecutor(8) as pool:
        [address] = set(pool.map(begin, [url] * 8))
        assert ask(address, "SELECT current_user || '@' || current_database()") == (
            "somebody@at_once"
        )


def test_a_user_that_is_killed_does_not_keep_the_server_up(folder: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path;"
        "from marketplace.cli.postgres_server import embedded_postgres;"
        "embedded_postgres(Path(sys.argv[1]), durable=False); print('up', flush=True);"
        "time.sleep(600)"
    )
    user = subprocess.Popen(
        [sys.executable, "-c", program, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert user.stdout is not None
    assert user.stdout.readline() == "up\n"
    user.kill()
    user.wait()
    user.stdout.close()
    assert is_up(folder)

    with shared_postgres(folder, durable=False) as url:
        assert ask(url, "SELECT 1") == 1

    assert not is_up(folder)


def test_a_server_that_was_killed_is_started_again(folder: Path) -> None:
    with shared_postgres(folder, durable=False) as url:
        killed = server_pid(folder)
        os.kill(killed, signal.SIGKILL)
        psutil.wait_procs([psutil.Process(killed)], timeout=60)
        with pytest.raises(psycopg.OperationalError):
            ask(url, "SELECT 1")

        with shared_postgres(folder, durable=False) as again:
            assert server_pid(folder) != killed
            assert ask(again, "SELECT 1") == 1


def test_a_note_of_a_server_whose_number_is_another_program_now_is_dropped(folder: Path) -> None:
    with shared_postgres(folder, durable=False):
        note = (folder / "data" / "postmaster.pid").read_text()
    lines = note.splitlines()
    (folder / "data" / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]))

    with shared_postgres(folder, durable=False) as url:
        assert ask(url, "SELECT 1") == 1


def test_a_path_too_long_for_a_socket_is_no_hindrance(place: Path) -> None:
    deep = place / ("a-rather-long-name-" * 5) / "postgres"

    with shared_postgres(deep, durable=False) as url:
        assert ask(url, "SELECT 1") == 1


def test_a_server_that_does_not_start_says_its_last_words(folder: Path) -> None:
    with shared_postgres(folder, durable=False):
        pass
    settings = folder / "data" / "postgresql.auto.conf"
    settings.write_text("shared_buffers = 'much'\n")
    try:
        with pytest.raises(
            CannotStart, match=r"PostgreSQL did not start\. Its last words:\n.*much"
        ):
            shared_postgres(folder, durable=False).__enter__()
    finally:
        settings.write_text("")


@pytest.fixture
def initdb(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that sets up the data folder in place of PostgreSQL's own, to be written."""
    program = place / "initdb"
    program.touch(mode=0o755)
    own = postgres_server.postgres_program
    monkeypatch.setattr(
        postgres_server, "postgres_program", lambda name: program if name == "initdb" else own(name)
    )
    return program


def test_a_folder_that_could_not_be_set_up_is_set_up_once_more(place: Path, initdb: Path) -> None:
    scratch = place / "scratch"
    scratch.mkdir()
    scratch.chmod(0o777)
    initdb.write_text(
        f'#!/bin/sh\nmkdir {scratch}/tried || exec {postgres_program("initdb")} "$@"\n'
        "kill -ABRT $$\n"
    )

    with shared_postgres(place / "postgres", durable=False) as url:
        assert ask(url, "SELECT 1") == 1
    assert (scratch / "tried").exists()


def test_a_folder_that_cannot_be_set_up_says_why_and_leaves_nothing(
    place: Path, initdb: Path
) -> None:
    initdb.write_text("#!/bin/sh\nseq 8\necho out of luck\nexit 1\n")

    with pytest.raises(CannotStart) as refusal:
        shared_postgres(place / "postgres", durable=False).__enter__()

    told = place / "postgres" / "initdb.log"
    assert str(refusal.value) == (
        "PostgreSQL could not set up its data folder. Its last words:\n5\n6\n7\n8\nout of luck\n"
        f"All of it is in {told}."
    )
    assert told.read_text().count("1\n2\n") == 2
    assert not {"data", "data.new"} & {each.name for each in told.parent.iterdir()}


def test_data_of_another_version_is_refused_and_left_alone(folder: Path) -> None:
    with shared_postgres(folder, durable=False):
        pass
    version = folder / "data" / "PG_VERSION"
    version.write_text("16\n")
    try:
        with pytest.raises(CannotStart, match="written by PostgreSQL 16, this is 18"):
            shared_postgres(folder, durable=False).__enter__()
        assert (folder / "data" / "base").is_dir()
    finally:
        version.write_text("18\n")


def test_the_console_for_the_database_is_there() -> None:
    said = subprocess.run(
        [postgres_program("psql"), "--version"], check=True, capture_output=True, text=True
    ).stdout

    assert said.startswith("psql (PostgreSQL) 18")


def test_redis_answers_at_its_address_and_is_gone_afterwards(tmp_path: Path) -> None:
    with embedded_redis(tmp_path / "redis") as url, Redis.from_url(url) as client:
        client.set("kept", "yes")
        assert client.get("kept") == b"yes"
        assert client.config_get("port") == {"port": "0"}
        pid = client.info()["process_id"]

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
