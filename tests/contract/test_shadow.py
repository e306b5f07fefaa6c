"""A challenger in the shadow of a real server: there, absent, broken; requests are answered as without it."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from car_price_prediction.cli.main import run_command
from car_price_prediction.package.store import ModelStore
from car_price_prediction.valuations.database import Database
from car_price_prediction.valuations.outcomes import Outcome, Outcomes
from car_price_prediction.valuations.tables import SHADOWS
from support.kept import wait_until
from support.market import loaded_market
from support.model import train_small
from support.monitoring import samples_of, total
from support.server import Server, running_server
from support.versions import damage
from support.web import FABIA

REQUESTS = 60


@pytest.fixture(scope="module")
def two(trained_artifacts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("two") / "artifacts"
    shutil.copytree(trained_artifacts, folder)
    train_small(folder, loaded_market(cars=150))
    return folder


@pytest.fixture
def artifacts(two: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(two, tmp_path / "artifacts"))


def counted(server: Server, name: str, **labels: str) -> float:
    return total(samples_of(server.ask_raw("GET", "/metrics")[2].decode()), name, **labels)


def ask_often(server: Server) -> list[dict[str, Any]]:
    answers = [server.ask("POST", "/predict/price", FABIA) for _ in range(REQUESTS)]
    assert {status for status, _ in answers} == {200}
    return [quote for _, quote in answers]


def test_a_challenger_prices_beside_the_champion_and_both_are_kept_and_compared(
    artifacts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ModelStore(artifacts)
    champion, challenger = store.current_version(), store.versions()[-1]
    with running_server(artifacts, tmp_path, shadow_share="1", valuations_url="sqlite") as server:
        wait_until(lambda: counted(server, "car_price_shadow_loads_total", result="ok") == 1)
        quotes = ask_often(server)
        status, batch = server.ask("POST", "/predict/batch", [FABIA, {"make": "nobody knows"}])
        assert (status, len(batch["results"])) == (200, 2)
        wait_until(lambda: counted(server, "car_price_shadow_cars_total", result="priced") == REQUESTS + 1)
        assert counted(server, "car_price_shadow_difference_count") == REQUESTS + 1
        wait_until(lambda: counted(server, "car_price_shadow_kept_total", result="written") == REQUESTS + 1)
        assert counted(server, "car_price_shadow_cars_total", result="dropped") == 0
    assert {quote["model_version"] for quote in quotes} == {champion}
    database = Database("sqlite", artifacts)
    with database.begin() as connection:
        rows = [dict(row) for row in connection.execute(select(SHADOWS)).mappings()]
    ids = {quote["valuation_id"] for quote in quotes}
    assert ids < {row["valuation_id"] for row in rows}
    assert {row["model_version"] for row in rows} == {challenger}
    sold = rows[0]["price"]
    assert sold != quotes[0]["price"]
    Outcomes(database).take([Outcome(sold, date(2026, 1, 2), valuation_id=name) for name in ids])
    database.close()

    monkeypatch.setenv("CAR_PRICE_ARTIFACTS", str(artifacts))
    monkeypatch.setenv("CAR_PRICE_VALUATIONS_URL", "sqlite")
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)

    def said(*args: str) -> tuple[int, Any]:
        code = run_command([*args, "--json"])
        return code, json.loads(capsys.readouterr().out)

    code, score = said("backtest")
    assert (code, score["faced"][0]["count"], score["faced"][0]["challenger_mdape"]) == (0, REQUESTS, 0)
    assert run_command(["backtest"]) == 0
    assert "the challenger was nearer for 100%" in capsys.readouterr().out
    shown = said("models", "show", "challenger")[1]["shadow"]
    assert (shown["prices"]["cars"], shown["sales"]["nearer"]) == (REQUESTS + 1, 1)
    assert run_command(["models", "show", "challenger"]) == 0
    assert "## In the shadow" in capsys.readouterr().out
    _, move = said("models", "promote")
    assert next(check for check in move["checks"] if check["id"] == "live_sales")["passed"]


@pytest.mark.parametrize("state", ["absent", "broken", "off"])
def test_a_challenger_that_is_absent_or_broken_costs_no_answer(artifacts: Path, tmp_path: Path, state: str) -> None:
    store = ModelStore(artifacts)
    challenger = store.versions()[-1]
    if state == "absent":
        shutil.rmtree(store.models / challenger)
    elif state == "broken":
        damage(store, challenger)
    share = "0" if state == "off" else "1"
    with running_server(artifacts, tmp_path, shadow_share=share, valuations_url="sqlite", workers="2") as server:
        if state == "broken":
            wait_until(lambda: counted(server, "car_price_shadow_loads_total", result="failed") >= 1)
        quotes = ask_often(server)
        wait_until(lambda: counted(server, "car_price_valuations_total", result="written") == REQUESTS)
        for result in ("priced", "dropped", "failed"):
            assert counted(server, "car_price_shadow_cars_total", result=result) == 0
        assert counted(server, "car_price_shadow_loads_total", result="ok") == 0
        assert server.ask("GET", "/info/status")[0] == 200
        assert server.stop() == 0
    assert {quote["model_version"] for quote in quotes} == {store.current_version()}
    said = server.log.read_text()
    assert ("the challenger cannot be followed in the shadow now" in said) == (state == "broken")
    assert not (artifacts / "shadow").exists()
