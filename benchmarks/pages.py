"""How long a page takes over 10,000 creators, through the real server.

Signs in as each persona of the demo market, which is copied up to 10,000 creators, laid out in
columns, and asks for the persona's home, campaign and match pages. The reference
is a bare Flask route with one SELECT, behind the same server with the same settings and over the
same database, asked in turn with the page.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import httpx
from rich.console import Console
from sqlalchemy import create_engine, text

from marketplace.cli.local import running_market
from marketplace.cli.migrating import ROOT
from marketplace.cli.processes import Children, Command, procfile_commands
from marketplace.cli.seed import DEMO_ACCOUNTS
from marketplace.cli.telling import Teller

HOST: Final = "127.0.0.1"
CREATORS: Final = int(os.environ.get("BENCH_CREATORS", "10000"))
ROUNDS: Final = int(os.environ.get("BENCH_ROUNDS", "100"))
WARM_UP: Final = 15
READY_SECONDS: Final = 30
BARE: Final = """
import os

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import text

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
db = SQLAlchemy(app)


@app.get("/")
def one():
    return str(db.session.execute(text("SELECT count(*) FROM brands")).scalar())
"""
COPY: Final = """
WITH numbers AS (SELECT generate_series(1, :wanted) AS n),
old AS (SELECT * FROM creators WHERE source = 'seeded'),
pairs AS (
    SELECT gen_random_uuid() AS new_id, old.id AS old_id, n FROM numbers, old ORDER BY n, old.id
    LIMIT :wanted
),
fresh AS (
    INSERT INTO creators (id, display_name, name_words, bio, country, topics, source, import_key,
        created_at)
    SELECT p.new_id, o.display_name, o.name_words, o.bio, o.country, o.topics, o.source,
        'copy:' || p.n || ':' || o.id, o.created_at
    FROM pairs p JOIN old o ON o.id = p.old_id
),
channel_pairs AS (
    SELECT gen_random_uuid() AS new_id, p.new_id AS creator_id, c.id AS old_id
    FROM pairs p JOIN channels c ON c.creator_id = p.old_id
),
channel AS (
    INSERT INTO channels (id, creator_id, platform, external_id, handle, handle_words, is_main,
        state, follower_count, like_count, video_count, median_views, engagement_rate_bps,
        top_hashtags, top_keys, read_at, scopes)
    SELECT p.new_id, p.creator_id, c.platform, 'copy:' || p.new_id, c.handle, c.handle_words,
        c.is_main, 'listed',
        c.follower_count, c.like_count, c.video_count, c.median_views, c.engagement_rate_bps,
        c.top_hashtags, c.top_keys, c.read_at, '[]'
    FROM channel_pairs p JOIN channels c ON c.id = p.old_id
),
rates AS (
    INSERT INTO rate_cards (id, creator_id, format, fee_minor, currency)
    SELECT gen_random_uuid(), p.new_id, r.format, r.fee_minor, r.currency
    FROM pairs p JOIN rate_cards r ON r.creator_id = p.old_id
)
INSERT INTO audience_snapshots
    (id, channel_id, source, sample_size, taken_at, age, gender, country, interest, language)
SELECT gen_random_uuid(), p.new_id, a.source, a.sample_size, a.taken_at, a.age, a.gender,
    a.country, a.interest, a.language
FROM channel_pairs p JOIN audience_snapshots a ON a.channel_id = p.old_id
"""
"""One statement, so that what points at a new row is checked when all of them are there."""


def main() -> None:
    """Measure every page in turn with the reference."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        market = stack.enter_context(
            running_market(
                home=Path(folder) / "home",
                port=0,
                given=surroundings(),
                teller=Teller(Console(stderr=True, highlight=False, markup=False)),
            )
        )
        database_url = market.environment["DATABASE_URL"]
        grow(database_url)
        lay_out(market.environment)
        bare_folder = Path(folder) / "bare"
        bare_folder.mkdir()
        bare_url = stack.enter_context(bare_route(bare_folder, market.environment))
        bare = stack.enter_context(new_client(bare_url))
        for case, client, path in pages(market.base_url, database_url, stack):
            ours, theirs = [], []
            for turn in range(WARM_UP + ROUNDS):
                mine, other = timed(client, path), timed(bare, "/")
                if turn >= WARM_UP:
                    ours.append(mine)
                    theirs.append(other)
            report(case, ours, theirs)


def pages(
    base_url: str, database_url: str, stack: contextlib.ExitStack
) -> Iterator[tuple[str, httpx.Client, str]]:
    """Yield each case: its name, a signed-in client, and the address."""
    people = {account.persona: account for account in DEMO_ACCOUNTS}

    def come_in(persona: str) -> httpx.Client:
        client = stack.enter_context(new_client(base_url))
        sign_in(client, people[persona].email, people[persona].password)
        return client

    campaign = busiest_campaign(database_url, people["Brand owner"].email)
    brand = come_in("Brand owner")
    matches = f"/brand/campaigns/{campaign}/matches"
    yield "brand home", brand, "/brand/"
    yield "brand campaign", brand, f"/brand/campaigns/{campaign}"
    yield "brand matches", brand, matches
    creator = come_in("Creator")
    yield "creator home", creator, "/creator/"
    yield "creator campaign", creator, f"/creator/briefs/{campaign}"
    yield "creator matches", creator, "/creator/briefs"
    finance = come_in("Finance staff")
    yield "finance home", finance, "/staff/"
    yield "finance campaign", finance, f"/staff/ledger/entries?owner={campaign}"


def timed(client: httpx.Client, path: str) -> float:
    """Return the milliseconds of one request."""
    begin = time.perf_counter()
    answer = client.get(path)
    took = (time.perf_counter() - begin) * 1_000
    assert answer.status_code == httpx.codes.OK, f"{path}: {answer.status_code}"
    return took


def report(case: str, ours: list[float], theirs: list[float]) -> None:
    """Print p50 and p95 of a page beside those of the bare route."""
    for name, at in (("p50", 0.50), ("p95", 0.95)):
        mine, other = (quantile(times, at) for times in (ours, theirs))
        line = {
            "benchmark": "pages",
            "case": f"{case} {name}",
            "size": CREATORS,
            "unit": "ms",
            "ours": round(mine, 2),
            "reference": "bare Flask route with one SELECT",
            "theirs": round(other, 2),
            "ratio": round(mine / other, 2),
        }
        print(json.dumps(line), flush=True)


def quantile(times: list[float], at: float) -> float:
    """Return the time that a share ``at`` of all requests did not exceed."""
    return statistics.quantiles(times, n=100, method="inclusive")[round(at * 100) - 1]


def grow(database_url: str) -> None:
    """Copy the seeded creators up to the wanted number."""
    engine = create_engine(database_url)
    with engine.begin() as connection:
        there = connection.scalar(text("SELECT count(*) FROM creators"))
        connection.execute(text(COPY), {"wanted": max(0, CREATORS - there)})
        assert connection.scalar(text("SELECT count(*) FROM creators")) == max(CREATORS, there)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def lay_out(environment: Mapping[str, str]) -> None:
    """Put the grown market into columns at once, as the job does within a minute."""
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "columns", "build"],
        cwd=ROOT,
        env=dict(environment),
        check=True,
        stdout=subprocess.DEVNULL,
    )


def busiest_campaign(database_url: str, email: str) -> str:
    """Return the published campaign of a person's brand that has most applications."""
    engine = create_engine(database_url)
    with engine.connect() as connection:
        found = connection.scalar(
            text(
                "SELECT c.id FROM campaigns c JOIN brand_members m ON m.brand_id = c.brand_id"
                " JOIN users u ON u.id = m.user_id"
                " LEFT JOIN applications a ON a.campaign_id = c.id"
                " WHERE u.email = :email AND c.state = 'published'"
                " GROUP BY c.id ORDER BY count(a.id) DESC, c.id LIMIT 1"
            ),
            {"email": email},
        )
    engine.dispose()
    assert found is not None, f"{email} has no published campaign"
    return str(found)


@contextlib.contextmanager
def bare_route(folder: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """Serve the reference by the product's own line of the Procfile, over the same database."""
    (folder / "bare_route.py").write_text(BARE, encoding="utf-8")
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    web = next(each for each in procfile_commands(ROOT / "Procfile") if each.name == "web")
    children = Children(folder=folder, heard=lambda _name, _line: None)
    children.start(
        Command("bare", tuple(word.replace("wsgi:app", "bare_route:app") for word in web.argv)),
        environment={**environment, "PORT": str(port)},
    )
    try:
        url = f"http://{HOST}:{port}"
        deadline = time.monotonic() + READY_SECONDS
        while not _serves(url):
            assert (ended := children.ended()) is None, str(ended)
            assert time.monotonic() < deadline, "the bare route does not answer"
            time.sleep(0.1)
        yield url
    finally:
        children.stop()


def _serves(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5, trust_env=False).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def new_client(base_url: str) -> httpx.Client:
    """Return a client that talks to this machine only."""
    return httpx.Client(base_url=base_url, follow_redirects=True, trust_env=False, timeout=60)


def post(client: httpx.Client, page: str, to: str, data: Mapping[str, str]) -> None:
    """Post with the token that ``page`` shows."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(page).text)
    assert found is not None, f"{page} shows no token"
    answer = client.post(to, data={"csrf_token": found[1], **data})
    assert answer.status_code == httpx.codes.OK, f"{to}: {answer.status_code}"


def sign_in(client: httpx.Client, email: str, password: str) -> None:
    """Give the client the person's cookie."""
    post(client, "/sign-in", "/sign-in", {"email": email, "password": password})
    assert "/sign-out" in client.get("/").text, f"{email} could not sign in"


def surroundings() -> dict[str, str]:
    """Return this process's environment without what would lead to servers of the operator."""
    own = ("DATABASE_URL", "REDIS_URL", "STRIPE_", "TIKTOK_", "SMTP_URL", "BASE_URL", "SANDBOX_")
    return {name: value for name, value in os.environ.items() if not name.startswith(own)}


if __name__ == "__main__":
    main()
