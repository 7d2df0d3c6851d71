"""The local market: everything of the product on one machine, started and stopped as one."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final

import httpx
from sqlalchemy import make_url

from marketplace.cli.environment import choose_ports, environment_of, outside, usual_ports
from marketplace.cli.home import Home, Turn, taking_turn
from marketplace.cli.migrating import ROOT, check_migrations, migrate
from marketplace.cli.postgres_server import (
    ensure_database,
    ensure_role,
    postgres_program,
    shared_postgres,
    stop_postgres,
)
from marketplace.cli.processes import Children, Command, Ended, procfile_commands
from marketplace.cli.redis_server import RedisServer
from marketplace.cli.telling import DemoAccount, Log, Teller
from marketplace.cli.trouble import CannotStart, reason, said_plainly

DATABASE: Final = "fairview"
PRODUCT_ROLE: Final = "fairview"
READY_SECONDS: Final = 180


@dataclass(frozen=True, slots=True)
class LocalMarket:
    """A market that runs: where to reach it, and what its processes were given."""

    base_url: str
    sandbox_url: str
    """Empty where no sandbox runs."""
    environment: Mapping[str, str]
    children: Children

    def wait(self) -> Ended:
        """Return once one of its processes has ended by itself."""
        return self.children.wait()


@contextmanager
def running_market(
    *,
    home: Path,
    port: int | None = None,
    seed: bool = True,
    past: bool = True,
    given: Mapping[str, str] | None = None,
    teller: Teller | None = None,
) -> Iterator[LocalMarket]:
    """Run the whole product until the block ends; nothing of it is left running afterwards.

    home: keeps all data; a second run with the same one carries on. port: 0 takes any free ones,
    None those of the environment or the usual. past: whether a market that is filled gets its five
    weeks of history. given: the operator's environment, by default this
    process's. Yields when every page can be served. Raises CannotStart, with one sentence.
    """
    given = dict(os.environ if given is None else given)
    with ExitStack() as stack:
        with said_plainly():
            market = _start(
                Home(home.resolve()), port, given, teller or Teller(), stack, seed=seed, past=past
            )
        yield market


def _start(
    home: Home,
    port: int | None,
    given: Mapping[str, str],
    teller: Teller,
    stack: ExitStack,
    *,
    seed: bool,
    past: bool,
) -> LocalMarket:
    home.make()
    turn, note = stack.enter_context(taking_turn(home))
    if note:
        teller.say(note)
    ports = choose_ports(given, port=port)
    log = Log(home.log)
    stack.callback(log.close)

    def heard(name: str, line: str) -> None:
        log.write(name, line)
        teller.hear(name, line)

    children = Children(folder=ROOT, heard=heard)
    # One for all questions: each new one loads its certificates again.
    asker = stack.enter_context(httpx.Client(timeout=5, trust_env=False))
    starting = _Starting(home, teller, turn, children, asker)
    addresses = starting.postgres(given, stack)
    stack.callback(children.stop)
    redis_url = starting.redis(given)
    environment = environment_of(
        home, ports=ports, database_url=addresses.product, redis_url=redis_url, given=given
    )
    pretended = outside(given)
    if pretended.any:
        starting.sandbox(environment)
    with teller.step("Bringing the database to the newest version"):
        migrate(addresses.owner, product_role=addresses.product_role)
    if pretended.any:
        starting.sandbox_answers(environment)
    if seed and pretended.stripe:
        starting.seed(environment, past=past, own_database=not given.get("DATABASE_URL"))
    starting.product(environment)
    return LocalMarket(
        base_url=environment["BASE_URL"],
        sandbox_url=environment["SANDBOX_URL"] if pretended.any else "",
        environment=environment,
        children=children,
    )


@dataclass(frozen=True, slots=True)
class Addresses:
    """The database as the product reaches it, and as the owner who migrates it does."""

    product: str
    owner: str

    @property
    def product_role(self) -> str | None:
        """The role to let in after a migration; None where there is only one role."""
        role = make_url(self.product).username
        return None if role == make_url(self.owner).username else role


@dataclass(frozen=True, slots=True)
class _Starting:
    """The steps of a start, each seen on the terminal."""

    home: Home
    teller: Teller
    turn: Turn
    children: Children
    asker: httpx.Client

    def postgres(self, given: Mapping[str, str], stack: ExitStack) -> Addresses:
        if given.get("DATABASE_URL"):
            return _addresses(self.home, given, stack)
        with self.teller.step("Starting PostgreSQL"):
            return _addresses(self.home, given, stack)

    def redis(self, given: Mapping[str, str]) -> str:
        if given.get("REDIS_URL"):
            return given["REDIS_URL"]
        server = RedisServer(self.home.redis)
        command = server.command()
        with self.teller.step("Starting Redis"):
            server.dismiss()
            self._start(Command("redis", tuple(command), ends_last=True), given)
            self._await(server.answers, "Redis")
        return server.url

    def sandbox(self, environment: Mapping[str, str]) -> None:
        """Begin; it makes itself ready while the database does."""
        command = Command("sandbox", (sys.executable, "-m", "marketplace.sandbox"))
        self._start(command, environment)

    def sandbox_answers(self, environment: Mapping[str, str]) -> None:
        url = f"{environment['SANDBOX_URL']}/sandbox/health"
        with self.teller.step("Starting the sandbox of Stripe and TikTok"):
            self._await(lambda: _serves(self.asker, url), "The sandbox")

    def seed(self, environment: Mapping[str, str], *, past: bool, own_database: bool) -> None:
        """Fill the market, and do not wait for the disk: whoever is cut off fills it anew."""
        hurry = f"{environment.get('PGOPTIONS', '')} -c synchronous_commit=off"
        self.teller.say("Filling the demo market, if it is empty …")
        said: list[str] = []
        seeding = subprocess.Popen(  # noqa: S603  # our own command
            [sys.executable, "-m", "workers", "seed", *([] if past else ["--without-past"])],
            cwd=ROOT,
            env={**environment, **({"PGOPTIONS": hurry} if own_database else {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        try:
            with seeding:
                for line in seeding.stdout or ():
                    said.append(line.rstrip())
                    self.teller.say(f"  {line.rstrip()}")
        except BaseException:
            seeding.kill()
            raise
        if seeding.returncode:
            raise CannotStart(reason("The demo market could not be filled", "\n".join(said)))

    def product(self, environment: Mapping[str, str]) -> None:
        with self.teller.step("Starting web, relay, worker and clock"):
            web, *others = procfile_commands(ROOT / "Procfile")
            self._start(web, environment)
            url = f"http://127.0.0.1:{environment['PORT']}/health/ready"
            self._await(lambda: _serves(self.asker, url), "The web server")
            for command in others:  # after it: nobody waits for them to load the product
                self._start(command, environment)

    def _start(self, command: Command, environment: Mapping[str, str]) -> None:
        self.children.start(command, environment=environment)
        self.turn.note(self.children.traces())

    def _await(self, ready: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not ready():
            ended = self.children.ended()
            if ended is not None:
                raise CannotStart(f"{ended}. All of it is in {self.home.log}.")
            if time.monotonic() > deadline:
                raise CannotStart(
                    f"{what} does not answer after {READY_SECONDS} seconds; what it said is in"
                    f" {self.home.log}."
                )
            time.sleep(0.05)


def _addresses(home: Home, given: Mapping[str, str], stack: ExitStack) -> Addresses:
    """The operator's database where one is given, otherwise our own, which then runs."""
    if given.get("DATABASE_URL"):
        return Addresses(
            product=given["DATABASE_URL"],
            owner=given.get("MIGRATION_DATABASE_URL") or given["DATABASE_URL"],
        )
    owner = ensure_database(stack.enter_context(shared_postgres(home.postgres)), DATABASE)
    return Addresses(product=ensure_role(owner, PRODUCT_ROLE), owner=owner)


def _serves(asker: httpx.Client, url: str) -> bool:
    try:
        return asker.get(url).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def main(arguments: Sequence[str]) -> int:
    """Do what the command line says; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m marketplace.cli.local")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("run", help="run everything, with the data of the last time")
    verbs.add_parser("fresh", help="delete the local data and run everything")
    verbs.add_parser("psql", help="open the database's console")
    verbs.add_parser("check-migrations", help="up, down, up, and nothing forgotten")
    with_market = verbs.add_parser("with", help="run one command with the market's settings")
    with_market.add_argument("command", nargs=argparse.REMAINDER)
    asked = parser.parse_args(arguments)
    home = Home(Path(os.environ.get("FAIRVIEW_HOME") or ROOT / ".fairview").resolve())
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    teller = Teller(verbose=bool(os.environ.get("FAIRVIEW_VERBOSE")))
    try:
        with said_plainly():
            match asked.verb:
                case "run":
                    return _run(home, teller)
                case "fresh":
                    _erase(home, teller)
                    return _run(home, teller)
                case "psql":
                    return _with_settings(home, [])
                case "with":
                    return _with_settings(home, asked.command)
                case _:
                    check_migrations()
                    return 0
    except CannotStart as trouble:
        print(trouble, file=sys.stderr)  # noqa: T201  # the sentence this is all about
        return 1
    except KeyboardInterrupt:
        teller.say("Stopped.")
        return 0


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """Let everything be stopped in order; a second Ctrl-C does not disturb that."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _run(home: Home, teller: Teller) -> int:
    with running_market(home=home.folder, teller=teller) as market:
        pretended = outside(os.environ)
        notes = [f"Data and log are in {home.folder}. Ctrl-C stops everything."]
        if market.sandbox_url:
            notes.insert(0, "Stripe and TikTok without keys of yours are a sandbox: no real money.")
        accounts = _demo_accounts() if pretended.stripe else ()
        teller.announce(address=market.base_url, accounts=accounts, notes=notes)
        try:
            ended = market.wait()
        except KeyboardInterrupt:
            teller.say("Stopping …")
            raise
        raise CannotStart(str(ended))


def _demo_accounts() -> Sequence[DemoAccount]:
    from marketplace.cli.seed import DEMO_ACCOUNTS  # noqa: PLC0415  # loads the whole market

    return DEMO_ACCOUNTS


def _erase(home: Home, teller: Teller) -> None:
    if not home.folder.is_dir():
        return
    with taking_turn(home) as (_, note):
        if note:
            teller.say(note)
        if not stop_postgres(home.postgres):
            raise CannotStart(
                f"Another command still uses the database in {home.postgres}: end it first."
            )
        with teller.step(f"Deleting the local data in {home.folder}"):
            home.erase()


def _with_settings(home: Home, command: Sequence[str]) -> int:
    """Run one command with the market's settings, whether or not the market runs."""
    home.make()
    given = os.environ
    with ExitStack() as stack:
        addresses = _addresses(home, given, stack)
        environment = environment_of(
            home,
            ports=usual_ports(given),
            database_url=addresses.product,
            redis_url=given.get("REDIS_URL") or RedisServer(home.redis).url,
            given=given,
        )
        plain = addresses.product.replace("postgresql+psycopg://", "postgresql://", 1)
        child = subprocess.Popen(  # noqa: S603  # what the operator asked for
            [*(command or [str(postgres_program("psql")), plain])],
            cwd=ROOT,
            env={
                **environment,
                "MIGRATION_DATABASE_URL": addresses.owner,
                "PYTHONPATH": str(ROOT),
            },
        )
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the command's to answer
        return child.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
