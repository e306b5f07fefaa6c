"""How often drift is seen where nothing moved, and how often small changes are found. A Markdown table.

Looks at the sample market, each at 2,000 cars that neither the reference nor another look of its week holds; seven a
week, at a new reference every ten weeks, for an unlucky one would be held against every week. WEEKS= of each size,
from the seed SEED= on.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from support.drifting import Weeks, market

WEEKS, SEED = int(os.environ.get("WEEKS") or 1_000), int(os.environ.get("SEED") or 1_000)
TRAINED = (1_000, 3_000, 18_000, 60_000)
ROWS, PER_REFERENCE = 200_000, 10


def main() -> None:
    """Simulate, and print the table."""
    cars = market(ROWS)
    print(
        "| training listings | weeks without a change | with an alarm | 10% more mileage found | new make at 5% found |"
    )
    print("|---|---|---|---|---|")
    for trained in TRAINED:
        alarms, driven, new = 0, 0, 0
        references = max(WEEKS // PER_REFERENCE, 1)
        for seed in range(SEED, SEED + references):
            weeks = Weeks(cars, trained, seed)
            alarms += sum(bool(names) for names in weeks.false_alarms(PER_REFERENCE))
            driven += any(field.name.startswith("mileage") for field in weeks.driven_more().drifted)
            new += any(field.name == "make" for field in weeks.with_new_make().drifted)
        found = (f"{count / references:.0%} of {references}" for count in (driven, new))
        print(f"| {trained:,} | {references * PER_REFERENCE:,} | {alarms} | {' | '.join(found)} |", flush=True)


if __name__ == "__main__":
    main()
