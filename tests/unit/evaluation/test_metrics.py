import numpy as np
import pytest
from sklearn import metrics

from car_price_prediction.evaluation.metrics import price_metrics, range_metrics


def test_the_errors_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    price = rng.lognormal(9, 0.5, 500)
    predicted = price * rng.lognormal(0, 0.2, 500)
    found = price_metrics(price, predicted)
    assert found["mae"] == pytest.approx(metrics.mean_absolute_error(price, predicted))
    assert found["rmse"] == pytest.approx(metrics.root_mean_squared_error(price, predicted))
    assert found["mape"] == pytest.approx(metrics.mean_absolute_percentage_error(price, predicted))
    assert found["r2"] == pytest.approx(metrics.r2_score(price, predicted))
    assert found["r2_log"] == pytest.approx(metrics.r2_score(np.log(price), np.log(predicted)))
    assert found["within_10"] < found["within_20"] < 1


@pytest.mark.parametrize(("predicted", "r2"), [(100.0, 1.0), (101.0, 0.0)])
def test_one_price_for_all_cars_gives_numbers(predicted: float, r2: float) -> None:
    found = price_metrics(np.full(3, 100.0), np.full(3, predicted))
    assert (found["r2"], found["r2_log"]) == (r2, r2)


def test_a_price_at_the_end_of_its_range_is_inside() -> None:
    ends = np.array([10.0, 20.0])
    assert range_metrics(ends, ends, ends) == {"coverage": 1.0, "width": 0.0}


def test_bias_has_the_sign_of_most_errors() -> None:
    price = np.array([100.0, 100.0, 100.0])
    assert price_metrics(price, price * 1.2)["bias"] == pytest.approx(0.2)
    assert price_metrics(price, np.array([90.0, 80.0, 500.0]))["bias"] == pytest.approx(-0.1)
