"""The picture of a field as inline SVG: the share of each cell, of the training listings and of the cars."""

from __future__ import annotations

from html import escape

from car_price_prediction.evaluation.charts import Axis, Frame, round_ticks

from .report import Cell, FieldDrift

MOST_CELLS = 12
BAR = 0.4
LONGEST = 11


def shares_by_cell(field: FieldDrift) -> str:
    """Return the cells as pairs of bars: the pale one is of training."""
    cells = shown_cells(field)
    most = max(0.01, *(max(cell.before, cell.now) for cell in cells))
    x = Axis(-0.5, len(cells) - 0.5, tuple(map(float, range(len(cells)))), lambda _: "", "")
    frame = Frame(x, Axis(0, most, round_ticks(0, most), _percent, ""), width=640, height=260)
    parts = []
    for i, cell in enumerate(cells):
        told = f"{cell.label}: {cell.before:.1%} in training, {cell.now:.1%} now"
        parts += [_bar(frame, i - BAR, cell.before, "0.35", told), _bar(frame, i, cell.now, "1", told)]
        parts.append(_label(frame, i, cell.label))
    label = f"{field.label}: the share of the training listings in each cell, pale, and of the cars that were compared"
    return frame.svg(parts, label)


def shown_cells(field: FieldDrift) -> list[Cell]:
    """Return the cells that are drawn: of words, the most frequent and the most moved, and the others together."""
    cells = [cell for cell in field.cells if cell.before or cell.now]
    if field.kind == "number" or len(cells) <= MOST_CELLS:
        return cells or list(field.cells)
    first = sorted(cells, key=lambda cell: -max(cell.before, cell.now, 3 * abs(cell.now - cell.before)))
    drawn = {cell.label for cell in first[: MOST_CELLS - 1]}
    rest = [cell for cell in cells if cell.label not in drawn]
    together = Cell(label="(rest)", before=sum(c.before for c in rest), now=sum(c.now for c in rest))
    return [*(cell for cell in cells if cell.label in drawn), together]


def _bar(frame: Frame, left: float, share: float, opacity: str, told: str) -> str:
    x, right, y = frame.left(left), frame.left(left + BAR), frame.top(share)
    return (
        f'<rect class="bar" opacity="{opacity}" x="{x:.1f}" y="{y:.1f}" width="{right - x:.1f}" '
        f'height="{frame.top(0) - y:.1f}"><title>{escape(told)}</title></rect>'
    )


def _label(frame: Frame, place: float, label: str) -> str:
    # Of a span of numbers its beginning; there is no room for both ends.
    first, to, _ = label.partition(" to ")
    short = f"{first} …" if to and first != "up" else label.replace("up to ", "… ")
    short = short if len(short) <= LONGEST else f"{short[: LONGEST - 1]}…"
    x, y = frame.left(place), frame.top(0) + 14
    turned = f'text-anchor="end" transform="rotate(-30 {x:.1f} {y:.1f})"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {turned}>{escape(short)}</text>'


def _percent(share: float) -> str:
    return f"{share:.0%}" if share == round(share, 2) else f"{share:.1%}"
