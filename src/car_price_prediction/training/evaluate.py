"""The errors that candidates are compared by: those that every evaluation tells."""

from car_price_prediction.evaluation.metrics import Vector, price_metrics, range_metrics

__all__ = ["Vector", "price_metrics", "range_metrics"]
