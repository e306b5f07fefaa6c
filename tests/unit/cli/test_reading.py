from __future__ import annotations

import pytest

from car_price_prediction.cli.reading import reading


def test_nothing_is_shown_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]):
    with reading() as progress:
        progress("reading a.csv", 1, 3)
        progress("cleaning", 1, 0)
    said = capsys.readouterr()
    assert (said.out, said.err.strip()) == ("", "")
