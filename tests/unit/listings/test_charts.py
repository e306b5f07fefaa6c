from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from car_price_prediction.listings.charts import band_chart, histogram
from car_price_prediction.listings.figures import Band, Bin

BANDS = [Band(f"<{i}>", 10, 1.0 * i, 2.0 * i, 3.0 * i) for i in range(30)]


@pytest.mark.parametrize("count", [0, 1, 24])
def test_a_histogram_is_well_formed_and_has_a_bar_per_bin(count: int):
    bins = [Bin(10.0 * i, 10.0 * i + 10, i) for i in range(count)]
    root = ET.fromstring(histogram(bins, 'prices & "more"'))  # noqa: S314 - our own chart
    assert len(root.findall("rect")) == count
    assert root.get("aria-label") == 'prices & "more"'


@pytest.mark.parametrize("count", [0, 1, 30])
def test_a_band_chart_is_well_formed_and_tells_each_band(count: int):
    root = ET.fromstring(band_chart(BANDS[:count], "by age"))  # noqa: S314 - our own chart
    assert len(root.findall("circle")) == count


def test_labels_of_a_file_are_escaped():
    assert "<3>" not in band_chart(BANDS, "x")
