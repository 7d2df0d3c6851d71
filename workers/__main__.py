"""``python -m workers relay | work QUEUE… | cron``: the processes behind the pages.

And ``python -m workers seed``, which fills the demo's market before they start.
"""

from __future__ import annotations

import argparse

import structlog
from redis import Redis

from marketplace.config import Settings
from marketplace.kernel.collector import settle
from workers import seed
from workers.clock import run_clock
from workers.perform import the_app
from workers.queues import QueueName
from workers.relay import relay_for_ever
from workers.working import work_for_ever


def main() -> None:
    """Run one of the three until it is told to stop, or fill the demo's market."""
    parser = argparse.ArgumentParser(prog="python -m workers", description=__doc__)
    process = parser.add_subparsers(dest="process", required=True)
    process.add_parser("relay", help="carry committed messages into the queues")
    work = process.add_parser("work", help="work through queues, the first named first")
    work.add_argument("queues", nargs="+", choices=[name.value for name in QueueName])
    process.add_parser("cron", help="ring the periodic jobs")
    filling = process.add_parser("seed", help="fill the demo's market, if it is empty")
    filling.add_argument("--without-past", action="store_true", help="only what is there today")
    chosen = parser.parse_args()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(),
        ]
    )
    connection = Redis.from_url(Settings.from_env().redis_url)
    match chosen.process:
        case "relay":
            with the_app().app_context():
                relay_for_ever(connection)
        case "work":
            the_app()  # made before the worker forks, so that no job waits for it
            settle()
            work_for_ever(connection, [QueueName(name) for name in chosen.queues])
        case "seed":
            seed.main(the_app(), past=not chosen.without_past)
        case "cron":
            run_clock(connection)


if __name__ == "__main__":
    main()
