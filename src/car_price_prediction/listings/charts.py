"""Small charts as inline SVG: no script, no network, colours from the page's own style sheet."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from .figures import Band, Bin
from .wording import short, whole

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 56, 8, 12, 34


def histogram(bins: Sequence[Bin], label: str) -> str:
    """Return the bins as bars; each bar tells its figures when it is pointed at."""
    most = max((b.rows for b in bins), default=0) or 1
    step = (WIDTH - LEFT - RIGHT) / max(len(bins), 1)
    parts = [_axis(most)]
    for i, b in enumerate(bins):
        height = (HEIGHT - TOP - BOTTOM) * b.rows / most
        x, y = LEFT + i * step, HEIGHT - BOTTOM - height
        title = f"{whole(b.low)} to {whole(b.high)}: {b.rows:,}"
        parts.append(
            f'<rect class="bar" x="{x + 1:.1f}" y="{y:.1f}" width="{step - 2:.1f}" height="{height:.1f}">'
            f"<title>{escape(title)}</title></rect>"
        )
        if i % 4 == 0:
            parts.append(_below(x, short(b.low)))
    return _svg(parts, label)


def band_chart(bands: Sequence[Band], label: str) -> str:
    """Return the medians as a line within the band that holds four fifths of the prices."""
    most = max((band.high for band in bands), default=0.0) or 1.0
    step = (WIDTH - LEFT - RIGHT) / max(len(bands), 1)
    every = -(-len(bands) // 12) or 1

    def x(i: int) -> float:
        return LEFT + (i + 0.5) * step

    def point(i: int, value: float) -> str:
        return f"{x(i):.1f},{_height(value, most):.1f}"

    upper = [point(i, band.high) for i, band in enumerate(bands)]
    lower = [point(i, band.low) for i, band in enumerate(bands)]
    parts = [_axis(most), f'<polygon class="range" points="{" ".join(upper + lower[::-1])}"/>']
    parts.append(f'<polyline class="line" points="{" ".join(point(i, b.median) for i, b in enumerate(bands))}"/>')
    for i, band in enumerate(bands):
        spread = f"{whole(band.low)} to {whole(band.high)}"
        title = f"{band.label}: median {whole(band.median)}, {spread}, {band.rows:,} listings"
        parts.append(
            f'<circle class="dot" cx="{x(i):.1f}" cy="{_height(band.median, most):.1f}" r="4">'
            f"<title>{escape(title)}</title></circle>"
        )
        if i % every == 0:
            parts.append(_below(x(i), band.label, anchor="middle"))
    return _svg(parts, label)


def _height(value: float, most: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / most


def _axis(most: float) -> str:
    lines = []
    for part in (0.0, 0.5, 1.0):
        y = _height(most * part, most)
        lines.append(
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{short(most * part)}</text>'
        )
    return "".join(lines)


def _below(x: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(parts: Sequence[str], label: str) -> str:
    head = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}">'
    return head + "".join(parts) + "</svg>"
