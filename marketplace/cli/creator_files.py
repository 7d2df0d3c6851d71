"""Files of creators, their videos and what they share of viewers: which is which, and every row.

A record is one line, as no field of these files can hold a line break; so a quote that is never
closed costs its own line and no other.
"""

from __future__ import annotations

import csv
import gzip
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import Enum
from io import BufferedReader
from pathlib import Path
from typing import IO, Final, TypeAlias, cast

from marketplace.creators.rules import SOUND_MOST, CoAudienceSource, clean_sound
from marketplace.creators.service import CoAudienceRow, CreatorRow, VideoRow

LINE_MOST_BYTES: Final = 128 * 1024
KEY_MOST: Final = 64
TAG_MOST: Final = 150
COUNT_MOST: Final = 10**12
DAY_SECONDS: Final = 86_400
FIRST_VIDEO: Final = int(datetime(2005, 1, 1, tzinfo=UTC).timestamp())
"""No platform of ours is older."""
PASSED_OVER: Final = ("source",)
"""Columns of the form that we have no use for."""
SOUND: Final = "sound"
GZIP_MAGIC: Final = b"\x1f\x8b"

Row: TypeAlias = CreatorRow | VideoRow | CoAudienceRow
Refuse: TypeAlias = Callable[[int, str, str], None]


class FileRefused(Exception):
    """Nothing of a file can be taken. line: where; 0 for the file as a whole."""

    def __init__(self, reason: str, *, line: int = 0, column: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
        self.column = column


class FileKind(Enum):
    """What a file holds, with the columns that it needs in the order in which they are read.

    A file of videos may also say the ``sound`` of each.
    """

    CREATORS = ("creator", "n_followers", "n_total_likes", "n_total_vids")
    VIDEOS = (
        "id", "creator", "create_time", "hashtags", "video_length", "n_plays", "n_likes",
        "n_comments", "n_shares",
    )  # fmt: skip

    CO_AUDIENCES = ("creator", "other", "sample", "shared", "source", "observed_on")

    @property
    def noun(self) -> str:
        """What one row is."""
        return {
            FileKind.CREATORS: "creators",
            FileKind.VIDEOS: "videos",
            FileKind.CO_AUDIENCES: "common audiences",
        }[self]

    def read_of(self, header: Sequence[str]) -> Sequence[str]:
        """The columns that are read of a file with this first line."""
        return [*self.value, *([SOUND] if self is FileKind.VIDEOS and SOUND in header else [])]


class _BadRow(Exception):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


class _OpenQuote(Exception):
    """A quote was opened on a line and not closed on it."""


@dataclass(slots=True)
class CreatorFile:
    """One file, opened; use it once, as a context."""

    path: Path
    kind: FileKind
    extra: Sequence[str]
    """Columns that we do not know and pass over."""
    _places: Sequence[int]
    _width: int
    _lines: _Lines
    _reader: Iterator[list[str]]
    _file: IO[bytes] = field(repr=False)

    def position(self) -> int:
        """How many bytes of the file, as it lies on the disk, have been read."""
        return self._file.tell()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def rows(self, *, refuse: Refuse, now: datetime) -> Iterator[Row]:
        """Every good row; ``refuse`` is told of the others: line, column, reason.

        Raises FileRefused when the file breaks off.
        """
        lines = self._lines
        make = _MAKE[self.kind]
        places, width = self._places, self._width
        straight = list(places) == list(range(width))
        latest = int(now.timestamp()) + DAY_SECONDS
        while True:
            lines.begin()
            try:
                cells = next(self._reader)
                if lines.problem is not None:
                    raise lines.problem
                if not cells:
                    continue
                if len(cells) != width:
                    raise _BadRow("row", f"has {len(cells)} columns, the first line has {width}")
                chosen = cells if straight else [cells[place] for place in places]
                row = make(lines.number, chosen, latest)
            except StopIteration:
                return
            except _BadRow as bad:
                refuse(lines.number, bad.column, bad.reason)
            except _OpenQuote:
                refuse(lines.number, "row", "opens a quote and does not close it on the same line")
            except csv.Error as error:
                refuse(lines.number, "row", f"cannot be read: {error}")
            else:
                yield row


def open_file(path: Path) -> CreatorFile:
    """Open a file and read its first line; raises FileRefused when it cannot be taken at all."""
    try:
        raw = path.open("rb")
    except FileNotFoundError:
        raise FileRefused("there is no such file") from None
    except OSError as error:
        raise FileRefused(f"cannot be opened: {error.strerror}") from None
    try:
        return _opened(path, raw)
    except BaseException:
        raw.close()
        raise


def _opened(path: Path, raw: BufferedReader) -> CreatorFile:
    magic = raw.peek(4)[:4]
    if not magic:
        raise FileRefused("the file is empty")
    if magic[:2] == GZIP_MAGIC:
        lines = _Lines(cast("IO[bytes]", gzip.GzipFile(fileobj=raw)))
    elif path.suffix == ".gz":
        raise FileRefused("is not gzip, though its name says so")
    else:
        lines = _Lines(raw)
    reader = csv.reader(lines)
    lines.begin()
    try:
        header = [name.strip() for name in next(reader)]
    except StopIteration:
        raise FileRefused("the file is empty") from None
    except (_OpenQuote, csv.Error):
        raise FileRefused("the first line is not a line of column names", line=1) from None
    if lines.problem is not None:
        raise FileRefused(lines.problem.reason, line=1, column="header")
    kind = _kind_of(header)
    read = kind.read_of(header)
    return CreatorFile(
        path=path,
        kind=kind,
        extra=[name for name in header if name not in {*read, *PASSED_OVER}],
        _places=[header.index(name) for name in read],
        _width=len(header),
        _lines=lines,
        _reader=reader,
        _file=raw,
    )


def _kind_of(header: Sequence[str]) -> FileKind:
    best = max(FileKind, key=lambda kind: len({*kind.value} & {*header}) / len(kind.value))
    if len({*best.value} & {*header}) < 2:
        raise FileRefused(
            "holds neither creators nor videos nor common audiences. The first line of "
            + "; of ".join(f"{kind.noun} is {','.join(kind.value)}" for kind in FileKind),
            line=1,
        )
    if missing := [name for name in best.value if name not in header]:
        word = "column" if len(missing) == 1 else "columns"
        raise FileRefused(f"missing {word} for {best.noun}: {', '.join(missing)}", line=1)
    if twice := [name for name in best.read_of(header) if header.count(name) > 1]:
        raise FileRefused(f"the column {twice[0]} is there twice", line=1, column=twice[0])
    return best


class _Lines:
    """The decoded lines of a file, one for each record that is asked for.

    What is wrong with the bytes of a line is kept as ``problem``, for its row to be refused.
    """

    def __init__(self, source: IO[bytes]) -> None:
        self.source = source
        self.number = 0
        self.problem: _BadRow | None = None
        self._given = False

    def begin(self) -> None:
        """Allow the next line; a second one without this means that a quote was left open."""
        self._given = False
        self.problem = None

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if self._given:
            raise _OpenQuote
        self._given = True
        line = self._read()
        if not line:
            raise StopIteration
        self.number += 1
        if self.number == 1 and line.startswith(b"\xef\xbb\xbf"):
            line = line[3:]
        if len(line) >= LINE_MOST_BYTES and not line.endswith(b"\n"):
            while (rest := self._read()) and not rest.endswith(b"\n"):
                pass
            self.problem = _BadRow("row", f"is longer than {LINE_MOST_BYTES:,} bytes")
            return "\n"
        try:
            return line.decode()
        except UnicodeDecodeError as error:
            self.problem = _BadRow("row", _encoding_reason(line, error))
            return "\n"

    def _read(self) -> bytes:
        try:
            return self.source.readline(LINE_MOST_BYTES)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise FileRefused(
                "the gzip file is damaged or cut off here", line=self.number + 1
            ) from None
        except OSError as error:
            raise FileRefused(f"cannot be read: {error}", line=self.number + 1) from None


def _encoding_reason(line: bytes, error: UnicodeDecodeError) -> str:
    if line[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "is UTF-16: save the file as UTF-8"
    return f"byte {error.start + 1} (0x{line[error.start]:02x}) is not UTF-8"


def _creator_row(line: int, cells: Sequence[str], _latest: int) -> CreatorRow:
    key, followers, likes, videos = cells
    return CreatorRow(
        line,
        _key(key, "creator"),
        _count(followers, "n_followers"),
        _count(likes, "n_total_likes"),
        _count(videos, "n_total_vids"),
    )


def _video_row(line: int, cells: Sequence[str], latest: int) -> VideoRow:
    video, key, published, tags, length, plays, likes, comments, shares, *said = cells
    moment = _count(published, "create_time")
    if not FIRST_VIDEO <= moment <= latest:
        raise _BadRow("create_time", f"{published} is no moment between 2005 and now, in seconds")
    duration = _count(length, "video_length")
    if duration > DAY_SECONDS:
        raise _BadRow("video_length", f"{length} seconds are longer than a day")
    return VideoRow(
        line,
        _key(video, "id"),
        _key(key, "creator"),
        moment,
        _hashtags(tags) if tags else "[]",
        duration,
        _count(plays, "n_plays"),
        _count(likes, "n_likes"),
        _count(comments, "n_comments"),
        _count(shares, "n_shares"),
        _sound(said[0]) if said else "",
    )


def _co_audience_row(line: int, cells: Sequence[str], latest: int) -> CoAudienceRow:
    key, other, looked_at, both, source, observed_on = cells
    sample, shared = _count(looked_at, "sample"), _count(both, "shared")
    if key == other:
        raise _BadRow("other", f"is {_shown(key)} again: an audience is shared with somebody else")
    if not sample:
        raise _BadRow("sample", "is 0: nobody was looked at")
    if shared > sample:
        raise _BadRow("shared", f"{shared} of {sample} people are more than 100 %")
    if source not in set(CoAudienceSource):
        raise _BadRow("source", f"{_shown(source)} is none of {', '.join(CoAudienceSource)}")
    return CoAudienceRow(
        line,
        _key(key, "creator"),
        _key(other, "other"),
        sample,
        shared,
        CoAudienceSource(source),
        _day(observed_on, latest),
    )


def _day(text: str, latest: int) -> str:
    """The date as ISO writes it, when it is one that can be."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _BadRow("observed_on", f"{_shown(text)} is not a date like 2026-11-14") from None
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
    if not FIRST_VIDEO <= moment <= latest:
        raise _BadRow("observed_on", f"{day} is not between 2005 and today")
    return day.isoformat()


_MAKE: Final[Mapping[FileKind, Callable[[int, Sequence[str], int], Row]]] = {
    FileKind.CREATORS: _creator_row,
    FileKind.VIDEOS: _video_row,
    FileKind.CO_AUDIENCES: _co_audience_row,
}


def _count(text: str, column: str) -> int:
    if text.isdigit() and text.isascii() and len(text) <= 12:
        return int(text)
    shown = _shown(text)
    if not text.strip():
        raise _BadRow(column, "is empty")
    if text.startswith("-") and text[1:].isdigit():
        raise _BadRow(column, f"{shown} is negative")
    if text.isdigit() and text.isascii():
        raise _BadRow(column, f"{shown} is more than {COUNT_MOST:,}: that cannot be")
    raise _BadRow(column, f"{shown} is not a whole number")


def _key(text: str, column: str) -> str:
    """The id when it is one; otherwise why not."""
    if text.isalnum() and len(text) <= KEY_MOST:
        return text
    if not text.strip():
        raise _BadRow(column, "is empty")
    if len(text) > KEY_MOST:
        raise _BadRow(column, f"is longer than {KEY_MOST} characters")
    if not all(sign.isalnum() or sign in "-_." for sign in text):
        raise _BadRow(column, f"{_shown(text)} has signs other than letters, digits, - _ and .")
    return text


def _hashtags(text: str) -> str:
    """The hashtags as a JSON list in the form that COPY takes."""
    tags = [tag for tag in text.split("|") if tag]
    if not text.isprintable():
        raise _BadRow("hashtags", "has signs that cannot be shown")
    if any(len(tag) > TAG_MOST for tag in tags):
        raise _BadRow("hashtags", f"has one of more than {TAG_MOST} characters")
    if '"' in text or "\\" in text:
        return json.dumps(tags, ensure_ascii=False).replace("\\", "\\\\")
    return '["' + '","'.join(tags) + '"]' if tags else "[]"


def _sound(text: str) -> str:
    if len(text) > SOUND_MOST:
        raise _BadRow(SOUND, f"is longer than {SOUND_MOST} characters")
    if not text.isprintable() or "\\" in text:
        raise _BadRow(SOUND, "has a backslash, or signs that cannot be shown")
    return clean_sound(text)


def _shown(text: str) -> str:
    cut = text if len(text) <= 30 else f"{text[:29]}…"
    return cut if cut.isprintable() else ascii(cut)
