"""Run the benchmarks of this folder and keep the last figures: ``python -m benchmarks [NAME …]``.

Each benchmark is a script of its own that prints one JSON line a case: benchmark, case, size,
unit, ours, reference, theirs, ratio (ours / theirs). The lines are passed on as they come, and
become a part of ``docs/benchmarks.md`` each; the parts of benchmarks that were not asked for stay.
"""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
KEPT = HERE.parent / "docs" / "benchmarks.md"
SET: Mapping[str, Mapping[str, str]] = {"plan": {"OPENBLAS_NUM_THREADS": "1"}}
"""What a benchmark finds in the environment: the product's processes have it so."""
COLUMNS = ("case", "size", "unit", "ours", "reference", "theirs", "ratio")


def main(names: Sequence[str]) -> int:
    """Run them all, or those named; one that fails is said and makes the exit code 1."""
    scripts = sorted(HERE.glob("[!_]*.py"))
    if unknown := sorted(set(names) - {script.stem for script in scripts}):
        print(f"there is no benchmark called {', '.join(unknown)}", file=sys.stderr)
        return 2
    parts = parts_in(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    failed = []
    for script in scripts:
        if names and script.stem not in names:
            continue
        print(f"# {script.name}", file=sys.stderr, flush=True)
        lines: list[dict[str, Any]] = []
        with subprocess.Popen(
            [sys.executable, script],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(HERE.parent), **SET.get(script.stem, {})},
        ) as run:
            assert run.stdout is not None
            for line in run.stdout:
                print(line, end="", flush=True)
                lines.append(json.loads(line))
        if run.returncode:
            failed.append(script.name)
        elif lines:
            parts[script.stem] = part_of(lines, on=datetime.now(UTC))
    KEPT.write_text(page_of(parts), encoding="utf-8")
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def parts_in(page: str) -> dict[str, str]:
    """Return the parts of a page as it was kept: the benchmark's name -> its text."""
    found = re.split(r"^## (\S+)\n", page, flags=re.MULTILINE)[1:]
    return {name: text.strip() for name, text in zip(found[::2], found[1::2], strict=True)}


def part_of(lines: Sequence[Mapping[str, Any]], *, on: datetime) -> str:
    """Return what is kept of one benchmark: the day, and a row for each case."""
    rows = [f"| {' | '.join(str(line[column]) for column in COLUMNS)} |" for line in lines]
    head = [
        f"Measured on {on.day} {on:%B %Y}.",
        "",
        f"| {' | '.join(COLUMNS)} |",
        "| --- " * 7 + "|",
    ]
    return "\n".join([*head, *rows])


def page_of(parts: Mapping[str, str]) -> str:
    """Return the whole page, the parts by name."""
    told = [
        "# Benchmarks",
        "",
        f"Measured with `make bench`: {os.cpu_count()} cores, {platform.system()}"
        f" {platform.machine()}, Python {platform.python_version()}. Machines are noisy: read the"
        " ratios, each of two figures of one run (ratio = ours / theirs).",
    ]
    for name, text in sorted(parts.items()):
        told += ["", f"## {name}", "", text]
    return "\n".join(told) + "\n"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
