"""The context of a version as a file: arrays beside a piece of JSON, nothing that can run."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import numpy as np

from marketplace.matching.columns.context import Context
from marketplace.matching.columns.folder import BrokenColumns
from marketplace.matching.rules.topics import Vocabulary

_PLAIN: Final = ("countries", "ages", "genders", "homes", "costs", "floors", "currencies")


def write_context(path: Path, context: Context) -> None:
    """Write a context as one file."""
    words = context.vocabulary
    plain = {name: getattr(context, name) for name in _PLAIN} | {"terms": words.terms}
    np.savez(
        path,
        plain=np.frombuffer(json.dumps(plain).encode(), np.uint8),
        used_by=words.used_by,
        starts=words.starts,
        neighbours=words.neighbours,
        nearness=words.nearness,
        places=context.places,
        centres=context.centres,
        alike=context.alike,
    )


def read_context(path: Path) -> Context:
    """Return a context as it was written; raises BrokenColumns otherwise."""
    try:
        return _read(path)
    except (OSError, EOFError, ValueError, KeyError, BadZipFile, zlib.error) as broken:
        raise BrokenColumns(f"their context cannot be read: {broken}") from broken


def _read(path: Path) -> Context:
    with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
        plain = json.loads(kept["plain"].tobytes())
        terms = tuple(plain["terms"])
        return Context(
            countries=tuple(plain["countries"]),
            vocabulary=Vocabulary(
                terms=terms,
                used_by=kept["used_by"],
                starts=kept["starts"],
                neighbours=kept["neighbours"],
                nearness=kept["nearness"],
                ids={term: place for place, term in enumerate(terms)},
            ),
            places=kept["places"],
            centres=kept["centres"],
            ages=plain["ages"],
            genders=plain["genders"],
            homes=plain["homes"],
            alike=kept["alike"],
            costs=plain["costs"],
            floors=plain["floors"],
            currencies=tuple(plain["currencies"]),
        )
