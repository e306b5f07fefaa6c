"""A cluster of several nodes on this machine, started once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import ray
from ray.cluster_utils import Cluster

from car_price_prediction.scale.cluster import NO_NEWS

MEMORY = 100 << 20
STARTS = 4
"""Ray gives a node 30 s to start, which is not enough on a machine that is busy with other things."""


def started(start: Callable[[], Any]) -> Any:
    for left in reversed(range(STARTS)):
        try:
            return start()
        except Exception as error:
            if not left or "timed out during startup" not in str(error):
                raise
    raise AssertionError


class Nodes:
    """The nodes of the cluster besides its head, which runs no jobs."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._others = [self._new(), self._new()]

    def _new(self) -> object:
        return started(
            lambda: self._cluster.add_node(num_cpus=1, object_store_memory=MEMORY, include_log_monitor=False)
        )

    def lose_one(self) -> None:
        """Kill a node at once, with what it holds and runs; another takes its place."""
        # The other first: a cluster without room would wait for it, and tests with it.
        self._others.append(self._new())
        self._cluster.remove_node(self._others.pop(0), allow_graceful=False)


@pytest.fixture(scope="package")
def nodes() -> Iterator[Nodes]:
    with pytest.MonkeyPatch.context() as environment:
        for name, value in NO_NEWS.items():
            environment.setenv(name, value)
        # Without what only people and autoscalers look at.
        watchers = {"include_dashboard": False, "include_log_monitor": False, "no_monitor": True}
        head = {"num_cpus": 0, "object_store_memory": MEMORY, **watchers}
        cluster = started(lambda: Cluster(initialize_head=True, head_node_args=head))
        try:
            found = Nodes(cluster)
            ray.init(address=cluster.address, log_to_driver=False, logging_level="error")
            yield found
        finally:
            ray.shutdown()
            cluster.shutdown()
