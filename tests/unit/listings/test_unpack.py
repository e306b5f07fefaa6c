from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.listings import unpack
from car_price_prediction.listings.unpack import open_parts

TEXT = b"make,price\nAudi,12500\n" * 1000
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": unpack.zstd.compress,
}


def parts(path: Path) -> list[tuple[str, bytes]]:
    return [(part.name, b"".join(part.blocks())) for part in open_parts(path, path.name, lambda done: None)]


def zipped(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target.getvalue()


def put(folder: Path, name: str, data: bytes) -> Path:
    (folder / name).write_bytes(data)
    return folder / name


@pytest.mark.parametrize("suffix", PACKERS)
def test_what_is_packed_is_told_from_its_bytes_not_its_name(tmp_path: Path, suffix: str) -> None:
    path = put(tmp_path, "cars.csv", PACKERS[suffix](TEXT))
    assert parts(path) == [("cars.csv", TEXT)]


@pytest.mark.parametrize("suffix", PACKERS)
def test_the_name_of_a_part_goes_without_the_packing(tmp_path: Path, suffix: str) -> None:
    path = put(tmp_path, f"cars.csv{suffix}", PACKERS[suffix](TEXT))
    assert parts(path) == [("cars.csv", TEXT)]


@pytest.mark.parametrize("suffix", PACKERS)
def test_what_is_cut_short_is_refused(tmp_path: Path, suffix: str) -> None:
    path = put(tmp_path, "cars.csv", PACKERS[suffix](TEXT)[:-12])
    with pytest.raises(ListingsError, match=r"cars.csv cannot be read to its end") as caught:
        parts(path)
    assert "cut short" in caught.value.hint


@pytest.mark.parametrize("suffix", PACKERS)
def test_a_small_file_that_grows_without_measure_is_stopped(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpack, "FREE_BYTES", 1 << 20)
    monkeypatch.setattr(unpack, "BLOCK", 1 << 18)
    path = put(tmp_path, "cars.csv", PACKERS[suffix](b"1,2\n" * (1 << 20)))
    with pytest.raises(ListingsError, match="grows beyond 1 MB when it is decompressed"):
        parts(path)


def test_the_members_of_an_archive_share_one_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "FREE_BYTES", 1 << 20)
    bomb = gzip.compress(gzip.compress(b"1,2\n" * (1 << 16)))
    path = put(tmp_path, "cars.zip", zipped({f"{i}.csv.gz": bomb for i in range(10)}))
    with pytest.raises(ListingsError, match=r"cars.zip grows beyond 1 MB"):
        parts(path)


def test_an_archive_that_says_it_is_huge_is_not_even_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "FREE_BYTES", 1 << 20)
    path = put(tmp_path, "cars.zip", zipped({"cars.csv": bytes(4 << 20)}))
    with pytest.raises(ListingsError, match=r"cars.zip grows beyond 1 MB"):
        parts(path)


def test_packed_over_and_over_is_refused(tmp_path: Path) -> None:
    data = TEXT
    for _ in range(6):
        data = gzip.compress(data)
    with pytest.raises(ListingsError, match="packed more than 3 times over"):
        parts(put(tmp_path, "cars.csv", data))


def test_an_archive_gives_its_listings_files_by_their_own_names(tmp_path: Path) -> None:
    members = {"uk/audi.csv": TEXT, "uk/bmw.csv.gz": gzip.compress(TEXT), "README.md": b"x", "__MACOSX/uk/_a.csv": b"x"}
    assert parts(put(tmp_path, "uk.zip", zipped(members))) == [("audi.csv", TEXT), ("bmw.csv", TEXT)]


def test_an_archive_within_a_packed_file_is_opened(tmp_path: Path) -> None:
    path = put(tmp_path, "cars.zip.gz", gzip.compress(zipped({"audi.csv": TEXT})))
    assert parts(path) == [("audi.csv", TEXT)]


def test_a_locked_archive_is_refused(tmp_path: Path) -> None:
    data = bytearray(zipped({"cars.csv": TEXT}))
    data[6] |= 1  # the local header's flag, and the directory's
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(ListingsError, match=r"cannot be opened: .*encrypted"):
        parts(put(tmp_path, "cars.zip", bytes(data)))


def test_progress_is_told_in_bytes_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "BLOCK", 1 << 12)
    path = put(tmp_path, "cars.csv", TEXT)
    told: list[int] = []
    for part in open_parts(path, "cars.csv", told.append):
        list(part.blocks())
    assert told == sorted(told)
    assert told[-1] == len(TEXT)


def tarred(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return target.getvalue()


@pytest.mark.parametrize("pack", [bytes, *PACKERS.values()])
def test_a_tar_archive_gives_its_listings_and_writes_nothing(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    members = {
        "../../audi.csv": TEXT,
        "README.md": b"x" * 100_000,
        "a/bmw.csv.gz": gzip.compress(TEXT),
        "._a.csv": b"x",
    }
    path = put(tmp_path, "cars.tar", pack(tarred(members)))
    assert parts(path) == [("audi.csv", TEXT), ("bmw.csv", TEXT)]
    assert [found.name for found in tmp_path.iterdir()] == ["cars.tar"]


def test_a_tar_archive_that_would_grow_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "FREE_BYTES", 1000)
    path = put(tmp_path, "cars.tgz", gzip.compress(tarred({"notes.bin": bytes(1 << 20), "cars.csv": TEXT})))
    with pytest.raises(ListingsError, match="grows beyond"):
        parts(path)


def test_a_tar_archive_of_other_things_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ListingsError, match="holds no listings files"):
        parts(put(tmp_path, "cars.tar", tarred({"README.md": b"nothing"})))


@pytest.mark.parametrize("kind", [tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE])
def test_a_tar_archive_with_a_huge_header_is_refused_before_it_is_read(tmp_path: Path, kind: bytes) -> None:
    header = tarfile.TarInfo("name")
    header.type, header.size = kind, 64 << 20
    path = put(tmp_path, "cars.tgz", gzip.compress(header.tobuf() + bytes(64 << 20), 1))
    with pytest.raises(ListingsError, match="a header in it is larger than 4 MB"):
        parts(path)
