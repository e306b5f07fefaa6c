"""The pages on listings and profiles cannot drift from the program."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from car_price_prediction.domain.listing import FIELDS
from car_price_prediction.listings.profile import Profile
from car_price_prediction.listings.reasons import REASONS

DOCS = Path(__file__).parents[3] / "docs"


def test_every_reason_stands_in_the_table_with_its_sentence():
    text = (DOCS / "listings.md").read_text(encoding="utf-8")
    table = text[text.index("<!-- reasons") : text.index("<!-- end of reasons")]
    rows = re.findall(r"^\| `(\w+)`( \*)? \| (.+) \|$", table, re.MULTILINE)
    assert rows == [(reason.code, "" if reason.keepable else " *", reason.sentence) for reason in REASONS]


def test_every_field_is_named():
    text = (DOCS / "listings.md").read_text(encoding="utf-8")
    assert [field.name for field in FIELDS if f"`{field.name}`" not in text] == []


def test_the_profile_that_is_shown_can_be_used():
    text = (DOCS / "profiles.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert Profile.model_validate(tomllib.loads(shown)).currency == "PLN"
