"""The settings read from environment variables, and written as such."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from .domain.errors import SettingsError
from .settings import Settings

PREFIX = "CAR_PRICE_"
PLACEHOLDER = re.compile(
    r"(change|replace)[-_ ]?me|<[^<>]+>|\$\{|your[-_](password|secret|token|user|host|server)", re.IGNORECASE
)
"""What an example's author left for others to fill in; nobody means it."""
UNPREFIXED = {"mlflow_tracking_uri": "MLFLOW_TRACKING_URI"}
TEST_DATA = "CAR_PRICE_REAL_DATA"
"""Names the folder of real listings for the tests; no setting of the service."""


def variable_of(name: str) -> str:
    """Return the environment variable of a setting.

    Examples
    --------
    >>> variable_of("port")
    'CAR_PRICE_PORT'
    """
    return UNPREFIXED.get(name, PREFIX + name.upper())


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read the settings from environment variables, or from the files that ``…_FILE`` variables name.

    Parameters
    ----------
    environ : mapping of str to str
        Such as ``os.environ``. Empty values count as not set.

    Raises
    ------
    SettingsError
        Naming every variable that is unknown, given twice, unreadable or out of range.

    Examples
    --------
    >>> read_settings({"CAR_PRICE_PORT": "5002"}).port
    5002
    >>> read_settings({"CAR_PRICE_PORT": "none"})
    Traceback (most recent call last):
    ...
    car_price_prediction.domain.errors.SettingsError: CAR_PRICE_PORT: Input should be a valid integer, ...
    """
    problems: list[str] = []
    values: dict[str, Any] = {}
    known = {variable_of(name): name for name in Settings.model_fields}
    for variable, name in known.items():
        value = _value(environ, variable, problems)
        if PLACEHOLDER.search(value):
            problems.append(f"{variable}: holds a placeholder, set it or leave it out")
        if value:
            values[name] = value
    for variable in sorted(environ):
        if variable.startswith(PREFIX) and variable.removesuffix("_FILE") not in known and variable != TEST_DATA:
            problems.append(f"{variable}: there is no such setting")
    try:
        settings = Settings(**values)
    except ValidationError as error:
        problems += [f"{variable_of(str(e['loc'][0]))}: {e['msg']}" for e in error.errors()]
        raise _settings_error(problems) from None
    if problems:
        raise _settings_error(problems)
    return settings


def written_settings(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment from which `read_settings` reads exactly these settings; other variables stay.

    Examples
    --------
    >>> written_settings(Settings(port=5002), {"HOME": "/home/ann", "CAR_PRICE_PORT_FILE": "port"})["CAR_PRICE_PORT"]
    '5002'
    """
    ours = {variable_of(name): value for name, value in settings if value is not None}
    known = {variable_of(name) for name in Settings.model_fields}
    kept = {name: value for name, value in environ.items() if name.removesuffix("_FILE") not in known}
    return kept | {name: str(value) for name, value in ours.items()}


def _value(environ: Mapping[str, str], variable: str, problems: list[str]) -> str:
    direct, file = environ.get(variable, ""), environ.get(f"{variable}_FILE", "")
    if direct and file:
        problems.append(f"{variable}: set it or {variable}_FILE, not both")
    if direct or not file:
        return direct
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        problems.append(f"{variable}_FILE: cannot read {file}: {reason}")
        return ""


def _settings_error(problems: list[str]) -> SettingsError:
    return SettingsError("; ".join(problems), hint="docs/settings.md lists every setting")
