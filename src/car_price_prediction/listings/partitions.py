"""Parquet files that hold more than is to be read at once: any rows of one, without those before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from car_price_prediction.domain.errors import ListingsError

from .columnar import as_text, check_size, check_width, flat, reading
from .sources import Given
from .table import ROW, SOURCE, unique_headers

MAGIC = b"PAR1"


@dataclass(frozen=True, slots=True)
class Partition:
    """One Parquet file of several that have the same columns.

    Attributes
    ----------
    path : Path
    name : str
    headers : tuple of str
    rows : int
    """

    path: Path
    name: str
    headers: tuple[str, ...]
    rows: int

    def read(self, start: int, length: int) -> pl.DataFrame:
        """Return some rows as `listings.cells.Cells` would: every column text, then ``_source`` and ``_row``.

        Raises
        ------
        ListingsError
            Where the file is damaged, or not to be found from here.
        """
        with reading(self.name, "Parquet"):
            # Taken out before it is turned into text: the rows before them are not read.
            text = as_text(flat(pl.scan_parquet(self.path).slice(start, length)), start + 1)
            names = {f"c{i}": header for i, header in enumerate(self.headers)}
            found = text.collect()
        return found.rename(names).select(*self.headers, pl.lit(self.name).alias(SOURCE), ROW)


def partitions_of(files: Sequence[Given]) -> list[Partition]:
    """Return what Parquet files hold, from what they say of themselves: no row is read.

    Raises
    ------
    ListingsError
        Naming every file that is none, is damaged, or has other columns than the first.
    """
    found, problems = [], []
    for given in files:
        try:
            found.append(_partition_of(given))
        except ListingsError as error:
            problems.append(error.message)
    problems += [
        f"{part.name} has other columns than {found[0].name}" for part in found if part.headers != found[0].headers
    ]
    if problems:
        raise ListingsError("; ".join(problems), hint="partitions are Parquet files with the same columns")
    return found


def _partition_of(given: Given) -> Partition:
    with reading(given.name, "Parquet"), given.path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise ListingsError(f"{given.name} is no Parquet file")
        lazy = pl.scan_parquet(given.path)
        rows = lazy.select(pl.len()).collect().item()
        check_size(rows * len(lazy.collect_schema()), given.path.stat().st_size, given.name)
        headers = unique_headers(flat(lazy).collect_schema().names())
    check_width(given.name, len(headers))
    return Partition(given.path.resolve(), given.name, tuple(headers), rows)
