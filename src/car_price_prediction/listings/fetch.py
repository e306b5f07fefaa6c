"""Fetches a file over HTTP: takes an interrupted download up again, and checks what came against a checksum."""

from __future__ import annotations

import hashlib
import http.client
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from car_price_prediction.domain.errors import ListingsError

BLOCK = 1 << 18
TIMEOUT_S = 30.0
TRIES = 4
PAUSE_S = 0.5
MAX_BYTES = 16 << 30

Progress = Callable[[str, int, int], None]


def is_address(path: str) -> bool:
    """Tell whether a path is an address to fetch.

    Examples
    --------
    >>> is_address("https://example.org/cars.csv"), is_address("cars.csv")
    (True, False)
    """
    return path.lower().startswith(("http://", "https://"))


@dataclass(frozen=True, slots=True)
class Download:
    """An address, where its file goes, and the sha256 that it must have (or "")."""

    address: str
    file: Path
    sha256: str

    @property
    def part(self) -> Path:
        """What has come so far."""
        return self.file.with_name(self.file.name + ".part")

    @property
    def facts(self) -> Path:
        """What the server said of the file: needed to take the download up again."""
        return self.file.with_name(self.file.name + ".json")

    @property
    def shown(self) -> str:
        """The address for messages: without its query, which may hold a key."""
        return self.address.split("?", 1)[0]


def fetch(address: str, folder: Path, progress: Progress | None = None) -> Path:
    """Fetch a file into a folder and return where it is.

    A file that the folder already holds is used again where its checksum is given and right, or where the server
    says that it has not changed. Proxies are those of the system.

    Parameters
    ----------
    address : str
        ``http(s)://…``; ``#sha256=…`` at its end is checked.
    folder : pathlib.Path
        Also holds what an interrupted download left, to go on from.
    progress : callable, optional
        Called with what is done, bytes done and bytes in all (0 where unknown).

    Raises
    ------
    ListingsError
        Where the address does not answer, or with something else than the checksum says.
    """
    download = _plan(address, folder)
    if download.sha256 and download.file.exists() and _sha256(download.file) == download.sha256:
        return download.file
    for tries_left in reversed(range(TRIES)):
        try:
            if _transfer(download, progress):
                return _checked(download)
            reason = "the connection broke off"
        except urllib.error.HTTPError as error:
            reason = f"{error.code} {error.reason}"
            if error.code < 500 and error.code not in {408, 416, 429}:
                break
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = str(getattr(error, "reason", "") or error)
        if tries_left:
            time.sleep(PAUSE_S * 2 ** (TRIES - 1 - tries_left))
    raise ListingsError(f"{download.shown} cannot be fetched: {reason}", hint="check the address and the connection")


def _plan(address: str, folder: Path) -> Download:
    address, _, fragment = address.partition("#")
    wanted = re.fullmatch(r"sha256=([0-9a-fA-F]{64})", fragment)
    if fragment.startswith("sha256") and not wanted:
        raise ListingsError(f"{fragment}: a sha256 has 64 digits", hint="write …/cars.csv#sha256=<64 digits>")
    name = Path(urllib.parse.unquote(urllib.parse.urlsplit(address).path)).name
    safe = re.sub(r"[^\w.() -]", "_", name)[-100:] or "listings"
    key = hashlib.sha256(address.encode()).hexdigest()[:12]
    return Download(address, folder / f"{key}-{safe}", wanted[1].lower() if wanted else "")


def _transfer(download: Download, progress: Progress | None) -> bool:
    """Ask for the file, or for what is missing of it; return whether it is whole now."""
    facts = _facts_of(download)
    request = urllib.request.Request(download.address, headers=_headers(download, facts))  # noqa: S310
    try:
        answer = urllib.request.build_opener().open(request, timeout=TIMEOUT_S)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == http.HTTPStatus.NOT_MODIFIED and download.file.exists():
            return True
        if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            download.part.unlink(missing_ok=True)
        raise
    with answer:
        start, total = _span(answer.headers, download, resumed=answer.status == http.HTTPStatus.PARTIAL_CONTENT)
        if not start:
            _note_facts(download, answer.headers)
        with download.part.open("ab" if start else "wb") as file:
            done = _copy(answer, file, download, start, total, progress)
    if total and done < total:
        return False
    download.part.replace(download.file)
    return True


def _headers(download: Download, facts: Mapping[str, str]) -> dict[str, str]:
    headers = {"User-Agent": "car-price-prediction", "Accept-Encoding": "identity"}
    mark = facts.get("etag") or facts.get("modified")
    if download.part.exists() and mark and download.part.stat().st_size:
        return headers | {"Range": f"bytes={download.part.stat().st_size}-", "If-Range": mark}
    if download.file.exists() and facts.get("etag"):
        return headers | {"If-None-Match": facts["etag"]}
    return headers


def _span(headers: Mapping[str, str], download: Download, *, resumed: bool) -> tuple[int, int]:
    """Return the position that the answer's bytes begin at, and the file's size (0 where unknown)."""
    if not resumed:
        return 0, int(headers.get("Content-Length") or 0)
    found = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", headers.get("Content-Range") or "")
    if not found or int(found[1]) != download.part.stat().st_size:
        download.part.unlink()
        raise OSError("the server sent another piece than was asked for")
    return int(found[1]), int(found[2])


def _copy(
    answer: IO[bytes], file: IO[bytes], download: Download, done: int, total: int, progress: Progress | None
) -> int:
    while block := answer.read(BLOCK):
        file.write(block)
        done += len(block)
        if done > MAX_BYTES:
            raise ListingsError(f"{download.shown} is larger than {MAX_BYTES >> 30} GB")
        if progress:
            progress(f"fetching {download.file.name.split('-', 1)[-1]}", done, total)
    return done


def _checked(download: Download) -> Path:
    if download.sha256:
        found = _sha256(download.file)
        if found != download.sha256:
            download.file.unlink()
            raise ListingsError(
                f"{download.shown} is not the file that was asked for: its sha256 is {found}, not {download.sha256}",
                hint="the file has changed, or somebody changed it; check the source",
            )
    return download.file


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _facts_of(download: Download) -> dict[str, str]:
    try:
        found = json.loads(download.facts.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _note_facts(download: Download, headers: Mapping[str, str]) -> None:
    etag = headers.get("ETag") or ""
    # A weak mark does not promise the same bytes, so nothing can be joined on its word.
    facts = {"etag": "" if etag.startswith("W/") else etag, "modified": headers.get("Last-Modified") or ""}
    download.facts.write_text(json.dumps(facts), encoding="utf-8")
