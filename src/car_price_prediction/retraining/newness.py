"""Which watched files are new, and which are trained on beside them."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from .report import FileLine
from .watch import Seen, Watched


@dataclass(frozen=True, slots=True)
class Sorted:
    """The files of a look.

    Attributes
    ----------
    new, before : tuple of Watched
        Never learnt from, and learnt from already.
    growing : tuple of str
    """

    new: tuple[Watched, ...]
    before: tuple[Watched, ...]
    growing: tuple[str, ...]

    def kept(self, newest: int) -> tuple[Watched, ...]:
        """Return those of the files learnt from already that are learnt from again.

        Parameters
        ----------
        newest : int
            So many files in all, the last written; 0 is all. What is new comes first.
        """
        if not newest:
            return self.before
        by_age = sorted(self.before, key=lambda file: file.written, reverse=True)
        kept = by_age[: max(0, newest - len(self.new))]
        return tuple(file for file in self.before if file in kept)

    def lines(self, newest: int, unusable: dict[str, str]) -> tuple[FileLine, ...]:
        """Return what is to be told of each file.

        Parameters
        ----------
        newest : int
        unusable : dict of str to str
            sha256 -> why a new file cannot be used.
        """
        kept = self.kept(newest)
        return (
            *(
                FileLine(
                    name=file.name,
                    verdict="unusable" if file.sha256 in unusable else "new",
                    detail=unusable.get(file.sha256, ""),
                    bytes=file.bytes,
                    sha256=file.sha256,
                )
                for file in self.new
            ),
            *(
                FileLine(
                    name=file.name,
                    verdict="trained" if file in kept else "left",
                    bytes=file.bytes,
                    sha256=file.sha256,
                )
                for file in self.before
            ),
            *(FileLine(name=name, verdict="growing") for name in self.growing),
        )


def sort_files(seen: Seen, learnt: Container[str]) -> Sorted:
    """Tell new files from those that were learnt from, by what is in them."""
    new = tuple(file for file in seen.files if file.sha256 not in learnt)
    return Sorted(new, tuple(file for file in seen.files if file not in new), seen.growing)
