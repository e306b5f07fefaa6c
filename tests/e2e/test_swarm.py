"""A stack of Docker Swarm: tasks replaced, updates that go on or back, models without a shared disk."""

import time

import pytest

from support.scaled import image_of, load
from support.stack import docker, wait_until
from support.swarm import REPLICAS, SwarmStack

MOST_FAILED = 0.001
REGISTRY = "/api/2.0/mlflow/registered-models/alias"
MODEL = "car-price"


@pytest.fixture(scope="module")
def swarm(stack, challenger):
    found = SwarmStack(stack)
    try:
        found.deploy()
        found.wait_until_well(240)
        yield found
    finally:
        found.remove()


def told(what, seen):
    print(f"\n{what}: {seen}")  # noqa: T201 - a figure for whoever reads


def name_champion(stack, number):
    moved = stack.ask(REGISTRY, {"name": MODEL, "alias": "champion", "version": number}, port=stack.mlflow_port)
    assert moved[0] == 200, moved


def test_a_version_that_is_promoted_answers_from_every_replica(swarm, stack, challenger):
    before = swarm.versions()
    assert len(before) == 1
    assert challenger["version"] not in before
    for number, version in (("2", challenger["version"]), ("1", before.pop())):
        since = time.monotonic()
        name_champion(stack, number)
        wait_until(lambda version=version: swarm.versions() == {version}, 30, f"{version} answers from all")
        told("a promoted version on every replica", f"after {time.monotonic() - since:.1f} s")


def test_a_task_that_is_stopped_is_replaced(swarm):
    victim = swarm.wait_until_well()[0]
    with load(swarm.port) as seen:
        since = time.monotonic()
        docker("stop", victim)
        wait_until(lambda: victim not in swarm.containers() and len(swarm.healthy()) == REPLICAS, 120, "a new one")
        took_s = time.monotonic() - since
        swarm.wait_until_well()
    told(f"a task stopped, replaced after {took_s:.0f} s", seen)
    assert seen.share_failed < MOST_FAILED, seen.failed[:5]
    assert len(swarm.versions()) == 1


def test_an_update_loses_no_request(swarm, stack):
    before, image = swarm.wait_until_well(), image_of(stack.name, 'LABEL e2e="swarm"')
    with load(swarm.port) as seen:
        ended = swarm.update(image)
    told("an update", seen)
    assert ended == "completed"
    assert seen.failed == []
    assert swarm.image() == image
    assert set(swarm.wait_until_well()).isdisjoint(before)


def test_an_update_to_a_broken_image_goes_back_by_itself(swarm, stack):
    before, image = swarm.wait_until_well(), swarm.image()
    with load(swarm.port) as seen:
        ended = swarm.update(image_of(stack.name, 'ENTRYPOINT ["/bin/false"]'))
    told("an update to a broken image", seen)
    assert ended == "rollback_completed"
    assert seen.failed == []
    assert swarm.image() == image
    assert sorted(swarm.wait_until_well()) == sorted(before)
