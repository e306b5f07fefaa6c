"""The profile `monitoring` in containers: Prometheus finds the API by name, reads it, and has the rules.

Where no registry can be reached, Debian's Prometheus stands in for the image of that name; Grafana, which Debian does
not have, is then left out: `tests/unit/deploy` holds its files to what they name.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator

import pytest
import yaml

from car_price_prediction.local.ports import free_port
from support.monitoring import RULES, alerts
from support.stack import ROOT, Stack, docker, wait_until

STANDIN = "debian"
DOCKERFILE = """
FROM python:3.11-slim
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends prometheus wget \
    && rm -rf /var/lib/apt/lists/* /etc/prometheus /prometheus \
    && install -d -o nobody -g nogroup /prometheus \
    && install -d /etc/prometheus
USER nobody
WORKDIR /prometheus
ENTRYPOINT ["/usr/bin/prometheus"]
"""


def image_of(service: str) -> str:
    """Return the image that the compose file names, with its own tag."""
    named = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"][service]["image"]
    found = re.fullmatch(r"(.+):\$\{\w+:-(.+)\}", named)
    assert found, named
    return f"{found[1]}:{found[2]}"


def at_hand(image: str) -> bool:
    """Return whether an image is here, or can be fetched."""
    if docker("image", "ls", "-q", image).strip():
        return True
    return (
        subprocess.run(["docker", "pull", "-q", image], capture_output=True, check=False, timeout=120).returncode == 0
    )


@pytest.fixture(scope="module")
def watched(engine: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The API, without a model, and what watches it."""
    services, variables = ["prometheus", "grafana"], {}
    if not at_hand(image_of("prometheus")):
        subprocess.run(
            ["docker", "build", "-q", "-t", f"prom/prometheus:{STANDIN}", "-"],
            input=DOCKERFILE, text=True, capture_output=True, check=True,
        )  # fmt: skip
        variables["PROMETHEUS_TAG"] = STANDIN
    if not at_hand(image_of("grafana")):
        services.remove("grafana")
    stack = Stack(tmp_path_factory.mktemp("project"), **variables)
    stack.ports = {name: free_port() for name in ("prometheus", "grafana")}
    stack.environ |= {f"{name.upper()}_PORT": str(port) for name, port in stack.ports.items()}
    try:
        stack.prepare()
        stack.compose("up", "-d", "--build", "--no-deps", "car-price-api")
        stack.compose("--profile", "monitoring", "up", "-d", "--no-deps", *services)
        stack.services = services
        yield stack
    finally:
        stack.compose("--profile", "monitoring", "down", "--volumes", "--remove-orphans", "--timeout", "5", check=False)
        stack.remove()


def asked(stack: Stack, path: str) -> dict:
    status, found = stack.ask(f"/api/v1/{path}", port=stack.ports["prometheus"])
    return dict(found["data"]) if status == 200 else {}


def test_prometheus_reads_the_api_that_it_finds_by_name(watched: Stack) -> None:
    def read() -> bool:
        active = asked(watched, "targets").get("activeTargets", [])
        return [(one["scrapePool"], one["health"]) for one in active] == [("car-price-api", "up")]

    wait_until(read, 120, "the API is read")
    query = "query?query=car_price_model_ready"
    found = wait_until(lambda: asked(watched, query).get("result"), 60, "a metric of the API")
    assert found[0]["metric"]["job"] == "car-price-api"


def test_its_rules_are_loaded_and_one_of_them_sees_that_there_is_no_model(watched: Stack) -> None:
    def states() -> dict[str, str]:
        groups = asked(watched, "rules").get("groups", [])
        return {rule["name"]: rule["state"] for group in groups for rule in group["rules"]}

    wait_until(lambda: states().get("CarPriceNoModel") in ("pending", "firing"), 120, "CarPriceNoModel")
    assert set(states()) == {alert["alert"] for alert in alerts()}, RULES


def test_it_is_well_for_docker_and_shown_where_it_is_to_be(watched: Stack) -> None:
    for service in watched.services:
        wait_until(
            lambda name=f"{watched.name}-{service}-1": watched.health(name) == "healthy", 120, f"{service} is well"
        )
    if "grafana" in watched.services:
        status, found = watched.ask("/api/dashboards/uid/car-price", port=watched.ports["grafana"])
        assert (status, found["dashboard"]["title"]) == (200, "Car prices")
