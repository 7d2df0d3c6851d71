"""Files that people hand in: kept under a name of ours, shown only to those who may see them."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

import filetype
from flask import Response, current_app, send_file
from werkzeug.datastructures import FileStorage

from marketplace.config import Settings
from marketplace.creators.rules import PICTURE_MOST_BYTES, check_picture
from marketplace.deliverables import queries
from marketplace.deliverables.rules import LARGEST_FILE_BYTES, check_video
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import InvalidInput, NotFound
from marketplace.kernel.files import StoredFile
from marketplace.kernel.ids import new_id
from marketplace.store.session import reading

log = logging.getLogger(__name__)

HEAD_BYTES: Final = 8_192
"""Enough to tell what a file is."""
CHUNK_BYTES: Final = 1024 * 1024
LONGEST_NAME: Final = 200
ENDINGS: Final = {
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "video/webm": ".webm",
    "video/x-m4v": ".m4v",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """What a field takes.

    field: under which refusals are shown. check: returns the type of a file from what its first
    bytes say, or raises InvalidInput. instead: what to do with a file that is too large.
    """

    field: str
    check: Callable[[str | None], str]
    limit_bytes: int
    instead: str


VIDEO: Final = Taken("file", check_video, LARGEST_FILE_BYTES, "Hand in a link instead.")
PICTURE: Final = Taken("picture", check_picture, PICTURE_MOST_BYTES, "Upload a smaller one.")


def upload_folder() -> Path:
    """Return where handed-in files are kept."""
    settings: Settings = current_app.extensions["settings"]
    return Path(settings.upload_folder)


@contextmanager
def kept(
    upload: FileStorage | None, *, folder: Path, taken: Taken = VIDEO
) -> Iterator[StoredFile | None]:
    """Keep an uploaded file while the block decides; whatever the block raises removes it again.

    None when no file was chosen. Raises InvalidInput under the field.
    """
    if upload is None or not upload.filename:
        yield None
        return
    stored = store(upload, folder=folder, taken=taken)
    try:
        yield stored
    except BaseException:
        (folder / stored.key).unlink(missing_ok=True)
        raise


def store(upload: FileStorage, *, folder: Path, taken: Taken = VIDEO) -> StoredFile:
    """Copy an uploaded file into the folder, made where it is missing, under a fresh name.

    Raises InvalidInput under the field for an empty file, one of another type, one over the limit,
    and when there is no room or the folder cannot be written; nothing is left behind then.
    """
    head = upload.stream.read(HEAD_BYTES)
    if not head:
        raise InvalidInput({taken.field: "This file is empty. Choose another one."})
    content_type = taken.check(filetype.guess_mime(head))
    key = f"{new_id().hex}{ENDINGS[content_type]}"
    target = folder / key
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        size = _copy(upload, head, target=target, taken=taken)
    except OSError as trouble:
        raise _not_kept(trouble, target, taken) from trouble
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return StoredFile(key=key, name=_plain_name(upload), content_type=content_type, size_bytes=size)


def _copy(upload: FileStorage, head: bytes, *, target: Path, taken: Taken) -> int:
    size, piece = 0, head
    with target.open("xb") as kept_file:
        while piece:
            size += len(piece)
            if size > taken.limit_bytes:
                most = taken.limit_bytes // (1024 * 1024)
                raise InvalidInput(
                    {taken.field: f"This file is larger than {most} MB. {taken.instead}"}
                )
            kept_file.write(piece)
            piece = upload.stream.read(CHUNK_BYTES)
    return size


def _not_kept(trouble: OSError, target: Path, taken: Taken) -> InvalidInput:
    """Leave nothing behind, tell the operator why, and return what the person is told."""
    with suppress(OSError):
        target.unlink()
    log.error("%s cannot be written: %s", target, trouble.strerror)
    if trouble.errno in {errno.ENOSPC, errno.EDQUOT}:
        return InvalidInput(
            {taken.field: f"There is no room for this file just now. {taken.instead}"}
        )
    return InvalidInput({taken.field: "This file cannot be kept just now. Try again later."})


def _plain_name(upload: FileStorage) -> str:
    """Return the uploader's name for the file, for people to read; never used as a path."""
    name = (upload.filename or "").replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in name if sign.isprintable())[-LONGEST_NAME:] or "file"


def send_submission(actor: Actor, submission_id: UUID) -> Response:
    """Send a handed-in file, in parts where the browser asks for parts.

    Raises NotFound for whoever may not see the submission, and when there is no file.
    """
    with reading() as session:
        submission = queries.submission_seen_by(session, actor, submission_id)
    if submission.file_key is None:
        raise NotFound("file")
    return send_kept(
        submission.file_key, content_type=submission.content_type, name=submission.file_name
    )


def send_kept(key: str, *, content_type: str | None, name: str | None) -> Response:
    """Send a kept file to somebody who may see it; raises NotFound when it is not there."""
    path = upload_folder().resolve() / key
    if not path.is_file():
        raise NotFound("file")
    response = send_file(
        path, mimetype=content_type, download_name=name, conditional=True, max_age=0
    )
    response.cache_control.private = True
    return response
