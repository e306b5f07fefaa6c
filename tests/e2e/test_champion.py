"""A champion that is named in MLflow's own page answers everywhere, and steps back again."""

import json

from support.asking import Asking, lag_s
from support.stack import Stack, docker, wait_until

REGISTRY = "/api/2.0/mlflow/registered-models/alias"
MODEL = "car-price"
RATE = 200.0
TIMES = 10
GENEROUS_S = 30.0
MOVES = """set -e
for n in $(seq {times}); do
    car-price models promote {version} --force --why 'a test' >/dev/null
    car-price models rollback >/dev/null
done"""


def version_of(stack: Stack) -> str:
    return stack.ask("/info/status")[1]["model_version"]


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


def test_no_request_fails_while_models_come_and_go(well: Stack, challenger: dict) -> None:
    first, second = version_of(well), challenger["version"]
    with Asking(well.port, RATE) as asking:
        docker("exec", well.api, "sh", "-c", MOVES.format(times=TIMES, version=second))
        wait_until(lambda: version_of(well) == first, 30, "the first champion answers again")
    lines = (well.folder / "artifacts" / "history.jsonl").read_text().splitlines()
    history = [json.loads(line) for line in lines]
    assert [line["to"] for line in history[-2 * TIMES :]] == [second, first] * TIMES
    assert {answer.status for answer in asking.answers} == {200}
    assert {answer.version for answer in asking.answers} == {first, second}
    lags = sorted(lag_s(answer, history) for answer in asking.answers)
    assert lags[-1] < GENEROUS_S
    print(f"\n{len(lags):,} requests, {asking.rate:.0f}/s, {2 * TIMES} moves; longest lag {lags[-1]:.2f} s")  # noqa: T201


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
