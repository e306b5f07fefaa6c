from hypothesis import given
from hypothesis import strategies as st

from car_price_prediction.web.scale import scale_of

MONEY = st.floats(1, 1e7)


@given(st.lists(MONEY, min_size=3, max_size=3).map(sorted), st.none() | MONEY)
def test_every_figure_stands_on_the_scale_in_its_order(figures, asking):
    low, price, high = figures
    scale = scale_of(price, low, high, asking)
    places = [scale.low.at, scale.price.at, scale.high.at]
    assert places == sorted(places)
    assert all(0 <= mark.at <= 100 for mark in (scale.low, scale.price, scale.high, scale.asking) if mark)


def test_a_range_of_nothing_is_a_point():
    assert scale_of(100, 100, 100).price.at == 50


def test_an_asking_price_beyond_the_range_makes_room():
    near, far = scale_of(150, 100, 200, 250), scale_of(150, 100, 200, 9_999)
    assert near.asking.at == far.asking.at == 100
    assert far.high.at < near.high.at < 100
