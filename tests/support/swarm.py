"""The stack of deploy/swarm on an engine that is a swarm of one node."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

from car_price_prediction.local.ports import free_port

from .scaled import remove_images_of
from .stack import ROOT, Stack, docker, wait_until

REPLICAS = 2
ASK = """
import json, urllib.request
print(json.load(urllib.request.urlopen("http://127.0.0.1:5000/info/status", timeout=5))["model_version"])
"""


class SwarmStack:
    """Replicas without a disk, that follow the MLflow of a deployment by compose.

    Parameters
    ----------
    compose : Stack
        Its images are deployed; its MLflow names the champion.
    """

    def __init__(self, compose: Stack) -> None:
        self.name, self._compose, self.port = f"{compose.name}-swarm", compose, free_port()
        self.api = f"{self.name}_api"
        # A swarm of others is left as it is.
        self._ours = docker("info", "-f", "{{.Swarm.LocalNodeState}}").strip() != "active"

    def deploy(self) -> None:
        if self._ours:
            docker("swarm", "init", "--advertise-addr", "127.0.0.1")
        address = ["docker", "secret", "create", self.name, "-"]
        subprocess.run(address, input="http://mlflow-server:5000", text=True, check=True, capture_output=True)
        variables = {
            "IMAGE": "car-price-prediction",
            "STACK": self.name,
            "MLFLOW_SECRET": self.name,
            "BALANCER_PORT": str(self.port),
            "REPLICAS": str(REPLICAS),
            "ATTACHABLE": "true",
            # One node has nobody to hide anything from, and this kernel may lack what it needs.
            "ENCRYPTED": "false",
            "CAR_PRICE_HEALTH_INTERVAL_S": "2",
            "CAR_PRICE_SYNC_S": "1",
            "RESERVED_CPUS": "0.1",
            "MONITOR_S": "5",
        }
        command = ["docker", "stack", "deploy", "--detach", "--resolve-image", "never", "-c", "stack.yml", self.name]
        folder, environ = ROOT / "deploy" / "swarm", os.environ | variables
        found = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
        assert found.returncode == 0, found.stderr
        docker("network", "connect", "--alias", "mlflow-server", f"{self.name}_cars", self._compose.mlflow)

    def remove(self) -> None:
        docker("network", "disconnect", "-f", f"{self.name}_cars", self._compose.mlflow, check=False)
        docker("stack", "rm", self.name, check=False)
        wait_until(lambda: not self.containers(), 60, "every task is gone")
        docker("secret", "rm", self.name, check=False)
        remove_images_of(self._compose.name)
        if self._ours:
            docker("swarm", "leave", "--force", check=False)

    def containers(self) -> list[str]:
        """Return the containers of the API that run."""
        return docker("ps", "-q", "--no-trunc", "-f", f"label=com.docker.swarm.service.name={self.api}").split()

    def healthy(self) -> list[str]:
        filters = ("-f", f"label=com.docker.swarm.service.name={self.api}", "-f", "health=healthy")
        return docker("ps", "-q", "--no-trunc", *filters).split()

    def wait_until_well(self, timeout_s: float = 120.0) -> list[str]:
        """Wait until so many replicas as there should be are healthy, and prices come through the balancer."""
        wait_until(lambda: len(self.healthy()) == len(self.containers()) == REPLICAS, timeout_s, "all are healthy")
        wait_until(lambda: self._compose.ask("/info/status", port=self.port)[0] == 200, 30, "the balancer has them")
        return self.containers()

    def versions(self) -> set[str]:
        """Return the versions that answer, asked of each replica itself."""
        return {self._compose.run_in(container, ASK, check=False).strip() for container in self.containers()}

    def update(self, image: str) -> str:
        """Update to an image, and return how that ended."""
        docker("service", "update", "--detach", "--no-resolve-image", "--image", image, self.api)
        ends = {"completed", "rollback_completed", "paused", "rollback_paused"}
        return str(wait_until(lambda: self._state() if self._state() in ends else "", 170, "the update has ended"))

    def image(self) -> str:
        return str(self._service()["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"])

    def _state(self) -> str:
        return str(self._service().get("UpdateStatus", {}).get("State", ""))

    def _service(self) -> Any:
        return json.loads(docker("service", "inspect", self.api))[0]
