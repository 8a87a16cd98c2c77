"""The inspector: the form of what is selected."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QVBoxLayout, QWidget

from app.docks import Dock
from app.editor.inspector.block_page import BlockPage
from app.editor.inspector.field_row import FieldRow
from app.editor.inspector.flow_page import FlowPage
from app.editor.inspector.several_page import SeveralPage
from app.editor.previewer import Previewer
from app.studio import Studio
from app.workbench import Workbench

P = TypeVar("P", bound=QWidget)

SOON = 20
"""Milliseconds after which a selection that stays is shown: a rubber band passes many."""


class Inspector(QWidget):
    """Shows the page that fits the selection of the flow in front."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.setObjectName("inspector")
        self.setAccessibleName("Inspector")
        self._studio = studio
        self._workbench: Workbench | None = None
        self._pending: dict[tuple[Workbench, tuple[str, ...], str], dict[str, str]] = {}
        self.previewer = Previewer(self)
        self.page: QWidget | None = None
        self._active: FieldRow | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._scroll = self._new_scroll()
        self._soon = QTimer(self, singleShot=True, interval=SOON)
        self._soon.timeout.connect(self._show_if_seen)
        studio.workspace.current_changed.connect(self._turn_to_front)
        studio.workspace.removed.connect(self._forget)
        studio.theme.changed.connect(self._redraw)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.aboutToQuit.connect(self.previewer.close)
        application.focusChanged.connect(self._focus_moved)
        self._turn_to_front()

    # Which flow is in front.

    def _turn_to_front(self) -> None:
        front = self._studio.workspace.current
        if front is self._workbench:
            return
        if (old := self._workbench) is not None:
            old.changed.disconnect(self._refresh)
            old.problems_changed.disconnect(self._refresh)
            old.trust_changed.disconnect(self._refresh)
            old.selection_changed.disconnect(self._soon.start)
            old.level_changed.disconnect(self._soon.start)
            old.catalog_changed.disconnect(self._soon.start)
            old.run_changed.disconnect(self._refresh_run)
            old.round_changed.disconnect(self._refresh_run)
        self._keep_pending()
        self._workbench = front
        if front is not None:
            front.changed.connect(self._refresh)
            front.problems_changed.connect(self._refresh)
            front.trust_changed.connect(self._refresh)
            front.selection_changed.connect(self._soon.start)
            front.level_changed.connect(self._soon.start)
            front.catalog_changed.connect(self._soon.start)
            front.run_changed.connect(self._refresh_run)
            front.round_changed.connect(self._refresh_run)
        self.show_selected()

    # What is shown.

    def show_selected(self) -> None:
        """Show the page of what is selected now."""
        self._soon.stop()
        bench = self._workbench
        if bench is None:
            self._turn_to(QWidget)
        elif len(bench.selected) == 1:
            (block,) = bench.selected
            if not (isinstance(self.page, BlockPage) and self.page.fits(bench, block)):
                self._turn_to_block(bench, block)
            self._refresh()
        elif bench.selected:
            self._turn_to(lambda around: SeveralPage(bench, self._studio, around))
        else:
            self._turn_to(lambda around: FlowPage(bench, self._studio, around))

    def _show_if_seen(self) -> None:
        """Nothing is drawn for nobody: `showEvent` makes up for it."""
        if self.isVisible():
            self.show_selected()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.show_selected()

    def _turn_to_block(self, bench: Workbench, block: str) -> None:
        old = self.page
        again = isinstance(old, BlockPage) and (old.workbench, old.block) == (bench, block)
        field = old.keyboard_is_in() if isinstance(old, BlockPage) and again else ""
        page = self._turn_to(
            lambda around: BlockPage(bench, block, self._studio, around, self.previewer)
        )
        if field in page.rows:
            page.focus_field(field)
        page.show_pending(self._pending.pop((bench, bench.level, block), {}))

    def _turn_to(self, make: Callable[[QWidget], P]) -> P:
        """Put a page in place of the one that is there.

        It is made inside a scroll area of its own: moved there later, it would be styled twice.
        """
        self._keep_pending()
        self._active = None
        old, self._scroll = self._scroll, self._new_scroll()
        page = make(self._scroll.viewport())
        self.page = page
        self._scroll.setWidget(page)
        self._column.removeWidget(old)
        old.hide()
        old.deleteLater()
        return page

    def _new_scroll(self) -> QScrollArea:
        made = QScrollArea(self)
        made.setWidgetResizable(True)
        made.setFrameShape(QFrame.Shape.NoFrame)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._column.addWidget(made)
        return made

    def _redraw(self) -> None:
        """Make the page anew, in the colours of the theme."""
        if isinstance(self.page, BlockPage) and self._workbench is not None:
            self._turn_to_block(self._workbench, self.page.block)
        else:
            self.show_selected()

    def _keep_pending(self) -> None:
        """What was refused is there again when its block is shown again."""
        if isinstance(self.page, BlockPage) and (texts := self.page.pending()):
            bench = self.page.workbench
            self._pending[bench, self.page.level, self.page.block] = texts

    def _forget(self, closed: Workbench) -> None:
        self._pending = {key: texts for key, texts in self._pending.items() if key[0] is not closed}

    def _refresh(self, _: object = None) -> None:
        if self._soon.isActive():
            return
        bench, page = self._workbench, self.page
        if isinstance(page, BlockPage) and bench is not None:
            if page.fits(bench, page.block) and bench.selected == {page.block}:
                page.refresh()
            else:
                self._soon.start()
        elif isinstance(page, FlowPage | SeveralPage):
            page.refresh()

    def _refresh_run(self, touched: object = None) -> None:
        bench, page = self._workbench, self.page
        if bench is None or not isinstance(page, BlockPage) or not self.isVisible():
            return
        near = {bench.address(page.block), *map(bench.address, page.sources())}
        if not isinstance(touched, frozenset) or touched & near:
            page.refresh_run()

    # The keyboard.

    def focus_field(self, name: str = "", line: int = 0, column: int = 0) -> None:
        """Put the keyboard into a field of the selected block, the first one by default."""
        self.show_selected()
        if isinstance(self.page, BlockPage):
            self.page.focus_field(name, line, column)
        elif isinstance(self.page, FlowPage):
            self.page.name.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back to the canvas."""
        if event.key() == Qt.Key.Key_Escape:
            self._studio.actions["go.canvas"].trigger()
            return
        super().keyPressEvent(event)

    def _focus_moved(self, _: QWidget | None, now: QWidget | None) -> None:
        row = self._row_of(now)
        if row is not self._active:
            if self._active is not None and self._is_shown(self._active):
                self._active.set_active(False)
            self._active = row
            if row is not None:
                row.set_active(True)
        if row is not None and now is not None:
            self._scroll.ensureWidgetVisible(now, 0, 24)

    def _is_shown(self, row: FieldRow) -> bool:
        return isinstance(self.page, BlockPage) and row in self.page.rows.values()

    def _row_of(self, widget: QWidget | None) -> FieldRow | None:
        if widget is None or not self.isAncestorOf(widget):
            return None
        while widget is not None and not isinstance(widget, FieldRow):
            widget = widget.parentWidget()
        return widget


DOCK = Dock("inspector", "Inspector", "mdi6.tune-variant", "right", Inspector, order=10)
