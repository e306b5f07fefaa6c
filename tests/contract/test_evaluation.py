"""What others rely on: the keys of evaluation.json as the docs tell them, and an evaluation where nothing trains."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support.market import write_market

DOCS = Path(__file__).parents[2] / "docs" / "evaluation.md"
TRAINING_ONLY = ("pandas", "sklearn", "mlflow", "xgboost", "matplotlib", "scipy")
FREE = ("set_aside", "listing")
"""Their keys are the file's."""


def keys_of(value: Any, path: str = "") -> set[str]:
    """Return the paths of all keys; what stands in a list, or under a table's or a split's name, counts once."""
    if isinstance(value, list):
        return set().union(*(keys_of(item, f"{path}[]") for item in value if isinstance(item, dict)))
    if not isinstance(value, dict) or path.rpartition(".")[2] in FREE:
        return set()
    found: set[str] = set()
    for key, inner in value.items():
        name = "NAME" if path in ("splits", "splits.NAME.groups") else key
        inside = f"{path}.{name}" if path else name
        found |= {inside} | keys_of(inner, inside)
    return found


@pytest.fixture(scope="module")
def kept(trained_artifacts: Path) -> dict[str, Any]:
    version = json.loads((trained_artifacts / "current.json").read_text())["version"]
    found: dict[str, Any] = json.loads((trained_artifacts / "models" / version / "evaluation.json").read_text())
    return found


def test_the_docs_tell_every_key(kept: dict[str, Any]) -> None:
    text = DOCS.read_text()
    told = set(
        re.findall(r"^\| `([^`]+)`", text[text.index("<!-- keys") : text.index("<!-- end of keys")], re.MULTILINE)
    )
    assert keys_of(kept) - told == set()
    assert {key for key in told if "time_split." not in key and "trained." not in key} - keys_of(kept) == set()


def test_the_groups_are_named_as_the_docs_tell(kept: dict[str, Any]) -> None:
    assert {name for name in kept["splits"]["folds"]["groups"] if f"`{name}`" not in DOCS.read_text()} == set()


def test_a_model_is_measured_where_nothing_is_installed_that_only_training_needs(
    trained_artifacts: Path, tmp_path: Path, kept: dict[str, Any]
) -> None:
    file, page = write_market(tmp_path / "later.csv", cars=60), tmp_path / "page.html"
    code = (
        f"import sys; sys.modules.update(dict.fromkeys({TRAINING_ONLY})); "
        "from car_price_prediction.cli.main import run_command; sys.exit(run_command(sys.argv[1:]))"
    )
    args = ["evaluate", str(file), "--artifacts", str(trained_artifacts), "--json", "--html", str(page)]
    done = subprocess.run([sys.executable, "-c", code, *args], capture_output=True, text=True, check=True)
    assert set(json.loads(done.stdout)) == set(kept)
    assert "<svg" in page.read_text()
