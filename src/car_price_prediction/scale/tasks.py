"""The fits of a training run as tasks of a cluster: candidates, folds and trials, each wherever a core is free."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import ray
from ray.exceptions import RayError, RayTaskError

from car_price_prediction.training.engine import Boosting, Job, Kept, Value
from car_price_prediction.training.parallel import nothing

from .boosting import RayBoosting
from .cluster import ClusterError

Result = TypeVar("Result")
RETRIES = 5
"""How often a task is begun anew where its node was lost; an error of the task itself is told at once."""
LOST = "machines of the cluster were lost while a fit ran, oftener than it was begun anew"


class RayEngine:
    """Runs jobs on a cluster that this process has joined.

    What was kept on a node that is lost is made again, by the jobs that made it.

    Parameters
    ----------
    spread_from : int or None
        From so many listings on, one fit is spread over all nodes; None: never.
    """

    def __init__(self, spread_from: int | None = None) -> None:
        self._spread_from = spread_from
        self._task = ray.remote(num_cpus=1, max_retries=RETRIES)(_call)

    def keep(self, value: Value) -> Kept[Value]:
        """Put a value where every node can read it."""
        return Kept(ray.put(value))

    def run_all(self, jobs: Sequence[Job[Result]], done: Callable[[], None] = nothing) -> list[Result]:
        """Run jobs on the cluster, and return their results in the order of the jobs.

        Raises
        ------
        ClusterError
            Where nodes were lost oftener than a job is begun anew.
        Exception
            What the first job to fail raised; the others are stopped then.
        """
        tasks = [self._start(job) for job in jobs]
        results: dict[Any, Result] = {}
        waiting = list(tasks)
        try:
            while waiting:
                (ready, *_), waiting = ray.wait(waiting, num_returns=1)
                results[ready] = _result(ready)
                done()
        finally:
            for task in waiting:
                ray.cancel(task, force=True)
        return [results[task] for task in tasks]

    def run_kept(self, jobs: Sequence[Job[Result]]) -> list[Kept[Result]]:
        """Run jobs on the cluster, and leave their results there."""
        return [Kept(self._start(job)) for job in jobs]

    def boosting(self, rows: int) -> Boosting | None:
        """Return Ray Train's LightGBM for so many listings as one machine is not to hold."""
        return RayBoosting() if self._spread_from is not None and rows >= self._spread_from else None

    def _start(self, job: Job[Result]) -> Any:
        given = (value.handle if isinstance(value, Kept) else value for value in job.arguments)
        return self._task.remote(job.function, *given)


def _call(function: Callable[..., Result], *given: Any) -> Result:
    return function(*given)


def _result(task: Any) -> Any:
    try:
        return ray.get(task)
    except RayTaskError as error:
        raise error.cause from None
    except RayError as error:
        raise ClusterError(f"{LOST}: {str(error).splitlines()[0]}", hint="see the logs of the nodes") from None
