"""Keeps what is open through crashes and quits: every edit is written down as it is done."""

from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from app.document import Change
from app.notices import Offer
from app.safety.desk import Desk, Order
from app.safety.drafts import Draft, held, refilled, replayed
from app.safety.journal import (
    Did,
    Journal,
    Loose,
    Place,
    Record,
    Redid,
    Stored,
    Trusted,
    Undid,
    records_of,
)
from app.studio import Studio
from app.workbench import Workbench

MOST_TRIES = 2
WHILE = 5000
"""Milliseconds after which a studio counts as up, with all that was opened again."""
GLANCE = 250
"""Milliseconds between two looks at what is in view and selected."""


class Keeper(QObject):
    """Writes down what happens to one open flow."""

    def __init__(self, bench: Workbench, journal: Journal, keeping: "Keeping") -> None:
        super().__init__(keeping)
        self.bench = bench
        self.journal = journal
        self._keeping = keeping
        self._place = place_of(bench)
        self._file = self._file_state()
        bench.changed.connect(self._on_change)
        bench.saved_changed.connect(self._on_saved)
        bench.trust_changed.connect(lambda: self._write(Trusted(bench.is_trusted, bench.allowed)))
        self.begin()

    def begin(self) -> None:
        """Write down all there is."""
        bench = self.bench
        draft = Draft(
            bench.document, str(bench.path or ""), bench.digest, str(bench.scratch or ""),
            bench.is_trusted, bench.allowed, self._place,
        )  # fmt: skip
        try:
            self.journal.begin(held(draft))
        except OSError as error:
            self._keeping.fail(error)

    def glance(self) -> None:
        """Write down where one is, if that has changed."""
        place = place_of(self.bench)
        if place != self._place:
            self._place = place
            self._write(place)

    def _on_change(self, change: Change) -> None:
        match change.cause:
            case "undo":
                self._write(Undid())
            case "redo":
                self._write(Redid())
            case "edit":
                merge = self.bench.document.history[-1].merge
                self._write(Did(change.edit, change.level, change.label, merge, change.joined))

    def _on_saved(self) -> None:
        state = self._file_state()
        if state == self._file:
            return
        self._file = state
        saved, flow = self.bench.document.saved, self.bench.document.flow
        if saved is None:
            self._write(Loose())
        else:
            path, digest = str(self.bench.path or ""), self.bench.digest
            self._write(Stored(path, digest, None if saved is flow else saved))

    def _file_state(self) -> tuple[Path | None, str, int]:
        return (self.bench.path, self.bench.digest, id(self.bench.document.saved))

    def _write(self, record: Record) -> None:
        if self.journal.is_long:
            self.begin()
            return
        try:
            self.journal.add(record)
        except OSError as error:
            self._keeping.fail(error)


class Keeping(QObject):
    """The drafts of this studio, and those it has taken over."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._studio = studio
        self._desk: Desk | None = None
        self._keepers: dict[Workbench, Keeper] = {}
        self._reopening = ""
        self._tries = 0
        self._left: tuple[str, ...] = ()
        self._glancing = QTimer(self, interval=GLANCE)
        self._glancing.timeout.connect(self._glance)
        studio.begun.connect(self.begin)
        studio.closing.connect(self.end)

    def begin(self) -> None:
        """Open what was open when the last studio ended, and keep all from now on."""
        try:
            self._desk = Desk(self._studio.settings.folder / "drafts")
        except OSError as error:
            self.fail(error)
            return
        workspace = self._studio.workspace
        workspace.added.connect(self._attend)
        workspace.removed.connect(self._forget)
        workspace.current_changed.connect(self._arrange)
        for bench in workspace:
            self._attend(bench)
        self._reopen(self._desk)
        self._glancing.start()

    def end(self) -> None:
        """Leave everything for the next studio."""
        if self._desk is not None:
            self._glance()
            self._arrange(ended=True)
            for keeper in self._keepers.values():
                keeper.journal.close()
            self._desk.close()
            self._desk = None
            self._glancing.stop()

    def fail(self, error: OSError) -> None:
        """Say that a crash would now lose work."""
        why = (error.strerror or str(error)).lower()
        text = f"Drafts can't be kept: {why}. Save your flows, and make room or check the folder."
        self._studio.notices.tell(text, "error", key="drafts")

    # What was open.

    def _reopen(self, desk: Desk) -> None:
        """Open what was open, unless that has ended the studio before."""
        found = desk.found
        if not found.ids:
            return
        if found.tries >= MOST_TRIES:
            self._left, self._tries = found.ids, found.tries
            self._arrange()
            self._studio.notices.tell(
                "Heddle ended twice just after it had opened your flows. They are kept as drafts.",
                "warning", Offer("Open them", lambda: self._open_all(desk)), key="kept", stays=True,
            )  # fmt: skip
        else:
            self._tries = found.tries + 1
            self._open_all(desk)
            QTimer.singleShot(WHILE, self, self._is_up)

    def _open_all(self, desk: Desk) -> None:
        found, workspace, kept = desk.found, self._studio.workspace, 0
        self._left = found.ids
        front: Workbench | None = None
        for id in found.ids:
            bench = self._bench(desk, id)
            if bench is not None:
                front = bench if id == found.front else front
                kept += not bench.document.is_saved
        self._left = ()
        workspace.show(front)
        self._arrange()
        if kept and not found.ended:
            text = "Heddle ended unexpectedly. Everything is as you left it."
            self._studio.notices.tell(text, "info", key="kept")
        elif kept:
            what = "1 unsaved flow was" if kept == 1 else f"{kept} unsaved flows were"
            self._studio.notices.tell(f"{what} kept from last time.", "info", key="kept")

    def _is_up(self) -> None:
        self._tries = 0
        self._arrange()

    def _bench(self, desk: Desk, id: str) -> Workbench | None:
        draft = replayed(records_of(desk.folder, id))
        if draft is None:
            text = f"A draft can't be read any more. It is left in {desk.folder}."
            self._studio.notices.tell(text, "warning")
            return None
        bench = self._made(draft)
        self._reopening = id
        self._studio.workspace.add(bench)
        self._reopening = ""
        return bench

    def _made(self, draft: Draft) -> Workbench:
        catalog = self._studio.catalog
        path = Path(draft.path) if draft.path else None
        scratch = Path(draft.scratch) if draft.scratch else None
        folder = path.parent if path else scratch or Path.cwd()
        document = refilled(draft.document, folder, catalog)
        bench = Workbench(document, catalog, path)
        bench.digest, bench.scratch = draft.digest, scratch
        bench.is_trusted, bench.allowed = draft.trusted, draft.allowed
        go_to_place(bench, draft.place)
        return bench

    # What is open.

    def _attend(self, bench: Workbench) -> None:
        assert self._desk is not None
        journal = self._desk.journal(self._reopening)
        self._keepers[bench] = Keeper(bench, journal, self)
        self._arrange()

    def _forget(self, bench: Workbench) -> None:
        keeper = self._keepers.pop(bench)
        keeper.journal.discard()
        keeper.deleteLater()
        self._arrange()

    def _arrange(self, *, ended: bool = False) -> None:
        workspace, front = self._studio.workspace, ""
        ids = []
        for bench in workspace:
            if bench in self._keepers:
                ids.append(self._keepers[bench].journal.id)
                front = ids[-1] if bench is workspace.current else front
        ids += [id for id in self._left if id not in ids]
        if self._desk is not None:
            try:
                tries = 0 if ended and not self._left else self._tries
                self._desk.arrange(Order(tuple(ids), front, ended, tries))
            except OSError as error:
                self.fail(error)

    def _glance(self) -> None:
        front = self._studio.workspace.current
        if front is not None and front in self._keepers:
            self._keepers[front].glance()


def place_of(bench: Workbench) -> Place:
    """Where in the flow one is."""
    return Place(
        bench.level, bench.blocks_into, tuple(sorted(bench.selected)),
        tuple(sorted(bench.selected_links)), tuple(sorted(bench.selected_frames)),
        bench.looks_at, bench.zoom,
    )  # fmt: skip


def go_to_place(bench: Workbench, place: Place) -> None:
    """Show what was shown and select what was selected, as far as it is there."""
    bench.show_level(place.level, place.blocks_into)
    bench.looks_at, bench.zoom = place.looks_at, place.zoom
    if bench.level == place.level:
        flow = bench.flow
        bench.select(
            (id for id in place.blocks if id in flow.blocks),
            (end for end in place.links if end in flow.links),
            (id for id in place.frames if id in flow.view.frames),
        )


def install(studio: Studio) -> None:
    """Keep what is open."""
    Keeping(studio)
