import polars as pl

from car_price_prediction.training.features import feature_fields, fit_encoder


def test_free_text_constants_row_numbers_and_the_price_are_no_features() -> None:
    listings = pl.DataFrame(
        {
            "make": ["a", "a", "b", "b"],
            "advert": ["one", "two", "three", "four"],
            "seats": [5.0, 5.0, 5.0, 5.0],
            "leather": ["yes", None, None, None],
            "price": [1.0, 2.0, 3.0, 4.0],
            "_row": [1, 2, 3, 4],
        }
    )
    assert feature_fields(listings) == ["make", "leather"]


def test_codes_do_not_depend_on_the_order_of_the_listings() -> None:
    listings = pl.DataFrame({"make": ["b", "a", "c", "a", "b", "a", "d"]})
    forth, back = fit_encoder(listings, ["make"]), fit_encoder(listings.reverse(), ["make"])
    assert forth == back
    assert forth.features[0].codes == {"a": 0, "b": 1}


def test_a_word_seen_once_has_no_code() -> None:
    encoder = fit_encoder(pl.DataFrame({"make": ["a", "a", "rare"]}), ["make"])
    assert "rare" not in encoder.features[0].codes


def test_what_every_car_tells_is_kept_even_where_all_listings_agree() -> None:
    listings = pl.DataFrame({"make": ["a"] * 4, "year": [2015.0] * 4, "seats": [5.0] * 4, "trim": ["x"] * 4})
    assert feature_fields(listings) == ["make", "year"]


def test_a_needed_field_that_no_listing_tells_is_no_feature() -> None:
    listings = pl.DataFrame({"make": ["a", "b"], "mileage_km": pl.Series([None, None], dtype=pl.Float64)})
    assert feature_fields(listings) == ["make"]
