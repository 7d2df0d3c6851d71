"""Columns of many rows as arrays in PostgreSQL's own notation, for statements that unnest them.

The driver looks at each value by itself, which takes a batch longer than writing it; here a column
is of one kind, which the caller knows. Each goes to the server as one text, to be cast there.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID


def of_numbers(values: Iterable[int | None]) -> str:
    """An array of whole numbers."""
    return f"{{{','.join(map(str, values))}}}".replace("None", "NULL")


def of_ids(values: Iterable[UUID | None]) -> str:
    """An array of UUIDs."""
    return f"{{{','.join(['NULL' if each is None else each.hex for each in values])}}}"


def of_raw_ids(raw: bytes) -> str:
    """An array of UUIDs that stand one after the other, each in its 16 bytes."""
    return f"{{{raw.hex(',', 16)}}}"


def of_moments(values: Iterable[datetime | None]) -> str:
    """An array of aware moments; most are one and the same."""
    known: dict[datetime | None, str] = {None: "NULL"}
    told = []
    for each in values:
        if each not in known:
            known[each] = f'"{each}"'
        told.append(known[each])
    return f"{{{','.join(told)}}}"


def of_texts(values: Iterable[str | None]) -> str:
    """An array of texts, whatever is in them."""
    told = list(values)
    everything = "".join([each for each in told if each])
    if "\\" in everything or '"' in everything:
        told = [each and each.replace("\\", "\\\\").replace('"', '\\"') for each in told]
    quoted = ["NULL" if each is None else f'"{each}"' for each in told]
    return f"{{{','.join(quoted)}}}"
