"""A file that somebody handed in, as the rooms know it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An uploaded file that the edge has put into the upload folder.

    key: its name there, made by us. name: as the uploader called it.
    """

    key: str
    name: str
    content_type: str
    size_bytes: int
