"""How many different people do two channels reach? Twitch, pairs whose overlap was published.

Sets: twitch-overlap-2022-01 (the largest channels; overlaps of more than 10,000 chatters) and
twitch-it-overlap (one language; overlaps of a tenth of the smaller audience and more). Every fifth
pair, by lot, is hidden; the others are the co-audience that was observed. From them the channels'
places and twelve segments are made, and how many people there are in all is fitted. Only large
overlaps are known, hidden or not, so this says how well they are told apart, not how common they
are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize_scalar

from benchmarks.quality import unions
from benchmarks.quality.figures import Figure, Floats, Parts
from marketplace.matching.rules import topics

HIDDEN: Final = 5
SHARPNESS: Final = 5.0
"""Overlaps say more of who watches than words do, for which the product has less."""
FACTORS: Final = (-4.0, 4.0)
"""The logarithm of how many people there are for each viewer of a segment."""


@dataclass(frozen=True)
class Channels:
    """sizes: (n,). pairs: (p, 2) places; common: (p,) people in both."""

    sizes: Floats
    pairs: NDArray[np.intp]
    common: Floats


def measure(parts: Parts) -> Iterator[Figure]:
    for name, channels in (("2022", read_2022(parts)), ("Italian", read_italian(parts))):
        lot = np.random.default_rng(3).permutation(len(channels.pairs))
        hidden, known = lot[::HIDDEN], np.delete(lot, np.s_[::HIDDEN])
        pairs = channels.pairs[hidden]
        true = channels.sizes[pairs].sum(axis=1) - channels.common[hidden]
        found = {
            "sum": channels.sizes[pairs].sum(axis=1),
            "chance": by_chance(channels, known, hidden),
            "ours": ours(channels, known, hidden),
        }
        off = {key: float(np.abs(each / true - 1).mean()) for key, each in found.items()}
        yield Figure(
            f"error of the union of two, {name}",
            len(hidden),
            "mean error",
            off["ours"],
            same_run={"sum": off["sum"], "chance": off["chance"]},
            less_is_better=True,
        )


def read_2022(parts: Parts) -> Channels:
    nodes = parts.rows("twitch-overlap-2022-01/nodes.csv.gz")
    edges = parts.rows("twitch-overlap-2022-01/edges.csv.gz")
    places = {row["id"]: at for at, row in enumerate(nodes)}
    return Channels(
        np.array([float(row["size"]) for row in nodes]),
        np.array([[places[row["source"]], places[row["target"]]] for row in edges]),
        np.array([float(row["weight"]) for row in edges]),
    )


def read_italian(parts: Parts) -> Channels:
    nodes = parts.rows("twitch-it-overlap/streamers.csv.gz")
    edges = parts.rows("twitch-it-overlap/edges.csv.gz")
    places = {row["idStreamer"]: at for at, row in enumerate(nodes)}
    sizes = np.array([float(row["spectTot"]) for row in nodes])
    pairs = np.array([[places[r["ID_streamer_i"]], places[r["ID_streamer_j"]]] for r in edges])
    part = np.array([float(row["overlap_percentage"]) / 100 for row in edges])
    return Channels(sizes, pairs, part * sizes[pairs].min(axis=1))


def by_chance(channels: Channels, known: NDArray[np.intp], hidden: NDArray[np.intp]) -> Floats:
    """Return the union of two if chance alone brought people to both, of as many as fit best."""
    return _fitted(channels, np.ones((len(channels.sizes), 1)), known, hidden, learned=False)


def ours(channels: Channels, known: NDArray[np.intp], hidden: NDArray[np.intp]) -> Floats:
    segments = interests(channels, known)
    return _fitted(channels, segments, known, hidden, learned=True)


def _fitted(
    channels: Channels,
    segments: Floats,
    known: NDArray[np.intp],
    hidden: NDArray[np.intp],
    *,
    learned: bool,
) -> Floats:
    there = channels.sizes[:, None] * segments
    counted = [
        (channels.pairs[pair], float(channels.sizes[channels.pairs[pair]].sum() - common))
        for pair, common in zip(known, channels.common[known], strict=True)
    ]

    def unions_of(factor: float, pairs: NDArray[np.intp], by: unions.Learned | None) -> list[float]:
        people = there.sum(axis=0) * factor
        reached = there / people
        return [
            unions.union(
                reached[pair],
                people,
                by.evenness(unions.how_alike(reached[pair], people)) if by else None,
            )
            for pair in pairs
        ]

    whole = np.array([each for _, each in counted])
    places = np.array([pair for pair, _ in counted])

    def error(logarithm: float) -> float:
        guessed = np.array(unions_of(float(np.exp(logarithm)), places, None))
        return float(np.abs(guessed / whole - 1).mean())

    best = minimize_scalar(error, bounds=FACTORS, method="bounded", options={"maxiter": 15})
    factor = float(np.exp(best.x))
    people = there.sum(axis=0) * factor
    known_unions = [((there / people)[pair], each) for pair, each in counted]
    by = unions.learn(known_unions[:2_000], people) if learned else None
    return np.array(unions_of(factor, channels.pairs[hidden], by))


def interests(channels: Channels, known: NDArray[np.intp]) -> Floats:
    """Return (n, k) how much of each channel belongs to each of twelve interests."""
    vectors = topics.term_vectors(together(channels, known))
    return topics.segments(vectors, sharpness=SHARPNESS)


def together(channels: Channels, known: NDArray[np.intp]) -> topics.Vocabulary:
    """Return the channels as terms, near where many people watch both."""
    count = len(channels.sizes)
    first, second = channels.pairs[known].T
    near = channels.common[known] / np.sqrt(channels.sizes[first] * channels.sizes[second])
    both = sparse.csr_array(
        (
            np.concatenate([near, near]).astype(np.float32),
            (np.concatenate([first, second]), np.concatenate([second, first])),
        ),
        shape=(count, count),
    )
    ids: Mapping[str, int] = {str(place): place for place in range(count)}
    return topics.Vocabulary(
        tuple(ids),
        channels.sizes.astype(np.int64),
        both.indptr.astype(np.int64),
        both.indices.astype(np.uint16),
        np.rint(topics.BYTE * np.minimum(both.data, 1)).astype(np.uint8),
        ids,
    )
