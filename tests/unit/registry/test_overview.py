from __future__ import annotations

from car_price_prediction.package.store import ModelStore, Package
from car_price_prediction.registry.overview import overview
from support.versions import copy_version


def test_versions_are_listed_newest_first_with_their_roles(store: ModelStore, package: Package) -> None:
    made = [copy_version(store, package, number) for number in range(1, 6)]
    for version in (made[0], made[1], made[2]):
        store.set_current(version, why="a test")
    (store.models / made[3] / "manifest.json").write_text("{}")
    rows = overview(store, made[4])
    assert [(row.version, row.role) for row in rows] == [
        (made[4], "challenger"),
        (made[3], ""),
        (made[2], "champion"),
        (made[1], "previous"),
        (made[0], ""),
    ]
    assert "of format None" in rows[1].problem
    assert (rows[0].listings, rows[0].currency) == (package.manifest.data.rows_used, "EUR")


def test_an_empty_store_lists_nothing(store: ModelStore) -> None:
    assert overview(store, None) == []
