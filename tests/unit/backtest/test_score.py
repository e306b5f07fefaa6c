import json
import re
from datetime import UTC, date, datetime

import numpy as np
import pytest
from sqlalchemy import insert

from car_price_prediction.backtest.page import score_page
from car_price_prediction.backtest.pairs import pairs_of
from car_price_prediction.backtest.score import score
from car_price_prediction.cli.main import run_command
from car_price_prediction.valuations.database import Database
from car_price_prediction.valuations.outcomes import Outcome, Outcomes
from car_price_prediction.valuations.row import row_of
from car_price_prediction.valuations.tables import SHADOWS, VALUATIONS
from support.kept import FABIA, answered

MONTHLY = 200
EVIL = "<script>alert(1)</script>"


@pytest.fixture
def database(tmp_path):
    found = Database("sqlite", tmp_path)
    yield found
    found.close()


@pytest.fixture
def outcomes(database):
    return Outcomes(database)


@pytest.fixture
def sell(database, outcomes):
    """Keep valuations of a month, and tell what the cars sold for."""

    def sell(month, ratios, **quote):
        at = datetime(2026, month, 10, tzinfo=UTC).timestamp()
        car = FABIA | {"make": quote.pop("make", "Skoda")}
        many = [answered(at=at, car=car, **quote) for _ in ratios]
        with database.begin() as connection:
            connection.execute(insert(VALUATIONS), [row_of(one) for one in many])
        sold = [
            Outcome(one.quote.price * ratio, date(2026, month, 20), valuation_id=one.quote.valuation_id)
            for one, ratio in zip(many, ratios, strict=True)
        ]
        outcomes.take(sold)
        return sold

    return sell


def scored(outcomes):
    return score(pairs_of(outcomes, 180))


def test_a_price_level_that_moves_shows_as_bias_and_as_falling_coverage(sell, outcomes):
    # The range promises 90% where the price's spread is sigma, whatever the level was when it was made.
    draw, sigma = np.random.default_rng(0), 0.11
    for month in range(1, 13):
        level = 1.015 ** (month - 1)
        sell(month, np.exp(draw.normal(0, sigma, MONTHLY)) * level, low=8_345.0, high=11_983.0)
    months = scored(outcomes).groups["month"]
    assert [month.group for month in months] == [f"2026-{month:02}" for month in range(1, 13)]
    assert {month.count for month in months} == {MONTHLY}
    assert months[0].verdict == "as promised"
    assert abs(months[0].bias) < 0.03
    assert months[-1].verdict == "below"
    assert months[-1].bias < -0.1
    assert months[-1].coverage < months[5].coverage < months[0].coverage + 0.05


def test_the_figures_are_those_of_the_sales(sell, outcomes):
    sell(5, [0.9, 1.0, 1.3], confidence="low", make="Kia")
    sell(6, [1.0])
    overall = scored(outcomes).overall
    assert (overall.count, overall.coverage, overall.promised) == (4, 0.75, 0.9)
    assert overall.mae == pytest.approx((1_000 + 0 + 3_000 + 0) / 4)
    assert overall.mdape == pytest.approx((0 + 1_000 / 9_000) / 2)
    groups = scored(outcomes).groups
    assert [(one.group, one.count) for one in groups["make"]] == [("Kia", 3), ("Skoda", 1)]
    assert [(one.group, one.count) for one in groups["confidence"]] == [("high", 1), ("low", 3)]
    assert [one.group for one in groups["version"]] == ["v1"]


def test_a_valuation_counts_once_whoever_told_of_its_sale(sell, outcomes):
    sell(5, [0.9])
    outcomes.take([Outcome(7_000, date(2026, 5, 18), car=FABIA)])
    found = scored(outcomes)
    assert (found.outcomes, found.scored, found.overall.mae) == (2, 1, 1_000)
    assert "of which another sale was told" in found.notes[0]


def test_money_of_several_currencies_is_not_added(sell, outcomes):
    sell(5, [1.0, 1.0])
    sell(5, [1.0], currency="PLN")
    found = scored(outcomes)
    assert (found.currency, found.scored) == ("EUR", 2)
    assert "in other currencies than EUR" in found.notes[0]


def test_a_span_of_days_is_scored_alone(sell, outcomes):
    sell(5, [1.0])
    sell(6, [1.0])
    assert score(pairs_of(outcomes, 180, since=date(2026, 6, 1))).scored == 1
    assert score(pairs_of(outcomes, 180, until=date(2026, 5, 20))).scored == 0


def test_the_page_draws_the_months_and_escapes_what_cars_are_called(sell, outcomes):
    for month in (1, 2, 3):
        sell(month, [0.95, 1.0, 1.05], make=EVIL)
    page = score_page(scored(outcomes))
    assert page.count("<svg") == 2
    assert "2026-03" in page
    assert EVIL not in page
    assert not re.search(r"<[^>]*\b(src|href|on\w+)=|@import|url\(|https?://|<script", page)


def test_a_page_of_nothing_says_so(outcomes):
    assert "No kept valuation has a sale yet" in score_page(scored(outcomes))


def test_the_command_prints_tables_json_and_a_page(sell, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("CAR_PRICE_VALUATIONS_URL", "sqlite")
    monkeypatch.setenv("CAR_PRICE_ARTIFACTS", str(tmp_path))
    assert run_command(["backtest"]) == 0
    assert "nothing to score: 0 sales" in capsys.readouterr().out
    sell(5, [0.9, 1.0, 1.3])
    assert run_command(["backtest", "--html", str(tmp_path / "backtest.html")]) == 0
    said = capsys.readouterr().out
    assert "By month of the sale" in said
    assert "20.8% to 93.9%" in said
    assert (tmp_path / "backtest.html").read_text().startswith("<!doctype html>")
    assert run_command(["backtest", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["overall"]["count"] == 3


def test_what_a_challenger_would_have_answered_is_scored_on_the_same_sales(sell, outcomes, database):
    sold = sell(1, [0.95] * 20)
    with database.begin() as connection:
        nearer = {"price": 9_600.0, "low": 9_400.0, "high": 9_550.0, "model_version": "v2", "priced_at": 1.0}
        connection.execute(insert(SHADOWS), [{"valuation_id": one.valuation_id, **nearer} for one in sold[:12]])
    found = scored(outcomes)
    assert (found.scored, [(two.champion, two.challenger, two.count) for two in found.faced]) == (
        20,
        [("v1", "v2", 12)],
    )
    (two,) = found.faced
    assert (two.champion_coverage, two.challenger_coverage, two.nearer) == (1.0, 1.0, 1.0)
    assert two.challenger_mdape == pytest.approx(100 / 9_500)
    page = score_page(found)
    assert "Champion and challenger" in page
    assert "the challenger was nearer for 100%" in page
    assert "Champion and challenger" not in score_page(found.model_copy(update={"faced": ()}))
