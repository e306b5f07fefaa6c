"""A self-hosted car valuation service: listings in; a calibrated price model, an API and a page out."""

__version__ = "0.1.0"
