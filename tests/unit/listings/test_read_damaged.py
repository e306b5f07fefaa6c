"""Damaged files give a table or an error for people; ``tests/fuzz/fuzz_read.py`` tries many more."""

from __future__ import annotations

from pathlib import Path

from fuzz.fuzz_read import run


def test_damaged_files_give_a_table_or_a_reason(tmp_path: Path) -> None:
    figures = run(400, seed=20, folder=tmp_path)
    assert figures.failures == []
    assert figures.read > 100
    assert figures.refused.total() > 100
