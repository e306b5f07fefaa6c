from __future__ import annotations

import json

from car_price_prediction.listings.report import build_report
from support.market import loaded_market

BAD = ["id 1", "Kia", "Rio", "2015", "80000", "1", "Petrol"]


def test_every_row_is_accounted_for():
    report = build_report(loaded_market(BAD))
    assert (report.rows_read, report.rows_used, report.rows_rejected) == (121, 120, 1)


def test_rejected_rows_are_counted_by_reason_with_examples():
    (line,) = build_report(loaded_market(BAD)).rejected
    assert (line.code, line.rows, line.examples[0].row) == ("price_token", 1, 121)


def test_columns_say_what_they_became_and_why():
    line = {column.header: column for column in build_report(loaded_market()).columns}["Mileage km"]
    assert (line.field, line.label, line.why, line.examples) == ("mileage_km", "Mileage", "a header word", ("1500",))


def test_makes_come_by_number():
    assert [(make.make, make.rows) for make in build_report(loaded_market()).makes] == [
        ("Skoda", 60),
        ("BMW", 30),
        ("Kia", 30),
    ]


def test_the_report_is_json():
    told = json.loads(json.dumps(build_report(loaded_market(BAD)).as_dict()))
    assert told["sources"][0]["name"] == "market.csv"
    assert told["rejected"][0]["code"] == "price_token"
    assert told["fields"][0]["name"] == "make"
