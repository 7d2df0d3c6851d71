"""The whole product as `make run` starts it: what is left when it stops, however it stops."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psutil
import pytest

from marketplace.cli.environment import Ports, choose_ports
from tests.databases import server_folder

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
READY = "Fairview is ready: "


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with server_folder() as folder:
        yield folder / "home"


@contextmanager
def run(home: Path, ports: Ports) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Start it as the Makefile does; yields it with all lines up to the accounts' first."""
    ours = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    runner = subprocess.Popen(
        [sys.executable, "-m", "marketplace.cli.local", "run"],
        cwd=ROOT,
        env={
            **ours,
            "FAIRVIEW_HOME": str(home),
            "PORT": str(ports.web),
            "SANDBOX_PORT": str(ports.sandbox),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert runner.stdout is not None
    try:
        lines = []
        for line in runner.stdout:
            lines.append(line.rstrip())
            if "Ctrl-C stops everything" in line:
                break
        yield runner, lines
    finally:
        runner.send_signal(signal.SIGTERM)
        runner.wait()
        runner.stdout.close()


def running_in(home: Path) -> dict[int, list[str]]:
    """Everything that runs with this home, whoever started it."""
    found = {}
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            command = process.cmdline()
            is_ours = process.environ().get("FAIRVIEW_HOME") == str(home)
            if is_ours or str(home) in " ".join(command):
                found[process.pid] = command
    return found


def test_a_dead_child_stops_the_rest_and_is_named(home: Path) -> None:
    ports = choose_ports({}, port=0)
    with run(home, ports) as (runner, lines):
        assert f"{READY}http://127.0.0.1:{ports.web}" in lines, lines
        [relay] = [pid for pid, command in running_in(home).items() if command[-1] == "relay"]

        os.kill(relay, signal.SIGKILL)

        assert runner.wait(timeout=120) == 1
        assert runner.stdout is not None
        assert "relay stopped with exit code -9" in runner.stdout.read()
    assert running_in(home) == {}


def test_a_second_run_keeps_the_data_and_ctrl_c_leaves_nothing_running(home: Path) -> None:
    kept = home / "secrets.json"
    if not kept.exists():  # else another test has had the first run
        with run(home, choose_ports({}, port=0)):
            pass
    secrets = kept.read_bytes()
    ports = choose_ports({}, port=0)
    with run(home, ports) as (runner, lines):
        address = f"http://127.0.0.1:{ports.web}"
        assert f"{READY}{address}" in lines, lines
        assert httpx.get(f"{address}/health/ready", trust_env=False).text == "ready"
        assert kept.read_bytes() == secrets

        runner.send_signal(signal.SIGINT)

        assert runner.wait(timeout=120) == 0
    assert running_in(home) == {}
