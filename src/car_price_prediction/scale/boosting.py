"""One booster from rows on many nodes: LightGBM's own distributed learning, brought together by Ray Train."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from typing import Any

import lightgbm
import numpy as np
import ray
import ray.train
from ray.train.lightgbm import LightGBMTrainer, get_network_params

from car_price_prediction.training.candidates import Block
from car_price_prediction.training.engine import Kept

from .cluster import ClusterError, cores_of_nodes, is_outside

BLOCK_ROWS = 500_000
"""Rows of a block: 100 MB of 25 features."""
FAILURES = 3
"""How often a fit is begun anew where a node is lost, on the nodes that are left."""


class RayBoosting:
    """Trains boosters on all nodes of a cluster that this process has joined, a worker each.

    Each worker holds the rows of its blocks and finds splits together with the others; trees are the same on all.
    """

    @property
    def block_rows(self) -> int:
        """How many rows make a block."""
        return BLOCK_ROWS

    def __call__(self, blocks: Sequence[Kept[Block]], settings: dict[str, Any], rounds: int) -> Any:
        """Return a LightGBM booster.

        Raises
        ------
        ClusterError
            Where this process is no member of the cluster, the fit failed, or nodes were lost oftener than it is begun
            anew.
        """
        if is_outside():
            raise ClusterError(
                "a fit is not spread over machines by a client of the cluster (ray://)",
                hint="run the command on a machine of the cluster, or with --spread off",
            )
        nodes = cores_of_nodes()
        most = min(len(nodes), len(blocks))
        with tempfile.TemporaryDirectory(prefix="car-price-ray-") as folder:
            trainer = LightGBMTrainer(
                _learn,
                train_loop_config={"blocks": [b.handle for b in blocks], "settings": settings, "rounds": rounds},
                scaling_config=ray.train.ScalingConfig(
                    num_workers=(1, most) if most > 1 else 1,
                    resources_per_worker={"CPU": min(nodes)},
                    placement_strategy="SPREAD",
                ),
                run_config=ray.train.RunConfig(
                    storage_path=folder, failure_config=ray.train.FailureConfig(max_failures=FAILURES)
                ),
            )
            try:
                result = trainer.fit()
            except ray.train.TrainingFailedError as error:
                reason = str(error).strip().splitlines()[-1]
                raise ClusterError(
                    f"a fit that is spread over machines failed: {reason}", hint="see the logs of the nodes"
                ) from None
        return lightgbm.Booster(model_str=result.return_value)


def _learn(config: dict[str, Any]) -> str | None:
    """Train on this worker's blocks, together with the other workers."""
    context = ray.train.get_context()
    rank, workers = context.get_world_rank(), context.get_world_size()
    parts = ray.get(config["blocks"][rank::workers])
    settings = config["settings"] | {"num_threads": int(ray.get_runtime_context().get_assigned_resources()["CPU"])}
    if workers > 1:
        settings |= {"tree_learner": "data_parallel", "pre_partition": True, **get_network_params()}
    if "monotone_constraints_method" in settings:
        # The only one that LightGBM has for trees that grow on several machines.
        settings["monotone_constraints_method"] = "basic"
    categorical = settings.pop("categorical_feature")
    data = lightgbm.Dataset(
        [matrix for matrix, _ in parts],
        np.concatenate([values for _, values in parts]),
        categorical_feature=categorical,
        free_raw_data=True,
    )
    booster = lightgbm.train(settings, data, config["rounds"])
    return booster.model_to_string(num_iteration=-1) if rank == 0 else None
