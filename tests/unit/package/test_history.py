import pytest

from car_price_prediction.package.history import way_back


@pytest.mark.parametrize(
    ("moves", "way"),
    [
        ("", ""),
        ("a", "a"),
        ("aab", "ab"),
        ("abc", "abc"),
        ("abcb", "ab"),
        ("abcba", "a"),
        ("abcbc", "abc"),
        ("abca", "a"),
        ("abcad", "ad"),
    ],
)
def test_the_way_back_never_leads_to_what_was_left(moves: str, way: str) -> None:
    assert way_back([{"to": version} for version in moves]) == list(way)
