"""How far predictions are from asking prices, how honest their ranges are, and where: figures, page and table."""
