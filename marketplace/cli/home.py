"""The folder that holds everything of a local market, its secrets, and who may run it now."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from cryptography.fernet import Fernet

from marketplace.cli.processes import Trace, stop_leftovers
from marketplace.cli.trouble import CannotStart

NEEDED_BYTES: Final = 200 * 1000 * 1000
"""Free space below which a market is not started."""
CONTENTS: Final = (
    "postgres", "redis", "sandbox", "uploads", "mail", "seals", "columns", "secrets.json", "clock",
    "clock.new", "fairview.log", "fairview.log.1",
)  # fmt: skip
"""All that is ever made in the folder, and all that starting over deletes."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where a local market keeps its data."""

    folder: Path

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def redis(self) -> Path:
        return self.folder / "redis"

    @property
    def sandbox_state(self) -> Path:
        return self.folder / "sandbox" / "state.sqlite3"

    @property
    def uploads(self) -> Path:
        return self.folder / "uploads"

    @property
    def mail(self) -> Path:
        return self.folder / "mail"

    @property
    def clock(self) -> Path:
        return self.folder / "clock"

    @property
    def log(self) -> Path:
        return self.folder / "fairview.log"

    @property
    def lock(self) -> Path:
        return self.folder / "lock"

    def make(self) -> None:
        """Create the folders; refuses where there is too little room for a market."""
        # Others may pass through, since PostgreSQL may have to run as somebody else, but not look.
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o711)
        free = shutil.disk_usage(self.folder).free
        if free < NEEDED_BYTES:
            raise CannotStart(
                f"Only {free // 1_000_000} MB are free where {self.folder} is, and a market needs"
                f" {NEEDED_BYTES // 1_000_000} MB: free some space, or set FAIRVIEW_HOME to a"
                " folder on another disk."
            )
        for part in (self.sandbox_state.parent, self.uploads, self.mail):
            part.mkdir(exist_ok=True, mode=0o700)

    def secrets(self) -> Mapping[str, str]:
        """Return the market's own secrets, made the first time and kept since."""
        path = self.folder / "secrets.json"
        if path.exists():
            kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
            return kept
        made = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "TOKEN_KEYS": Fernet.generate_key().decode("ascii"),
            "STRIPE_WEBHOOK_SECRET": f"whsec_{secrets.token_urlsafe(24)}",
            "STRIPE_CONNECT_WEBHOOK_SECRET": f"whsec_{secrets.token_urlsafe(24)}",
            "TIKTOK_CLIENT_KEY": f"sandbox-{secrets.token_hex(8)}",
            "TIKTOK_CLIENT_SECRET": secrets.token_urlsafe(24),
        }
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:  # noqa: PTH123  # Path.open takes no mode for a new file
            json.dump(made, file, indent=2)
        fresh.replace(path)
        return made

    def erase(self) -> None:
        """Delete the market's data, and nothing else that may lie in the folder."""
        for name in CONTENTS:
            path = self.folder / name
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


class Turn:
    """The right to run the market of a home; the system takes it back when its holder dies."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def note(self, traces: list[Trace]) -> None:
        """Write down who holds the turn, and the children a later run would have to stop."""
        children = [[trace.pid, trace.started] for trace in traces]
        self._file.seek(0)
        self._file.truncate()
        json.dump({"pid": os.getpid(), "children": children}, self._file)
        self._file.flush()


@contextmanager
def taking_turn(home: Home) -> Iterator[tuple[Turn, str]]:
    """Hold the market's turn; yields it with a note on the run before, empty when that ended well.

    Raises CannotStart while another process holds it. Children of a run that was killed are
    stopped.
    """
    with home.lock.open("a+", encoding="utf-8") as file:
        file.seek(0)
        before = file.read()
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise CannotStart(
                f"Fairview is already running here (process {_noted(before)[0]}): stop it with"
                " Ctrl-C there first, or set FAIRVIEW_HOME and PORT to run a second one."
            ) from taken
        turn = Turn(file)
        note = _clear_up(before)
        turn.note([])
        try:
            yield turn, note
        finally:  # emptied, not removed: a file that others may be opening must stay the same one
            file.seek(0)
            file.truncate()


def _clear_up(before: str) -> str:
    if not before:
        return ""
    pid, traces = _noted(before)
    stopped = stop_leftovers(traces)
    many = "1 process" if stopped == 1 else f"{stopped} processes"
    left = f"; stopped {many} it had left" if stopped else ""
    return f"The last run (process {pid}) did not end by itself: cleared its lock{left}."


def _noted(text: str) -> tuple[int, list[Trace]]:
    try:
        noted = json.loads(text)
        return int(noted["pid"]), [Trace(int(pid), float(at)) for pid, at in noted["children"]]
    except (ValueError, KeyError, TypeError):
        return 0, []
