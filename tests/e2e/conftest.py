"""One deployment for all tests of this folder, on whatever Docker engine answers."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from support.stack import Stack, docker, engine_problem, wait_until

TRAIN = "car-price sample /tmp/cars.csv --rows 2000 --seed 5 && car-price train /tmp/cars.csv --budget quick --json"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the swarm come last: on Docker 20.10, once a swarm was left, containers of before find nobody by name."""
    items.sort(key=lambda item: item.path.name == "test_swarm.py")


@pytest.fixture(scope="session")
def engine() -> None:
    problem = engine_problem()
    if problem:
        pytest.skip(problem)


@pytest.fixture(scope="session")
def started(engine: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A copy of the project after `up -d --build`, while its first model may still be in training."""
    stack = Stack(tmp_path_factory.mktemp("project"))
    since = time.monotonic()
    try:
        stack.compose("up", "-d", "--build")
        print(f"\nup -d --build: {time.monotonic() - since:.0f} s")  # noqa: T201 - a figure for whoever reads
        wait_until(lambda: stack.ask("/info/status")[0], 60, "the API answers at all")
        stack.seen_first = (*stack.ask("/info/status"), stack.health(stack.api))
        yield stack
    finally:
        stack.remove()


@pytest.fixture(scope="session")
def stack(started: Stack) -> Stack:
    """The deployment with its first model, all healthy."""
    since = time.monotonic()
    started.wait_until_priced(900)
    started.wait_until_tracked()
    assert docker("wait", f"{started.name}-train-1").strip() == "0", started.compose("logs", "train")
    print(f"\nfirst model: {time.monotonic() - since:.0f} s after that")  # noqa: T201
    return started


@pytest.fixture
def well(stack: Stack) -> Iterator[Stack]:
    """The deployment, all healthy before a test and after it."""
    stack.wait_until_priced()
    stack.wait_until_tracked()
    yield stack
    stack.wait_until_priced()
    stack.wait_until_tracked()


@pytest.fixture(scope="session")
def challenger(stack: Stack) -> dict:
    """A second version in the registry, which nothing has promoted."""
    stack.wait_until_tracked()
    found = stack.compose("run", "--rm", "--no-deps", "-T", "--entrypoint", "sh", "train", "-c", TRAIN)
    return json.loads(found[found.index("{\n") : found.rindex("}") + 1])
