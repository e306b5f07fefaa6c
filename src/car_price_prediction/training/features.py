"""Which features a market's listings give, and the codes of their categories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from car_price_prediction.package.booster import Matrix
from car_price_prediction.package.encoder import Encoder, Feature
from car_price_prediction.package.frames import KeyColumns
from car_price_prediction.package.usual import Usual
from car_price_prediction.package.usual_frames import fill_frame

from .asof import AGO
from .blocks import blocks, encoded
from .evaluate import Vector
from .hedonic import fit_hedonic
from .usual import fit_usual

HEDONIC = "hedonic"
JOINED: tuple[tuple[str, ...], ...] = (
    ("make", "model"),
    ("make", "model", "year"),
    ("make", "model", "engine_l"),
)
"""Joined categories let one split single out a generation or an engine of one model."""
MONOTONE = {"year": 1, "mileage_km": -1}
"""Where prices are held monotone: the newer the dearer, the more driven the cheaper, all else equal."""
CLASSIC = "classic_year"
CLASSIC_YEARS = 25
"""Cars older than that may be the dearer the older they are."""
FEWEST = 2
"""A word seen once teaches nothing of its own. Read as unknown, it teaches the model what unknown words cost."""
FEWEST_JOINED = 3
LEAST_REPEATED = 0.5
"""A column with more distinct entries than this share of its rows is free text, not a category: read word by word."""
FREE_TEXT = ("trim",)
"""Only these are read so: of an extra column that hardly repeats itself nobody knows what it holds."""
HEDONIC_ROWS = 30_000
"""Where there are more listings and no free text, the trees find by themselves what the regression tells them."""
NOT_FEATURES = ("price",)
NOTHING_USUAL = Usual()
OUTERMOST = 0.001
"""The newest year is that of the newest listings but for this share."""
ALWAYS = ("make", "model", "year", "mileage_km")
"""Of which every car tells some: kept even where all listings agree, so that a car that differs is noticed."""


def monotone_of(encoder: Encoder) -> tuple[int, ...]:
    """Return for each feature whether more of it may only raise (1) or lower (-1) the price.

    Examples
    --------
    >>> cars = pl.DataFrame({"make": ["audi", "audi"], "mileage_km": [1e5, 2e5]})
    >>> monotone_of(fit_encoder(cars, ["make", "mileage_km"]))
    (0, -1)
    """
    return tuple((MONOTONE | {HEDONIC: 1}).get(feature.name, 0) for feature in encoder.features)


def feature_fields(listings: pl.DataFrame) -> list[str]:
    """Return the fields that can tell listings apart and are known when a car is priced, and those of `ALWAYS`.

    Parameters
    ----------
    listings : DataFrame
        Clean listings; columns whose names begin with ``_`` are about the rows and no fields.

    Examples
    --------
    >>> feature_fields(pl.DataFrame({"make": ["a", "a"], "seats": [5.0, 5.0], "price": [1, 2], "_row": [1, 2]}))
    ['make']
    """
    names = [n for n in listings.columns if not n.startswith("_") and n not in NOT_FEATURES]
    return [name for name in names if _tells_apart(listings[name], name)]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a market's fields are read: decided once, on all its listings, or the models of its folds would be of others.

    Attributes
    ----------
    by_word : frozenset of str
        Free text, read word by word and as no category.
    hedonic : bool
        Whether the hedonic regression is a feature.
    """

    by_word: frozenset[str]
    hedonic: bool


def reading_of(listings: pl.DataFrame, fields: Sequence[str]) -> Reading:
    """Return how all listings of a market are to be read.

    Examples
    --------
    >>> titles = pl.DataFrame({"make": ["vw"] * 3, "trim": ["1.4 TSI one owner", "GTI, black", "as new"]})
    >>> sorted(reading_of(titles, ["make", "trim"]).by_word)
    ['trim']
    """
    by_word = frozenset(name for name in fields if read_by_word(name, listings[name]))
    return Reading(by_word, bool(by_word) or listings.height <= HEDONIC_ROWS)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Listings as a model reads them.

    Attributes
    ----------
    encoder : Encoder
    matrix : ndarray of shape (n, features)
        Of the listings themselves: not quite what `encoder` gives for them, see `prepare`.
    """

    encoder: Encoder
    matrix: Matrix


@dataclass(frozen=True, slots=True)
class Features:
    """The features that listings give, before the listings are encoded.

    Attributes
    ----------
    encoder : Encoder
    regressed : ndarray of shape (n,) or None
        What the hedonic regression says of the listings themselves, out of fold; None where it is no feature.
    """

    encoder: Encoder
    regressed: Vector | None

    def matrix(self, listings: pl.DataFrame, start: int = 0) -> Matrix:
        """Encode some of the listings that the features were fitted to, from the one numbered ``start`` on."""
        if self.regressed is None:
            return encoded(self.encoder, listings)
        without = self.encoder.model_copy(update={"features": self.encoder.features[:-1]})
        column = self.regressed[start : start + listings.height]
        return np.ascontiguousarray(np.c_[encoded(without, listings), column])

    def part(self, start: int, rows: int) -> Features:
        """Return the features of so many listings alone, for whoever encodes these and no others."""
        return self if self.regressed is None else replace(self, regressed=self.regressed[start : start + rows])


def prepare(
    listings: pl.DataFrame, fields: Sequence[str], seed: int, *, reading: Reading, monotone: bool = False
) -> Prepared:
    """Fit the features to the listings that a model is to learn from, and encode them: as in `fit_features`."""
    features = fit_features(listings, fields, seed, reading=reading, monotone=monotone)
    return Prepared(features.encoder, features.matrix(listings))


def fit_features(
    listings: pl.DataFrame, fields: Sequence[str], seed: int, *, reading: Reading, monotone: bool = False
) -> Features:
    """Fit the features to the listings that a model is to learn from.

    The answer of the hedonic regression is out of fold: trees that learnt from what the regression says of its own
    training listings would believe it too much.

    Parameters
    ----------
    listings : DataFrame
        The part that the model is trained on, and no other.
    fields : sequence of str
        From `feature_fields`.
    seed : int
    reading : Reading
        Of the whole market.
    monotone : bool
        Leave out what would let the price rise with mileage or age whatever the trees are held to.
    """
    whole = [f for f in fields if f not in reading.by_word]
    usual = fit_usual(listings, whole, MONOTONE if monotone else (), seed)
    encoder = fit_encoder(listings, whole, monotone=monotone, usual=usual)
    if not reading.hedonic:
        return Features(encoder, None)
    fit = fit_hedonic(fill_frame(usual, listings), fields, seed, MONOTONE if monotone else None)
    feature = Feature(name=HEDONIC, kind="hedonic", fields=tuple(fields), hedonic=fit.hedonic)
    return Features(Encoder(features=(*encoder.features, feature), usual=usual), fit.out_of_fold)


def fit_encoder(
    listings: pl.DataFrame, fields: Sequence[str], *, monotone: bool = False, usual: Usual = NOTHING_USUAL
) -> Encoder:
    """Return the encoder that the listings give, without what needs prices.

    Parameters
    ----------
    listings : DataFrame
        The part that the model is trained on, and no other: the codes are part of what is learnt.
    fields : sequence of str
        From `feature_fields`, without those that are read by word.
    monotone : bool
        As in `prepare`.
    usual : Usual
        Stands in for what the listings lack, before their words are counted.

    Examples
    --------
    >>> cars = pl.DataFrame({"make": ["audi", "bmw", "audi"], "year": [2015.0, 2016.0, 2017.0]})
    >>> [(f.name, f.codes) for f in fit_encoder(cars, ["make", "year"]).features]
    [('make', {'audi': 0}), ('year', {})]
    """
    words = [(name,) for name in fields if not listings[name].dtype.is_numeric()]
    # A joined category with the year in it would know each year apart, and follow no order.
    joined = [names for names in JOINED if set(fields).issuperset(names) and not (monotone and "year" in names)]
    found = _counted(listings, usual, [*words, *joined], [name for name in ("year",) if name in fields])
    features = [_single(name, found) for name in fields]
    if AGO in listings:
        features = [f.model_copy(update={"plus": AGO}) if f.fields == ("year",) else f for f in features]
        features.append(Feature(name=AGO.strip("_"), kind="number", fields=(AGO,), absent=0.0))
    if monotone and "year" in found.numbers:
        features = _with_classics(features, found.numbers["year"])
    features += [
        Feature(name="+".join(names), kind="joined", fields=names, codes=_codes(found.words[names], FEWEST_JOINED))
        for names in joined
    ]
    return Encoder(features=tuple(features), usual=usual)


@dataclass(frozen=True, slots=True)
class _Counted:
    """How many listings have which keys, by the fields that make them, and the columns of some numbers."""

    words: Mapping[tuple[str, ...], pl.DataFrame]
    numbers: Mapping[str, pl.Series]


def _counted(
    listings: pl.DataFrame, usual: Usual, words: Sequence[tuple[str, ...]], numbers: Sequence[str]
) -> _Counted:
    counts: dict[tuple[str, ...], list[pl.DataFrame]] = {names: [] for names in words}
    columns: dict[str, list[pl.Series]] = {name: [] for name in numbers}
    for block in blocks(listings):
        filled = fill_frame(usual, block)
        keys = KeyColumns(filled)
        for names, found in counts.items():
            found.append(keys.numbered(names).counts())
        for name, parts in columns.items():
            parts.append(filled[name])
    return _Counted(
        {names: pl.concat(found).group_by("key").sum() for names, found in counts.items()},
        {name: pl.concat(parts) for name, parts in columns.items()},
    )


def _single(name: str, found: _Counted) -> Feature:
    if (name,) not in found.words:
        return Feature(name=name, kind="number", fields=(name,))
    return Feature(name=name, kind="category", fields=(name,), codes=_codes(found.words[name,], FEWEST))


def _with_classics(features: list[Feature], years: pl.Series) -> list[Feature]:
    """Split the year in two features: of the years that are held to an order, and of those before."""
    newest = years.quantile(1 - OUTERMOST, "nearest")
    if newest is None:
        return features
    year = Feature(name="year", kind="number", fields=("year",), low=newest - CLASSIC_YEARS)
    classic = Feature(name=CLASSIC, kind="number", fields=("year",), high=newest - CLASSIC_YEARS)
    return [year if feature.name == "year" else feature for feature in features] + [classic]


def _codes(counts: pl.DataFrame, fewest: int) -> dict[str, int]:
    # The most frequent first and ties by name: the same listings in another order give the same codes.
    ordered = counts.filter(pl.col("count") >= fewest).sort(["count", "key"], descending=[True, False])["key"].to_list()
    return {key: code for code, key in enumerate(ordered)}


def read_by_word(name: str, column: pl.Series) -> bool:
    """Whether a field is a feature only through its words: its whole entries hardly repeat themselves.

    Examples
    --------
    >>> titles = pl.Series(["1.4 TSI one owner", "GTI, black", "as new"])
    >>> read_by_word("trim", titles), read_by_word("trim", pl.Series(["gti"] * 3)), read_by_word("model", titles)
    (True, False, False)
    """
    return name in FREE_TEXT and _hardly_repeats(column)


def _hardly_repeats(column: pl.Series) -> bool:
    return column.dtype == pl.String and column.drop_nulls().n_unique() > LEAST_REPEATED * len(column)


def _tells_apart(column: pl.Series, name: str) -> bool:
    distinct = column.drop_nulls().n_unique()
    if name in ALWAYS:
        return distinct > 0
    if distinct == 0 or (distinct == 1 and column.null_count() == 0):
        return False
    return name in FREE_TEXT or not _hardly_repeats(column)
