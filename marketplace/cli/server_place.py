"""Where the servers of wheels come from, and the folders that they keep their data in."""

from __future__ import annotations

import os
import shutil
import tempfile
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from marketplace.cli.server_account import server_account
from marketplace.cli.trouble import CannotStart

SOCKET_PATH_LIMIT: Final = 100
"""Bytes of a socket's path that every system takes (Linux 107, macOS 103)."""


def package_folder(name: str) -> Path:
    """Return the folder of an installed package, without importing it."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart(
            f"The package {name} is not installed: run `make run`, which installs it."
        )
    return Path(spec.submodule_search_locations[0])


def own_folder(folder: Path, *, mode: int) -> None:
    """Make a folder of our own; raises CannotStart for somebody else's."""
    folder.mkdir(parents=True, exist_ok=True, mode=mode)
    if folder.stat().st_uid != os.geteuid():
        raise CannotStart(f"{folder} belongs to somebody else: remove it or choose another folder.")


def short_enough(folder: Path, name: str) -> Path:
    """Return ``folder``, or a short one standing for it where a socket's path would be too long."""
    if len(os.fsencode(folder / name)) <= SOCKET_PATH_LIMIT:
        return folder
    short = Path(tempfile.gettempdir()) / f"fairview-{sha256(os.fsencode(folder)).hexdigest()[:12]}"
    short.mkdir(mode=0o700, exist_ok=True)
    account = server_account() if name.startswith(".s.PGSQL") else None
    if account is not None:
        shutil.chown(short, account, account)
    return short
