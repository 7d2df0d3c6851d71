"""What the local runner promises: children end together, and every hindrance gets one sentence."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import namedtuple
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from marketplace.cli.home import Home, taking_turn
from marketplace.cli.local import main
from marketplace.cli.processes import (
    Children,
    Command,
    Trace,
    procfile_commands,
    stop_leftovers,
)
from marketplace.cli.trouble import CannotStart, said_plainly

FOREVER = "import time; print('ready', flush=True); time.sleep(600)"

SILENT = "import time; time.sleep(600)"
"""Writes to nobody: the pipe of a runner that was killed is broken."""

DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {FOREVER}"


def python(name: str, program: str) -> Command:
    return Command(name, (sys.executable, "-c", program))


def is_running(pid: int) -> bool:
    """True for a process that does something; a dead one may wait for its parent to notice."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def until(lines: list[tuple[str, str]], *wanted: tuple[str, str]) -> None:
    for _ in range(4_800):
        if all(line in lines for line in wanted):
            return
        time.sleep(0.025)
    pytest.fail(f"{wanted} were not heard in {lines}")


@pytest.fixture
def lines() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def children(tmp_path: Path, lines: list[tuple[str, str]]) -> Iterator[Children]:
    children = Children(folder=tmp_path, heard=lambda name, line: lines.append((name, line)))
    yield children
    children.stop()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


# --- children -----------------------------------------------------------------------------------


def test_stopping_leaves_no_child_running(children: Children, lines: list[tuple[str, str]]) -> None:
    children.start(python("one", FOREVER), environment=os.environ)
    children.start(python("two", FOREVER), environment=os.environ)
    until(lines, ("one", "ready"), ("two", "ready"))
    pids = [trace.pid for trace in children.traces()]
    assert [is_running(pid) for pid in pids] == [True, True]

    children.stop()

    assert [is_running(pid) for pid in pids] == [False, False]


def test_a_child_deaf_to_the_request_is_killed_with_what_it_has_started(
    tmp_path: Path, lines: list[tuple[str, str]]
) -> None:
    children = Children(
        folder=tmp_path, heard=lambda name, line: lines.append((name, line)), grace_seconds=0.5
    )
    program = (
        "import signal, subprocess, sys;"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"child = subprocess.Popen([sys.executable, '-c', {DEAF!r}], start_new_session=True);"
        "print(child.pid, flush=True); child.wait()"
    )
    children.start(python("parent", program), environment=os.environ)
    until(lines, ("parent", "ready"))
    grandchild = int(next(line for _, line in lines if line.isdigit()))
    assert is_running(grandchild)

    children.stop()

    assert not is_running(grandchild)


def test_a_server_others_need_is_stopped_after_them(
    children: Children, lines: list[tuple[str, str]]
) -> None:
    bye = (
        "import signal, sys, time;"
        "signal.signal(signal.SIGTERM, lambda *_: (print('bye', flush=True), sys.exit()));"
        f"time.sleep({{}}); {FOREVER}"
    )
    slow = bye.format(0).replace("lambda *_: (", "lambda *_: (time.sleep(0.3), ")
    last = Command("server", (sys.executable, "-c", bye.format(0)), ends_last=True)
    children.start(last, environment=os.environ)
    children.start(python("client", slow), environment=os.environ)
    until(lines, ("server", "ready"), ("client", "ready"))

    children.stop()

    assert [line for line in lines if line[1] == "bye"] == [("client", "bye"), ("server", "bye")]


def test_a_child_that_dies_is_named_with_its_exit_code_and_its_last_error(
    children: Children,
) -> None:
    program = (
        "import sys; print('one', file=sys.stderr); print('out of luck', file=sys.stderr);"
        "print('and out'); sys.exit(3)"
    )
    children.start(python("relay", program), environment=os.environ)

    ended = children.wait()

    assert str(ended) == "relay stopped with exit code 3: out of luck"


def test_a_child_without_an_error_is_named_with_its_last_line(children: Children) -> None:
    children.start(python("clock", "print('nothing to do')"), environment=os.environ)

    assert str(children.wait()) == "clock stopped with exit code 0: nothing to do"


def test_a_child_that_says_nothing_is_named_all_the_same(children: Children) -> None:
    children.start(python("clock", "raise SystemExit(4)"), environment=os.environ)

    assert str(children.wait()) == "clock stopped with exit code 4, without a word"


def test_a_program_that_is_missing_is_named(children: Children) -> None:
    with pytest.raises(CannotStart, match=r"^web cannot be started: no-such-program is missing\.$"):
        children.start(Command("web", ("no-such-program",)), environment={"PATH": "/nowhere"})


def test_the_procfile_is_run_with_its_variables(
    tmp_path: Path, children: Children, lines: list[tuple[str, str]]
) -> None:
    procfile = tmp_path / "Procfile"
    procfile.write_text("web: echo listening on ${PORT:-8000}\n")

    for command in procfile_commands(procfile):
        children.start(command, environment={**os.environ, "PORT": "8123"})

    assert str(children.wait()) == "web stopped with exit code 0: listening on 8123"


# --- whose turn it is ---------------------------------------------------------------------------


def test_a_second_run_in_one_home_is_refused_with_the_first_ones_number(home: Home) -> None:
    home.make()
    with taking_turn(home), pytest.raises(CannotStart, match=rf"already running .*{os.getpid()}"):
        taking_turn(home).__enter__()


def test_a_run_that_ended_well_leaves_no_note(home: Home) -> None:
    home.make()
    with taking_turn(home):
        pass

    with taking_turn(home) as (_, note):
        assert note == ""


def test_the_children_of_a_runner_that_was_killed_are_stopped_by_the_next(home: Home) -> None:
    home.make()
    program = (
        "import os, signal, sys, time; from pathlib import Path;"
        "from marketplace.cli.home import Home, taking_turn;"
        "from marketplace.cli.processes import Children, Command;"
        "home = Home(Path(sys.argv[1]));"
        "children = Children(folder=home.folder, heard=lambda *_: None);"
        "turn = taking_turn(home); taken, _ = turn.__enter__();"
        f"one = Command('one', (sys.executable, '-c', {SILENT!r}));"
        "children.start(one, environment=os.environ);"
        "taken.note(children.traces()); print(children.traces()[0].pid, flush=True);"
        "time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(home.folder)], stdout=subprocess.PIPE, text=True
    ) as runner:
        assert runner.stdout is not None
        orphan = int(runner.stdout.readline())
        runner.kill()
    assert is_running(orphan)

    with taking_turn(home) as (_, note):
        assert note == (
            f"The last run (process {runner.pid}) did not end by itself: cleared its lock;"
            " stopped 1 process it had left."
        )
    assert not is_running(orphan)


@pytest.mark.parametrize("seconds", [-1, 1])
def test_a_child_is_known_again_after_the_clock_was_set(seconds: int) -> None:
    orphan = subprocess.Popen([sys.executable, "-c", SILENT])
    began = psutil.Process(orphan.pid).create_time()

    assert stop_leftovers([Trace(orphan.pid, began + seconds)]) == 1

    assert not is_running(orphan.pid)
    orphan.wait()


def test_a_number_that_another_program_has_now_is_left_alone(home: Home) -> None:
    home.make()
    stale = {"pid": 1, "children": [[os.getpid(), 1.0]]}
    home.lock.write_text(json.dumps(stale))

    with taking_turn(home) as (_, note):
        assert note == "The last run (process 1) did not end by itself: cleared its lock."


# --- the home -----------------------------------------------------------------------------------


def test_secrets_are_made_once_and_nobody_else_may_read_them(home: Home) -> None:
    home.make()

    made = home.secrets()

    assert home.secrets() == made
    assert (home.folder / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert made["STRIPE_WEBHOOK_SECRET"] != made["STRIPE_CONNECT_WEBHOOK_SECRET"]


def test_starting_over_deletes_the_market_and_nothing_else(home: Home) -> None:
    home.make()
    home.secrets()
    (home.folder / "letter.txt").write_text("mine")
    (home.uploads / "video.mp4").write_bytes(b"x")

    home.erase()

    assert [path.name for path in home.folder.iterdir()] == ["letter.txt"]


def test_too_little_room_is_said_before_anything_is_made(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**12, 10**12, 12_345_678))

    with pytest.raises(CannotStart, match=r"^Only 12 MB are free where .* needs 200 MB: free some"):
        home.make()
    assert list(home.folder.iterdir()) == []


def test_a_disk_that_fills_up_on_the_way_gets_one_sentence() -> None:
    sentence = r"^The disk is full\. Free some space and try again\.$"
    with (
        Path("/dev/full").open("wb", buffering=0) as full,
        pytest.raises(CannotStart, match=sentence),
        said_plainly(),
    ):
        full.write(b"x")


def test_a_folder_that_may_not_be_written_gets_one_sentence(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    ours = os.geteuid()
    if ours == 0:
        os.seteuid(65534)
    try:
        with pytest.raises(CannotStart, match=r"^May not write .*locked"), said_plainly():
            Home(locked / "home").make()
    finally:
        os.seteuid(ours)


# --- the command itself -------------------------------------------------------------------------


def test_what_hinders_a_run_is_one_sentence_and_exit_code_1(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home.make()
    monkeypatch.setenv("FAIRVIEW_HOME", str(home.folder))
    handlers = {number: signal.getsignal(number) for number in (2, 15, 1)}
    try:
        with taking_turn(home):
            codes = [main(["run"]), main(["fresh"])]
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)

    said = capsys.readouterr()
    assert codes == [1, 1]
    assert said.out == ""
    assert [line.split(" (")[0] for line in said.err.splitlines()] == [
        "Fairview is already running here"
    ] * 2
    with suppress(FileNotFoundError):
        assert not (home.folder / "postgres").exists()
