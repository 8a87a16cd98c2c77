"""The list of connections: made, tried out, changed, agreed to and removed."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import (
    QMenu,
    QPushButton,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.connections.agreeing import AgreeSheet
from app.connections.first_use import FirstUse
from app.connections.form import ConnectionSheet
from app.connections.making import fill, make
from app.connections.table import ConnectionTable
from app.controls import small_button
from app.dialogs.removal import ask_to_remove
from app.icons import icon
from app.known_connections import KnownConnections
from app.panes.bar import Bar, Standing
from app.presenters.connection_list import ConnectionRow, rows_of
from app.presenters.signs import Sign
from app.studio import Studio
from app.theme import current
from app.workbench import Workbench
from graph.errors import HeddleError
from runtime.connections.contents import Shown, Tested

NOTICE = "connections"
SOON = 200
"""Milliseconds after an edit until it is looked anew which blocks use what."""


class Panel(QWidget):
    """What is in the dock."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._known: KnownConnections = studio.connections
        self._bench: Workbench | None = None
        self.rows = ConnectionTable(self)
        self.first_use = FirstUse(self)
        self.add = QToolButton(self)
        self.told = Standing(self)
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
        row = self.rows.selected
        return row.shown if row is not None else None

    @property
    def listed(self) -> Sequence[ConnectionRow]:
        """All rows."""
        return self.rows.listed.rows

    def refresh(self) -> None:
        """List them as they are known now."""
        seen = self._known.seen
        if seen is None:
            return
        flow = self._bench.document.flow if self._bench else None
        self.rows.show_rows(rows_of(seen, flow, self._studio.catalog))
        why = f", since {seen.why}" if seen.why else ""
        place = "the keyring of the system" if seen.kept_in == "keyring" else "an encrypted file"
        kept = Sign("mdi6.lock-outline", "muted", f"Secrets are kept in {place}{why}.")
        self.told.show_sign(kept)
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
        used = next((row.used for row in self.listed if row.shown is shown), "")
        ask_to_remove(
            self.window(), shown.name,
            f"The flow in front uses it: {used}. It can't run without it." if used else
            "Its secrets are forgotten. Flows that name it can't run without it.",
            partial(self._known.remove, shown.name, self._refused),
        )  # fmt: skip

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
        bar = Bar(self)
        bar.fill(self.told, *self._buttons(), self.add)
        bar.leads_to(self.rows)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.first_use)
        self._stack.addWidget(self.rows)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addLayout(self._stack, 1)

    def _connect(self) -> None:
        self._known.changed.connect(self.refresh)
        self._known.troubled.connect(self._say_trouble)
        self._studio.workspace.current_changed.connect(self._turn_to_front)
        self._studio.theme.changed.connect(self._restyle)
        self.first_use.wanted.connect(self.make)
        self.first_use.looked.connect(self._look_nearby)
        self.rows.chosen.connect(self._offer)
        self.rows.opened.connect(self.change)
        self.rows.removed.connect(self.remove)

    def _say_trouble(self, why: str) -> None:
        self.told.show_sign(Sign("mdi6.alert-outline", "warning", why))

    def _restyle(self) -> None:
        self.told.restyle()
        self.refresh()

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
