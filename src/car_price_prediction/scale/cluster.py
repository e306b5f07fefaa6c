"""The cluster that a run uses: one that is running, or nodes of its own on this machine."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

import ray
import ray.util.client

from car_price_prediction.domain.errors import CarPriceError

ADDRESS = "RAY_ADDRESS"
"""Ray's own: ``HOST:PORT`` of a cluster that this machine belongs to, ``ray://HOST:PORT`` of one that it does not."""
NO_NEWS = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}
"""Nothing is told to Ray's makers, and no accelerators are hidden from anyone."""


class ClusterError(CarPriceError):
    """The cluster is not to be reached, or lost more than it could make good."""

    code = "cluster"


@contextmanager
def cluster() -> Iterator[None]:
    """Join the cluster that ``RAY_ADDRESS`` names, or start one of this machine alone, until the block ends.

    A process that has joined one already stays in it.

    Raises
    ------
    ClusterError
        Where it is not to be reached.
    """
    if ray.is_initialized():
        yield
        return
    for name, value in NO_NEWS.items():
        os.environ.setdefault(name, value)
    try:
        ray.init(include_dashboard=None if _elsewhere() else False, logging_level=logging.WARNING, log_to_driver=False)
    except (ConnectionError, RuntimeError, ValueError) as error:
        reason = str(error).strip().split("\n", 1)[0]
        where = os.environ.get(ADDRESS) or "this machine"
        raise ClusterError(
            f"no Ray cluster at {where}: {reason}", hint=f"set {ADDRESS} to a running one, or leave it out"
        ) from None
    try:
        yield
    finally:
        ray.shutdown()


def _elsewhere() -> bool:
    return bool(os.environ.get(ADDRESS))


def cores() -> int:
    """Return how many cores the cluster has."""
    return max(1, int(ray.cluster_resources().get("CPU", 1)))


def cores_of_nodes() -> list[int]:
    """Return how many cores each node that runs jobs has."""
    found = (int(node["Resources"].get("CPU", 0)) for node in ray.nodes() if node["Alive"])
    return [count for count in found if count]


def is_outside() -> bool:
    """Return whether this process is a client of the cluster (``ray://``), and no member of it."""
    return bool(ray.util.client.ray.is_connected())
