"""What keeps the local product from running, said in one sentence to the person at the keyboard."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

SHOWN_LINES: Final = 5
"""How many of a program's last lines are repeated when it fails."""
DISK_FULL: Final = "The disk is full. Free some space and try again."


class CannotStart(Exception):
    """The local product cannot run; the text is for the person who started it."""


@contextmanager
def said_plainly() -> Iterator[None]:
    """Turn what the system refuses (a full disk, a folder it keeps) into CannotStart."""
    try:
        yield
    except OSError as refusal:
        where = f" {refusal.filename}" if refusal.filename else ""
        if refusal.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise CannotStart(DISK_FULL) from refusal
        if refusal.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            raise CannotStart(
                f"May not write{where}: make it writable, or set FAIRVIEW_HOME to a folder that is."
            ) from refusal
        raise CannotStart(f"{refusal.strerror or refusal}:{where}.") from refusal


def last_lines(log: Path) -> str:
    """Return the end of a log; empty when there is none."""
    with suppress(OSError):
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return "\n".join(lines[-SHOWN_LINES:])
    return ""


def reason(what: str, output: str) -> str:
    """Return the sentence for a program that failed, with its last words."""
    if "No space left on device" in output:
        return f"{what}: the disk is full. Free some space and try again."
    shown = "\n".join(output.strip().splitlines()[-SHOWN_LINES:])
    return f"{what}. Its last words:\n{shown}" if shown else f"{what}, and said nothing."
