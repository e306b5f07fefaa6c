"""The database: opened when it is first needed, made where it is not there, and its schema checked."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from car_price_prediction.domain.errors import SettingsError, ValuationsError

from .tables import META, METADATA, SCHEMA

FILE = "valuations.sqlite"
SCHEMA_NAME = "schema"
TIMEOUT_S, CONNECT_S = 10, 2
REFUSED_S = 5.0
TRIES, PAUSE_S = 20, 0.05
SAID = "the database of valuations"
VARIABLE = "CAR_PRICE_VALUATIONS_URL"
OPTIONS: dict[str, dict[str, Any]] = {
    "sqlite": {"timeout": TIMEOUT_S},
    "postgresql": {"connect_timeout": CONNECT_S, "options": f"-c statement_timeout={TIMEOUT_S * 3_000}"},
}
"""What a driver is told beside the address, so that it gives up some day."""
PRAGMAS = ("synchronous=NORMAL", "secure_delete=ON")
"""What is deleted is overwritten, for it may be about a person."""
WRITING = ("cache_size=-16000", "wal_autocheckpoint=8000")


class Database:
    """A database of valuations.

    Parameters
    ----------
    address : str
        ``sqlite``, for a file in a folder, or a URL as SQLAlchemy takes it.
    folder : Path
        Of that file.
    writes : bool
        Much is written by this one: SQLite's pages stay in memory and in its log for longer, since each row goes to
        several places of the file.

    Raises
    ------
    SettingsError
        Where the address cannot be one, or its driver is not installed.
    """

    def __init__(self, address: str, folder: Path, *, writes: bool = False) -> None:
        self._lock, self._ready = threading.Lock(), False
        self._down_until = 0.0
        pragmas = (*PRAGMAS, *WRITING) if writes else PRAGMAS
        self._engine = _engine(f"sqlite:///{folder.absolute() / FILE}" if address == "sqlite" else address, pragmas)

    @property
    def name(self) -> str:
        """Its address, without a password, for logs and the operator: clients are told nothing of it."""
        return self._engine.url.set(query={}).render_as_string(hide_password=True)

    @contextmanager
    def begin(self, *, always: bool = False) -> Iterator[Connection]:
        """Give a connection with a transaction, which is committed at the end.

        Where it could not be reached, others are refused at once for a while: not every request waits for it.

        Parameters
        ----------
        always : bool
            Try it all the same.

        Raises
        ------
        ValuationsError
            Where the database does not answer, refuses, or has another schema.
        """
        with _told():
            self._prepare(always=always)
            with self._reach(always=always) as connection, connection.begin():
                yield connection

    def close(self) -> None:
        """Close its connections; the next use opens new ones."""
        self._engine.dispose()

    def _reach(self, *, always: bool) -> Connection:
        if not always and time.monotonic() < self._down_until:
            raise ValuationsError(f"{SAID} could not be reached a moment ago", hint="is the database running?")
        try:
            connection = self._engine.connect()
        except DBAPIError:
            self._down_until = time.monotonic() + REFUSED_S
            raise
        self._down_until = 0.0
        return connection

    def _prepare(self, *, always: bool) -> None:
        with self._lock:
            if self._ready:
                return
            _make_private(self._engine.url.database if self._engine.dialect.name == "sqlite" else None)
            self._reach(always=always).close()
            found = self._schema()
            if found != SCHEMA:
                raise ValuationsError(
                    f"{SAID} has the schema {found}; this program reads and writes {SCHEMA}",
                    hint="name another database, or use the program that made this one",
                )
            self._ready = True

    def _schema(self) -> int:
        """Make what is not there, and return the number of the schema that is."""
        # Several processes begin at once, and stand in each other's way: what one has made, another finds there.
        for _ in range(TRIES - 1):
            try:
                return self._made()
            except DBAPIError:
                time.sleep(PAUSE_S)
        return self._made()

    def _made(self) -> int:
        with self._engine.begin() as connection:
            if self._engine.dialect.name == "sqlite":
                # Kept in the file: writers and readers do not wait for each other.
                connection.connection.execute("PRAGMA journal_mode=WAL")
            METADATA.create_all(connection)
            found = connection.scalar(_stored())
            if found is None:
                connection.execute(insert(META).values(name=SCHEMA_NAME, value=SCHEMA))
        return SCHEMA if found is None else int(found)


def _stored() -> Any:
    return select(META.c.value).where(META.c.name == SCHEMA_NAME)


def _engine(address: str, pragmas: Sequence[str]) -> Engine:
    try:
        url = make_url(address)
        if url.drivername in ("postgres", "postgresql"):
            url = url.set(drivername="postgresql+psycopg")
        options = OPTIONS.get(url.get_backend_name(), {})
        engine = create_engine(url, pool_pre_ping=True, connect_args=options)
    except (ArgumentError, NoSuchModuleError, ValueError):  # a port that is no number is a plain ValueError
        raise SettingsError(f"{VARIABLE}: is no address of a database", hint="sqlite, or postgresql://…") from None
    except ImportError as error:
        raise SettingsError(f"{VARIABLE}: its driver is not installed: {error.name}") from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", partial(_prepare_sqlite, pragmas))
    return engine


def _prepare_sqlite(pragmas: Sequence[str], connection: Any, _record: Any) -> None:
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")


def _make_private(path: str | None) -> None:
    """Let nobody else read the file; where it is there already, it is as its owner made it."""
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


@contextmanager
def _told() -> Iterator[None]:
    """Turn what a driver says into an error for people; its text may hold the rows, and is left out."""
    try:
        yield
    except DBAPIError as error:
        reason = type(error.orig).__name__ if error.orig else type(error).__name__
        raise ValuationsError(f"{SAID} cannot be used now ({reason})", hint="is the database running?") from error
    except (SQLAlchemyError, OSError) as error:
        raise ValuationsError(f"{SAID} cannot be used now ({type(error).__name__})") from error
