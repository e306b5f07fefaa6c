import re

from car_price_prediction.drift.charts import MOST_CELLS, shares_by_cell, shown_cells
from car_price_prediction.drift.report import Cell, FieldDrift


def field(*cells, kind="category"):
    known = {"label": "Make", "unit": "", "told": 500, "judged": True, "missing_before": 0.0, "missing": 0.0}
    return FieldDrift(**known, name="make", kind=kind, verdict="moved", psi=0.1, excess=0.1, p=0.0, cells=cells)


def test_each_cell_is_a_pair_of_bars_and_its_label_is_escaped():
    svg = shares_by_cell(field(Cell(label="<b>", before=0.4, now=0.1), Cell(label="Kia", before=0.6, now=0.9)))
    assert svg.count("<rect") == 4
    assert "<b>" not in svg
    heights = [float(found) for found in re.findall(r'height="([0-9.]+)"', svg)]
    assert heights[3] > heights[2] > heights[0] > heights[1]


def test_of_many_words_the_largest_and_the_most_moved_are_drawn_and_the_others_together():
    many = [Cell(label=f"make {i}", before=0.02, now=0.02) for i in range(40)]
    cells = shown_cells(field(*many, Cell(label="Lada", before=0.0, now=0.01), Cell(label="VW", before=0.2, now=0.19)))
    assert len(cells) == MOST_CELLS
    assert {"Lada", "VW", "(rest)"} <= {cell.label for cell in cells}
    assert abs(sum(cell.before for cell in cells) - 1) < 1e-9


def test_numbers_keep_their_order_and_the_labels_are_short():
    spans = ("up to 20,000", "20,000 to 50,000", "over 50,000")
    svg = shares_by_cell(field(*(Cell(label=span, before=1 / 3, now=1 / 3) for span in spans), kind="number"))
    labels = re.findall(r"rotate[^>]*>([^<]+)</text>", svg)
    assert labels == ["… 20,000", "20,000 …", "over 50,000"]
