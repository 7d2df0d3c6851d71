"""Children of the local product: started together, stopped together, their words kept."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

import psutil  # type: ignore[import-untyped]  # ships no types
from honcho.environ import parse_procfile

from marketplace.cli.trouble import CannotStart

GRACE_SECONDS: Final = 10
"""How long a child may take to finish what it is doing before it is killed."""
LOOK_SECONDS: Final = 0.1
CLOCK_SECONDS: Final = 2
"""A process seems to have begun so much earlier or later after the machine's clock was set."""
LAST_WORDS_SECONDS: Final = 5
"""How long what a child has said may be under way after it has ended."""


@dataclass(frozen=True, slots=True)
class Command:
    """One child to be: its name in the log, and what is run."""

    name: str
    argv: tuple[str, ...]
    ends_last: bool = False
    """For a server that the other children still need while they finish."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A child that has ended by itself."""

    name: str
    exit_code: int
    last_words: str

    def __str__(self) -> str:
        how = f"{self.name} stopped with exit code {self.exit_code}"
        return f"{how}: {self.last_words}" if self.last_words else f"{how}, without a word"


@dataclass(frozen=True, slots=True)
class Trace:
    """What tells a process from a later one that was given the same number."""

    pid: int
    started: float


def procfile_commands(procfile: Path) -> list[Command]:
    """Read the processes of a Procfile; the shell fills in variables such as ``$PORT``."""
    listed: dict[str, str] = parse_procfile(procfile.read_text(encoding="utf-8")).processes
    return [Command(name, ("/bin/sh", "-c", f"exec {command}")) for name, command in listed.items()]


@dataclass(slots=True)
class _Child:
    name: str
    ends_last: bool
    process: subprocess.Popen[bytes]
    trace: Trace
    readers: list[threading.Thread] = field(default_factory=list)
    last_line: str = ""
    last_error: str = ""


class Children:
    """The running children. Their output goes to ``heard(name, line)``, from other threads."""

    def __init__(
        self,
        *,
        folder: Path,
        heard: Callable[[str, str], None],
        grace_seconds: float = GRACE_SECONDS,
    ) -> None:
        self._folder = folder
        self._heard = heard
        self._grace_seconds = grace_seconds
        self._children: list[_Child] = []

    def start(self, command: Command, *, environment: Mapping[str, str]) -> None:
        """Start a child in a session of its own, so that Ctrl-C reaches only the runner."""
        try:
            process = subprocess.Popen(  # noqa: S603  # commands are our own
                command.argv,
                cwd=self._folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except FileNotFoundError as missing:
            sentence = f"{command.name} cannot be started: {missing.filename} is missing."
            raise CannotStart(sentence) from missing
        child = _Child(
            command.name,
            command.ends_last,
            process,
            Trace(process.pid, _start_time(process.pid)),
        )
        for stream, is_error in ((process.stdout, False), (process.stderr, True)):
            reader = threading.Thread(
                target=self._read, args=(child, stream, is_error), daemon=True, name=command.name
            )
            child.readers.append(reader)
            reader.start()
        self._children.append(child)

    def traces(self) -> list[Trace]:
        """Return what a later run needs to find these children, should this one be killed."""
        return [child.trace for child in self._children]

    def ended(self) -> Ended | None:
        """Return a child that is no longer running, or None while all are."""
        for child in self._children:
            code = child.process.poll()
            if code is not None:
                for reader in child.readers:  # its last words may still be under way
                    reader.join(timeout=LAST_WORDS_SECONDS)
                return Ended(child.name, code, child.last_error or child.last_line)
        return None

    def wait(self) -> Ended:
        """Return once a child has ended."""
        while True:
            found = self.ended()
            if found is not None:
                return found
            time.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        """End every child; returns when none is left.

        A child that takes longer than its grace is killed, with everything it has started.
        """
        _end([child for child in self._children if not child.ends_last], self._grace_seconds)
        _end([child for child in self._children if child.ends_last], self._grace_seconds)
        self._children.clear()

    def _read(self, child: _Child, stream: IO[bytes], is_error: bool) -> None:  # noqa: FBT001
        with stream:
            for raw in stream:
                line = raw.decode("utf-8", errors="replace").rstrip()
                if line:
                    child.last_line = line
                    if is_error:
                        child.last_error = line
                    self._heard(child.name, line)


def _end(children: Sequence[_Child], grace_seconds: float) -> None:
    # Noted before, since a process that ends leaves its own children to others.
    family = [member for child in children for member in _family(child.trace)]
    for child in children:
        with suppress(ProcessLookupError):
            child.process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + grace_seconds
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.process.wait(timeout=max(0, deadline - time.monotonic()))
    for child in children:
        _kill_group(child.process.pid)
    _kill(family)
    for child in children:
        child.process.wait()
        for reader in child.readers:
            reader.join(timeout=LAST_WORDS_SECONDS)


def stop_leftovers(traces: Sequence[Trace]) -> int:
    """Kill what a runner that was itself killed has left running; returns how many there were."""
    found = [member for trace in traces for member in _family(trace)]
    _kill(found)
    return len(found)


def _start_time(pid: int) -> float:
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return 0.0


def _family(trace: Trace) -> list[psutil.Process]:
    """The process with everything it has started, or nothing when it is gone."""
    try:
        process = psutil.Process(trace.pid)
        if abs(process.create_time() - trace.started) > CLOCK_SECONDS:
            return []
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _kill(processes: Sequence[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, timeout=GRACE_SECONDS)


def _kill_group(leader: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
