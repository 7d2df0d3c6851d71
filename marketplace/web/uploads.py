"""Files that people hand in: kept under a name of ours, shown only to those who may see them."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import UUID

import filetype
from flask import Response, current_app, send_file
from werkzeug.datastructures import FileStorage

from marketplace.config import Settings
from marketplace.deliverables import queries
from marketplace.deliverables.rules import LARGEST_FILE_BYTES, check_video
from marketplace.deliverables.service import StoredFile
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import InvalidInput, NotFound
from marketplace.kernel.ids import new_id
from marketplace.store.session import reading

HEAD_BYTES: Final = 8_192
"""Enough to tell what a file is."""
CHUNK_BYTES: Final = 1024 * 1024
LONGEST_NAME: Final = 200
ENDINGS: Final = {
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "video/webm": ".webm",
    "video/x-m4v": ".m4v",
}


def upload_folder() -> Path:
    """Return where handed-in files are kept."""
    settings: Settings = current_app.extensions["settings"]
    return Path(settings.upload_folder)


@contextmanager
def kept(upload: FileStorage | None, *, folder: Path) -> Iterator[StoredFile | None]:
    """Keep an uploaded video while the block decides; whatever the block raises removes it again.

    None when no file was chosen. Raises InvalidInput under "file".
    """
    if upload is None or not upload.filename:
        yield None
        return
    stored = store(upload, folder=folder)
    try:
        yield stored
    except BaseException:
        (folder / stored.key).unlink(missing_ok=True)
        raise


def store(
    upload: FileStorage, *, folder: Path, limit_bytes: int = LARGEST_FILE_BYTES
) -> StoredFile:
    """Copy an uploaded video into the folder, piece by piece, under a fresh name.

    Raises InvalidInput under "file" for an empty file, one that is no video, one over the limit,
    and when there is no room; nothing is left behind then.
    """
    head = upload.stream.read(HEAD_BYTES)
    if not head:
        raise InvalidInput({"file": "This file is empty. Choose another one."})
    content_type = check_video(filetype.guess_mime(head))
    key = f"{new_id().hex}{ENDINGS[content_type]}"
    target = folder / key
    try:
        size = _copy(upload, head, target=target, limit_bytes=limit_bytes)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return StoredFile(key=key, name=_plain_name(upload), content_type=content_type, size_bytes=size)


def _copy(upload: FileStorage, head: bytes, *, target: Path, limit_bytes: int) -> int:
    size, piece = 0, head
    try:
        with target.open("xb") as kept_file:
            while piece:
                size += len(piece)
                if size > limit_bytes:
                    most = limit_bytes // (1024 * 1024)
                    raise InvalidInput(
                        {"file": f"This file is larger than {most} MB. Hand in a link instead."}
                    )
                kept_file.write(piece)
                piece = upload.stream.read(CHUNK_BYTES)
    except OSError as trouble:
        if trouble.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        raise InvalidInput(
            {"file": "There is no room for this file just now. Hand in a link instead."}
        ) from trouble
    return size


def _plain_name(upload: FileStorage) -> str:
    """Return the uploader's name for the file, for people to read; never used as a path."""
    name = (upload.filename or "").replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in name if sign.isprintable())[-LONGEST_NAME:] or "video"


def send_submission(actor: Actor, submission_id: UUID) -> Response:
    """Send a handed-in file, in parts where the browser asks for parts.

    Raises NotFound for whoever may not see the submission, and when there is no file.
    """
    with reading() as session:
        submission = queries.submission_seen_by(session, actor, submission_id)
    if submission.file_key is None:
        raise NotFound("file")
    path = upload_folder().resolve() / submission.file_key
    if not path.is_file():
        raise NotFound("file")
    response = send_file(
        path,
        mimetype=submission.content_type,
        download_name=submission.file_name,
        conditional=True,
    )
    response.cache_control.private = True
    return response
