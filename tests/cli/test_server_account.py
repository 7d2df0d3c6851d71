"""The account that the embedded PostgreSQL runs as where we are root: made once, by one of us."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from marketplace.cli import server_account as accounts
from marketplace.cli.trouble import CannotStart


@pytest.fixture
def useradd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that makes no account, found first; and we are root."""
    program = tmp_path / "useradd"
    program.write_text("#!/bin/sh\necho 'cannot lock /etc/passwd; try again later.' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return program


def test_an_account_that_somebody_else_makes_at_the_same_time_is_used(
    useradd: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = iter([None, None, "it is there"])

    def look(name: str) -> str:
        found = next(looks)
        if found is None:
            raise KeyError(name)
        return found

    monkeypatch.setattr(pwd, "getpwnam", look)

    assert accounts.server_account.__wrapped__() == accounts.SERVER_ACCOUNT
    assert list(looks) == []


def test_where_no_account_can_be_made_it_is_said_in_one_sentence(
    useradd: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "PATIENCE_SECONDS", 0)
    monkeypatch.setattr(pwd, "getpwnam", {}.__getitem__)

    with pytest.raises(CannotStart, match="refuses to run as root, and no account could be made"):
        accounts.server_account.__wrapped__()
