import math
from itertools import permutations
from random import Random

import pytest

from car_price_prediction.pricing.shapley import shapley_values


def random_game(players: int, seed: int) -> list[float]:
    random = Random(seed)
    return [random.uniform(-1, 1) for _ in range(2**players)]


def by_definition(players: int, worth: list[float]) -> list[float]:
    shares = [0.0] * players
    for order in permutations(range(players)):
        coalition = 0
        for player in order:
            shares[player] += worth[coalition | 1 << player] - worth[coalition]
            coalition |= 1 << player
    return [share / math.factorial(players) for share in shares]


def asked_of(worth: list[float], counts: list[int]):
    def value(coalitions):
        counts.append(len(coalitions))
        return [worth[c] for c in coalitions]

    return value


@pytest.mark.parametrize("players", [1, 2, 3, 4, 5, 6, 7])
def test_with_every_coalition_the_values_are_exact(players: int) -> None:
    worth = random_game(players, players)
    found = shapley_values(players, asked_of(worth, []), coalitions=2**players)
    assert found == pytest.approx(by_definition(players, worth))


@pytest.mark.parametrize("coalitions", [0, 30, 60])
@pytest.mark.parametrize("players", [5, 8])
def test_sampled_values_add_up_and_are_the_same_again(players: int, coalitions: int) -> None:
    worth, counts = random_game(players, 3), []
    found = shapley_values(players, asked_of(worth, counts), coalitions=coalitions)
    assert sum(found) == pytest.approx(worth[-1] - worth[0])
    assert found == shapley_values(players, asked_of(worth, counts), coalitions=coalitions)
    assert counts[0] <= max(coalitions, 2 + 2 * players)


def test_players_that_do_not_interact_get_what_they_bring_from_few_samples() -> None:
    brings = [5.0, -3.0, 0.0, 2.5, 1.0, -1.0, 4.0, 0.5]
    worth = [sum(b for i, b in enumerate(brings) if c >> i & 1) for c in range(2**8)]
    assert shapley_values(8, asked_of(worth, []), coalitions=24) == pytest.approx(brings)


def test_nobody_gets_nothing() -> None:
    assert shapley_values(0, lambda _: [], coalitions=10) == []
