"""What the checks look at, each part asked for once."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from http.client import HTTPException
from pathlib import Path
from typing import Any

from car_price_prediction.domain.errors import RegistryError
from car_price_prediction.local.ports import reachable_host
from car_price_prediction.package.store import ModelStore
from car_price_prediction.registry.model_registry import CHAMPION, ModelRegistry, Registered
from car_price_prediction.settings import Settings

TIMEOUT_S = 3.0
IN_CONTAINER = (Path("/.dockerenv"), Path("/run/.containerenv"))
"""Docker and Podman each leave one of these."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered.

    Attributes
    ----------
    code : int
        0 where nobody answers.
    body : Any
        Parsed; None where it is no JSON.
    at : datetime or None
        The server's clock.
    """

    code: int = 0
    body: Any = None
    at: datetime | None = None


@dataclass
class Context:
    """One installation.

    Attributes
    ----------
    settings : Settings
    settings_problem : str
        Why they cannot be read; the other checks are skipped then.
    url : str or None
        Of the API, where a person gave it: then it must answer.
    registry : ModelRegistry or None
        None where no MLflow server is set.
    now : datetime
    cgroup : Path
        Where the limits of this process stand.
    container : bool
        Whether this process runs in a container.
    """

    settings: Settings
    settings_problem: str = ""
    url: str | None = None
    registry: ModelRegistry | None = None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    cgroup: Path = Path("/sys/fs/cgroup")
    container: bool = field(default_factory=lambda: any(path.exists() for path in IN_CONTAINER))

    @property
    def api_url(self) -> str:
        """The address of the API."""
        settings = self.settings
        return (self.url or f"http://{reachable_host(settings.host)}:{settings.port}").rstrip("/")

    @cached_property
    def store(self) -> ModelStore:
        """The packages."""
        return ModelStore(self.settings.artifacts)

    @cached_property
    def status(self) -> Answer:
        """The API's answer to ``GET /info/status``."""
        return ask(f"{self.api_url}/info/status")

    @cached_property
    def metrics(self) -> Answer:
        """The API's answer to ``GET /metrics``, asked without a key."""
        return ask(f"{self.api_url}/metrics")

    @cached_property
    def mlflow_health(self) -> Answer:
        """MLflow's answer to ``GET /health``."""
        return ask(f"{self.registry.name.rstrip('/')}/health") if self.registry else Answer()

    @cached_property
    def champion(self) -> Registered | RegistryError | None:
        """The version that has the alias ``champion``, or why that cannot be told."""
        if self.registry is None:
            return None
        try:
            return self.registry.holder_of(CHAMPION)
        except RegistryError as error:
            return error


def ask(url: str) -> Answer:
    """Return a server's answer to a GET; no proxy is used, for the server is near."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=TIMEOUT_S) as found:
            return _answer(found.status, found.headers, found.read())
    except urllib.error.HTTPError as error:
        with error:
            return _answer(error.code, error.headers, error.read())
    except (OSError, HTTPException, ValueError):
        return Answer()


def _answer(code: int, headers: Any, body: bytes) -> Answer:
    try:
        at = parsedate_to_datetime(headers["Date"])
    except (TypeError, ValueError):
        at = None
    try:
        return Answer(code, json.loads(body), at)
    except ValueError:
        return Answer(code, None, at)
