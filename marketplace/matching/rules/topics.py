"""What creators talk about and how near it is to what a brief asks for. Pure.

A vocabulary is learned from the hashtags and topics of all creators: which terms there are, how
rare each is, which others appear beside it. A brief's words become weights of terms (its own and
their neighbours), and a creator is as near as the two lists of weights are: a cosine, 0 to 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from marketplace.matching.rules.words import keys_of

Floats = NDArray[np.floating]
Ids = NDArray[np.integer]

TERMS_MOST: Final = 65_535
"""A term's id fits two bytes; the last number means that there is none."""
NO_TERM: Final = 65_535
CREATORS_LEAST: Final = 2
"""A term of one creator says nothing of others."""
NEIGHBOURS: Final = 20
NEIGHBOUR_WEIGHT: Final = 0.5
"""What the nearest possible neighbour of a word counts beside the word itself."""
SEGMENTS: Final = 12
"""With so many, a union of audiences is off by a third of what it is off with none."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The terms of a market.

    terms: the key of each id. idf: (t,), how much it says that somebody uses the term.
    neighbours: (t, 20) ids of the terms used by the same creators, NO_TERM where there are fewer;
    nearness: (t, 20) their cosine, 0 to 1, falling.
    """

    terms: tuple[str, ...]
    idf: NDArray[np.float32]
    neighbours: NDArray[np.uint16]
    nearness: NDArray[np.float32]
    ids: Mapping[str, int]

    @classmethod
    def fit(cls, creators: Iterable[Sequence[str]], *, neighbours: int = NEIGHBOURS) -> Vocabulary:
        """Learn from every creator's words: hashtags of their posts and topics; repeats count.

        The same words in another order of creators give the same vocabulary.
        """
        used = [Counter(keys_of(words)) for words in creators]
        by_creators = Counter(key for counts in used for key in counts)
        kept = [key for key, count in by_creators.items() if count >= CREATORS_LEAST]
        terms = sorted(kept, key=lambda key: (-by_creators[key], key))[:TERMS_MOST]
        ids = {key: place for place, key in enumerate(terms)}
        found = np.array([by_creators[key] for key in terms], np.float64)
        idf = np.log((1 + len(used)) / (1 + found)).astype(np.float32) + np.float32(1)
        near, nearness = _neighbours(_matrix(used, ids, idf), neighbours)
        return cls(tuple(terms), idf, near, nearness, ids)


def weights(words: Iterable[str], vocabulary: Vocabulary) -> dict[int, float]:
    """Return what these words are about: term id -> weight, heaviest first, of length 1.

    A word counts by its rarity and by the logarithm of how often it is there.
    """
    counts = Counter(key for key in keys_of(words) if key in vocabulary.ids)
    raw = {
        vocabulary.ids[key]: (1 + float(np.log(count))) * float(vocabulary.idf[vocabulary.ids[key]])
        for key, count in counts.items()
    }
    return _of_length_one(raw)


def query(words: Iterable[str], vocabulary: Vocabulary) -> dict[int, float]:
    """Return what a brief asks for: its own words and the neighbours of each, heaviest first.

    A neighbour counts NEIGHBOUR_WEIGHT × nearness of the word that brings it, once, by the nearest.
    """
    own = weights(words, vocabulary)
    found = dict(own)
    for term, weight in own.items():
        for near, nearness in zip(
            vocabulary.neighbours[term], vocabulary.nearness[term], strict=True
        ):
            if near != NO_TERM and int(near) not in own:
                brought = NEIGHBOUR_WEIGHT * weight * float(nearness)
                found[int(near)] = max(found.get(int(near), 0.0), brought)
    return _of_length_one(found)


def similarity(wanted: Mapping[int, float], term_ids: Ids, term_weights: Floats) -> Floats:
    """Return how near each creator is to what is wanted: (n,), 0 to 1.

    term_ids: (n, m), NO_TERM where a creator has fewer. term_weights: (n, m), any scale; they are
    brought to length 1 a creator. A creator without terms is at 0.
    """
    of_term = np.zeros(NO_TERM + 1, np.float32)
    for term, weight in wanted.items():
        of_term[term] = weight
    there = of_term[term_ids]
    kept = np.where(term_ids == NO_TERM, 0, term_weights).astype(np.float32)
    lengths = np.sqrt((kept**2).sum(axis=1))
    near = (there * kept).sum(axis=1) / np.where(lengths > 0, lengths, 1)
    return np.asarray(np.clip(near, 0, 1), np.float32)


def segments(
    vectors: Floats, k: int = SEGMENTS, *, centres: Floats | None = None, sharpness: float = 8.0
) -> NDArray[np.float32]:
    """Return how much of each creator belongs to each interest segment: (n, k), rows sum to 1.

    vectors: (n, d), what each creator is about; a row of zeros belongs to all alike. centres:
    (k, d) as :func:`segment_centres` gave them before; by default they are made of these vectors.
    """
    unit = _unit_rows(vectors)
    middle = segment_centres(vectors, k) if centres is None else centres
    near = sharpness * (unit @ middle.T.astype(unit.dtype))
    grown = np.exp(near - near.max(axis=1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=1, keepdims=True), np.float32)


def segment_centres(vectors: Floats, k: int = SEGMENTS, *, rounds: int = 50) -> NDArray[np.float32]:
    """Return the middles (k, d) of k interest segments: spherical k-means, the same every time.

    The first centre is the most common direction; each next one is the creator who is farthest
    from all centres so far, so nothing is drawn by lot.
    """
    unit = _unit_rows(vectors)
    unit = unit[(unit**2).sum(axis=1) > 0]
    if len(unit) == 0:
        return np.zeros((k, vectors.shape[1]), np.float32)
    found = [_unit_rows(unit.mean(axis=0, keepdims=True))[0]]
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
        middles = _unit_rows(middles)
    return np.asarray(middles, np.float32)


def _matrix(
    used: Sequence[Counter[str]], ids: Mapping[str, int], idf: NDArray[np.float32]
) -> sparse.csr_array:
    """Creators × terms, tf-idf."""
    rows, columns, values = [], [], []
    for row, counts in enumerate(used):
        for key, count in counts.items():
            if key in ids:
                rows.append(row)
                columns.append(ids[key])
                values.append((1 + np.log(count)) * idf[ids[key]])
    shape = (len(used), len(ids))
    return sparse.csr_array((np.array(values, np.float32), (rows, columns)), shape=shape)


def _neighbours(
    matrix: sparse.csr_array, count: int
) -> tuple[NDArray[np.uint16], NDArray[np.float32]]:
    """The nearest other terms of each, by the cosine of their columns."""
    terms = matrix.shape[1]
    lengths = np.sqrt(np.asarray(matrix.power(2).sum(axis=0)).ravel())
    unit = matrix @ sparse.diags_array(1 / np.where(lengths > 0, lengths, 1))
    alike = sparse.csr_array(unit.T @ unit)
    near = np.full((terms, count), NO_TERM, np.uint16)
    nearness = np.zeros((terms, count), np.float32)
    for term in range(terms):
        start, end = alike.indptr[term], alike.indptr[term + 1]
        others, values = alike.indices[start:end], alike.data[start:end]
        kept = others != term
        others, values = others[kept], values[kept]
        best = np.lexsort((others, -values))[:count]
        near[term, : len(best)] = others[best]
        nearness[term, : len(best)] = np.minimum(values[best], 1)
    return near, nearness


def _of_length_one(raw: Mapping[int, float]) -> dict[int, float]:
    length = sum(value * value for value in raw.values()) ** 0.5
    return {term: raw[term] / length for term in sorted(raw, key=lambda t: (-raw[t], t))}


def _unit_rows(vectors: Floats) -> Floats:
    lengths = np.sqrt((vectors**2).sum(axis=1, keepdims=True))
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1))
