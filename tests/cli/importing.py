"""``flask creators import`` of one file, as somebody types it."""

from __future__ import annotations

from pathlib import Path

from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from marketplace.cli.creators import import_files


class Importer:
    """Imports one file, and says what came of it."""

    def __init__(self, app: Flask, session: Session, path: Path) -> None:
        self.app = app
        self.session = session
        self.path = path

    def __call__(self, content: str | bytes) -> Result:
        self.path.write_bytes(content.encode() if isinstance(content, str) else content)
        result = self.app.test_cli_runner().invoke(import_files, [str(self.path)])
        self.session.expire_all()
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        return result

    def lines(self, text: str) -> list[str]:
        """What was said, line by line, of the file by its name alone."""
        return [line.replace(str(self.path), self.path.name) for line in text.strip().splitlines()]
