import numpy as np
import pytest

from car_price_prediction.package.rows import Memo, RowsEncoder, columns_of
from support.web import valuer_of

CARS = [
    {"make": "Skoda", "model": "Octavia", "year": 2015.0, "mileage_km": 75_000.0, "fuel": "Diesel"},
    {"make": " SKODA", "model": "Octavia RS Combi", "year": 1950},
    {"make": "Trabant", "mileage_km": 1e9, "fuel": None},
    {},
]


@pytest.mark.parametrize("repeat", [1, 50])
def test_many_rows_are_encoded_as_each_is_alone(trained_artifacts, repeat):
    encoder = valuer_of(trained_artifacts).contents.encoder
    rows, cars = RowsEncoder(encoder), [encoder.usual.filled(car) for car in CARS] * repeat
    alone = np.array([encoder.row_encoder()(car) for car in cars], dtype=float)
    for _ in range(2):  # the second time, all is remembered
        np.testing.assert_array_equal(rows.encode(columns_of(cars, rows.fields), len(cars)), alone)


def test_what_is_remembered_is_forgotten_before_it_is_too_much():
    memo = Memo(lambda value: value * 2, most=3)
    assert memo.all(range(10)) == [value * 2 for value in range(10)]
    assert len(memo) <= 3
