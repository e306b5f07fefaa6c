"""One run of a retraining, step by step; what it came to is in its report."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from car_price_prediction.domain.errors import NoModelError, PackageError
from car_price_prediction.listings.wording import rows
from car_price_prediction.package.store import ModelStore, Package
from car_price_prediction.registry.promotion import LifeCycle
from car_price_prediction.training.compare import Stages
from car_price_prediction.training.job import Outcome, TrainingJob

from .limits import Drifted, drifted
from .newness import sort_files
from .report import CheckLine, DriftLine, Report
from .standing import Standing, standing_of
from .state import Learnt, State, StateFile, UnderWay
from .usable import usable_of
from .wanted import Wanted
from .watch import Watch, Watched

NAMED = 3
"""So many files are named in the history."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a run works with."""

    state: StateFile
    store: ModelStore
    life: LifeCycle
    job: TrainingJob
    stages: Stages


class Run:
    """One run.

    Parameters
    ----------
    begun : Report
        Of a run that has just begun.
    wanted : Wanted
    parts : Parts
    """

    def __init__(self, begun: Report, wanted: Wanted, parts: Parts) -> None:
        self._report, self._wanted, self._parts = begun, wanted, parts

    def ended(self, problem: str, seconds: float) -> Report:
        """Return the report.

        Parameters
        ----------
        problem : str
            What the run ended with; ``""`` where it ended well.
        seconds : float
            That it took.
        """
        if problem:
            self._tell(problem=problem, state="failed")
            self._forget_under_way()
        return self._report.but(seconds=seconds)

    def go(self, watch: Watch) -> None:
        """Retrain.

        Raises
        ------
        CarPriceError
            Where that cannot be.
        """
        state = self._parts.state.read()
        if state.under_way is not None and self._finished(state, state.under_way):
            return
        self._parts.stages.stage("looking for new files")
        seen = watch.look()
        files, newest = sort_files(seen, self._learnt(state)), self._wanted.newest
        self._tell(*(("problem", text) for text in seen.problems), files=files.lines(newest, {}), state="nothing_new")
        if not files.new:
            return
        champion = self._champion()
        found = usable_of(
            files.new, self._wanted.options, champion.manifest if champion else None, self._parts.stages.update
        )
        self._tell(files=files.lines(newest, found.unusable))
        if found.unusable:
            self._tell(problem=f"{rows(len(found.unusable), 'file')} cannot be used; move them away, or mend them")
        if not found.files:
            return
        artifacts, limits = self._parts.store.artifacts, self._wanted.limits
        if self._may_learn(drifted(champion, artifacts, found.listings, limits)):
            self._train(state, (*files.kept(newest), *found.files))

    def _may_learn(self, compared: Drifted) -> bool:
        limits, wanted = self._wanted.limits, self._wanted
        lines = [
            DriftLine(field=one.name, excess=one.excess, limit=limits.of(one.name), sentence=one.sentence())
            for one in compared.fields
        ]
        over = tuple(one.name for one in compared.over)
        self._tell(drift=tuple(lines), over=over)
        if compared.note:
            self._tell(note=compared.note)
        if over and not wanted.allow:
            hint = 'move the files away, or learn from them all the same: --allow-drift --why "…"'
            self._tell(problem=f"drifted past the limit: {', '.join(over)}; {hint}", state="refused")
            return False
        if over:
            self._tell(note=f"learnt from although {', '.join(over)} drifted past the limit: {wanted.allow}")
        if self._report.dry_run:
            self._tell(state="would_train")
        return not self._report.dry_run

    def _train(self, state: State, files: Sequence[Watched]) -> None:
        files = sorted(files, key=lambda file: (file.name, file.sha256))
        begun = UnderWay(at=self._report.at, files=tuple(file.sha256 for file in files))
        self._parts.state.write(state.model_copy(update={"under_way": begun}))
        outcome = self._parts.job.run([str(file.path) for file in files], self._wanted.options, self._wanted.choices)
        self._note_learnt(outcome)
        why = f"retrained on {_named(files)}" + (f"; {self._wanted.allow}" if self._wanted.allow else "")
        standing = standing_of(self._parts.life, outcome, promote=self._wanted.promote, why=why)
        version, metrics = outcome.manifest.version, outcome.manifest.metrics
        untracked = [("note", outcome.untracked)] if outcome.untracked else []
        self._tell(*(("note", text) for text in outcome.notes), *untracked, version=version, metrics=metrics)
        self._stands(version, standing)

    def _stands(self, version: str, standing: Standing) -> None:
        checks = standing.checks or ()
        failed = [check.id for check in checks if not check.passed]
        self._tell(
            *((("note", standing.alias),) if standing.alias else ()),
            checks=tuple(CheckLine(**check.as_dict()) for check in checks),
            state="promoted" if standing.answers else "challenger",
        )
        if failed and not standing.answers:
            hint = 'look at its card, and override: `car-price models promote --force --why "…"`'
            self._tell(problem=f"the gate does not let {version} through: {', '.join(failed)}; {hint}")
        self._forget_under_way()

    def _finished(self, state: State, before: UnderWay) -> bool:
        """Ask the gate about what an interrupted run had published; return whether it had."""
        challenger, when = self._parts.life.challenger(), f"{before.at:%Y-%m-%d %H:%M:%S} UTC"
        if challenger is not None:
            manifest = self._parts.store.manifest(challenger)
            sources = {source.sha256 for source in manifest.data.sources}
            if manifest.created_at >= before.at and set(before.files) <= sources:
                self._tell(note=f"the retraining of {when} was interrupted once it had trained: it is ended now")
                self._tell(version=challenger, metrics=manifest.metrics, state="would_train")
                if not self._report.dry_run:
                    self._note_learnt_in(state, challenger)
                    self._ask_gate(challenger)
                return True
        self._tell(note=f"the retraining of {when} was interrupted: what it had not learnt is new again")
        self._forget_under_way()
        return False

    def _ask_gate(self, version: str) -> None:
        if not self._wanted.promote:
            self._stands(version, Standing(answers=False, alias=""))
            return
        move = self._parts.life.promote(version, why="retrained; interrupted before the gate was asked")
        self._stands(version, Standing(move.moved, move.alias, move.checks))

    def _champion(self) -> Package | None:
        store = self._parts.store
        try:
            return store.load(store.current_version())
        except NoModelError:
            return None
        except PackageError as error:
            self._tell(note=f"the champion cannot be used: {error.message}")
            return None

    def _learnt(self, state: State) -> set[str]:
        """Return the files that any version learnt from: those that are remembered, and those of what is there."""
        learnt = set(state.files)
        for version in self._parts.store.versions():
            with suppress(PackageError):
                learnt |= {source.sha256 for source in self._parts.store.manifest(version).data.sources}
        return learnt

    def _note_learnt(self, outcome: Outcome) -> None:
        self._note_learnt_in(self._parts.state.read(), outcome.manifest.version)

    def _note_learnt_in(self, state: State, version: str) -> None:
        # By what the version says: a file that changed between the look and the training is still new.
        manifest, now = self._parts.store.manifest(version), datetime.now(UTC)
        more = {s.sha256: Learnt(name=s.name, at=now, version=version) for s in manifest.data.sources}
        self._parts.state.write(state.model_copy(update={"files": state.files | more}))

    def _forget_under_way(self) -> None:
        if not self._report.dry_run:
            state = self._parts.state.read()
            if state.under_way is not None:
                self._parts.state.write(state.model_copy(update={"under_way": None}))

    def _tell(self, *more: tuple[str, str], problem: str = "", note: str = "", **changes: object) -> None:
        """Add to the report."""
        told = [*more, *([("problem", problem)] if problem else []), *([("note", note)] if note else [])]
        for name in ("problem", "note"):
            texts = tuple(text for kind, text in told if kind == name)
            changes[f"{name}s"] = (*getattr(self._report, f"{name}s"), *texts)
        self._report = self._report.but(**changes)


def _named(files: Sequence[Watched]) -> str:
    more = f" and {len(files) - NAMED} more" if len(files) > NAMED else ""
    return ", ".join(file.name for file in files[:NAMED]) + more
