"""What the runner says on the terminal, and what it writes to the log instead."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final, Protocol

from rich.console import Console

from marketplace.kernel.clock import utc_now

WORTH_TELLING: Final = timedelta(seconds=1)


class DemoAccount(Protocol):
    """Somebody a visitor of the demo can sign in as."""

    @property
    def persona(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def password(self) -> str: ...
    @property
    def what(self) -> str: ...


class Teller:
    """Speaks to a terminal with a moving line, to anything else in plain lines."""

    def __init__(self, console: Console | None = None, *, verbose: bool = False) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True, markup=False)
        self._verbose = verbose

    def say(self, line: str = "") -> None:
        """Print one line as it is."""
        self._console.print(line)

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Say what is being done while it is done, and afterwards how long it took."""
        begun = time.monotonic()
        if self._console.is_terminal:
            with self._console.status(f"{what} …"):
                yield
        else:
            self.say(f"{what} …")
            yield
        took = timedelta(seconds=time.monotonic() - begun)
        if self._console.is_terminal:
            self.say(f"{what}: done in {took.total_seconds():.1f} s")
        elif took > WORTH_TELLING:
            self.say(f"  took {took.total_seconds():.1f} s")

    def announce(
        self, *, address: str, accounts: Sequence[DemoAccount], notes: Sequence[str]
    ) -> None:
        """Print the one address, who to sign in as, and what else is worth knowing."""
        self.say()
        self.say(f"Fairview is ready: {address}")
        if accounts:
            self.say()
            heads = ("Sign in as", "E-mail", "Password", "To see")
            rows = [heads, *((one.persona, one.email, one.password, one.what) for one in accounts)]
            widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
            for row in rows:
                cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
                self.say("  " + "   ".join(cells).rstrip())
        self.say()
        for note in notes:
            self.say(note)

    def hear(self, name: str, line: str) -> None:
        """Show a child's line where everything is to be seen."""
        if self._verbose:
            self.say(f"{name:<8} {line}")


class Log:
    """The file that keeps every line of every child; the run before is kept beside it."""

    def __init__(self, path: Path) -> None:
        if path.exists():
            path.replace(path.with_name(path.name + ".1"))
        self._file = path.open("w", encoding="utf-8", buffering=1)
        self._one_at_a_time = threading.Lock()

    def write(self, name: str, line: str) -> None:
        """Add a child's line."""
        with self._one_at_a_time:
            if not self._file.closed:
                self._file.write(f"{utc_now():%Y-%m-%dT%H:%M:%SZ} {name:<8} {line}\n")

    def close(self) -> None:
        """Close the file; later lines are dropped."""
        with self._one_at_a_time:
            self._file.close()
