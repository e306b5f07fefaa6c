"""A partitioned file of cars, priced on the nodes of a cluster by Ray Data; the quotes are those of one machine."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import ray
import ray.data
from ray.exceptions import RayActorError, RayError

from car_price_prediction.batch.columns import columns_of
from car_price_prediction.batch.files import PricedFile, need_prices, outcome_of
from car_price_prediction.batch.opened import Progress
from car_price_prediction.batch.priced import How, PricedRows, new_names, price_piece
from car_price_prediction.batch.target import check_target, write_whole, writer_for
from car_price_prediction.domain.columns import Column
from car_price_prediction.domain.errors import CarPriceError, ListingsError
from car_price_prediction.listings.cells import Cells
from car_price_prediction.listings.partitions import Partition, partitions_of
from car_price_prediction.listings.pieces import GROUP_ROWS
from car_price_prediction.listings.read import read_listings
from car_price_prediction.listings.sources import find_files
from car_price_prediction.listings.table import ROW, SOURCE
from car_price_prediction.package.contents import read_contents
from car_price_prediction.package.store import ModelStore, Package
from car_price_prediction.pricing.valuer import Valuer

from .cluster import ClusterError, cores, is_outside

LOST_NODE_S = 30.0
"""How long what a lost node was given is given to others."""


class PartitionedRows:
    """The rows of partitions, for whoever is to understand their columns: read only where their headers do not do.

    Parameters
    ----------
    source : str
        As `read_listings` takes it.
    parts : sequence of Partition
    """

    def __init__(self, source: str, parts: Sequence[Partition]) -> None:
        self._source = source
        self._cells: Cells | None = None
        self.columns = [*parts[0].headers, SOURCE, ROW]
        self.height = sum(part.rows for part in parts)

    def _read(self) -> Cells:
        if self._cells is None:
            self._cells = read_listings([self._source]).cells
        return self._cells

    def __getitem__(self, name: str, /) -> pl.Series:
        return self._read()[name]

    def head(self, n: int) -> pl.DataFrame:
        """Return the first rows."""
        return self._read().head(n)

    def gather_every(self, n: int) -> pl.DataFrame:
        """Return each n-th row."""
        return self._read().gather_every(n)

    def filter(self, mask: pl.Series, /) -> pl.DataFrame:
        """Return the rows where the mask is true."""
        return self._read().filter(mask)


@dataclass(frozen=True, slots=True)
class Order:
    """How every piece is to be priced.

    Attributes
    ----------
    parts : tuple of Partition
    columns : tuple of Column
    how : How
    renamed : dict of str to str
    """

    parts: tuple[Partition, ...]
    columns: tuple[Column, ...]
    how: How
    renamed: dict[str, str]


class PiecePricer:
    """What a worker does: it holds the model, and prices one piece after another.

    Parameters
    ----------
    files : reference to dict of str to bytes
        The package: a node shares no folder with the one that sends it.
    version : str
    order : Order
    """

    def __init__(self, files: Any, version: str, order: Order) -> None:
        self._order = order
        self._folder = tempfile.TemporaryDirectory(prefix="car-price-model-")
        store = ModelStore(Path(self._folder.name))
        with store.draft() as draft:
            for name, content in ray.get(files).items():
                (draft / name).parent.mkdir(parents=True, exist_ok=True)
                (draft / name).write_bytes(content)
            self._valuer = Valuer(read_contents(store.adopt(draft, version)))

    def __call__(self, batch: dict[str, Any]) -> Any:
        """Price the one piece of a batch."""
        part, start, length = (int(batch[name][0]) for name in ("part", "start", "length"))
        order = self._order
        rows = order.parts[part].read(start, length)
        return price_piece(self._valuer, rows, order.columns, order.how, order.renamed).to_arrow()


def price_partitions(
    package: Package, source: str, target: str, progress: Progress | None = None, *, deal: bool = False
) -> PricedFile:
    """Price every row of Parquet files on the cluster that this process has joined; they come out in their order.

    Parameters
    ----------
    package : Package
    source : str
        A Parquet file, a folder of them or a pattern; every node reads them under the same path.
    target : str
        As `batch.files.price_file` takes it; written whole or not at all.
    progress : callable, optional
    deal : bool
        Rate the files' own prices too.

    Raises
    ------
    ListingsError
        Where it cannot be read, or is not about cars, or has no prices to rate, or the target's kind is not known.
    ClusterError
        Where nodes were lost oftener than a piece is begun anew.
    """
    writer = writer_for(target)
    check_target(target)
    with tempfile.TemporaryDirectory(prefix="car-price-") as folder:
        parts = partitions_of(find_files([source], Path(folder), progress))
        valuer = Valuer(read_contents(package))
        columns, notes = columns_of(valuer, PartitionedRows(source, parts))
        pieces = _pieces(parts)
        if deal:
            need_prices(source, (parts[p["part"]].read(p["start"], p["length"]) for p in pieces), columns)
        how = How(deal=deal, threads=1)
        found = PricedRows(new_names(parts[0].headers, how))
        total = sum(part.rows for part in parts)
        for rows in _priced(package, Order(tuple(parts), tuple(columns), how, found.renamed), pieces):
            found.add(rows)
            if progress:
                progress("pricing", found.rows, total)
    if found.rows != total:
        raise ClusterError(f"{found.rows:,} of {total:,} rows came back from the cluster", hint="try again")
    write_whole(target, lambda out: found.write(writer, out))
    return outcome_of(found, ("read as Parquet", *notes))


def _pieces(parts: Sequence[Partition]) -> list[dict[str, int]]:
    found = [
        {"part": number, "start": start, "length": GROUP_ROWS}
        for number, part in enumerate(parts)
        for start in range(0, part.rows, GROUP_ROWS)
    ]
    if not found:
        raise ListingsError("the files hold no rows")
    return found


class Feed:
    """Runs the pipeline in the cluster, for a client outside of it: Ray Data runs on members alone.

    Parameters
    ----------
    work : tuple
        What `_blocks` takes.
    """

    def __init__(self, *work: Any) -> None:
        self._blocks = _blocks(*work)

    def next(self) -> Any:
        """Return the next priced piece, or None after the last."""
        return next(self._blocks, None)


def _priced(package: Package, order: Order, pieces: Sequence[dict[str, int]]) -> Iterator[pl.DataFrame]:
    """Yield priced pieces in their order, as they come."""
    files = {
        path.relative_to(package.folder).as_posix(): path.read_bytes()
        for path in package.folder.rglob("*")
        if path.is_file()
    }
    work = (files, package.manifest.version, order, pieces)
    try:
        for block in _blocks_of_feed(work) if is_outside() else _blocks(*work):
            yield pl.DataFrame(pl.from_arrow(block))
    except RayError as error:
        cause = getattr(error, "cause", None)
        if isinstance(cause, CarPriceError):
            raise cause from None
        raise ClusterError(f"the cluster could not price a piece: {str(error).strip().splitlines()[-1]}") from None


def _blocks_of_feed(work: tuple[Any, ...]) -> Iterator[Any]:
    feed, block = _started(work)
    while block is not None:
        yield block
        block = ray.get(feed.next.remote())


def _started(work: tuple[Any, ...]) -> tuple[Any, Any]:
    """Return a feed that runs, and its first piece.

    It may be given to a node that was lost a moment ago, which the cluster finds out some seconds later.
    """
    until = time.monotonic() + LOST_NODE_S
    while True:
        feed = ray.remote(num_cpus=0)(Feed).remote(*work)
        try:
            return feed, ray.get(feed.next.remote())
        except RayActorError as error:
            if isinstance(getattr(error, "cause", None), CarPriceError) or time.monotonic() > until:
                raise
            time.sleep(1.0)


def _blocks(files: dict[str, bytes], version: str, order: Order, pieces: Sequence[dict[str, int]]) -> Iterator[Any]:
    ray.data.DataContext.get_current().execution_options.preserve_order = True
    found = ray.data.from_items(list(pieces), override_num_blocks=len(pieces)).map_batches(
        PiecePricer,
        fn_constructor_args=(ray.put(files), version, order),
        batch_size=1,
        num_cpus=1,
        # A worker that is lost with its node is started anew elsewhere, and its piece begun anew, as often as it takes.
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=min(len(pieces), cores())),
    )
    yield from found.iter_batches(batch_size=None, batch_format="pyarrow")
