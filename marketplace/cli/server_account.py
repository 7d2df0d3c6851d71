"""Who the embedded PostgreSQL runs as: it refuses to be root, as a container often is."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

from marketplace.cli.trouble import CannotStart

SERVER_ACCOUNT: Final = "fairview-postgres"
PATIENCE_SECONDS: Final = 10.0
"""How long an account may take that another process is just making."""


@cache
def server_account() -> str | None:
    """Return the account the server has to run as, or None where it can run as we do.

    It is made where there is none; of several that begin at once one makes it.
    """
    if os.geteuid() != 0:
        return None
    if not _is_there():
        _make()
    return SERVER_ACCOUNT


def _make() -> None:
    maker = shutil.which("useradd") or "/usr/sbin/useradd"
    try:
        subprocess.run(  # noqa: S603  # constants only
            [maker, "--system", "--no-create-home", "--shell", "/bin/sh", SERVER_ACCOUNT],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError) as failure:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not _is_there():  # nobody else can make one while another process does
            if time.monotonic() > deadline:
                raise CannotStart(
                    "PostgreSQL refuses to run as root, and no account could be made for it:"
                    " run this as an ordinary user, or set DATABASE_URL."
                ) from failure
            time.sleep(0.05)


def _is_there() -> bool:
    with suppress(KeyError):
        return bool(pwd.getpwnam(SERVER_ACCOUNT))
    return False


def let_through(folder: Path) -> None:
    """Let the server's account pass through a folder of root's, without letting it list it."""
    for step in (folder, *folder.parents):
        mode = step.stat().st_mode
        if not mode & 0o001:
            step.chmod(mode | 0o001)
