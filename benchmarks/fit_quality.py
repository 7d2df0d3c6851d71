"""How good are the judgements behind a fit and a plan, on real data with known answers?

Each data set is a folder below ``--data`` (by default ``../shared/data`` beside the repository);
one that is missing is said and passed over. Whatever is learned is learned from other brands,
months, videos or artists than it is judged on; ``--learn`` names a folder with a second part of
the same sets, and then all of the first is judged by what the second teaches. Where ``--data``
names another folder than the usual one, the usual one teaches.

``docs/fit-quality.md`` says what the sets are, how each is used, and what the figures mean. Prints
JSON lines; two for most measures: beside the best simple method computed in the same run, and
beside the best figure noted for the kept-apart part of the same set.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from benchmarks.quality import (
    audiences,
    bought_views,
    brands,
    channels,
    countries,
    described,
    hashtags,
    next_views,
    pairs,
    plans,
)
from benchmarks.quality.figures import Figure, Missing, Parts

HERE: Final = Path(__file__).resolve().parent
DATA: Final = HERE.parent.parent / "shared" / "data"
SETS: Final[dict[str, Callable[[Parts], Iterator[Figure]]]] = {
    "brands": brands.measure,
    "countries": countries.measure,
    "hashtags": hashtags.measure,
    "next views": next_views.measure,
    "bought views": bought_views.measure,
    "audiences": audiences.measure,
    "pairs of audiences": pairs.measure,
    "plans": plans.measure,
    "plans by words": described.measure,
    "plans of channels": channels.measure,
}


def main() -> None:
    """Judge every set that is there, or those that are named."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("sets", nargs="*", metavar="set", help=f"of {', '.join(SETS)}; all if none")
    asked.add_argument("--data", type=Path, default=DATA, help="the folder of the data sets")
    asked.add_argument("--learn", type=Path, help="a folder with the part to learn from")
    given = asked.parse_args()
    learn = given.learn or usual_teacher(given.data)
    if unknown := set(given.sets) - set(SETS):
        asked.error(f"there is no set called {', '.join(sorted(unknown))}")
    for name in given.sets or SETS:
        try:
            for figure in SETS[name](Parts(given.data, learn)):
                for line in figure.lines(name):
                    print(json.dumps(line), flush=True)
        except Missing as missing:
            print(f"  {name}: {missing}", file=sys.stderr, flush=True)


def usual_teacher(judged: Path, usual: Path = DATA) -> Path | None:
    """Return the usual folder where another one is judged and both are there."""
    return usual if usual.is_dir() and judged.resolve() != usual.resolve() else None


if __name__ == "__main__":
    main()
