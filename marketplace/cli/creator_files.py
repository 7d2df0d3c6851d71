"""Files of creators, their videos and who watches them: which is which, and every row.

A record is one line, as no field of these files can hold a line break; so a quote that is never
closed costs its own line and no other.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from io import BufferedReader
from pathlib import Path
from typing import IO, Final, TypeAlias, cast

from marketplace.cli.creator_rows import (
    DAY_SECONDS,
    PARTS,
    SOUND,
    BadRow,
    audience_row,
    co_audience_row,
    creator_row,
    video_row,
)
from marketplace.creators.service import AudienceRow, CoAudienceRow, CreatorRow, VideoRow

LINE_MOST_BYTES: Final = 128 * 1024
PASSED_OVER: Final = ("source",)
"""Columns of the form that we have no use for."""
GZIP_MAGIC: Final = b"\x1f\x8b"

Row: TypeAlias = CreatorRow | VideoRow | CoAudienceRow | AudienceRow
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
    AUDIENCES = ("creator", "source", "taken_on", "sample", *PARTS)

    @property
    def noun(self) -> str:
        """What one row is."""
        return {
            FileKind.CREATORS: "creators",
            FileKind.VIDEOS: "videos",
            FileKind.CO_AUDIENCES: "common audiences",
            FileKind.AUDIENCES: "audiences",
        }[self]

    def read_of(self, header: Sequence[str]) -> Sequence[str]:
        """The columns that are read of a file with this first line."""
        return [*self.value, *([SOUND] if self is FileKind.VIDEOS and SOUND in header else [])]


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
                    raise BadRow("row", f"has {len(cells)} columns, the first line has {width}")
                chosen = cells if straight else [cells[place] for place in places]
                row = make(lines.number, chosen, latest)
            except StopIteration:
                return
            except BadRow as bad:
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
            "holds neither creators nor videos nor audiences. The first line of "
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
        self.problem: BadRow | None = None
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
            self.problem = BadRow("row", f"is longer than {LINE_MOST_BYTES:,} bytes")
            return "\n"
        try:
            return line.decode()
        except UnicodeDecodeError as error:
            self.problem = BadRow("row", _encoding_reason(line, error))
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


_MAKE: Final[Mapping[FileKind, Callable[[int, Sequence[str], int], Row]]] = {
    FileKind.CREATORS: creator_row,
    FileKind.VIDEOS: video_row,
    FileKind.CO_AUDIENCES: co_audience_row,
    FileKind.AUDIENCES: audience_row,
}
