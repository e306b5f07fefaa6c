"""A champion that is named in MLflow's own page answers everywhere, and steps back again."""

import json

import pytest

from support.stack import Stack, wait_until

TRAIN = "car-price sample /tmp/cars.csv --rows 2000 --seed 5 && car-price train /tmp/cars.csv --budget quick --json"
REGISTRY = "/api/2.0/mlflow/registered-models/alias"
MODEL = "car-price"


def version_of(stack: Stack) -> str:
    return stack.ask("/info/status")[1]["model_version"]


@pytest.fixture
def challenger(well: Stack) -> dict:
    found = well.compose("run", "--rm", "--no-deps", "-T", "--entrypoint", "sh", "train", "-c", TRAIN)
    return json.loads(found[found.index("{\n") : found.rindex("}") + 1])


def test_moving_mlflows_alias_moves_what_answers_and_rollback_moves_both_back(well: Stack, challenger: dict) -> None:
    before, number = version_of(well), challenger["tracking"]["url"] and "2"
    assert not challenger["answers"]
    assert before != challenger["version"]
    moved = well.ask(REGISTRY, {"name": MODEL, "alias": "champion", "version": number}, port=well.mlflow_port)
    assert moved[0] == 200
    wait_until(lambda: version_of(well) == challenger["version"], 30, "the new champion answers")
    well.compose("exec", "-T", "car-price-api", "car-price", "models", "rollback")
    wait_until(lambda: version_of(well) == before, 30, "the old champion answers again")
    aliases = well.ask(f"{REGISTRY}?name={MODEL}&alias=champion", port=well.mlflow_port)[1]
    assert aliases["model_version"]["version"] == "1"


def test_the_follower_is_healthy_and_lets_mlflow_go_and_come_back(well: Stack) -> None:
    follower = f"{well.name}-model-sync-1"
    wait_until(lambda: well.health(follower) == "healthy", 60, "the follower is healthy")
    version = version_of(well)
    well.compose("stop", "mlflow-server")
    assert well.ask("/info/status")[1]["model_version"] == version
    well.compose("start", "mlflow-server")
    well.wait_until_tracked()
    assert well.inspect(follower)["RestartCount"] == 0
    assert version_of(well) == version
