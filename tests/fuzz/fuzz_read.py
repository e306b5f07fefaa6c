"""Reads damaged files: each must give a table or an error for people, soon, and in little memory.

``python tests/fuzz/fuzz_read.py 10000 [SEED]`` tells the figures and exits 1 where a file did anything else; the file
is left in the temporary folder then. The ordinary test run tries a few hundred.
"""

from __future__ import annotations

import collections
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.listings.read import read_listings

FOLDER = Path(__file__).parents[1] / "data" / "files" / "read"
EXPECTED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
LONGEST_S = 10.0
MOST_MEMORY_MB = 1_000
LARGEST = 1 << 20
NASTY = (
    b'"',
    b"\n",
    b"\r",
    b",",
    b";",
    b"\x00",
    b"\xff",
    b"\xef\xbb\xbf",
    b"[",
    b"{",
    b"\\",
    b"\x1f\x8b",
    b"PK\x03\x04",
    b"'",
)


@dataclass
class Figures:
    """What came of the files."""

    read: int = 0
    refused: collections.Counter[str] = field(default_factory=collections.Counter)
    slowest: tuple[float, str] = (0.0, "")
    failures: list[str] = field(default_factory=list)


def mutants(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield damaged files: bytes flipped, cut, put in, repeated, files joined."""
    originals = [(path.name, path.read_bytes()) for path in sorted(FOLDER.iterdir()) if path.name in EXPECTED]
    rng = random.Random(seed)
    for number in range(count):
        name, data = originals[number % len(originals)]
        for _ in range(rng.choice((1, 1, 1, 2, 5))):
            data = _damaged(data, rng, originals)[:LARGEST]
        yield name, data


def _damaged(data: bytes, rng: random.Random, originals: list[tuple[str, bytes]]) -> bytes:
    a, b = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    kind = rng.choice(("flip", "flip", "cut", "drop", "put", "repeat", "join", "swap"))
    if kind == "flip":
        changed = bytearray(data)
        for _ in range(rng.choice((1, 3, 20))):
            if changed:
                changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
        return bytes(changed)
    if kind == "cut":
        return data[:b]
    if kind == "drop":
        return data[:a] + data[b:]
    if kind == "put":
        return data[:a] + rng.choice(NASTY) * rng.choice((1, 2, 50)) + data[a:]
    if kind == "repeat":
        return data[:b] + data[a:b] * rng.choice((1, 3, 300)) + data[b:]
    other = rng.choice(originals)[1]
    return data + other if kind == "join" else data[:a] + other[a:]


def run(count: int, seed: int, folder: Path, *, keep: bool = False) -> Figures:
    """Read so many damaged files and return what came of them."""
    figures = Figures()
    for number, (name, data) in enumerate(mutants(count, seed)):
        path = folder / f"{number}-{name}"
        path.write_bytes(data)
        # The processor's seconds: a busy machine is no fault of the reader.
        begun = time.process_time()
        outcome = _read(path, figures)
        took = time.process_time() - begun
        figures.slowest = max(figures.slowest, (took, path.name))
        if took > LONGEST_S:
            outcome = f"took {took:.1f} s"
        if outcome:
            figures.failures.append(f"{path.name}: {outcome}")
        if not (outcome and keep):
            path.unlink()
    return figures


def _read(path: Path, figures: Figures) -> str:
    try:
        read_listings([str(path)])
    except ListingsError as error:
        figures.refused[error.message.partition("-")[2].partition(" ")[2][:40]] += 1
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return f"{type(error).__name__}: {error}"[:300]
    else:
        figures.read += 1
    return ""


def memory_mb() -> int:
    """Return the most memory that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> int:
    """Run from the command line."""
    count, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    folder = Path(tempfile.mkdtemp(prefix="fuzz-read-"))
    begun = time.perf_counter()
    figures = run(count, seed, folder, keep=True)
    took, refused = time.perf_counter() - begun, figures.refused.total()
    sys.stdout.write(
        f"{count} files in {took:.0f} s: {figures.read} read, {refused} refused, {len(figures.failures)} failures; "
        f"slowest {figures.slowest[0]:.2f} s ({figures.slowest[1]}), memory {memory_mb()} MB\n"
    )
    for failure in figures.failures:
        sys.stdout.write(f"{failure}\n")
    return 1 if figures.failures or memory_mb() > MOST_MEMORY_MB else 0


if __name__ == "__main__":
    sys.exit(main())
