"""Run every benchmark of this folder and keep the last figures: ``python -m benchmarks``.

Each benchmark is a script of its own that prints one JSON line a case: benchmark, case, size,
unit, ours, reference, theirs, ratio (ours / theirs). The lines are passed on as they come, and all
of them together become ``docs/benchmarks.md``.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
KEPT = HERE.parent / "docs" / "benchmarks.md"
COLUMNS = ("case", "size", "unit", "ours", "reference", "theirs", "ratio")


def main() -> int:
    """Run them all; a benchmark that fails is said and makes the exit code 1."""
    lines: list[dict[str, Any]] = []
    failed = []
    for script in sorted(HERE.glob("[!_]*.py")):
        print(f"# {script.name}", file=sys.stderr, flush=True)
        with subprocess.Popen(
            [sys.executable, script],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(HERE.parent)},
        ) as run:
            assert run.stdout is not None
            for line in run.stdout:
                print(line, end="", flush=True)
                lines.append(json.loads(line))
        if run.returncode:
            failed.append(script.name)
    KEPT.write_text(_page(lines), encoding="utf-8")
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _page(lines: list[dict[str, Any]]) -> str:
    told = [
        "# Benchmarks",
        "",
        f"Measured on {datetime.now(UTC):%d %B %Y} with `make bench`: {os.cpu_count()} cores,"
        f" {platform.system()} {platform.machine()}, Python {platform.python_version()}."
        " Machines are noisy: read the ratios, each of two figures of one run"
        " (ratio = ours / theirs).",
    ]
    for name in dict.fromkeys(line["benchmark"] for line in lines):
        told += ["", f"## {name}", "", f"| {' | '.join(COLUMNS)} |", "| --- " * 7 + "|"]
        told += [
            f"| {' | '.join(str(line[column]) for column in COLUMNS)} |"
            for line in lines
            if line["benchmark"] == name
        ]
    return "\n".join(told) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
