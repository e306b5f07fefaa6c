"""MLflow's registry over its REST API: the serving image, which holds no mlflow, follows it as well."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

from car_price_prediction.domain.errors import RegistryError, RegistryUnreachableError
from car_price_prediction.domain.text import shown

from .model_registry import Registered

API = "/api/2.0/mlflow"
PACKAGE = "package"
"""The folder of a run's artifacts that holds the package."""
TIMEOUT_S = 2.0
"""A rollback asks twice and must be done within five seconds, a server that hangs included."""
DOWNLOAD_TIMEOUT_S = 30.0
CHUNK_BYTES = 1_000_000
ABSENT = "not found"


class MlflowRegistry:
    """One registered model of an MLflow server.

    Parameters
    ----------
    tracking_uri : str
        ``http://`` or ``https://``, with ``user:password@`` where the server asks for one.
    model : str
        The registered model's name.

    Raises
    ------
    RegistryError
        Where the address is of another kind.
    """

    def __init__(self, tracking_uri: str, model: str) -> None:
        self.name = shown(tracking_uri)
        parts = _parts(tracking_uri)
        self._base, self._model = self.name.rstrip("/"), model
        self._headers = {"Content-Type": "application/json"}
        if parts.username:
            login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers["Authorization"] = f"Basic {base64.b64encode(login.encode()).decode()}"

    def holder_of(self, alias: str) -> Registered | None:
        """Return the version that has an alias, or None where no version has."""
        query = urlencode({"name": self._model, "alias": alias})
        try:
            return _registered(self._call("GET", f"{API}/registered-models/alias?{query}")["model_version"])
        except _RefusedError as error:
            if ABSENT in error.message:
                return None
            raise

    def find(self, package_version: str) -> Registered | None:
        """Return the newest registered version of a package, or None where it was never registered."""
        condition = f"name='{_quoted(self._model)}' and tags.package_version='{_quoted(package_version)}'"
        found = self._call("GET", f"{API}/model-versions/search?{urlencode({'filter': condition})}")
        versions = [_registered(version) for version in found.get("model_versions", [])]
        return max(versions, key=lambda version: int(version.number), default=None)

    def move_alias(self, alias: str, number: str) -> None:
        """Give an alias to a version, whichever had it before."""
        body = {"name": self._model, "alias": alias, "version": number}
        self._call("POST", f"{API}/registered-models/alias", body)

    def read_file(self, version: Registered, name: str, target: Path) -> None:
        """Write one file of a version's package to a path."""
        query = urlencode({"path": f"{PACKAGE}/{name}", "run_uuid": version.run_id}, quote_via=quote)
        with self._open("GET", f"/get-artifact?{query}", None, DOWNLOAD_TIMEOUT_S) as answer, target.open("wb") as file:
            while chunk := self._read(answer, CHUNK_BYTES):
                file.write(chunk)

    def _call(self, method: str, path: str, body: dict[str, str] | None = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        with self._open(method, path, data, TIMEOUT_S) as answer:
            try:
                return json.loads(self._read(answer))
            except ValueError:
                raise RegistryError(f"{self.name} answers {path.partition('?')[0]} with what is no JSON") from None

    def _read(self, answer: HTTPResponse, most: int | None = None) -> bytes:
        try:
            return answer.read(most)
        except (OSError, HTTPException) as error:
            raise self._unreachable(error) from None

    def _open(self, method: str, path: str, data: bytes | None, timeout_s: float) -> HTTPResponse:
        request = urllib.request.Request(self._base + path, data, self._headers, method=method)  # noqa: S310 - http only
        try:
            answer: HTTPResponse = urllib.request.urlopen(request, timeout=timeout_s)  # noqa: S310
        except urllib.error.HTTPError as error:
            with error:
                text = _reason(error.read())
            if error.code >= 500:
                raise RegistryUnreachableError(f"MLflow at {self.name} answers {error.code}: {text}") from None
            raise _RefusedError(f"MLflow at {self.name} refused ({error.code}): {text}") from None
        except (OSError, HTTPException, ValueError) as error:
            raise self._unreachable(error) from None
        return answer

    def _unreachable(self, error: Exception) -> RegistryUnreachableError:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        text = reason.strerror if isinstance(reason, OSError) and reason.strerror else str(reason)
        return RegistryUnreachableError(f"MLflow at {self.name} does not answer ({text.lower()})")


class _RefusedError(RegistryError):
    """The server answered, and said no."""


def _parts(tracking_uri: str) -> Any:
    try:
        parts = urlsplit(tracking_uri)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise RegistryError(
            f"MLFLOW_TRACKING_URI is {shown(tracking_uri)}: aliases are followed on a server only",
            hint="give the address of an MLflow server, such as http://127.0.0.1:5001",
        )
    return parts


def _registered(found: Any) -> Registered:
    tags = {tag["key"]: tag.get("value", "") for tag in found.get("tags", [])}
    return Registered(str(found["version"]), str(found.get("run_id", "")), tags.get("package_version"))


def _quoted(text: str) -> str:
    # MLflow's filters know no escape for a quote; neither name may hold one.
    if "'" in text:
        raise RegistryError(f"{text} holds a quote, which MLflow cannot search for")
    return text


def _reason(body: bytes) -> str:
    try:
        return str(json.loads(body)["message"]).splitlines()[0]
    except (ValueError, KeyError, TypeError, IndexError):
        return body[:200].decode(errors="replace").strip()
