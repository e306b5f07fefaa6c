"""How far predictions are from asking prices, in money and in percent."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]


def price_metrics(price: Vector, predicted: Vector) -> dict[str, float]:
    """Return the errors of predicted prices.

    Parameters
    ----------
    price, predicted : ndarray of shape (n,)
        Positive, in money.

    Returns
    -------
    dict
        ``mae`` and ``rmse`` in money; ``r2`` and ``r2_log``; ``mdape`` and ``mape``, ``bias`` (the median of the
        signed error, above 0 where cars are priced too high), and ``within_10`` and ``within_20`` (the share of
        listings predicted within 10% and 20%), as fractions of the asking price.

    Examples
    --------
    >>> found = price_metrics(np.array([100.0, 200.0, 400.0]), np.array([105.0, 180.0, 400.0]))
    >>> round(found["mdape"], 3), round(found["mae"], 2), round(found["within_10"], 2), found["bias"]
    (0.05, 8.33, 1.0, 0.0)
    """
    error = predicted - price
    relative = np.abs(error) / price
    return {
        "mdape": float(np.median(relative)),
        "mape": float(relative.mean()),
        "mae": float(np.abs(error).mean()),
        "rmse": float(np.sqrt((error**2).mean())),
        "r2": _r2(price, predicted),
        "r2_log": _r2(np.log(price), np.log(predicted)),
        "within_10": float((relative <= 0.1).mean()),
        "within_20": float((relative <= 0.2).mean()),
        "bias": float(np.median(error / price)),
    }


def range_metrics(price: Vector, low: Vector, high: Vector) -> dict[str, float]:
    """Return how often ranges hold the price, and how wide they are.

    Returns
    -------
    dict
        ``coverage`` (the share of prices within their range) and ``width`` (the median of width over price).

    Examples
    --------
    >>> range_metrics(np.array([10.0, 20.0]), np.array([8.0, 21.0]), np.array([12.0, 26.0]))
    {'coverage': 0.5, 'width': 0.325}
    """
    inside = (price >= low) & (price <= high)
    return {"coverage": float(inside.mean()), "width": float(np.median((high - low) / price))}


def _r2(true: Vector, predicted: Vector) -> float:
    error, spread = ((true - predicted) ** 2).sum(), ((true - true.mean()) ** 2).sum()
    # Where all prices are one there is nothing to explain: scikit-learn's convention, and a number JSON can hold.
    return float(1 - error / spread) if spread > 0 else float(error == 0)
