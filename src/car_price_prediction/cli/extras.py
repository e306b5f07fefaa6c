"""What some commands need beyond what serving does."""

from __future__ import annotations

from importlib import util

from car_price_prediction.domain.errors import CarPriceError


def need_training() -> None:
    """Look whether the libraries of training are installed.

    Raises
    ------
    CarPriceError
        Where they are not, with what to install.
    """
    absent = [
        name for name in ("sklearn", "xgboost", "matplotlib", "mlflow", "cronsim") if util.find_spec(name) is None
    ]
    if absent:
        raise CarPriceError(
            f"this needs more than serving does: {', '.join(absent)} not installed",
            hint="pip install 'car-price-prediction[train]'; with Docker, `docker compose run --rm train …`",
        )


def need_ray() -> None:
    """Look whether Ray is installed.

    Raises
    ------
    CarPriceError
        Where it is not, with what to install.
    """
    if util.find_spec("ray") is None:
        raise CarPriceError(
            "--engine ray needs Ray, which is not installed",
            hint="pip install 'car-price-prediction[scale]', here and on every node of the cluster",
        )
