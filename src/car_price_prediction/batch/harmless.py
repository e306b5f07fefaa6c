"""Cells that a spreadsheet would take for formulas, made harmless in delimited text."""

from __future__ import annotations

import polars as pl

FORMULA = r"^[=+\-@\t\r\n]"
"""How a cell begins that a spreadsheet may work out instead of showing."""
NUMBER = r"^[+-]?[0-9][0-9.,' ]*%?$|^-$"
"""Signed numbers stay numbers, and a dash alone says that nothing is there."""
QUOTE = "'"


def without_formulas(rows: pl.LazyFrame) -> pl.LazyFrame:
    r"""Put a quote before every text cell and header that begins like a formula.

    Examples
    --------
    >>> frame = pl.LazyFrame({"=note": ["=1+1", "-5", "@SUM(A1)", "-", "\tx", "Audi"], "price": [1.0] * 6})
    >>> without_formulas(frame).collect()["'=note"].to_list()
    ["'=1+1", '-5', "'@SUM(A1)", '-', "'\tx", 'Audi']
    """
    schema = rows.collect_schema()
    guarded = [_guarded(pl.col(name)).alias(name) for name, kind in schema.items() if kind == pl.String]
    return rows.with_columns(guarded).rename(_new_headers(schema.names()))


def _guarded(text: pl.Expr) -> pl.Expr:
    formula = text.str.contains(FORMULA) & ~text.str.contains(NUMBER)
    return pl.when(formula).then(QUOTE + text).otherwise(text)


def _new_headers(headers: list[str]) -> dict[str, str]:
    starts = tuple("=+-@\t\r\n")
    taken, found = set(headers), {}
    for header in headers:
        new = header
        while new.startswith(starts) or (new != header and new in taken):
            new = QUOTE + new
        if new != header:
            taken.add(new)
            found[header] = new
    return found
