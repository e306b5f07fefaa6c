"""The real listings files, where they are: read only, never part of the project."""

from __future__ import annotations

import os
from pathlib import Path

from car_price_prediction.listings.loaded import LoadOptions

FOLDER = Path(os.environ.get("CAR_PRICE_REAL_DATA") or Path(__file__).parents[2].parent / "shared" / "data")

OPTIONS = {
    "georgia.csv": LoadOptions(currency="USD"),
    "uk.csv.gz": LoadOptions(currency="GBP", mileage_unit="mi"),
    "india.csv": LoadOptions(currency="INR"),
    "germany.csv": LoadOptions(currency="EUR"),
    "poland.csv.gz": LoadOptions(currency="PLN"),
}
"""What a person must tell of each file."""
