"""What creators talk about and how near it is to what a brief asks for. Pure.

A vocabulary is learned from the words of all creators: which terms there are, how many use each,
which others appear beside it. A brief's words find the creators who used them lately, by how often;
then those who use the words that go with them. Exact words rank, neighbours only widen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from marketplace.creators.rules import EMPTY_HASHTAGS
from marketplace.kernel.words import keys_of

Floats = NDArray[np.floating]
Ids = NDArray[np.integer]

NO_TERM: Final = 65_535
"""Where a creator has fewer terms; ids fit two bytes."""
HALF_LIFE_POSTS: Final = 8
"""A word counts half when eight newer posts stand above it."""
USES_MOST: Final = 12.0
"""More recent uses than this are the same as this: about what a word in every post comes to."""
LEVELS: Final = np.array([0.0, *np.geomspace(0.1, USES_MOST, 15)], np.float32)
"""Recent uses as they are kept: by half a byte, each level two fifths more than the one below."""
_USES: Final = LEVELS[np.arange(256)[:, None] >> np.array([0, 4]) & 15]
"""The two that each byte keeps."""
RARE: Final = 30
"""A word that so many others use is half as likely to be asked for as one that all use."""
NEIGHBOURS: Final = 500
"""Most neighbours of a term: few would do to rank, but many find those whom nobody would name."""
NEIGHBOURS_ROOM: Final = 3_000_000
"""Neighbours kept in all, three bytes each. A small market has few terms, and needs them most."""
NEIGHBOUR_WEIGHT: Final = 0.05
"""What the nearest possible neighbour of a word counts beside one recent use of the word itself."""
HALF: Final = 1.0
"""So many uses make a nearness of a half."""
BYTE: Final = 255.0
BLOCK: Final = 1_024
DIMENSIONS: Final = 32
POWER_ROUNDS: Final = 12
"""Of subspace iteration, which finds the leading eigenvectors: enough to compare terms."""
SEGMENTS: Final = 12
"""With so many, a union of audiences is off by half of what it is off with none."""
SHARPNESS: Final = 4.0
"""How much more of a creator belongs to a nearer segment. Words say but roughly who watches: at 8
plans trust them too much and reach up to three in a hundred less, at 2 they know no overlap."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The terms of a market.

    terms: the key of each id, the most used first. used_by: (t,), creators who use each.
    starts: (t + 1,), where the neighbours of each begin; neighbours, nearness: (e,) the terms that
    the same creators use, nearest first, and the cosine in bytes, of which 255 are the whole.
    """

    terms: tuple[str, ...]
    used_by: NDArray[np.int64]
    starts: NDArray[np.int64]
    neighbours: NDArray[np.uint16]
    nearness: NDArray[np.uint8]
    ids: Mapping[str, int]

    @classmethod
    def fit(cls, creators: Iterable[Iterable[str]], *, room: int = NEIGHBOURS_ROOM) -> Vocabulary:
        """Learn from every creator's words: hashtags of their posts and topics.

        The same words in another order of creators give the same vocabulary. Hashtags that stand
        on every second video are no terms; of more than 65,535 the most used are kept.
        """
        used = [set(keys_of(words)) - EMPTY_HASHTAGS for words in creators]
        counts = Counter(key for keys in used for key in keys)
        terms = sorted(counts, key=lambda key: (-counts[key], key))[:NO_TERM]
        ids = {key: place for place, key in enumerate(terms)}
        used_by = np.array([counts[key] for key in terms], np.int64)
        most = min(NEIGHBOURS, room // max(1, len(terms)))
        return cls(tuple(terms), used_by, *_neighbours(used, ids, used_by, most), ids)

    def near(self, term: int) -> tuple[NDArray[np.uint16], NDArray[np.float64]]:
        """Return the neighbours of a term and their nearness, nearest first."""
        place = slice(self.starts[term], self.starts[term + 1])
        return self.neighbours[place], self.nearness[place] / BYTE


def recent_uses(posts: Sequence[Iterable[str]]) -> dict[str, float]:
    """Return how often each word was used lately: a post with eight newer ones counts half.

    posts: the words of each, newest first; twice in one post is once.
    """
    found: dict[str, float] = {}
    for place, words in enumerate(posts):
        for key in set(keys_of(words)):
            found[key] = found.get(key, 0.0) + 0.5 ** (place / HALF_LIFE_POSTS)
    return found


def weights(words: Iterable[str] | Mapping[str, float], vocabulary: Vocabulary) -> dict[int, float]:
    """Return how much a creator uses each term, 0 to 1, the ones to keep first.

    Those used most are kept first, of a word that few others use a part: a brief is less likely to
    ask for it. 1 is USES_MOST recent uses.

    words: word -> uses, as :func:`recent_uses` counts them, or words that each count once.
    """
    given = words if isinstance(words, Mapping) else Counter(keys_of(words))
    uses: dict[int, float] = {}
    for word, count in given.items():
        for key in keys_of([word]):
            if key in vocabulary.ids:
                term = vocabulary.ids[key]
                uses[term] = uses.get(term, 0.0) + count
    used_by = {term: int(vocabulary.used_by[term]) for term in uses}
    order = sorted(
        uses, key=lambda term: (-uses[term] * used_by[term] / (used_by[term] + RARE), term)
    )
    return {term: min(uses[term], USES_MOST) / USES_MOST for term in order}


def in_levels(weights: Floats) -> NDArray[np.uint8]:
    """Return weights (n, m) as they are kept: (n, m / 2), the nearest of LEVELS, two in a byte."""
    bounds = np.sqrt(LEVELS[1:-1] * LEVELS[2:])
    level = np.where(weights > 0, np.searchsorted(bounds, weights * USES_MOST) + 1, 0)
    return np.asarray(level[:, ::2] + (level[:, 1::2] << 4), np.uint8)


def uses_in(levels: NDArray[np.uint8], places: NDArray[np.integer]) -> NDArray[np.float32]:
    """Return the recent uses at some places of what :func:`in_levels` gave, read on and on."""
    return np.asarray(_USES[levels.ravel()[places // 2], places % 2])


class Asked(NamedTuple):
    """What a brief asks for: (m,) terms in their order, and what each counts."""

    terms: NDArray[np.intp]
    weights: NDArray[np.float32]

    @property
    def own(self) -> NDArray[np.intp]:
        """The words asked for themselves."""
        return self.terms[self.weights >= 1]

    def table(self) -> NDArray[np.float32]:
        """Return what every term counts, most of them nothing."""
        found = np.zeros(NO_TERM + 1, np.float32)
        found[self.terms] = self.weights
        return found


def query(words: Iterable[str], vocabulary: Vocabulary) -> Asked:
    """Return what a brief asks for: its own words at 1, their neighbours at less.

    A neighbour of several words counts by the nearest of them.
    """
    own = [vocabulary.ids[key] for key in dict.fromkeys(keys_of(words)) if key in vocabulary.ids]
    found = np.zeros(len(vocabulary.terms))
    for term in own:
        near, nearness = vocabulary.near(term)
        found[near] = np.maximum(found[near], NEIGHBOUR_WEIGHT * nearness)
    found[own] = 1
    terms = np.flatnonzero(found)
    return Asked(terms, found[terms].astype(np.float32))


def similarity(
    wanted: NDArray[np.float32], term_ids: Ids, term_weights: NDArray[np.generic]
) -> Floats:
    """Return how near each creator is to what is wanted: (n,), 0 to 1.

    ``evidence / (evidence + HALF)``, where evidence is the recent uses of the words wanted plus,
    once each, the neighbours that the creator uses. Who uses none of them is at 0.

    wanted: the table of what is asked. term_ids, term_weights: (n, m), as :func:`weights` gives
    them, or (n, m / 2) as :func:`in_levels` does; NO_TERM where a creator has fewer.
    """
    count, width = term_ids.shape
    there = wanted[term_ids.ravel()]
    hits = np.flatnonzero(there)
    there = there[hits]
    if term_weights.dtype == np.uint8:
        uses = uses_in(term_weights.view(np.uint8), hits).astype(np.float64)
    else:
        uses = term_weights.ravel()[hits].astype(np.float64) * USES_MOST
    return near_by(hits // max(1, width), np.where(there >= 1, uses, there), count)


def near_by(places: Ids, counted: NDArray[np.floating], count: int) -> NDArray[np.float32]:
    """Return how near each of so many places is, by the terms that are both asked for and used.

    places: where each term was met. counted: of a word its uses, of a neighbour what it is asked
    for with; their sums are exact in 8-byte numbers, whatever their order.
    """
    evidence = np.bincount(places, weights=counted, minlength=count)
    return np.asarray(evidence / (evidence + HALF), np.float32)


def most_of_neighbours(asked: Asked, *, width: int) -> float:
    """Return how near a creator of so many terms can be at most who uses no word asked for."""
    most = np.sort(asked.weights[asked.weights < 1])[-width:].sum(dtype=np.float64)
    return float(most / (most + HALF))


def term_vectors(vocabulary: Vocabulary, dimensions: int = DIMENSIONS) -> NDArray[np.float32]:
    """Return the place of each term among all: (t, d), near where the same creators use both.

    The leading eigenvectors of the nearness, each by the root of its size (half-whitened: the few
    greatest differences of a market do not drown the others). The same every time.
    """
    count = len(vocabulary.terms)
    shape = (count, count)
    nearness = vocabulary.nearness.astype(np.float32) / np.float32(BYTE)
    half = sparse.csr_array((nearness, vocabulary.neighbours, vocabulary.starts), shape)
    near = half.maximum(half.T) + sparse.eye_array(count, dtype=np.float32)
    kept = min(dimensions, count)
    space = np.random.default_rng(0).normal(size=(count, kept))
    for _ in range(POWER_ROUNDS):
        space = np.linalg.qr(np.asarray(near @ space)).Q
    sizes, turn = np.linalg.eigh(np.asarray(space.T @ (near @ space)))
    found = np.zeros((count, dimensions), np.float32)
    found[:, :kept] = (space @ turn * np.maximum(sizes, 0) ** 0.25)[:, ::-1]
    return found


def vectors(
    described: Sequence[Mapping[int, float]], of_terms: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return what each creator is about: (n, d) of length 1, zeros where nothing is known.

    described: as :func:`weights` gives them. of_terms: as :func:`term_vectors` gives them.
    """
    found = np.zeros((len(described), of_terms.shape[1]), np.float32)
    for row, terms in enumerate(described):
        if terms:
            roots = np.sqrt(np.array(list(terms.values()), np.float32))
            found[row] = roots @ of_terms[list(terms)]
    return np.asarray(unit_rows(found), np.float32)


def segments(
    vectors: Floats,
    k: int = SEGMENTS,
    *,
    centres: Floats | None = None,
    sharpness: float = SHARPNESS,
) -> NDArray[np.float32]:
    """Return how much of each creator belongs to each interest segment: (n, k), rows sum to 1.

    vectors: (n, d), what each creator is about; a row of zeros belongs to all alike. centres:
    (k, d) as :func:`segment_centres` gave them before; by default they are made of these vectors.
    """
    unit = unit_rows(vectors)
    middle = segment_centres(vectors, k) if centres is None else centres
    near = sharpness * (unit @ middle.T.astype(unit.dtype))
    grown = np.exp(near - near.max(axis=1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=1, keepdims=True), np.float32)


def segment_centres(vectors: Floats, k: int = SEGMENTS, *, rounds: int = 50) -> NDArray[np.float32]:
    """Return the middles (k, d) of k interest segments: spherical k-means, the same every time.

    The first centre is the most common direction; each next one is the creator who is farthest
    from all centres so far, so nothing is drawn by lot.
    """
    unit = unit_rows(vectors)
    unit = unit[(unit**2).sum(axis=1) > 0]
    if len(unit) == 0:
        return np.zeros((k, vectors.shape[1]), np.float32)
    found = [unit_rows(unit.mean(axis=0, keepdims=True))[0]]
    nearest = unit @ found[0]
    while len(found) < k:
        found.append(unit[int(nearest.argmin())])
        nearest = np.maximum(nearest, unit @ found[-1])
    middles = np.array(found)
    of_whom = np.full(len(unit), -1)
    for _ in range(rounds):
        now = (unit @ middles.T).argmax(axis=1)
        if (now == of_whom).all():
            break
        of_whom = now
        for place in range(k):
            if (of_whom == place).any():
                middles[place] = unit[of_whom == place].mean(axis=0)
        middles = unit_rows(middles)
    return np.asarray(middles, np.float32)


def unit_rows(rows: Floats) -> Floats:
    """Return the rows brought to length 1; a row of zeros stays."""
    lengths = np.sqrt((rows**2).sum(axis=1, keepdims=True))
    return np.asarray(rows / np.where(lengths > 0, lengths, 1))


def _neighbours(
    used: Sequence[set[str]], ids: Mapping[str, int], used_by: NDArray[np.int64], most: int
) -> tuple[NDArray[np.int64], NDArray[np.uint16], NDArray[np.uint8]]:
    """The nearest other terms of each: the cosine of who uses them."""
    rows = [[ids[key] for key in sorted(keys) if key in ids] for keys in used]
    columns = np.array([term for row in rows for term in row], np.int64)
    ends = np.cumsum([0, *(len(row) for row in rows)])
    values = (1 / np.sqrt(used_by))[columns].astype(np.float32)
    matrix = sparse.csr_array((values, columns, ends), shape=(len(rows), len(ids)))
    turned = sparse.csr_array(matrix.T)
    counts, near, nearness = [0], [], []
    for begin in range(0, len(ids), BLOCK):
        alike = sparse.csr_array(turned[begin : begin + BLOCK] @ matrix)
        for row in range(alike.shape[0]):
            place = slice(alike.indptr[row], alike.indptr[row + 1])
            others, found = alike.indices[place], alike.data[place]
            order = np.lexsort((others, -found))
            order = order[others[order] != begin + row][:most]
            near.append(others[order].astype(np.uint16))
            nearness.append(np.rint(BYTE * np.minimum(found[order], 1)).astype(np.uint8))
            counts.append(len(order))
    return (
        np.cumsum(counts),
        np.concatenate([np.zeros(0, np.uint16), *near]),
        np.concatenate([np.zeros(0, np.uint8), *nearness]),
    )
