"""Benchmarks are run by hand and seldom: what they use may have moved on without anybody noticing."""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"


def test_every_benchmark_finds_what_it_uses():
    names = sorted(path.stem for path in FOLDER.glob("*.py"))
    code = f"import importlib\nfor name in {names!r}:\n    importlib.import_module(name)"
    done = subprocess.run([sys.executable, "-c", code], cwd=FOLDER, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "pricing" in names
