"""The model that MLflow registers, as code: reads the package beside it and prices a table of cars, no pickle.

MLflow runs this file where the model is loaded; nothing else imports it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlflow
import pandas as pd

from car_price_prediction.domain.errors import InvalidListingError
from car_price_prediction.domain.listing import Listing, Value
from car_price_prediction.pricing.valuer import Valuer


class PackagedModel(mlflow.pyfunc.PythonModel):  # type: ignore[misc] # mlflow is untyped
    """Prices tables whose columns are canonical fields, whichever of them are there."""

    def load_context(self, context: Any) -> None:
        """Read and verify the package."""
        self._valuer = Valuer.load(Path(context.artifacts["package"]))

    def predict(self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """Return a quote for each row, in order; a car that cannot be priced has the reason in ``warnings``."""
        answers = self._valuer.quote_many([_listing(row) for row in model_input.to_dict("records")])
        return pd.DataFrame([_answer(a) for a in answers], index=model_input.index)


def _listing(row: dict[Any, Any]) -> Listing:
    return {str(name): _value(value) for name, value in row.items() if not pd.isna(value)}


def _value(value: Any) -> Value:
    return value if isinstance(value, str) else float(value)


def _answer(answer: Any) -> dict[str, Any]:
    if isinstance(answer, InvalidListingError):
        return {"price": None, "low": None, "high": None, "warnings": str(answer)}
    quote: dict[str, Any] = answer.as_dict()
    return quote | {"warnings": "; ".join(warning["message"] for warning in quote["warnings"])}


mlflow.models.set_model(PackagedModel())
