"""Which creators will use a hashtag? TikTok, each creator's earlier videos against the later ones.

Set: tiktok-creators-2020. A brief is a hashtag that three creators or more use in the last 30 % of
their videos and somebody used before; those on every second video (the product's own list) are no
briefs. All creators are ranked by the first 70 %; relevant is who uses it later.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.quality.figures import Figure, Floats, Parts, ranked
from benchmarks.quality.next_views import KNOWN_PART, SET
from marketplace.creators.rules import EMPTY_HASHTAGS
from marketplace.kernel.words import keys_of
from marketplace.matching.columns.layout import TERMS
from marketplace.matching.rules import topics
from marketplace.matching.rules.topics import unit_rows

USERS_LEAST: Final = 3
MEASURES: Final = ("NDCG@10", "recall@200", "AUC")
NOTED: Final = (
    ("used before (count)", 0.475),
    ("tf-idf + 20 neighbours + 0.5 × SVD-32", 0.760),
    None,
)


@dataclass(frozen=True)
class Creators:
    """Of each creator: the hashtags of each earlier post, newest first; the later ones."""

    earlier: Sequence[Sequence[Sequence[str]]]
    later: Sequence[frozenset[str]]


def measure(parts: Parts) -> Iterator[Figure]:
    known = read(parts)
    before = Counter(key for posts in known.earlier for key in {k for post in posts for k in post})
    after = Counter(key for keys in known.later for key in keys)
    briefs = sorted(
        key
        for key, count in after.items()
        if count >= USERS_LEAST and before[key] and key not in EMPTY_HASHTAGS
    )
    methods = {
        "ours": ours(known, briefs, most=None),
        "ours, as kept": ours(known, briefs, most=TERMS),
        **baselines(known, briefs),
    }
    found = {
        name: np.mean([judged(row, key, known) for row, key in zip(scores, briefs, strict=True)], 0)
        for name, scores in methods.items()
    }
    for place, case in enumerate(MEASURES):
        for name in ("ours", "ours, as kept"):
            yield Figure(
                case if name == "ours" else f"{case}, {TERMS} terms a creator, as kept",
                len(briefs),
                case,
                found[name][place],
                same_run={other: found[other][place] for other in list(methods)[2:]},
                noted=NOTED[place],
            )


def read(parts: Parts) -> Creators:
    videos = defaultdict(list)
    for row in parts.rows(f"{SET}/videos.csv.gz"):
        keys = keys_of(row["hashtags"].split("|"))
        videos[row["creator"]].append((int(row["create_time"]), row["id"], keys))
    earlier, later = [], []
    for creator in sorted(videos):
        posts = [keys for _, _, keys in sorted(videos[creator])]
        cut = int(len(posts) * KNOWN_PART)
        earlier.append(posts[:cut][::-1])
        later.append(frozenset(key for keys in posts[cut:] for key in keys))
    return Creators(earlier, later)


def judged(scores: Floats, key: str, known: Creators) -> list[float]:
    relevant = np.array([float(key in keys) for keys in known.later])
    one = ranked(scores, relevant)
    return [one.ndcg(10), one.recall(200), one.auc]


def ours(known: Creators, briefs: Sequence[str], *, most: int | None) -> Floats:
    """Return (briefs, n). most: keep so many terms of a creator, in levels, as the store does."""
    vocabulary = topics.Vocabulary.fit(
        [key for post in posts for key in post] for posts in known.earlier
    )
    uses = [topics.weights(topics.recent_uses(posts), vocabulary) for posts in known.earlier]
    width = most or max(len(each) for each in uses)
    ids = np.full((len(uses), width), topics.NO_TERM, np.uint16)
    weights = np.zeros(ids.shape, np.float32)
    for row, each in enumerate(uses):
        for place, (term, weight) in enumerate(list(each.items())[:width]):
            ids[row, place] = term
            weights[row, place] = weight
    kept = topics.in_levels(weights) if most else weights
    return np.array(
        [topics.similarity(topics.query([key], vocabulary).table(), ids, kept) for key in briefs]
    )


def baselines(known: Creators, briefs: Sequence[str]) -> dict[str, Floats]:
    """Return what simple methods say: (briefs, n) each."""
    keys = sorted({key for posts in known.earlier for post in posts for key in post})
    places = {key: place for place, key in enumerate(keys)}
    counts = np.zeros((len(known.earlier), len(keys)))
    for row, posts in enumerate(known.earlier):
        for post in posts:
            for key in set(post):
                counts[row, places[key]] += 1
    asked = [places[key] for key in briefs]
    rarity = np.log((1 + len(counts)) / (1 + (counts > 0).sum(axis=0))) + 1
    weighed = unit_rows(np.where(counts > 0, 1 + np.log(np.maximum(counts, 1)), 0) * rarity)
    columns = unit_rows(weighed.T)
    alike = columns[asked] @ columns.T
    alike[np.arange(len(asked)), asked] = 0
    nearest = np.sort(alike, axis=1)[:, -20:-19]
    wanted = np.where(alike >= nearest, alike, 0)
    wanted[np.arange(len(asked)), asked] = 1
    expanded = unit_rows(wanted) @ weighed.T
    left, sizes, right = np.linalg.svd(weighed, full_matrices=False)
    latent = unit_rows(right[:32].T[asked]) @ unit_rows(left[:, :32] * sizes[:32]).T
    return {
        "used before (count)": counts.T[asked],
        "tf-idf + 20 neighbours": expanded,
        "tf-idf + 20 neighbours + 0.5 × SVD-32": expanded + 0.5 * latent,
    }
