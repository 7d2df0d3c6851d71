"""A market with campaigns, and processes of their own that ask it or keep its columns."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand, BrandMember
from marketplace.creators import service as creators
from marketplace.creators.service import CreatorRow, VideoRow
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.ids import new_id
from tests.conftest import NOON, ROOT, make_person
from tests.factories.campaigns import make_campaign
from tests.services.planned import make_crowd

CROWD = 60
PATIENCE_SECONDS = 600


def make_market(engine: Engine) -> None:
    """A crowd of creators who have joined, and three open campaigns of a brand."""
    with Session(engine) as session:
        make_crowd(session, CROWD)
        brand = Brand(id=new_id(), name="Acme Kitchen", country="US", created_at=NOON)
        session.add(brand)
        session.flush()
        user = make_person(session, "alice")
        session.add(
            BrandMember(brand_id=brand.id, user_id=user.id, role=Role.OWNER, joined_at=NOON)
        )
        alice = Actor(user_id=user.id, brands={brand.id: Role.OWNER})
        for name in ("Beans in a minute", "Soup for two", "Bread at night"):
            make_campaign(session, brand=brand, by=alice, name=name)
        session.commit()


def refuse(line: int, column: str, reason: str) -> None:
    raise AssertionError(f"{line} {column}: {reason}")


def take_many(engine: Engine, count: int) -> None:
    """Import so many creators with a video each."""
    people = [CreatorRow(n, f"key{n}", 1_000 + n, 10, 5) for n in range(count)]
    videos = [
        VideoRow(n, f"video{n}", f"key{n}", 1_790_000_000, '["soup"]', 20, 5_000 + n, 90, 5, 1, "")
        for n in range(count)
    ]
    with Session(engine) as session:
        creators.import_creators(session, people, refuse=refuse, now=NOON)
        creators.import_videos(session, videos, refuse=refuse)
        session.commit()


@dataclass
class Other:
    """A process of :mod:`tests.races.asking`, begun. said: what it says at its end."""

    process: subprocess.Popen[str]
    said: Any = None

    def has_to_live(self) -> None:
        """Fail with what it said where it has ended."""
        code = self.process.poll()
        assert code is None, f"{code}: ...{self.process.communicate()[1][-1500:]}"


@contextmanager
def other(
    what: str,
    engine: Engine,
    place: Path,
    *,
    size: int = 512,
    pause: float = 0.2,
    threads: int = 2,
) -> Iterator[Other]:
    """Let a process ask or refresh within the block; it has to end well and in silence."""
    url = engine.url.render_as_string(hide_password=False)
    process = subprocess.Popen(
        [
            # numpy may warn of a division of zeros whose answer is thrown away
            *(sys.executable, "-W", "ignore::RuntimeWarning", "-m", "tests.races.asking"),
            *(what, url, str(place), str(size), str(pause), str(threads)),
        ],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    found = Other(process)
    try:
        assert process.stdout is not None
        assert process.stdout.readline(), process.communicate()[1]
        yield found
        said, trouble = process.communicate("", timeout=PATIENCE_SECONDS)
        assert not trouble, trouble[-3000:]
        assert process.returncode == 0, process.returncode
        found.said = json.loads(said)
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            assert pipe is not None
            pipe.close()
