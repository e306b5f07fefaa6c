"""Fetching, from real servers on this machine."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.listings import fetch as module
from car_price_prediction.listings.fetch import fetch
from car_price_prediction.listings.read import read_listings

DATA = b"make,price\n" + b"Audi,12500\n" * 100_000
SHA256 = hashlib.sha256(DATA).hexdigest()


@dataclass
class Site:
    """What the server does, and what it was asked."""

    address: str = ""
    data: bytes = DATA
    etag: str = '"one"'
    break_after: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    asked: list[tuple[str | None, str | None]] = field(default_factory=list)


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(module, "PAUSE_S", 0.0)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    found = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted, known = self.headers["Range"], self.headers["If-None-Match"]
            found.asked.append((wanted, known))
            if found.statuses:
                self.send_response(found.statuses.pop(0))
                self.end_headers()
            elif known and known == found.etag:
                self.send_response(304)
                self.end_headers()
            else:
                self._send(wanted if self.headers["If-Range"] == found.etag else None)

        def _send(self, wanted: str | None) -> None:
            start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted else 0
            self.send_response(206 if wanted else 200)
            if wanted:
                self.send_header("Content-Range", f"bytes {start}-{len(found.data) - 1}/{len(found.data)}")
            self.send_header("Content-Length", str(len(found.data) - start))
            self.send_header("ETag", found.etag)
            self.end_headers()
            end = start + found.break_after.pop(0) if found.break_after else len(found.data)
            self.wfile.write(found.data[start:end])
            self.close_connection = True

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    found.address = f"http://127.0.0.1:{server.server_port}/data/cars.csv"
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_file_is_fetched_and_progress_is_told(site: Site, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    path = fetch(site.address, tmp_path, lambda *what: told.append(what))
    assert path.read_bytes() == DATA
    assert path.name.endswith("-cars.csv")
    assert told[-1] == ("fetching cars.csv", len(DATA), len(DATA))


def test_a_download_that_breaks_off_is_taken_up_where_it_stopped(site: Site, tmp_path: Path) -> None:
    site.break_after = [300_000, 200_000]
    assert fetch(site.address, tmp_path).read_bytes() == DATA
    assert site.asked == [(None, None), ("bytes=300000-", None), ("bytes=500000-", None)]


def test_a_later_run_takes_up_what_an_earlier_one_left(site: Site, tmp_path: Path) -> None:
    site.break_after = [1000] * module.TRIES
    with pytest.raises(ListingsError, match="the connection broke off"):
        fetch(site.address, tmp_path)
    site.asked.clear()
    assert fetch(site.address, tmp_path).read_bytes() == DATA
    assert site.asked == [(f"bytes={1000 * module.TRIES}-", None)]


def test_pieces_of_two_versions_are_never_joined(site: Site, tmp_path: Path) -> None:
    site.break_after = [1000] * module.TRIES
    with pytest.raises(ListingsError):
        fetch(site.address, tmp_path)
    site.data, site.etag = DATA.replace(b"Audi", b"Opel"), '"two"'
    assert fetch(site.address, tmp_path).read_bytes() == site.data


def test_a_file_that_has_not_changed_is_not_fetched_again(site: Site, tmp_path: Path) -> None:
    fetch(site.address, tmp_path)
    site.asked.clear()
    assert fetch(site.address, tmp_path).read_bytes() == DATA
    assert site.asked == [(None, '"one"')]


def test_with_the_right_checksum_nobody_is_asked_again(site: Site, tmp_path: Path) -> None:
    fetch(f"{site.address}#sha256={SHA256}", tmp_path)
    site.asked.clear()
    assert fetch(f"{site.address}#sha256={SHA256.upper()}", tmp_path).read_bytes() == DATA
    assert site.asked == []


def test_a_file_of_another_checksum_is_refused_and_not_kept(site: Site, tmp_path: Path) -> None:
    with pytest.raises(ListingsError, match="is not the file that was asked for: its sha256 is") as caught:
        fetch(f"{site.address}#sha256={'0' * 64}", tmp_path)
    assert SHA256 in caught.value.message
    assert not list(tmp_path.glob("*.csv"))


def test_a_checksum_that_is_none_is_refused_before_anything_is_asked(site: Site, tmp_path: Path) -> None:
    with pytest.raises(ListingsError, match="a sha256 has 64 digits"):
        fetch(f"{site.address}#sha256=abc", tmp_path)
    assert site.asked == []


def test_a_busy_server_is_asked_again(site: Site, tmp_path: Path) -> None:
    site.statuses = [503, 429]
    assert fetch(site.address, tmp_path).read_bytes() == DATA


def test_a_file_that_is_not_there_is_said_at_once_without_the_key_in_its_address(site: Site, tmp_path: Path) -> None:
    site.statuses = [404]
    with pytest.raises(ListingsError, match="404") as caught:
        fetch(f"{site.address}?key=secret", tmp_path)
    assert "secret" not in caught.value.message
    assert len(site.asked) == 1


def test_a_server_that_is_not_there_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE_S", 0.0)
    with pytest.raises(ListingsError, match=r"cannot be fetched: .*refused"):
        fetch("http://127.0.0.1:9/cars.csv", tmp_path)


def test_listings_are_read_from_an_address(site: Site) -> None:
    table = read_listings([f"{site.address}#sha256={SHA256}"])
    assert table.frame.height == 100_000
    assert table.frame["_source"][0] == "cars.csv"
    assert table.sources[0].sha256 == SHA256
