"""MLflow's client made fit for a command line: says nothing, gives up within seconds, leaves the environment alone."""

from __future__ import annotations

import io
import logging
import os
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout

from car_price_prediction.domain.errors import TrackingError
from car_price_prediction.domain.text import shown

REACH_S = 3.0
ENVIRON = {
    "DO_NOT_TRACK": "true",
    "GIT_PYTHON_REFRESH": "quiet",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "0",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
    "MLFLOW_RECORD_ENV_VARS_IN_MODEL_LOGGING": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_UV_AUTO_DETECT": "false",
}
"""Set while MLflow is used."""
REMOVED = ("MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_ID", "MLFLOW_EXPERIMENT_NAME", "MLFLOW_REGISTRY_URI")
"""Would send a run elsewhere than to where it was asked."""
HINT = "the model is trained and published all the same; start MLflow, or unset MLFLOW_TRACKING_URI to train without it"


def check_reachable(tracking_uri: str) -> None:
    """Ask a tracking server for a sign of life, before anything slow.

    Raises
    ------
    TrackingError
        Where nobody answers within 3 s.

    Examples
    --------
    >>> check_reachable("http://127.0.0.1:9")
    Traceback (most recent call last):
    ...
    car_price_prediction.domain.errors.TrackingError: MLflow at http://127.0.0.1:9 does not answer (connection refused)
    """
    if not tracking_uri.startswith(("http://", "https://")):
        return
    try:
        urllib.request.urlopen(f"{shown(tracking_uri).rstrip('/')}/health", timeout=REACH_S).close()  # noqa: S310 - http only
    except urllib.error.HTTPError as error:
        error.close()  # whoever refuses is there; what it refuses shows when the run is logged
    except (OSError, ValueError) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        text = reason.strerror if isinstance(reason, OSError) and reason.strerror else str(reason)
        raise TrackingError(f"MLflow at {shown(tracking_uri)} does not answer ({text.lower()})", hint=HINT) from None


@contextmanager
def quiet_mlflow(tracking_uri: str) -> Iterator[None]:
    """Use MLflow with a server, without a word from it; what it raises becomes a `TrackingError`.

    Notes
    -----
    The process's environment and MLflow's log level are as before afterwards.
    """
    before = dict(os.environ)
    logger = logging.getLogger("mlflow")
    level = logger.level
    os.environ.update(ENVIRON, MLFLOW_TRACKING_URI=tracking_uri)
    for name in REMOVED:
        os.environ.pop(name, None)
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            logger.setLevel(logging.CRITICAL)
            try:
                yield
            except Exception as error:
                # Whatever it is, it must not cost anyone the model that was just trained.
                raise TrackingError(
                    f"MLflow at {shown(tracking_uri)} refused: {_first_line(error)}", hint=HINT
                ) from error
    finally:
        logger.setLevel(level)
        _restore_environment(before)


def _restore_environment(before: Mapping[str, str]) -> None:
    for name in set(os.environ) - set(before):
        del os.environ[name]
    for name, value in before.items():
        if os.environ.get(name) != value:
            os.environ[name] = value


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
