"""The list of connections: made, tried out, changed, agreed to and removed."""

from functools import partial

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QStackedLayout,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.connections.agreeing import AgreeSheet
from app.connections.first_use import FirstUse
from app.connections.form import ConnectionSheet
from app.connections.making import fill, make
from app.controls import small_button
from app.dialogs.sheet import Sheet
from app.icons import icon
from app.known_connections import KnownConnections
from app.presenters.connection_list import (
    COLUMNS,
    ConnectionRow,
    rows_of,
)
from app.studio import Studio
from app.theme import current
from app.workbench import Workbench
from graph.errors import HeddleError
from runtime.connections.contents import Shown, Tested

NOTICE = "connections"
SOON = 200
"""Milliseconds after an edit until it is looked anew which blocks use what."""

_SHARES = (0.15, 0.24, 0.15, 0.16, 0.3)


class ConnectionRows(QTreeWidget):
    """The list; Return changes a connection, Delete removes it."""

    opened = Signal()
    removed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setHeaderLabels(list(COLUMNS))
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.setAccessibleName("Connections")
        self.setAccessibleDescription("Return changes one, Delete removes it.")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemDoubleClicked.connect(lambda *_: self.opened.emit())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.opened.emit()
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self.removed.emit()
            case _:
                super().keyPressEvent(event)


class Panel(QWidget):
    """What is in the dock."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._known: KnownConnections = studio.connections
        self._bench: Workbench | None = None
        self.listed: list[ConnectionRow] = []
        self.rows = ConnectionRows(self)
        self.first_use = FirstUse(self)
        self.add = QToolButton(self)
        self.told = QLabel(self)
        self._make_buttons()
        self._lay_out()
        self._soon = QTimer(self, singleShot=True, interval=SOON)
        self._soon.timeout.connect(self.refresh)
        self._connect()
        self._turn_to_front()
        self._fill_menu()
        self._offer()
        self._known.read()
        self._look_nearby()

    @property
    def chosen(self) -> Shown | None:
        """The connection whose row is chosen."""
        index = self.rows.currentIndex().row()
        return self.listed[index].shown if 0 <= index < len(self.listed) else None

    def refresh(self) -> None:
        """List them as they are known now."""
        seen = self._known.seen
        if seen is None:
            return
        name = self.chosen.name if self.chosen else ""
        flow = self._bench.document.flow if self._bench else None
        self.listed = rows_of(seen, flow, self._studio.catalog)
        self.rows.clear()
        for row in self.listed:
            self.rows.addTopLevelItem(_item(row))
        names = [row.shown.name for row in self.listed]
        if names:
            at = names.index(name) if name in names else 0
            self.rows.setCurrentIndex(self.rows.model().index(at, 0))
        why = f", since {seen.why}" if seen.why else ""
        place = "the keyring of the system" if seen.kept_in == "keyring" else "an encrypted file"
        self.told.setText(f"Secrets are kept in {place}{why}.")
        self._fill_menu()
        self._stack.setCurrentWidget(self.rows if self.listed else self.first_use)
        self._offer()

    def make(self, kind: str, name: str = "", given: dict[str, str] | None = None) -> None:
        """Let a connection of that kind be made."""
        make(self.window(), self._known, kind, name=name, given=given)

    def change(self) -> None:
        """Let the chosen connection be changed."""
        shown = self.chosen
        kind = self._known.kind(shown.kind) if shown else None
        if shown is None or kind is None or shown.where == "environment":
            return
        ConnectionSheet(self.window(), self._known, kind, name=shown.name, before=shown).open()

    def test(self) -> None:
        """Try the chosen connection out."""
        if shown := self.chosen:
            self._test.setEnabled(False)
            self._test.setText("Testing…")
            self._known.test(shown.name, self._tested, self._refused)

    def remove(self) -> None:
        """Remove the chosen connection, once the person has said so."""
        shown = self.chosen
        if shown is None or shown.where == "environment":
            return
        used = self.listed[self.rows.currentIndex().row()].used
        sheet = Sheet(
            self.window(), f"Remove “{shown.name}”?",
            f"The flow in front uses it: {used}. It can't run without it." if used else
            "Its secrets are forgotten. Flows that name it can't run without it.",
        )  # fmt: skip
        sheet.button("Keep it", main=True)
        sheet.button("Remove", partial(self._known.remove, shown.name, self._refused))
        sheet.open()

    def agree(self) -> None:
        """Show what the chosen connection does, to be agreed to."""
        if shown := self.chosen:
            AgreeSheet(self.window(), self._known, shown).open()

    # How.

    def _make_buttons(self) -> None:
        self.add.setText("Connect…")
        self.add.setAccessibleName("Make a connection")
        self.add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.add.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.add.setMenu(QMenu(self.add))
        self._agree = small_button(self, "Agree…", "Look at what it starts, or where", self.agree)
        self._test = small_button(self, "Test", "Ask the other side", self.test)
        self._edit = small_button(self, "Change…", "Its address, its key", self.change)
        self._remove = small_button(self, "Remove…", "Forget it and its secrets", self.remove)

    def _buttons(self) -> tuple[QPushButton, ...]:
        return (self._agree, self._test, self._edit, self._remove)

    def _lay_out(self) -> None:
        self.told.setProperty("role", "muted")
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 6, 12, 6)
        bar.addWidget(self.add)
        bar.addSpacing(8)
        bar.addWidget(self.told, 1)
        bar.setSpacing(6)
        for button in self._buttons():
            bar.addWidget(button)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.first_use)
        self._stack.addWidget(self.rows)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addLayout(self._stack, 1)

    def _connect(self) -> None:
        self._known.changed.connect(self.refresh)
        self._known.troubled.connect(self.told.setText)
        self._studio.workspace.current_changed.connect(self._turn_to_front)
        self._studio.theme.changed.connect(self.refresh)
        self.first_use.wanted.connect(self.make)
        self.first_use.looked.connect(self._look_nearby)
        self.rows.currentItemChanged.connect(lambda *_: self._offer())
        self.rows.opened.connect(self.change)
        self.rows.removed.connect(self.remove)

    def _look_nearby(self) -> None:
        self._known.look_nearby(self.first_use.show_nearby)

    def _turn_to_front(self) -> None:
        if self._bench is not None:
            self._bench.changed.disconnect(self._look_soon)
        self._bench = self._studio.workspace.current
        if self._bench is not None:
            self._bench.changed.connect(self._look_soon)
        self.refresh()

    def _look_soon(self, _: object) -> None:
        if self.isVisible():
            self._soon.start()

    def _offer(self) -> None:
        shown, seen = self.chosen, self._known.seen
        ours = shown is not None and shown.where != "environment"
        for button in self._buttons():
            button.setVisible(bool(self.listed))
        self._agree.setVisible(shown is not None and not shown.agreed)
        self._test.setText("Test")
        testable = seen.testable if seen else ()
        self._test.setEnabled(bool(shown and shown.agreed and shown.kind in testable))
        self._edit.setEnabled(ours)
        self._remove.setEnabled(ours)

    def _fill_menu(self) -> None:
        menu = self.add.menu()
        menu.clear()
        self.add.setIcon(icon("mdi6.plus", current().accent))
        fill(menu, self._known, (), self.make)

    def _tested(self, _: Tested) -> None:
        self._offer()

    def _refused(self, error: HeddleError) -> None:
        self._offer()
        self._studio.notices.tell(str(error), "error", key=NOTICE)

    def event(self, event: QEvent) -> bool:
        """Look anew whenever somebody turns to it: other programs make connections, too."""
        if event.type() in (QEvent.Type.Show, QEvent.Type.WindowActivate) and self.isVisible():
            self._known.read()
            self._soon.start()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The columns share the width."""
        super().resizeEvent(event)
        for column, share in enumerate(_SHARES):
            self.rows.setColumnWidth(column, int(self.width() * share))


def _item(row: ConnectionRow) -> QTreeWidgetItem:
    tokens = current()
    item = QTreeWidgetItem(list(row.texts))
    item.setIcon(0, icon(row.icon, tokens.muted))
    colours = {"failed": tokens.failed, "warning": tokens.warning, "muted": tokens.muted}
    if colour := colours.get(row.tone):
        item.setForeground(len(COLUMNS) - 1, QColor(colour))
    item.setForeground(1, QColor(tokens.muted))
    for column, text in enumerate(row.texts):
        item.setToolTip(column, text)
    item.setData(0, Qt.ItemDataRole.AccessibleTextRole, row.spoken)
    return item
