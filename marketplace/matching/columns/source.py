"""Where the market comes from: the columns on the disk, or PostgreSQL while they are missing."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Final, TypeVar

from sqlalchemy.orm import Session

from marketplace.creators import queries as creators
from marketplace.creators.queries import CreatorFacts
from marketplace.matching.columns import folder as store
from marketplace.matching.columns.building import currencies_in_market
from marketplace.matching.columns.context import Context, context_of
from marketplace.matching.columns.encode import encode
from marketplace.matching.columns.folder import BrokenColumns, Version
from marketplace.matching.columns.kept_context import read_context
from marketplace.matching.columns.layout import COLUMNS, Arrays
from marketplace.matching.columns.market import Market
from marketplace.matching.columns.warming import warm_up

T = TypeVar("T")

WITHOUT_COLUMNS_MOST: Final = 20_000
"""How many creators PostgreSQL alone is asked for on one page: those viewed most."""
TRIES: Final = 5
PATIENCE_SECONDS: Final = 2.0
"""How long somebody waits while rows are put in their places. That takes some tenths of a second
for a hundred thousand; PostgreSQL alone would take longer, and leave out most of a large market."""
PAUSE_SECONDS: Final = 0.02
STAND_IN_KEPT: Final = timedelta(minutes=10)
"""What merely ages (a video that matures, a promise that ends) is seen after so long at last."""


@dataclass(frozen=True, slots=True)
class _StandIn:
    """The market as PostgreSQL had it. changes: since the mark, as it was seen before reading."""

    market: Market
    mark: int
    changes: tuple[int, int]


@dataclass(slots=True)
class _Opened:
    """What this process has open: a version and its context, and the market at one beat.

    stuck: the version and the odd beat whose end was waited for in vain. warmed: the last market
    of which it was worked out what is asked next.
    """

    folder: Path | None = None
    name: str = ""
    version: Version | None = None
    context: Context | None = None
    market: Market | None = None
    beat: int = -1
    stuck: tuple[str, int] = ("", 0)
    stand_in: _StandIn | None = None
    stays_warm: bool = False
    warmed: Market | None = None


_opened = _Opened()
_lock = Lock()
_reading = Lock()


def use_folder(folder: str) -> None:
    """Keep the columns in this folder from now on; empty for nowhere."""
    with _lock:
        _opened.folder = Path(folder) if folder else None
        _opened.name = ""
        _opened.stand_in = None


def the_folder() -> Path:
    """Return where the columns are kept; raises BrokenColumns where that was never said."""
    if _opened.folder is None:
        raise BrokenColumns("no folder is set for them")
    return _opened.folder


def stay_warm() -> None:
    """Work out from now on, behind the first answer of each market, what is asked of it next.

    For a process that answers people: one that asks once and ends would do it for nobody.
    """
    _opened.stays_warm = True


def ask(session: Session, question: Callable[[Market], T], *, now: datetime) -> T:
    """Put a question to the whole market.

    By the columns where they are whole; a question during which they were changed is put again.
    Otherwise PostgreSQL answers alone, slower, and from the most viewed creators where there are
    very many; the market then says so. It is read once until something of it changes.
    """
    try:
        for _ in range(TRIES):
            with _lock:
                market, version = _look()
            try:
                answer = question(market)
            except Exception:  # a refusal counts no more than an answer when it was made of zeros
                if _is_as_it_was(market, version):
                    raise
            else:
                if _is_as_it_was(market, version):
                    _warm_up(market)
                    return answer
    except BrokenColumns:
        _forget()
    return question(_stand_in(session, now=now))


def _is_as_it_was(market: Market, version: Version) -> bool:
    """True when no row was changed since the market was looked at; raises BrokenColumns."""
    is_as_written = version.is_as_written
    same = version.beat == market.beat  # after that: whoever keeps them says first that they change
    if version.maps.are_cut:
        raise BrokenColumns("they were cut short meanwhile")
    if same and not is_as_written:
        raise BrokenColumns("somebody else has changed a file")
    return same


def _warm_up(market: Market) -> None:
    with _lock:
        before = _opened.warmed
        if not _opened.stays_warm or before is market:
            return
        _opened.warmed = market
    warm_up(market, before)


def _forget() -> None:
    """Open the columns anew the next time, with nothing remembered that may come from zeros."""
    with _lock:
        _opened.name, _opened.version, _opened.market = "", None, None


def _stand_in(session: Session, *, now: datetime) -> Market:
    """The market from PostgreSQL, as this process has read it last where nothing has changed.

    Whoever has written something in this transaction reads for themselves, and keeps nothing.
    """
    if creators.has_written(session):
        return from_database(session, now=now)
    with _reading:  # one reads, and the others take what it found
        kept = _opened.stand_in
        if (
            kept is not None
            and abs(now - kept.market.refreshed_at) <= STAND_IN_KEPT
            and creators.changes_since(session, kept.mark) == kept.changes
        ):
            return kept.market
        mark = creators.present_mark(session)
        changes = creators.changes_since(session, mark)
        market = from_database(session, now=now)
        _opened.stand_in = _StandIn(market, mark, changes)
        return market


def from_database(session: Session, *, now: datetime) -> Market:
    """Return the market read from PostgreSQL now, or the part of it that is viewed most."""
    total = creators.creator_count(session)
    is_whole = total <= WITHOUT_COLUMNS_MOST
    facts = (
        creators.facts_after(session, None, size=total, now=now)
        if is_whole
        else creators.facts_of_most_viewed(session, size=WITHOUT_COLUMNS_MOST, now=now)
    )
    context = context_of(facts, currencies_in_market(session))
    found = market_of(facts, context, now=now)
    return replace(found, is_whole=is_whole, of=total)


def market_like(market: Market, facts: Sequence[CreatorFacts], *, now: datetime) -> Market:
    """Return some creators as rows of a market of their own, seen against the same whole."""
    return market_of(facts, market.context, now=now)


def market_of(facts: Sequence[CreatorFacts], context: Context, *, now: datetime) -> Market:
    """Return creators as a market in memory, in the order of their ids."""
    facts = sorted(facts, key=lambda each: each.creator_id)
    made = encode(facts, context, now=now)
    return Market(
        count=len(made),
        arrays=made.arrays,
        lists=made.lists,
        context=context,
        ordered=len(made),
        refreshed_at=now,
        of=len(made),
    )


def _look() -> tuple[Market, Version]:
    """The market as the columns have it now; raises BrokenColumns."""
    folder = the_folder()
    while True:
        name = store.current_name(folder)
        try:
            return _look_at(folder, name)
        except BrokenColumns:
            if store.current_name(folder) == name:
                raise  # otherwise a new version has taken its place while it was looked at


def _look_at(folder: Path, name: str) -> tuple[Market, Version]:
    if name != _opened.name or _opened.version is None:
        version = store.open_version(folder / name)
        context = read_context(folder / name / store.CONTEXT)
        _opened.name, _opened.version, _opened.context = name, version, context
        _opened.market = None
    version, context_ = _opened.version, _opened.context
    assert version is not None
    assert context_ is not None
    store.check(version.folder, version.manifest)
    begun, beat = time.monotonic(), version.beat
    while (name, beat) != _opened.stuck and time.monotonic() - begun < PATIENCE_SECONDS:
        if beat == _opened.beat and _opened.market is not None:
            return _opened.market, version
        if not beat % 2:
            version = _opened.version = store.open_version(version.folder)
            market = _market(version, context_, beat)
            if version.beat == beat:
                _opened.market, _opened.beat = market, beat
                return market, version
        time.sleep(PAUSE_SECONDS)
        beat = version.beat
    if beat % 2:
        _opened.stuck = name, beat
    raise BrokenColumns("they are being changed and that does not end")


def _market(version: Version, context: Context, beat: int) -> Market:
    rows = version.rows
    arrays: Arrays = {
        each.name: version.arrays[each.name][:rows]
        if each.width == 1 or each.by_row
        else version.arrays[each.name][:, :rows]
        for each in COLUMNS
    }
    return Market(
        count=rows,
        arrays=arrays,
        lists=version.lists,
        context=context,
        ordered=int(version.manifest["sorted_rows"]),
        refreshed_at=version.refreshed_at,
        of=rows,
        beat=beat,
    )
