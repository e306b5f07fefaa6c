"""Counters, gauges and histograms of one process, in files of prometheus_client's format, which outlive it.

The library's own cost a price request too much (decision 0050): these look nothing up, and write at once.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Literal, TypeAlias

from prometheus_client.mmap_dict import MmapedDict, mmap_key
from prometheus_client.utils import floatToGoString

Add: TypeAlias = Callable[[float], None]
Labels: TypeAlias = Mapping[str, str]
Over: TypeAlias = Literal["livesum", "livemin"]
"""How a gauge's values of all processes that live become one."""
NO_LABELS: Labels = {}
FILE_BYTES = 1 << 18
"""Of a new file, all taken at once: where there is no room, that is known then, and not when a value is written."""


class Numbers:
    """Makes them.

    Parameters
    ----------
    folder : Path
        That all processes share.

    Examples
    --------
    >>> import tempfile
    >>> from prometheus_client.multiprocess import MultiProcessCollector
    >>> folder = tempfile.TemporaryDirectory()
    >>> numbers = Numbers(Path(folder.name))
    >>> add = numbers.counter("cars", "Cars.", {"make": "Kia"})
    >>> add(2), add(1)
    (None, None)
    >>> [metric.samples[0].value for metric in MultiProcessCollector(None, folder.name).collect()]
    [3.0]
    >>> numbers.close()
    >>> folder.cleanup()
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._lock = folder, Lock()
        self._files: dict[str, MmapedDict] = {}

    def close(self) -> None:
        """Let go of the files; nothing may be counted from then on."""
        with self._lock:
            for file in self._files.values():
                file.close()

    def counter(self, name: str, text: str, labels: Labels = NO_LABELS) -> Add:
        """Return what adds to a counter; what is asked for twice is to be kept, for both would count from zero."""
        return self._adding("counter", _key(name, f"{name}_total", text, labels))

    def gauge(self, name: str, text: str, over: Over = "livesum") -> Add:
        """Return what sets a gauge."""
        key = _key(name, name, text, NO_LABELS)
        file = self._file(f"gauge_{over}")

        def put(value: float) -> None:
            with self._lock:
                file.write_value(key, value, 0.0)

        put(0)
        return put

    def histogram(self, name: str, text: str, bounds: Sequence[float], labels: Labels = NO_LABELS) -> Add:
        """Return what observes a value."""
        add = self._adding("histogram", _key(name, f"{name}_sum", text, labels))
        ends = [floatToGoString(bound) for bound in (*bounds, float("inf"))]
        keys = [_key(name, f"{name}_bucket", text, {**labels, "le": end}) for end in ends]
        buckets = [self._adding("histogram", key) for key in keys]

        def observe(value: float) -> None:
            add(value)
            buckets[bisect_left(bounds, value)](1)

        return observe

    def _adding(self, kind: str, key: str) -> Add:
        lock, file = self._lock, self._file(kind)
        with lock:
            (value, _) = file.read_value(key)
        write: Callable[[str, float, float], None] = file.write_value

        def add(amount: float) -> None:
            nonlocal value
            with lock:
                value += amount
                write(key, value, 0.0)

        return add

    def _file(self, kind: str) -> MmapedDict:
        with self._lock:
            if kind not in self._files:
                path = self._folder / f"{kind}_{os.getpid()}.db"
                if not path.exists():  # else it is of a process that ended: what it counted goes on
                    new = path.with_suffix(".new")
                    new.write_bytes(bytes(FILE_BYTES))
                    new.replace(path)
                self._files[kind] = MmapedDict(str(path))
            return self._files[kind]


class Counters(dict[tuple[str, ...], Add]):
    """A counter of several labels: what adds to it, by their values."""

    def __init__(self, numbers: Numbers, name: str, text: str, *labels: str) -> None:
        super().__init__()
        self._numbers, self._name, self._text, self._labels = numbers, name, text, labels

    def __missing__(self, values: tuple[str, ...]) -> Add:
        labels = dict(zip(self._labels, values, strict=True))
        # Two threads may both come here; what one has made is not replaced.
        return self.setdefault(values, self._numbers.counter(self._name, self._text, labels))


def _key(metric: str, name: str, text: str, labels: Labels) -> str:
    return mmap_key(metric, name, list(labels), list(labels.values()), text)
