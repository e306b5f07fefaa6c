"""The bills of materials name what the locks pin."""

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def _made():
    subprocess.run(["make", "sbom"], cwd=ROOT, check=True, capture_output=True)


@pytest.mark.usefixtures("_made")
@pytest.mark.parametrize("lock", ["serve", "train"])
def test_the_bill_of_materials_is_the_lock(lock):
    bill = json.loads((ROOT / "build" / f"sbom-{lock}.json").read_bytes())
    pinned = re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / "requirements" / f"{lock}.lock").read_text(), re.MULTILINE)
    assert bill["bomFormat"] == "CycloneDX"
    assert bill["metadata"]["component"]["name"] == "car-price-prediction"
    assert sorted((part["name"], part["version"]) for part in bill["components"]) == sorted(pinned)
