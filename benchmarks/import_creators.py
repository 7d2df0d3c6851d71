"""How fast are creators and past videos imported?

Each case runs the whole path of ``flask creators import`` (read, check, write, work out figures,
commit) three times into an emptied market; the median counts. The reference is a bare COPY of the
same rows, checked and formatted beforehand, into a table without any constraint, in the same run.

Prints one line of JSON for each case.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.orm import Session

from marketplace.cli import seed_world
from marketplace.cli.creator_files import FileKind, Row, open_file
from marketplace.cli.postgres_server import embedded_postgres
from marketplace.creators import service as creators
from marketplace.tables import METADATA

ROOT = Path(__file__).parent.parent
REAL = ROOT.parent / "shared" / "data" / "tiktok-creators-2020"
NOW = datetime.now(UTC)
RUNS = 3
LARGE = 200_000


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, database() as engine:
        large = generated(Path(folder), videos=LARGE)
        cases = [("generated", large)]
        if (REAL / "videos.csv.gz").exists():
            cases.insert(
                0, ("tiktok-creators-2020", (REAL / "creators.csv.gz", REAL / "videos.csv.gz"))
            )
        for name, (people, videos) in cases:
            report(engine, f"creators, {name}", people, before=None)
            report(engine, f"videos, {name}", videos, before=people)
            report(engine, f"videos again, {name}", videos, before=people, again=True)


def report(
    engine: Engine, case: str, path: Path, *, before: Path | None, again: bool = False
) -> None:
    """Measure one file and print its line. again: the same file is in the market already."""
    ours, theirs, size = [], [], 0
    for _ in range(RUNS):
        empty(engine)
        for needed in [one for one in (before, path if again else None) if one]:
            load(engine, needed)
        start = time.perf_counter()
        size = load(engine, path)
        ours.append(size / (time.perf_counter() - start))
        theirs.append(size / bare_copy(engine, path))
    mine, reference = statistics.median(ours), statistics.median(theirs)
    line = {
        "benchmark": "import_creators",
        "case": case,
        "size": size,
        "unit": "rows/s",
        "ours": round(mine),
        "reference": "bare COPY into an unconstrained table",
        "theirs": round(reference),
        "ratio": round(mine / reference, 3),
    }
    print(json.dumps(line), flush=True)


def load(engine: Engine, path: Path) -> int:
    """Import a file as the command does and return how many rows it has."""
    found = open_file(path)
    count = 0

    def counted() -> Iterator[Any]:
        nonlocal count
        for row in found.rows(refuse=refuse, now=NOW):
            count += 1
            yield row

    with Session(engine) as session:
        if found.kind is FileKind.CREATORS:
            creators.import_creators(session, counted(), refuse=refuse, now=NOW)
        else:
            creators.import_videos(session, counted(), refuse=refuse)
        session.commit()
    found.close()
    return count


def bare_copy(engine: Engine, path: Path) -> float:
    """Seconds for a COPY of the same rows, ready to send, into a table without constraints."""
    found = open_file(path)
    rows: list[Row] = list(found.rows(refuse=refuse, now=NOW))
    found.close()
    columns = ", ".join(f"c{place} text" for place in range(len(rows[0])))
    ready = ["\t".join(map(str, row)) + "\n" for row in rows]
    batches = ["".join(ready[at : at + 5_000]) for at in range(0, len(ready), 5_000)]
    with engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE bare ({columns})"))
        driver: Any = connection.connection.driver_connection
        start = time.perf_counter()
        with driver.cursor() as cursor, cursor.copy("COPY bare FROM STDIN") as copy:
            for batch in batches:
                copy.write(batch)
        took = time.perf_counter() - start
        connection.execute(text("DROP TABLE bare"))
    return took


def refuse(line: int, column: str, reason: str) -> None:
    sys.exit(f"line {line} {column}: {reason}: every row of these files is good")


def empty(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE creators CASCADE"))


def generated(folder: Path, *, videos: int) -> tuple[Path, Path]:
    """Files of the same shape with invented rows: 25 videos for each creator."""
    chance = random.Random(7)
    people, posts = folder / "creators.csv.gz", folder / "videos.csv.gz"
    each = seed_world.VIDEOS_EACH
    with gzip.open(people, "wt") as creator_file, gzip.open(posts, "wt") as video_file:
        creator_file.write("creator,n_followers,n_total_likes,n_total_vids,source\n")
        video_file.write(
            "id,creator,create_time,hashtags,video_length,n_plays,n_likes,n_comments,n_shares\n"
        )
        for number in range(videos // each):
            key = f"{number:012x}"
            followers = round(10 ** chance.uniform(3, 7))
            creator_file.write(f"{key},{followers},{followers * 12},{each * 4},suggested\n")
            for place in range(each):
                views = round(followers * 10 ** chance.gauss(-0.6, 0.4))
                tags = "|".join(f"tag{chance.randrange(500)}" for _ in range(chance.randrange(5)))
                video_file.write(
                    f"{number * each + place + 10**18},{key},{1_600_000_000 + place * 90_000},"
                    f"{tags},{chance.randint(6, 60)},{views},{views // 7},{views // 800},"
                    f"{views // 1_000}\n"
                )
    return people, posts


@contextmanager
def database() -> Iterator[Engine]:
    """A database of its own, dropped at the end."""
    folder = Path(tempfile.gettempdir()) / f"fairview-test-pg-{os.getuid()}"
    server = os.environ.get("TEST_DATABASE_URL") or embedded_postgres(folder, durable=False)
    name = f"bench_{uuid4().hex[:12]}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine = create_engine(make_url(server).set(database=name))
    METADATA.create_all(engine)
    try:
        yield engine
    finally:
        engine.dispose()
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


if __name__ == "__main__":
    main()
