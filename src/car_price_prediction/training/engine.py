"""Where the jobs of a training run: side by side on this machine, or on the nodes of a cluster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from .candidates import Block

Result = TypeVar("Result")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Kept(Generic[Value]):
    """Something large that several jobs read, kept where they run.

    Attributes
    ----------
    handle : object
        The engine's own; whoever gets the job's arguments gets the thing itself.
    """

    handle: Any


@dataclass(frozen=True, slots=True)
class Job(Generic[Result]):
    """One call of a function that knows nothing of the other jobs.

    Attributes
    ----------
    function : callable
        Of a module, or another machine could not call it.
    arguments : tuple
        What is `Kept` is handed over as it was before.
    """

    function: Callable[..., Result]
    arguments: tuple[Any, ...] = ()


class Boosting(Protocol):
    """Trains one booster on rows that lie on several machines."""

    @property
    def block_rows(self) -> int:
        """How many rows make a block."""

    def __call__(self, blocks: Sequence[Kept[Block]], settings: dict[str, Any], rounds: int) -> Any:
        """Return a LightGBM booster.

        Parameters
        ----------
        blocks : sequence of Kept
        settings : dict
            As `lightgbm.train` takes them.
        rounds : int
        """


class Engine(Protocol):
    """Runs jobs."""

    def keep(self, value: Value) -> Kept[Value]:
        """Keep something large for the jobs that read it."""

    def run_all(self, jobs: Sequence[Job[Result]], done: Callable[[], None] = ...) -> list[Result]:
        """Run jobs side by side, and return their results in the order of the jobs.

        Parameters
        ----------
        jobs : sequence of Job
            Started in this order: the longest first keeps the cores busy to the end.
        done : callable, optional
            Called after each job, in the calling thread.

        Raises
        ------
        Exception
            What the first job to fail raised; jobs that were not started then are not.
        """

    def run_kept(self, jobs: Sequence[Job[Result]]) -> list[Kept[Result]]:
        """Run jobs whose results other jobs read: they stay where they are."""

    def boosting(self, rows: int) -> Boosting | None:
        """Return what spreads one fit of so many listings over machines, or None where one machine takes it."""
