"""Which of the new files can be learnt from, and what is in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.listings.load import load_listings
from car_price_prediction.listings.loaded import Loaded, LoadOptions
from car_price_prediction.package.manifest import Manifest

from .watch import Watched

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Usable:
    """What was found.

    Attributes
    ----------
    files : tuple of Watched
    listings : DataFrame
        Theirs, cleaned; of no rows and columns where there is none.
    unusable : dict of str to str
        sha256 of each other file -> why.
    """

    files: tuple[Watched, ...]
    listings: pl.DataFrame
    unusable: dict[str, str]


def usable_of(
    files: Sequence[Watched], options: LoadOptions, champion: Manifest | None, progress: Progress | None = None
) -> Usable:
    """Read each file by itself, so that one that is damaged spoils none of the others.

    Parameters
    ----------
    files : sequence of Watched
    options : LoadOptions
    champion : Manifest or None
        Prices must be in its currency.
    progress : callable, optional
        Told what is being read.
    """
    good: list[Watched] = []
    unusable: dict[str, str] = {}
    listings = pl.DataFrame()
    for file in files:
        try:
            loaded = load_listings([str(file.path)], options, progress, fewest=1)
            _check_currency(loaded, champion)
        except ListingsError as error:
            unusable[file.sha256] = f"{error.message}; {error.hint}" if error.hint else error.message
        else:
            good.append(file)
            listings = loaded.listings
    if len(good) > 1:
        # Together once more: only so are listings told that one file repeats of another.
        listings = load_listings([str(file.path) for file in good], options, progress, fewest=1).listings
    return Usable(tuple(good), listings, unusable)


def _check_currency(loaded: Loaded, champion: Manifest | None) -> None:
    if champion is None or champion.market.sample:
        return
    found, wanted = loaded.understanding.currency, champion.market.currency
    if found != wanted:
        raise ListingsError(
            f"its prices are in {found or 'no named currency'}, the champion's in {wanted or 'no named currency'}",
            hint="where they are in the same, --currency says so" if found is None else "",
        )
