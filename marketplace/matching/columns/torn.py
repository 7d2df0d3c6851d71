"""Files in memory that may be cut short while they are read, without ending whoever reads them.

A page that its file has no longer, or that a failing or full disk cannot give, is no error that
Python could raise: the kernel sends SIGBUS to the thread that asked for it, and that ends the
process. Here zeros are put in its place, so that the thread goes on, and the maps are marked as
torn; whoever reads looks at the mark afterwards and throws away what was found.

A handler of Python's own would run after the step in which the signal came, and this one never
ends. So the system is given a function: it runs at once in the thread that reads, whether numpy
has let go of the interpreter or not. It is about maps that were opened here and nothing else: any
other SIGBUS does what it did before.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import platform
import signal
import sys
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np

KNOWN: Final = sys.platform == "linux" and platform.machine() in ("x86_64", "aarch64")
"""Where the structures below are as they say. Elsewhere a torn map still ends the process."""
SA_SIGINFO: Final = 4
MAP_FIXED: Final = 0x10
ZEROS: Final = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | MAP_FIXED


class _Action(ctypes.Structure):
    """The C library's ``struct sigaction``; all zero is what the system does by itself."""

    _fields_ = (
        ("handler", ctypes.c_void_p),
        ("mask", ctypes.c_byte * 128),
        ("flags", ctypes.c_int),
        ("restorer", ctypes.c_void_p),
    )


class _Info(ctypes.Structure):
    """The beginning of a ``siginfo_t``. code: above zero where the kernel itself met the fault."""

    _fields_ = (
        ("number", ctypes.c_int),
        ("error", ctypes.c_int),
        ("code", ctypes.c_int),
        ("address", ctypes.c_void_p),
    )


class _Mark:
    """Whether a page of some files could not be had, and zeros stand there. That stays so."""

    __slots__ = ("is_torn",)

    def __init__(self) -> None:
        self.is_torn = False


class Maps:
    """Files in memory that belong together. What is to be read again has to be opened again."""

    def __init__(self) -> None:
        self._mark = _Mark()
        self._files: list[_Map] = []

    @property
    def are_torn(self) -> bool:
        """True when zeros were put where a page of them could not be had."""
        return self._mark.is_torn

    @property
    def are_cut(self) -> bool:
        """True when one of them is shorter now, so that zeros may have been read of its last page.

        Also of files that were deleted since: they are still there for whoever has them open.
        """
        return self._mark.is_torn or any(each.size() < len(each) for each in self._files)

    def changed_at(self) -> list[int]:
        """When each was last written to, in the order in which they were opened; in nanoseconds.

        Also where they were deleted since. What is written into the memory of a file counts at
        once, on some file systems only when it is on the disk (:meth:`settle`).
        """
        return [os.fstat(each.file).st_mtime_ns for each in self._files]

    def settle(self) -> None:
        """Have what was written into the memory of the files on the disk."""
        for each in self._files:
            each.flush()

    def open(self, path: Path, *, writable: bool = False) -> mmap.mmap:
        """Return a file as memory; raises OSError, and ValueError for an empty one."""
        access = mmap.ACCESS_WRITE if writable else mmap.ACCESS_READ
        with path.open("r+b" if writable else "rb") as file:
            found = _Map(file.fileno(), 0, access=access)
            found.file = os.dup(file.fileno())
        found.begin = np.frombuffer(found, np.uint8).ctypes.data
        _ours[found.begin] = found.begin + len(found), self._mark
        self._files.append(found)
        if KNOWN:
            _watch().begin()
        return found


class _Map(mmap.mmap):
    """One file. begin: its first address; 0 until that is known. file: its number, or -1."""

    begin = 0
    file = -1

    def __del__(self) -> None:  # before the system has the addresses back for something else
        _ours.pop(self.begin, None)
        if self.file >= 0:
            os.close(self.file)


_ours: Final[dict[int, tuple[int, _Mark]]] = {}
"""The first address of each map -> the one after its last, and the mark of its files."""


class _Watch:
    """The function that the system calls for a SIGBUS, and what it called before."""

    def __init__(self) -> None:
        # PyDLL keeps hold of the interpreter, so that numpy is not interrupted by other threads.
        library = ctypes.PyDLL(None)
        self._set = library.sigaction
        self._set.argtypes = (
            ctypes.c_int,
            ctypes.POINTER(_Action),
            ctypes.POINTER(_Action),
        )
        self._map = library.mmap
        self._map.restype = ctypes.c_void_p
        self._map.argtypes = (
            ctypes.c_void_p,
            ctypes.c_size_t,
            ctypes.c_int,
            ctypes.c_int,
            ctypes.c_int,
            ctypes.c_long,
        )
        kind = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.POINTER(_Info), ctypes.c_void_p)
        self._function = kind(self._on_fault)
        self._mine = _Action(
            handler=ctypes.cast(self._function, ctypes.c_void_p).value, flags=SA_SIGINFO
        )
        self._before = _Action()

    def begin(self) -> None:
        """Be called from now on, also where somebody else has taken the signal meanwhile."""
        now = _Action()
        self._set(signal.SIGBUS, None, now)
        if now.handler != self._mine.handler:
            self._before = now
            self._set(signal.SIGBUS, self._mine, None)

    def _on_fault(self, _number: int, info: Any, _context: int) -> None:
        code, address = info.contents.code, info.contents.address or 0
        if code > 0:
            for begin, (end, mark) in _ours.copy().items():
                if begin <= address < end:
                    mark.is_torn = True  # before anybody can see a zero
                    both = mmap.PROT_READ | mmap.PROT_WRITE
                    if self._map(begin, end - begin, both, ZEROS, -1, 0) == begin:
                        return
        self._leave_to_others(code)

    def _leave_to_others(self, code: int) -> None:
        """Let happen what would have: the step that failed is tried again when this returns."""
        before, self._before = self._before, _Action()
        self._set(signal.SIGBUS, before, None)
        if code <= 0:  # somebody sent it, and nothing is tried again
            signal.raise_signal(signal.SIGBUS)


@cache
def _watch() -> _Watch:
    return _Watch()
