# ruff: noqa: RUF001 (letters of other alphabets are what is tested)
"""Makes, and names taken apart."""

from __future__ import annotations

import pytest

from car_price_prediction.listings.names import make_named, make_of_file, model_and_trim, split_name, trim_of_title


@pytest.mark.parametrize(
    ("text", "make"),
    [("vw", "Volkswagen"), ("MERCEDES-BENZ", "Mercedes-Benz"), ("mercedes_benz", "Mercedes-Benz"),
     ("Chevy", "Chevrolet"),
     ("БМВ", "BMW"), ("丰田", "Toyota"), ("Citroën", "Citroën"), ("citroen", "Citroën"), ("Lada (ВАЗ)", "Lada"),
     ("x", None)],
)  # fmt: skip
def test_a_make_by_its_known_spellings(text: str, make: str | None) -> None:
    assert make_named(text) == make


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Maruti Swift Dzire VDI", ("Maruti", "Swift Dzire", "VDI")),
        ("Maruti Wagon R LXI Minor", ("Maruti", "Wagon R", "LXI Minor")),
        ("Hyundai Grand i10 Sportz", ("Hyundai", "Grand i10", "Sportz")),
        ("Land Rover Range Rover Sport SE", ("Land Rover", "Range Rover Sport", "SE")),
        ("Range Rover Evoque", ("Land Rover", "Range Rover Evoque", None)),
        ("Mercedes-Benz E-Class E 220 d", ("Mercedes-Benz", "E-Class", "E 220 d")),
        ("2019 BMW 3 Series M340i", ("BMW", "3 Series", "M340i")),
        ("Toyota Corolla GLi 2016", ("Toyota", "Corolla", "GLi")),
        ("奥迪A4L 2017款", ("Audi", "A4L", "2017款")),
        ("大众-朗逸 舒适型", ("Volkswagen", "朗逸", "舒适型")),
        ("Unheard Of Thing", ("Unheard", "Of", "Thing")),
        ("", (None, None, None)),
    ],
)  # fmt: skip
def test_a_name_is_taken_apart(text: str, parts: tuple[str | None, str | None, str | None]) -> None:
    assert split_name(text) == parts


def test_a_model_may_repeat_its_make() -> None:
    assert model_and_trim("Audi A4 1.8 TFSI") == ("A4", "1.8 TFSI")


def test_a_title_without_a_make_is_kept_whole() -> None:
    assert trim_of_title("Schöner_Kleinwagen") == "Schöner Kleinwagen"


@pytest.mark.parametrize(
    ("name", "make"), [("vw.csv", "Volkswagen"), ("land_rover-2.csv.gz", "Land Rover"), ("x.csv", None)]
)
def test_a_file_may_be_named_after_its_make(name: str, make: str | None) -> None:
    assert make_of_file(name) == make
