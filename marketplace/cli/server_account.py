"""Who the embedded PostgreSQL runs as: it refuses to be root, as a container often is."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

from marketplace.cli.trouble import CannotStart

SERVER_ACCOUNT: Final = "fairview-postgres"


@cache
def server_account() -> str | None:
    """Return the account the server has to run as, or None where it can run as we do."""
    if os.geteuid() != 0:
        return None
    with suppress(KeyError):
        return pwd.getpwnam(SERVER_ACCOUNT).pw_name
    maker = shutil.which("useradd") or "/usr/sbin/useradd"
    try:
        subprocess.run(  # noqa: S603  # constants only
            [maker, "--system", "--no-create-home", "--shell", "/bin/sh", SERVER_ACCOUNT],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError) as failure:
        raise CannotStart(
            "PostgreSQL refuses to run as root, and no account could be made for it:"
            " run this as an ordinary user, or set DATABASE_URL."
        ) from failure
    return SERVER_ACCOUNT


def let_through(folder: Path) -> None:
    """Let the server's account pass through a folder of root's, without letting it list it."""
    for step in (folder, *folder.parents):
        mode = step.stat().st_mode
        if not mode & 0o001:
            step.chmod(mode | 0o001)
