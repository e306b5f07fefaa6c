"""What the page tells about a priced car."""

from __future__ import annotations

from dataclasses import dataclass

from car_price_prediction.domain.listing import Listing
from car_price_prediction.domain.quote import Quote, QuoteWarning
from car_price_prediction.package.manifest import Market
from car_price_prediction.pricing.appraisal import Appraisal, Wanted, appraise
from car_price_prediction.pricing.valuer import Valuer
from car_price_prediction.pricing.what_if import FIELDS

from .curves import Drawn, drawn_curve, drawn_scatter
from .language import Language
from .retelling import retold
from .scale import Scale, scale_of
from .similar import Row, similar_rows
from .waterfall import Step, waterfall
from .words import MILEAGE, Words

NEAREST = 40
"""Listings in the scatter; the nearest of them stand in the table."""
MOST_ROWS = 10


@dataclass(frozen=True, slots=True)
class Result:
    """A quote as the page shows it: texts in the reader's language, and the figures that are drawn."""

    quote: Quote
    car: str
    price: str
    low: str
    high: str
    coverage: str
    scale: Scale
    deal: str
    asking: str
    difference: str
    level: str
    warnings: list[str]
    steps: list[Step]
    curves: list[Drawn]
    among: str
    rows: list[Row]
    scatter: Drawn | None


def result_of(valuer: Valuer, listing: Listing, language: Language) -> Result:
    """Price a car and say everything that the page tells about it.

    Raises
    ------
    InvalidListingError
        Where the car cannot be priced.
    """
    fields = valuer.contents.facts.by_name
    curves = tuple(name for name in FIELDS if name in fields and listing.get(name) is not None)
    found = appraise(valuer, listing, Wanted(explain=True, comparables=NEAREST, what_if=curves))
    return _Telling(valuer, listing, language).of(found)


class _Telling:
    """Puts an appraisal into words."""

    def __init__(self, valuer: Valuer, listing: Listing, language: Language) -> None:
        self.valuer, self.listing, self.language = valuer, listing, language
        market: Market = valuer.manifest.market
        self.currency, self.words = market.currency, Words(language, market.mileage_unit)

    def of(self, found: Appraisal) -> Result:
        quote, deal, language, words = found.quote, found.quote.deal, self.language, self.words
        price, low, high = (language.money(one, self.currency) for one in (quote.price, quote.low, quote.high))
        assert found.breakdown is not None
        assert found.nearest is not None
        return Result(
            quote=quote,
            car=words.car(self.listing, "year", MILEAGE),
            price=price,
            low=low,
            high=high,
            coverage=language.of_ten(quote.coverage),
            scale=scale_of(quote.price, quote.low, quote.high, deal.asking_price if deal else None),
            deal=(deal.grade or "none") if deal else "",
            asking=language.money(deal.asking_price, self.currency) if deal else "",
            difference=self._share(abs(deal.difference_percent) / 100) if deal else "",
            level=language.percent(min(max(deal.level, 0.01), 0.99)) if deal and deal.level is not None else "",
            warnings=[self._warning(warning) for warning in quote.warnings],
            steps=waterfall(found.breakdown, self._assumed(), self.listing, words, self.currency),
            curves=[drawn_curve(curve, self.listing, words, self.currency) for curve in found.what_if],
            among=found.nearest.among,
            rows=similar_rows(found.nearest, words, self.currency, MOST_ROWS),
            scatter=drawn_scatter(found.nearest, self.listing, quote.price, words),
        )

    def _share(self, share: float) -> str:
        return self.language.percent(share, 0 if share >= 0.1 else 1)

    def _assumed(self) -> Listing:
        """Return the car as it was priced: what it does not tell is as usual for such cars."""
        return self.valuer.contents.encoder.usual.filled(self.listing)

    def _warning(self, warning: QuoteWarning) -> str:
        """Return a warning in the reader's language, numbers in the market's unit."""
        assumed = warning.code == "missing" and warning.field in self.valuer.doubter.assumed
        key = "warning.assumed" if assumed else f"warning.{warning.code}"
        facts = self.valuer.contents.facts.by_name.get(warning.field)
        if key not in self.language.texts or facts is None:
            return f"{retold(warning.message, self.language)}."
        label, value = self.language.field(facts.name, facts.label), self.listing.get(facts.name)
        low, high = (self.words.value(facts.name, end) for end in (facts.low, facts.high))
        return self.language(key, label=label, value=str(value)[:80], low=low, high=high)
