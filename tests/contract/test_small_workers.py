"""A worker process holds what answers prices, and nothing that only files, trainings or other machines need."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.server import running_server
from support.web import FABIA

CAR = json.dumps(FABIA)
PRICES = [
    ("GET", "/health/live", None),
    ("GET", "/health/ready", None),
    ("GET", "/info/status", None),
    ("GET", "/info/features", None),
    ("GET", "/info/model", None),
    ("POST", "/predict/price", CAR),
    ("POST", "/predict/price?explain=1&comparables=5", CAR),
    ("POST", "/predict/batch", f"[{CAR}, {CAR}]"),
    ("GET", "/metrics", None),
    ("GET", "/openapi.json", None),
    ("GET", "/", None),
    ("GET", "/?make=Skoda&model=Fabia&year=2015&mileage_km=80000", None),
    ("GET", "/cars", None),
    ("GET", "/model", None),
]
FILE = ("POST", "/predict/file", "make,model,year,mileage_km\nSkoda,Fabia,2015,80000\n")
FOR_FILES = {"polars", "_polars_runtime_32", "fastexcel", "pyarrow", "backports.zstd", "car_price_prediction.batch"}
FOR_TRAINING = {"pandas", "scipy", "sklearn", "lightgbm", "xgboost", "matplotlib", "mlflow", "ray", "optuna"}
WHERE_SET = {"sqlalchemy", "psycopg", "redis", "limits", "flask_limiter", "opentelemetry", "requests"}
FOR_TERMINALS = {"rich", "pygments"}
FOR_NOTHING = {"numpy.ma", "numpy.testing"}


def asked(calls, artifacts, folder, **settings):
    """Return how each call was answered, and the modules that the process holds then."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("CAR_PRICE_", "OTEL_"))}
    paths = {"ARTIFACTS": artifacts, "LOGS": folder / "logs", "JOBS_FOLDER": folder / "jobs"}
    paths["METRICS_FOLDER"] = folder / "numbers"
    environ |= {f"CAR_PRICE_{name}": str(path) for name, path in paths.items()}
    environ |= {f"CAR_PRICE_{name.upper()}": value for name, value in settings.items()}
    done = subprocess.run(
        [sys.executable, "-m", "support.worker_modules"],
        env=environ,
        cwd=Path(__file__).parents[1],
        input=json.dumps(calls),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    return told["statuses"], set(told["modules"])


def held(modules, names):
    """Return which of some modules and packages are held."""
    return {name for name in names if any(one == name or one.startswith(f"{name}.") for one in modules)}


@pytest.mark.parametrize("settings", [{}, {"shadow_share": "1"}], ids=["usual", "shadow"])
def test_prices_probes_and_pages_need_neither_polars_nor_what_else_is_large(trained_artifacts, tmp_path, settings):
    statuses, modules = asked(PRICES, trained_artifacts, tmp_path, **settings)
    assert statuses == [200] * len(PRICES)
    assert held(modules, {"numpy", "flask", "car_price_prediction.web.shortcut"})  # it does look
    assert held(modules, FOR_FILES | FOR_TRAINING | WHERE_SET | FOR_TERMINALS | FOR_NOTHING) == set()


def test_the_first_file_brings_what_reads_files(trained_artifacts, tmp_path):
    statuses, modules = asked([FILE, FILE], trained_artifacts, tmp_path)
    assert statuses == [200, 200]
    assert held(modules, {"polars", "car_price_prediction.batch"}) == {"polars", "car_price_prediction.batch"}
    assert held(modules, FOR_TRAINING | WHERE_SET) == set()


def mapped(process):
    """Return the files of machine code that a process has in memory."""
    try:
        lines = Path(f"/proc/{process}/maps").read_text().splitlines()
    except OSError:
        pytest.skip("this system does not tell what a process has in memory")
    return {Path(line.split(maxsplit=5)[5]).name for line in lines if line.endswith(".so") or ".so." in line}


def test_a_running_server_has_no_polars_in_memory_until_a_file_comes(trained_artifacts, tmp_path):
    def polars(server):
        everyone = {name for process in (server.process.pid, *server.workers()) for name in mapped(process)}
        assert any("_multiarray_umath" in name for name in everyone)  # numpy's, so it does look
        return any("polars" in name for name in everyone)

    with running_server(trained_artifacts, tmp_path) as server:
        for method, path, body in PRICES:
            assert server.ask_raw(method, path, body)[0] == 200
        assert not polars(server)
        assert server.ask_raw(*FILE, Content_Type="text/csv")[0] == 200
        assert polars(server)
