from collections.abc import Sequence

import numpy as np
import pytest

from car_price_prediction.training.gaps import fit_gaps

ENDS = (-1.6, 1.6)


def spread_by(widths: dict[str, float]):
    """Return what gives residuals as wide as the widest of the hidden fields makes them."""
    normal = np.random.default_rng(0).standard_normal(20_000)

    def scores(fields: Sequence[str]) -> np.ndarray:
        return normal * max(widths[name] for name in fields)

    return scores


def test_a_year_counts_by_itself_and_details_share_by_importance() -> None:
    gaps = fit_gaps(
        spread_by({"year": 3.0, "fuel": 2.0, "doors": 2.0}),
        ["year", "fuel", "doors"],
        {"fuel": 3, "doors": 1},
        ENDS,
        0.9,
    )
    assert gaps["year"] == pytest.approx(9 * (1.645 / 1.6) ** 2 - 1, rel=0.05)
    assert gaps["fuel"] == pytest.approx(3 * gaps["doors"], rel=0.01)
    assert gaps["fuel"] + gaps["doors"] == pytest.approx(4 * (1.645 / 1.6) ** 2 - 1, rel=0.05)


def test_what_costs_nothing_adds_nothing() -> None:
    assert fit_gaps(spread_by({"doors": 0.1}), ["doors"], {"doors": 0.2}, ENDS, 0.9) == {"doors": 0.0}


def test_fields_without_importance_are_not_hidden() -> None:
    assert fit_gaps(spread_by({}), ["doors"], {}, ENDS, 0.9) == {}
