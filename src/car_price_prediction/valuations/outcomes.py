"""What cars really sold for: told once or often, late or in parts, corrected; kept once each."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, TypeAlias

import orjson
from sqlalchemy import Connection, bindparam, func, insert, select, update

from car_price_prediction.domain.listing import ASKING_PRICE, Listing

from .cars import KEY_BYTES, car_key, whole_key
from .database import Database
from .matching import WITHIN_DAYS, match
from .tables import OUTCOMES, REPLACED, SHADOWS

PIECE = 500
OF_WHICH = ("valuation_id", "car_key", "car")
"""What a row tells of the valuation that it is of."""
State: TypeAlias = Literal["new", "same", "replaced", "superseded"]
"""What came of an outcome; ``superseded``: it was corrected before, and what it says is older than that."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one car sold for; it names a valuation, or describes the car, or both.

    Attributes
    ----------
    price : float
        In the currency of the valuations.
    sold_on : date
    valuation_id : str or None
    car : Listing or None
        In canonical fields and units.
    reference : str or None
        Its teller's own name for the sale: the same name is the same sale.
    teller : str or None
        The API key of who told it, where one was needed: two tellers may use the same references.
    """

    price: float
    sold_on: date
    valuation_id: str | None = None
    car: Listing | None = None
    reference: str | None = None
    teller: str | None = None

    @property
    def key(self) -> str:
        """What tells one sale from another.

        Examples
        --------
        >>> sold = date(2026, 5, 1)
        >>> Outcome(9_000, sold, valuation_id="a").key == Outcome(9_500, date(2026, 5, 2), valuation_id="a").key
        True
        >>> Outcome(9_000, sold, car={"make": "Kia"}).key == Outcome(9_000, sold, car={"make": "BMW"}).key
        False
        """
        if self.reference is not None:
            told = self.reference if self.teller is None else f"{self.teller}\x00{self.reference}"
            return "r:" + hashlib.blake2b(told.encode(), digest_size=KEY_BYTES).hexdigest()
        if self.valuation_id is not None:
            return f"v:{self.valuation_id}"
        return f"c:{whole_key(self.car or {})}:{self.sold_on}"


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of one outcome.

    Attributes
    ----------
    state : str
        See `State`.
    valuation_id : str or None
        The valuation that it is of; None where none is found now, which may come later.
    """

    state: State
    valuation_id: str | None


@dataclass(slots=True)
class _Piece:
    """Outcomes on their way into the database: what is there, and what becomes of it."""

    there: dict[str, dict[str, Any]]
    earlier: dict[str, set[tuple[float, date]]]
    added: dict[str, dict[str, Any]] = field(default_factory=dict)
    changed: dict[str, dict[str, Any]] = field(default_factory=dict)
    replaced: list[dict[str, Any]] = field(default_factory=list)

    def put(self, row: dict[str, Any]) -> None:
        """Note what an outcome says now that is there already."""
        key = row["key"]
        self.there[key] = row
        (self.added if key in self.added else self.changed)[key] = row


class Outcomes:
    """The outcomes of a database.

    Parameters
    ----------
    database : Database
    clock : callable
        Seconds since 1970.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database, self._clock = database, clock

    def take(self, outcomes: Sequence[Outcome], *, again: bool = False) -> list[Taken]:
        """Keep outcomes; whoever tells the same twice, or all of it again, changes nothing.

        Parameters
        ----------
        outcomes : sequence of Outcome
        again : bool
            What was corrected before is told anew: take it, too.

        Returns
        -------
        list of Taken
            One for each, in their order.
        """
        found: list[Taken] = []
        for start in range(0, len(outcomes), PIECE):
            found += self._take_piece(outcomes[start : start + PIECE], again=again)
        return found

    def count(self) -> int:
        """Return how many there are."""
        with self._database.begin() as connection:
            return int(connection.scalar(select(func.count()).select_from(OUTCOMES)) or 0)

    def matched(self, within_days: float = WITHIN_DAYS) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any] | None]]:
        """Yield the row of each outcome with that of the valuation it is of, or None; those that name one first."""
        for named in (True, False):
            column = OUTCOMES.c.valuation_id
            wanted = select(OUTCOMES).where(column.is_not(None) if named else column.is_(None))
            last = ""
            while True:
                following = wanted.where(OUTCOMES.c.key > last).order_by(OUTCOMES.c.key).limit(PIECE)
                with self._database.begin() as connection:
                    rows = [dict(row) for row in connection.execute(following).mappings()]
                    found = match(connection, rows, within_days)
                if not rows:
                    break
                yield from ((row, found.get(row["key"])) for row in rows)
                last = rows[-1]["key"]

    def shadows(self, valuation_ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """Return the challenger's prices of valuations, by their ids; those that it never priced are not there."""
        found: dict[str, Mapping[str, Any]] = {}
        for start in range(0, len(valuation_ids), PIECE):
            wanted = select(SHADOWS).where(SHADOWS.c.valuation_id.in_(valuation_ids[start : start + PIECE]))
            with self._database.begin() as connection:
                found |= {row["valuation_id"]: dict(row) for row in connection.execute(wanted).mappings()}
        return found

    def _take_piece(self, outcomes: Sequence[Outcome], *, again: bool) -> list[Taken]:
        now = self._clock()
        rows = [_row(outcome, now) for outcome in outcomes]
        with self._database.begin() as connection:
            piece = _read(connection, [row["key"] for row in rows])
            states = [_settle(piece, row, again=again) for row in rows]
            _write(connection, piece)
            found = match(connection, [piece.there[key] for key in dict.fromkeys(row["key"] for row in rows)])
        ids = [found[row["key"]]["id"] if row["key"] in found else None for row in rows]
        return [Taken(state, name) for state, name in zip(states, ids, strict=True)]


def _row(outcome: Outcome, now: float) -> dict[str, Any]:
    car = {k: v for k, v in (outcome.car or {}).items() if v is not None and k != ASKING_PRICE}
    return {
        "key": outcome.key,
        "valuation_id": outcome.valuation_id,
        "car_key": car_key(car) if car else None,
        "car": orjson.dumps(car).decode() if car else None,
        "price": float(outcome.price),
        "sold_on": outcome.sold_on,
        "reference": outcome.reference,
        "told_at": now,
    }


def _read(connection: Connection, keys: Sequence[str]) -> _Piece:
    there = connection.execute(select(OUTCOMES).where(OUTCOMES.c.key.in_(keys))).mappings()
    earlier: dict[str, set[tuple[float, date]]] = {}
    for row in connection.execute(select(REPLACED).where(REPLACED.c.key.in_(keys))).mappings():
        earlier.setdefault(row["key"], set()).add((row["price"], row["sold_on"]))
    return _Piece({row["key"]: {str(name): value for name, value in row.items()} for row in there}, earlier)


def _settle(piece: _Piece, row: dict[str, Any], *, again: bool) -> State:
    """Decide what becomes of an outcome, and note it."""
    key, said = row["key"], (row["price"], row["sold_on"])
    before = piece.there.get(key)
    if before is None:
        piece.there[key] = piece.added[key] = row
        return "new"
    # What was told before of whose sale it is, and is not told now, stays.
    named = {name: row[name] for name in OF_WHICH if row[name] is not None and row[name] != before[name]}
    row = row | {name: before[name] for name in OF_WHICH if row[name] is None}
    if said == (before["price"], before["sold_on"]):
        if named:
            piece.put(before | named)
        return "same"
    earlier = piece.earlier.setdefault(key, set())
    if said in earlier and not again:
        return "superseded"
    earlier.add((before["price"], before["sold_on"]))
    old = {name: before[name] for name in ("key", "price", "sold_on", "told_at")}
    piece.replaced.append(old | {"replaced_at": row["told_at"]})
    piece.put(row)
    return "replaced"


def _write(connection: Connection, piece: _Piece) -> None:
    if piece.added:
        connection.execute(insert(OUTCOMES), list(piece.added.values()))
    if piece.changed:
        changes = [{"which": key, **{n: v for n, v in row.items() if n != "key"}} for key, row in piece.changed.items()]
        connection.execute(update(OUTCOMES).where(OUTCOMES.c.key == bindparam("which")), changes)
    if piece.replaced:
        connection.execute(insert(REPLACED), piece.replaced)
