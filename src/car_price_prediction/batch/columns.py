"""How the columns of a file of cars are read by a model that was trained on another one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from car_price_prediction.domain.columns import Column
from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.listings.cells import Rows
from car_price_prediction.listings.columns import NO_OVERRIDES, understand
from car_price_prediction.pricing.valuer import Valuer


def columns_of(
    valuer: Valuer,
    raw: Rows,
    *,
    need_price: bool = False,
    overrides: Mapping[str, str] = NO_OVERRIDES,
    mileage_unit: str | None = None,
) -> tuple[Sequence[Column], tuple[str, ...]]:
    """Return how a file's columns are read: as the training file's where the headers are the same, else afresh.

    Parameters
    ----------
    valuer : Valuer
    raw : Cells or DataFrame
        As it was read.
    need_price : bool
        Whether the asking price is needed too.
    overrides : mapping of str to str
        Canonical field -> header, where a person told; they, and a unit, outweigh the training file.
    mileage_unit : str, optional
        As a person told it.

    Raises
    ------
    ListingsError
        Where the headers are others and it cannot be told which is which.
    """
    trained = valuer.manifest.columns
    wanted = {column.header for column in trained if column.used and column.field != "price"}
    price = {column.header for column in trained if need_price and column.field == "price"}
    absent = sorted(wanted - set(raw.columns))
    told = bool(overrides or mileage_unit)
    if not told and len(absent) < len(wanted) / 2 and price <= set(raw.columns):
        return trained, tuple(f'column "{header}" of the training file is absent' for header in absent)
    market = valuer.manifest.market
    found = understand(
        raw,
        overrides=overrides,
        currency=market.currency,
        mileage_unit=mileage_unit,
        usual_unit=market.mileage_unit,
        need_price=False,
    )
    if need_price and "price" not in {column.field for column in found.columns}:
        raise ListingsError("no column was found for the asking price", hint='name it: --column "price=HEADER"')
    afresh = () if told else ("the headers are not the training file's: its columns were understood afresh",)
    return found.columns, (*afresh, *found.notes)
