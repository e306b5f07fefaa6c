"""The client: a method for each thing that the service does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeAlias
from urllib.parse import urlsplit

from .answers import CarProblem, Features, Job, ProblemRow, Quote, Status, result_of
from .errors import JobFailedError, ProblemError
from .transport import Retries, Transport

Car: TypeAlias = Mapping[str, str | float | None]
BATCH = 1_000
AT_ONCE_BYTES = 5_000_000
"""A larger file is made a job of without being tried at once."""


class Client:
    """Values cars with a service.

    Parameters
    ----------
    url : str
        Where the service is: ``http://localhost:5000``.
    api_key : str, optional
        Sent as ``Authorization: Bearer …``.
    timeout_s : float
        How long an answer may take.
    retries : Retries
        What is done when the service is busy (429, 502, 503, 504) or does not answer.

    Raises
    ------
    ValueError
        Where that is no address.

    Examples
    --------
    >>> with Client("http://localhost:5000") as client:
    ...     client.price({"make": "Skoda", "model": "Fabia", "year": 2015})  # doctest: +SKIP
    Quote(price=6910.0, low=5480.0, high=8620.0, ...)
    """

    def __init__(
        self, url: str, *, api_key: str | None = None, timeout_s: float = 30.0, retries: Retries | None = None
    ) -> None:
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise ValueError(f"{url} is no address: it begins with http:// or https://")
        headers = {"User-Agent": "car-price-prediction-client", "Accept": "application/json"}
        headers |= {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._http = Transport(url.rstrip("/"), timeout_s, retries or Retries(), headers)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that are kept."""
        self._http.close()

    def price(
        self,
        car: Car,
        *,
        explain: bool = False,
        comparables: int = 0,
        what_if: Iterable[str] = (),
        strict: bool = False,
    ) -> Quote:
        """Price one car.

        Parameters
        ----------
        car : mapping of str to str or float
            At least make or model, and year or mileage; with an ``asking_price``, that is rated.
        explain, comparables, what_if, strict
            As docs/quotes.md tells.

        Raises
        ------
        InvalidCarError
            With everything that is wrong.
        ClientError
        """
        query: dict[str, Any] = {"explain": 1} if explain else {}
        query |= {"comparables": comparables} if comparables else {}
        query |= {"what_if": ",".join(what_if)} if what_if else {}
        return Quote.of(self._http.ask("POST", "/predict/price", dict(car), query | _flag("strict", on=strict)))

    def price_many(self, cars: Iterable[Car], *, strict: bool = False, batch: int = BATCH) -> list[Quote | CarProblem]:
        """Price any number of cars; the answers stand in the order of the cars.

        Parameters
        ----------
        cars : iterable of mapping
        strict : bool
        batch : int
            Cars in one request; fewer are sent where the service takes no more.
        """
        return list(self.iter_prices(cars, strict=strict, batch=batch))

    def iter_prices(
        self, cars: Iterable[Car], *, strict: bool = False, batch: int = BATCH
    ) -> Iterator[Quote | CarProblem]:
        """Yield the answers of `price_many` as they come, without holding them all."""
        left = iter(cars)
        while some := [dict(car) for car in islice(left, batch)]:
            for result in self._batch(some, strict):
                yield result_of(result)

    def _batch(self, cars: list[dict[str, Any]], strict: bool) -> list[dict[str, Any]]:
        try:
            found = self._http.ask("POST", "/predict/batch", cars, _flag("strict", on=strict))["results"]
        except ProblemError as error:
            if error.status != 413 or len(cars) == 1:
                raise
            half = len(cars) // 2
            return self._batch(cars[:half], strict) + self._batch(cars[half:], strict)
        return list(found)

    def price_file(
        self,
        source: str | Path,
        target: str | Path,
        *,
        strict: bool = False,
        progress: Callable[[Job], None] | None = None,
    ) -> None:
        """Price a file of cars; the target gets the same rows in the same order, with their prices.

        Parameters
        ----------
        source : path
            CSV, TSV, JSON, Parquet or Excel.
        target : path
            Ends in .csv or .parquet.
        strict : bool
        progress : callable, optional
            Told how far the job is, where the file is too large to be answered at once.

        Raises
        ------
        JobFailedError
        ClientError
        """
        source, target = Path(source), Path(target)
        kind = _format(target)
        if source.stat().st_size <= AT_ONCE_BYTES:
            query = {"name": source.name, "format": kind} | _flag("strict", on=strict)
            try:
                self._http.send("POST", "/predict/file", source, _BYTES, query=query, into=target)
            except ProblemError as error:
                if error.status != 413:
                    raise
            else:
                return
        job = self.wait(self.create_job(source, strict=strict), progress)
        if job.state != "done":
            raise JobFailedError(job.problem or f"the job is {job.state}")
        self.fetch(job, target)
        self.remove_job(job)

    def create_job(self, source: str | Path, *, start: bool = True, strict: bool = False) -> Job:
        """Send a file to be priced, or only to be read: the job then waits to be started."""
        source = Path(source)
        query = {"name": source.name} | _flag("strict", on=strict) | ({} if start else {"start": 0})
        return Job.of(self._http.ask("POST", "/jobs", source, query, repeatable=False))

    def job(self, job: Job | str) -> Job:
        """Return a job as it is now."""
        return Job.of(self._http.ask("GET", f"/jobs/{_id(job)}"))

    def start_job(self, job: Job | str, columns: Mapping[str, str | None] | None = None) -> Job:
        """Start a job that waits; `columns` corrects which column holds which field (None: no column does)."""
        body = {"columns": dict(columns or {})}
        return Job.of(self._http.ask("POST", f"/jobs/{_id(job)}/start", body, repeatable=False))

    def wait(self, job: Job | str, progress: Callable[[Job], None] | None = None, *, every_s: float = 0.5) -> Job:
        """Wait until nothing more happens to a job by itself, and return it."""
        while True:
            found = self.job(job)
            if progress:
                progress(found)
            if found.is_settled:
                return found
            time.sleep(every_s)

    def fetch(self, job: Job | str, target: str | Path) -> None:
        """Write the priced file of a job that is done; the target ends in .csv or .parquet."""
        query = {"format": _format(Path(target))}
        self._http.send("GET", f"/jobs/{_id(job)}/result", query=query, into=Path(target))

    def problems(self, job: Job | str, limit: int = 100) -> list[ProblemRow]:
        """Return rows of a job with problems, those without a price first."""
        found = self._http.ask("GET", f"/jobs/{_id(job)}/problems", None, {"limit": limit})
        return [ProblemRow.of(row) for row in found["rows"]]

    def remove_job(self, job: Job | str) -> None:
        """Cancel a job, or forget one that is finished; nothing where it is gone already."""
        try:
            self._http.send("DELETE", f"/jobs/{_id(job)}")
        except ProblemError as error:
            if error.status != 404:
                raise

    def features(self) -> Features:
        """Return what a car may be described by."""
        return Features.of(self._http.ask("GET", "/info/features"))

    def model(self) -> dict[str, Any]:
        """Return the model card."""
        return dict(self._http.ask("GET", "/info/model"))

    def status(self) -> Status:
        """Return the state of the service."""
        return Status.of(self._http.ask("GET", "/info/status"))


_BYTES = {"Content-Type": "application/octet-stream"}


def _flag(name: str, *, on: bool) -> dict[str, Any]:
    return {name: 1} if on else {}


def _id(job: Job | str) -> str:
    return job if isinstance(job, str) else job.id


def _format(target: Path) -> str:
    kind = target.suffix.lower().removeprefix(".")
    if kind not in ("csv", "parquet"):
        raise ValueError(f"{target} does not tell in which format to write: end its name in .csv or .parquet")
    return kind
