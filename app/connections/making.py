"""Lets a connection be made wherever one is wanted: in the dock, in a field, for a problem."""

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QMenu, QWidget

from app.connections.agreeing import AgreeSheet
from app.connections.form import ConnectionSheet
from app.icons import icon
from app.known_connections import KnownConnections, Made
from app.presenters.connection_list import free_name
from app.studio import Studio
from app.theme import current


def install(studio: Studio) -> None:
    """Have connections made wherever one is wanted."""
    known = studio.connections
    known.wanted.connect(
        lambda kinds, name, then: connect(studio.window, known, kinds, name=name, then=then)
    )
    known.unagreed.connect(lambda shown: AgreeSheet(studio.window, known, shown).open())


def make(
    parent: QWidget, known: KnownConnections, kind: str, *, name: str = "",
    given: dict[str, str] | None = None, then: Made = lambda _: None,
) -> None:  # fmt: skip
    """Open the form of a new connection of that kind; `then` is told of it once it is kept."""
    found, seen = known.kind(kind), known.seen
    if found is not None and seen is not None:
        free = free_name(name or kind, seen)
        ConnectionSheet(parent, known, found, name=free, given=given, then=then).open()


def fill(menu: QMenu, known: KnownConnections, kinds: tuple[str, ...], do: Callable[[str], object]) -> None:  # fmt: skip  # noqa: E501
    """Put the kinds there are (of `kinds`, unless that is empty) into a menu."""
    for kind in known.seen.kinds if known.seen else ():
        if not kinds or kind.kind in kinds:
            action = menu.addAction(icon(kind.icon, current().muted), kind.title)
            action.triggered.connect(partial(_do, do, kind.kind))


def connect(
    parent: QWidget, known: KnownConnections, kinds: tuple[str, ...], *, name: str = "",
    then: Made = lambda _: None,
) -> None:  # fmt: skip
    """The same where several kinds may suit: then it is asked which."""
    if len(kinds) == 1:
        make(parent, known, kinds[0], name=name, then=then)
        return
    menu = QMenu(parent)
    fill(menu, known, kinds, lambda kind: make(parent, known, kind, name=name, then=then))
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(QCursor.pos())


def _do(do: Callable[[str], object], kind: str, _checked: bool = False) -> None:
    do(kind)
