"""Real brands and the micro-influencers they worked with: whom would an unseen brand be shown?

Set: brand-microinfluencer-2019 (Gan et al. 2019). Folds of about 72 brands, three times by lot: the
brands of a fold are held out, and each ranks all influencers that any of them worked with (about
780), which is the published protocol (74 brands, 797 influencers). Ours learns from nobody; ours
with outcomes and the logistic peer learn from the other brands, without the influencers of the
fold, and all that is chosen is chosen among them. With a second part to learn from, or where there
is one fold only, all brands are judged at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import block_diag
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from benchmarks.quality import fellows
from benchmarks.quality.figures import (
    Figure,
    Floats,
    Parts,
    folds,
    mean_and_spread,
    ranked,
    standard,
)
from benchmarks.quality.likeness import by_shares, by_vectors, likeness, roots
from benchmarks.quality.outcomes import Lists, learn, traits
from marketplace.matching.rules.topics import unit_rows

SET: Final = "brand-microinfluencer-2019"
BRANDS: Final = f"{SET}/brands.csv.gz"
BRANDS_A_FOLD: Final = 72
TIMES: Final = 3
HELD_BACK: Final = 3
"""In how many parts the other brands are held back in turn, to choose how strongly to learn."""
NOT_WORKED_WITH: Final = 20
OURS: Final = {"ours": "", "ours with outcomes": ", with other brands' outcomes"}
"""What each is called beside its measure."""
MEASURES: Final = ("AUC", "Rec@10", "Rec@50", "MAP", "median rank")
NOTED: Final = (0.850, 0.174, 0.458, 0.187, 3.0)
NOTED_AS: Final = (*["mean of logistic, boosting and two-tower"] * 4, "two-tower (CCA)")
NOTED_DEEP: Final = (0.884, 0.213, 0.551, 0.238, 2.0)


@dataclass(frozen=True)
class Pairs:
    """topics: shares; words: vectors. worked: (brands, influencers)."""

    brand_topics: Floats
    brand_words: Floats
    topics: Floats
    words: Floats
    worked: NDArray[np.bool_]


@dataclass(frozen=True)
class Fold:
    """Brands and influencers that are held out, and those to learn from."""

    brands: NDArray[np.intp]
    shown: NDArray[np.intp]
    other_brands: NDArray[np.intp]
    others: NDArray[np.intp]


def measure(parts: Parts) -> Iterator[Figure]:
    pairs, judged_folds = folds_of(parts)
    methods = {
        "ours": ours,
        "ours with outcomes": with_outcomes,
        "text alone": text_alone,
        "sum of two z-scores, untrained": untrained,
        "logistic on element products": logistic,
    }
    if not len(judged_folds[0].others):
        del methods["ours with outcomes"], methods["logistic on element products"]
    found: dict[str, list[list[float]]] = {name: [] for name in methods}
    for fold in judged_folds:
        for name, method in methods.items():
            found[name].append(judged(method(pairs, fold), pairs, fold))
    means = {name: mean_and_spread(rows) for name, rows in found.items()}
    size = len(np.unique(np.concatenate([fold.brands for fold in judged_folds])))
    peers = [name for name in methods if name not in (*OURS, "text alone")]
    for name, called in OURS.items():
        if name not in means:
            continue
        means_of, spreads = means[name]
        for place, measured in enumerate(MEASURES):
            case = measured + called
            less_is_better = measured == "median rank"
            yield Figure(
                case,
                size,
                measured,
                means_of[place],
                same_run={peer: means[peer][0][place] for peer in peers},
                noted=(NOTED_AS[place], NOTED[place]),
                spread=spreads[place],
                less_is_better=less_is_better,
            )
            yield Figure(
                f"{case}, published",
                size,
                measured,
                means_of[place],
                noted=("MORNING, deep, with images", NOTED_DEEP[place]),
                less_is_better=less_is_better,
            )
    yield Figure(
        "AUC by text alone",
        size,
        "AUC",
        means["text alone"][0][0],
        noted=("Hellinger of topic shares", 0.829),
        spread=means["text alone"][1][0],
    )


def folds_of(parts: Parts) -> tuple[Pairs, list[Fold]]:
    pairs = read(parts)
    count = len(pairs.worked)
    if parts.learn:
        parts.taught(BRANDS, "account")
        pairs = _joined(pairs, read(Parts(parts.learn)))
        return pairs, [fold_of(pairs, np.arange(count))]
    number = max(1, round(count / BRANDS_A_FOLD))
    times = TIMES if number > 1 else 1
    found = [fold_of(pairs, held) for seed in range(times) for held in folds(count, number, seed)]
    return pairs, found


def read(parts: Parts) -> Pairs:
    brands = parts.rows(BRANDS)
    creators = parts.rows(f"{SET}/influencers.csv.gz")
    of_brand = {row["account"]: place for place, row in enumerate(brands)}
    of_creator = {row["account"]: place for place, row in enumerate(creators)}
    worked = np.zeros((len(brands), len(creators)), bool)
    for row in parts.rows(f"{SET}/pairs.csv.gz"):
        worked[of_brand[row["brand"]], of_creator[row["influencer"]]] = True
    return Pairs(
        brand_topics=_columns(brands, "lda"),
        brand_words=_columns(brands, "tag"),
        topics=_columns(creators, "lda"),
        words=_columns(creators, "tag"),
        worked=worked,
    )


def _joined(first: Pairs, second: Pairs) -> Pairs:
    """Return both as one; nobody of one has worked with anybody of the other."""
    return Pairs(
        np.vstack([first.brand_topics, second.brand_topics]),
        np.vstack([first.brand_words, second.brand_words]),
        np.vstack([first.topics, second.topics]),
        np.vstack([first.words, second.words]),
        block_diag(first.worked, second.worked).astype(bool),
    )


def _columns(rows: list[dict[str, str]], what: str) -> Floats:
    names = [name for name in rows[0] if name.startswith(what)]
    return np.array([[float(row[name]) for name in names] for row in rows])


def fold_of(pairs: Pairs, held: NDArray[np.intp]) -> Fold:
    other_brands = np.setdiff1d(np.arange(len(pairs.worked)), held)
    shown = np.flatnonzero(pairs.worked[held].any(axis=0))
    known = np.flatnonzero(pairs.worked[other_brands].any(axis=0))
    return Fold(held, shown, other_brands, np.setdiff1d(known, shown))


def fold_within(pairs: Pairs, fold: Fold, held: NDArray[np.intp]) -> Fold:
    """Return a fold of the other brands, at places held, that knows nothing of who is judged."""
    brands = fold.other_brands[held]
    rest = np.delete(fold.other_brands, held)
    shown = fold.others[pairs.worked[np.ix_(brands, fold.others)].any(axis=0)]
    known = fold.others[pairs.worked[np.ix_(rest, fold.others)].any(axis=0)]
    brands = brands[pairs.worked[np.ix_(brands, shown)].any(axis=1)]
    return Fold(brands, shown, rest, np.setdiff1d(known, shown))


def judged(scores: Floats, pairs: Pairs, fold: Fold) -> list[float]:
    """Return the five measures: means over brands, and the median rank of the first hit."""
    worked = pairs.worked[np.ix_(fold.brands, fold.shown)]
    lists = [ranked(row, hits.astype(float)) for row, hits in zip(scores, worked, strict=True)]
    return [
        float(np.mean([one.auc for one in lists])),
        float(np.mean([one.recall(10) for one in lists])),
        float(np.mean([one.recall(50) for one in lists])),
        float(np.mean([one.average_precision for one in lists])),
        float(np.median([one.ranks[0] for one in lists])),
    ]


def ours(pairs: Pairs, fold: Fold) -> Floats:
    topics = by_shares(roots(pairs.topics[fold.shown]))
    words = by_vectors(pairs.words[fold.shown])
    asked = [roots(pairs.brand_topics[fold.brands]), pairs.brand_words[fold.brands]]
    return likeness([topics, words], asked)


def with_outcomes(pairs: Pairs, fold: Fold) -> Floats:
    """Return ours with what the other brands teach, learned as strongly as suits them best."""
    inner = [fold_within(pairs, fold, held) for held in folds(len(fold.other_brands), HELD_BACK, 0)]
    tried = [[judged(scores, pairs, each)[0] for scores in taught(pairs, each)] for each in inner]
    return taught(pairs, fold)[int(np.mean(tried, axis=0).argmax())]


def taught(pairs: Pairs, fold: Fold) -> Sequence[Floats]:
    """Return the scores of the fold without outcomes, and with those of the others, by strength.

    Then all of these once more, with what creators of one brand have in common.
    """
    brands = np.concatenate([fold.brands, fold.other_brands])
    creators = np.concatenate([fold.shown, fold.others])
    described = [by_shares(roots(pairs.topics[creators])), by_vectors(pairs.words[creators])]
    rows = [roots(pairs.brand_topics[brands]), pairs.brand_words[brands]]
    of_brands, of_creators = traits(described, rows)
    held, shown = len(fold.brands), len(fold.shown)
    lists = Lists(of_brands[:held], of_creators[:shown], ours(pairs, fold))
    teachers = Fold(fold.other_brands, fold.others, fold.brands, fold.shown)
    known = Lists(of_brands[held:], of_creators[shown:], ours(pairs, teachers))
    worked = pairs.worked[np.ix_(fold.other_brands, fold.others)]
    found = [lists.alike, *(each.scores(lists) for each in learn(known, worked))]
    of_brands, of_creators = fellows.coordinates(described, rows)
    two = fellows.learn(of_brands[held:], of_creators[shown:], worked)
    suiting = two.likelier(of_brands[:held], of_creators[:shown])
    among = two.likelier(of_creators[:shown], of_creators[:shown])
    return [*found, *(fellows.scores(each, suiting, among) for each in found)]


def text_alone(pairs: Pairs, fold: Fold) -> Floats:
    topics = by_shares(roots(pairs.topics[fold.shown]))
    return likeness([topics], [roots(pairs.brand_topics[fold.brands])])


def untrained(pairs: Pairs, fold: Fold) -> Floats:
    """The best untrained baseline: Hellinger of topics and centred cosine of words, both as z."""
    hellinger = roots(pairs.brand_topics[fold.brands]) @ roots(pairs.topics[fold.shown]).T
    middle = pairs.words[fold.shown].mean(axis=0)
    brands = unit_rows(pairs.brand_words[fold.brands] - middle)
    cosine = brands @ unit_rows(pairs.words[fold.shown] - middle).T
    return standard(hellinger) + standard(cosine)


def logistic(pairs: Pairs, fold: Fold) -> Floats:
    """A learned baseline: which topics and words of both sides together mean that they worked."""
    lot = np.random.default_rng(0)
    middle = pairs.words[fold.others].mean(axis=0)

    def products(brands: NDArray[np.intp], creators: NDArray[np.intp]) -> Floats:
        topics = roots(pairs.brand_topics)[brands] * roots(pairs.topics)[creators]
        words = (
            unit_rows(pairs.brand_words - middle)[brands]
            * unit_rows(pairs.words - middle)[creators]
        )
        sums = [topics.sum(axis=1, keepdims=True), words.sum(axis=1, keepdims=True)]
        return np.hstack([topics, words, *sums])

    brand, creator = np.nonzero(pairs.worked[np.ix_(fold.other_brands, fold.others)])
    brands = np.concatenate([brand, np.repeat(brand, NOT_WORKED_WITH)])
    drawn = lot.integers(len(fold.others), size=NOT_WORKED_WITH * len(brand))
    brands, creators = fold.other_brands[brands], fold.others[np.concatenate([creator, drawn])]
    scale = StandardScaler()
    known = scale.fit_transform(products(brands, creators))
    model = LogisticRegression(C=0.01, max_iter=300).fit(known, pairs.worked[brands, creators])
    rows, columns = np.meshgrid(fold.brands, fold.shown, indexing="ij")
    asked = scale.transform(products(rows.ravel(), columns.ravel()))
    return np.asarray(model.decision_function(asked)).reshape(rows.shape)
