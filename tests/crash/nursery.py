"""Forks real relays and workers out of one process that has loaded the product once.

Reads a line ``relay`` or ``work POINT`` and answers with the process id of the new one. POINT is
where it dies, or ``-``. Everything it forked dies with it.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable

from redis import Redis
from rq import Worker
from rq.serializers import JSONSerializer

from marketplace.config import Settings
from workers.failpoints import VARIABLE
from workers.perform import the_app
from workers.queues import QueueName, queue
from workers.relay import relay_for_ever


def main() -> None:
    """Serve until there is nobody left to ask."""
    the_app()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system buries the dead
    _say("ready")
    for line in sys.stdin:
        what, _, point = line.strip().partition(" ")
        _say(_fork(_relay if what == "relay" else _work, point))


def _say(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def _fork(live: Callable[[], None], point: str) -> int:
    pid = os.fork()
    if pid:
        return pid
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ[VARIABLE] = point
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what it logs is no answer
    try:
        live()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)


def _relay() -> None:
    with the_app().app_context():
        relay_for_ever(_redis())


def _work() -> None:
    connection = _redis()
    Worker(
        [queue(connection, QueueName.MONEY)], connection=connection, serializer=JSONSerializer
    ).work(logging_level="WARNING")


def _redis() -> Redis:
    return Redis.from_url(Settings.from_env().redis_url)


if __name__ == "__main__":
    main()
