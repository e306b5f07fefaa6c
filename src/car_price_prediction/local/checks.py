"""What must hold on this machine before anything is started; every problem is found at once."""

from __future__ import annotations

import glob
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from car_price_prediction.domain.errors import LocalRunError

from .plan import Plan
from .ports import why_not_free

NEEDED_BYTES = 500_000_000


def find_problems(plan: Plan) -> list[LocalRunError]:
    """Return every reason why the plan cannot be run here, the user's own files first."""
    ports = _port_problems(plan) if plan.serves else ()
    return [*_data_problems(plan), *_folder_problems(plan), *ports]


def _data_problems(plan: Plan) -> Iterator[LocalRunError]:
    for name in plan.data:
        reason = _why_unreadable(name)
        if reason:
            yield LocalRunError(f"{name}: {reason}", hint="DATA=path/to/listings.csv names a file of listings")


def _why_unreadable(name: str) -> str:
    if "://" in name:
        return ""
    if name == "-":
        return "standard input cannot be read here: the file is looked at again at the next start"
    if glob.has_magic(name) and not Path(name).exists():
        return "" if glob.glob(name, recursive=True) else "no file matches"  # noqa: PTH207 - may be absolute
    try:
        with Path(name).open("rb") as file:
            return "" if file.read(1) else "the file is empty"
    except OSError as error:
        return (error.strerror or str(error)).lower()


def _folder_problems(plan: Plan) -> Iterator[LocalRunError]:
    folders = [plan.settings.artifacts, *([plan.settings.logs] if plan.serves else [])]
    if plan.own_mlflow:
        folders.append(plan.settings.mlflow_data)
    for folder in folders:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(b"x")
            free = shutil.disk_usage(folder).free
        except OSError as error:
            yield LocalRunError(
                f"{folder}: cannot be written to ({(error.strerror or str(error)).lower()})",
                hint="make room, or let its owner be the user that runs this",
            )
            continue
        if free < NEEDED_BYTES:
            yield LocalRunError(
                f"{folder}: {free // 1_000_000} MB are free on its disk, {NEEDED_BYTES // 1_000_000} MB are needed",
                hint="make room",
            )


def _port_problems(plan: Plan) -> Iterator[LocalRunError]:
    settings = plan.settings
    wanted = [("the API", settings.host, settings.port, "PORT=5002 (--port 5002)")]
    if plan.own_mlflow:
        if settings.port == settings.mlflow_port:
            yield LocalRunError(
                f"port {settings.port} is wanted by the API and by MLflow", hint="give one of them another port"
            )
            return
        wanted.append(("MLflow", "127.0.0.1", settings.mlflow_port, "MLFLOW_PORT=5003 (--mlflow-port 5003)"))
    for name, host, port, hint in wanted:
        reason = why_not_free(host, port)
        if reason:
            yield LocalRunError(f"port {port} for {name}: {reason}", hint=f"stop it, or choose another: {hint}")
