"""Files in memory that are cut short: zeros are read, a mark says so, and the process goes on."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from marketplace.matching.columns import torn
from marketplace.matching.columns.torn import Maps

NUMBERS = 100_000
WAYS: dict[str, Callable[[NDArray[Any]], object]] = {
    "numpy with the interpreter let go": lambda numbers: int(numbers.sum()),
    "numpy with the interpreter held": lambda numbers: int(numbers[:8].sum()),
    "one number": lambda numbers: numbers[NUMBERS // 2].item(),
    "a list": lambda numbers: sum(numbers[-300:].tolist()),
    "rows from all over": lambda numbers: int(numbers[np.arange(0, NUMBERS, 997)].sum()),
    "a copy": lambda numbers: int(numbers.copy().any()),
    "the bytes": lambda numbers: sum(numbers[:512].tobytes()),
    "a search": lambda numbers: int(np.searchsorted(numbers, 1) == NUMBERS) * 0,
}


def make_file(path: Path) -> Path:
    path.write_bytes(np.full(NUMBERS, 7, "<u4").tobytes())
    return path


def numbers_in(path: Path, maps: Maps, *, writable: bool = False) -> NDArray[Any]:
    return np.frombuffer(maps.open(path, writable=writable), "<u4")


@pytest.mark.parametrize("way", WAYS)
def test_what_is_cut_off_is_read_as_zeros_and_marked(tmp_path: Path, way: str) -> None:
    maps = Maps()
    numbers = numbers_in(make_file(tmp_path / "views"), maps)
    assert (numbers[0], maps.are_torn) == (7, False)
    os.truncate(tmp_path / "views", 0)

    assert WAYS[way](numbers) == 0
    assert maps.are_torn


def test_what_is_written_where_the_file_has_ended_is_marked(tmp_path: Path) -> None:
    maps = Maps()
    numbers = numbers_in(make_file(tmp_path / "views"), maps, writable=True)
    numbers[-1] = 8
    os.truncate(tmp_path / "views", 4)

    numbers[-1] = 9

    assert maps.are_torn
    assert (tmp_path / "views").read_bytes() == b"\x07\0\0\0"


def test_threads_that_read_one_file_all_go_on(tmp_path: Path) -> None:
    maps = Maps()
    numbers = numbers_in(make_file(tmp_path / "views"), maps)
    os.truncate(tmp_path / "views", 0)

    with ThreadPoolExecutor(8) as pool:
        sums = list(pool.map(lambda _: int(numbers.sum()), range(64)))

    assert sums == [0] * 64
    assert maps.are_torn


def test_a_mark_is_about_its_own_files_and_what_is_opened_anew_has_none(tmp_path: Path) -> None:
    maps, others = Maps(), Maps()
    numbers = numbers_in(make_file(tmp_path / "views"), maps)
    whole = numbers_in(make_file(tmp_path / "age"), others)
    os.truncate(tmp_path / "views", 0)
    assert int(numbers.sum() + whole.sum()) == 7 * NUMBERS
    assert (maps.are_torn, others.are_torn) == (True, False)

    again = Maps()
    assert int(numbers_in(make_file(tmp_path / "views"), again).sum()) == 7 * NUMBERS
    assert not again.are_torn


def test_a_file_that_nobody_reads_any_more_is_not_watched(tmp_path: Path) -> None:
    gc.collect()
    before = len(torn._ours)
    numbers = numbers_in(make_file(tmp_path / "views"), Maps())
    part = numbers[5:].reshape(-1, 5)
    del numbers
    assert len(torn._ours) == before + 1

    del part
    gc.collect()
    assert len(torn._ours) == before


@pytest.mark.parametrize("size", [0, 4, NUMBERS * 4 - 1])
def test_a_file_that_is_shorter_now_is_cut_before_anybody_reads_it_and_after_it_is_gone(
    tmp_path: Path, size: int
) -> None:
    maps = Maps()
    numbers = numbers_in(make_file(tmp_path / "views"), maps)
    whole = numbers_in(make_file(tmp_path / "age"), maps)
    assert not maps.are_cut

    (tmp_path / "age").unlink()
    assert not maps.are_cut
    assert int(whole.sum()) == 7 * NUMBERS

    os.truncate(tmp_path / "views", size)
    (tmp_path / "views").unlink()
    assert (maps.are_cut, maps.are_torn) == (True, False)
    assert numbers[0] == (7 if size else 0)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "views").touch()

    with pytest.raises(ValueError, match="empty file"):
        Maps().open(tmp_path / "views")


def ran(path: Path, then: str, *, before: str = "") -> subprocess.CompletedProcess[str]:
    """Let a process of its own read a file of ours that was cut short, and then do something."""
    script = (
        "import faulthandler, mmap, os, signal, sys\n"
        "from pathlib import Path\n"
        "from torn import Maps\n"
        "def cut():\n"
        "    path.write_bytes(bytes(9_000))\n"
        "    maps = Maps()\n"
        "    found = maps.open(path)\n"
        "    os.truncate(path, 0)\n"
        "    assert found[8_000] == 0 and maps.are_torn\n"
        "path = Path(sys.argv[1])\n"
        f"{before}\n"
        "cut()\n"
        "print('goes on', flush=True)\n"
        f"{then}\n"
        "print('ends well')\n"
    )
    return subprocess.run(
        [sys.executable, "-c", script, path],
        cwd=Path(torn.__file__).parent,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


NOT_OURS = (
    "path.write_bytes(bytes(9_000))\n"
    "with path.open('rb') as file: other = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)\n"
    "os.truncate(path, 0)\n"
    "other[8_000]"
)
SENT = "os.kill(os.getpid(), signal.SIGBUS)"
WATCHED = "faulthandler.enable()"


@pytest.mark.parametrize("before", ["", WATCHED])
@pytest.mark.parametrize("then", [NOT_OURS, SENT, f"{WATCHED}\ncut()\n{NOT_OURS}"])
def test_any_other_fault_still_ends_the_process(tmp_path: Path, before: str, then: str) -> None:
    done = ran(tmp_path / "views", then, before=before)

    assert done.stdout == "goes on\n"
    assert done.returncode == -signal.SIGBUS
    assert ("Bus error" in done.stderr) == (WATCHED in before + then)


@pytest.mark.parametrize(
    "then",
    [
        "[cut() for _ in range(100)]",
        f"{WATCHED}\n[cut() for _ in range(3)]",
        f"{WATCHED}\nfaulthandler.disable()\n[cut() for _ in range(3)]",
        "if not os.fork(): cut(); print('as does a child', flush=True); os._exit(0)\nos.wait()",
    ],
)
def test_the_process_outlives_any_number_of_cuts(tmp_path: Path, then: str) -> None:
    done = ran(tmp_path / "views", then)

    assert (done.stderr, done.returncode) == ("", 0)
    assert done.stdout.endswith("ends well\n")


def test_a_handler_that_was_there_before_is_asked_about_the_rest(tmp_path: Path) -> None:
    done = ran(tmp_path / "views", SENT, before="signal.signal(signal.SIGBUS, lambda *_: print(1))")

    assert (done.stdout, done.returncode) == ("goes on\n1\nends well\n", 0)
