"""Small texts of a form: helps, and problems with their cures."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.icons import icon
from app.presenters.connection_list import UNKNOWN
from app.presenters.form import said_here
from app.presenters.missing_models import NO_MODEL, WAITS, kinds_for, waiting_for
from app.presenters.prose import rich
from app.theme import current
from app.workbench import Workbench
from graph.compile.fixes import Fix, fixes
from graph.compile.fixes.spot import spot_of
from graph.errors import Problem

ICONS = {"error": "mdi6.alert-circle", "warning": "mdi6.alert"}

MOST_OFFERS = 2
"""Quick fixes that are offered for one problem: the likeliest."""


class Offer(NamedTuple):
    """A quick fix: what its button says, and what it does."""

    title: str
    do: Callable[[], object]


Offers = Callable[[Problem], list[Offer]]


def offers_of(workbench: Workbench) -> Offers:
    """Gives the quick fixes of a problem of the workbench's flow."""

    def offers(problem: Problem) -> list[Offer]:
        if problem.code == "missing":  # the field is in view, and only the person knows its value
            return []
        if problem.code == UNKNOWN:
            return [Offer("Connect…", partial(_connect, workbench, problem))]
        if problem.code == NO_MODEL:
            return [Offer("Connect a model…", partial(_connect_model, workbench, problem))]
        if problem.code == WAITS:
            return [Offer("Agree…", partial(_agree, workbench, problem))]
        found = fixes(problem, workbench.document.flow, workbench.catalog)
        return [Offer(fix.title, partial(_mend, workbench, fix)) for fix in found[:MOST_OFFERS]]

    return offers


def _connect(workbench: Workbench, problem: Problem) -> None:
    """Let the connection that a field names be made, of a kind that suits the field."""
    spot = spot_of(problem, workbench.document.flow, workbench.catalog)
    if spot is None or spot.block is None or workbench.connections is None:
        return
    name = spot.block.fields[problem.field]["$connection"]
    kinds = spot.parameter.look.kinds if spot.parameter else ()
    workbench.connections.want(kinds, name)


def _connect_model(workbench: Workbench, problem: Problem) -> None:
    """Let a model be connected: of the kind that the block means, where that shows."""
    if workbench.connections is not None:
        workbench.connections.want(*kinds_for(_model_at(workbench, problem)))


def _agree(workbench: Workbench, problem: Problem) -> None:
    """Let the person look at what the connection does that the block means."""
    known = workbench.connections
    if known is not None and known.seen is not None:
        known.ask_to_agree(waiting_for(_model_at(workbench, problem), known.seen))


def _model_at(workbench: Workbench, problem: Problem) -> str:
    spot = spot_of(problem, workbench.document.flow, workbench.catalog)
    return str(spot.block.fields.get(problem.field) or "") if spot and spot.block else ""


def _mend(workbench: Workbench, fix: Fix) -> None:
    if workbench.do(fix.edit, label=fix.title, level=()):
        workbench.check_now()


def wrapped(text: str, parent: QWidget, role: str = "small") -> QLabel:
    """A text that goes over as many lines as it needs."""
    label = QLabel(text, parent)
    label.setWordWrap(True)
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label


def explained(text: str, parent: QWidget, role: str = "small") -> QLabel:
    """A docstring, with what stands in backquotes as code."""
    label = wrapped(rich(text), parent, role)
    label.setTextFormat(Qt.TextFormat.RichText)
    return label


class Notes(QWidget):
    """The problems of a place, one under the other. Hidden while there are none."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._shown: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
        self.hide()

    @property
    def texts(self) -> list[str]:
        """What is said."""
        return [text for text, _, _ in self._shown]

    def show_problems(
        self, problems: tuple[Problem, ...], refused: str = "",
        offers: Offers | None = None, field: str = "",
    ) -> None:  # fmt: skip
        """Say these, beneath a `field` if one is named, after why something was refused."""
        said = [(refused, "error", list[Offer]())] if refused else []
        said += [
            (said_here(one, field), one.severity, offers(one) if offers else []) for one in problems
        ]
        key = tuple((text, tone, tuple(o.title for o in some)) for text, tone, some in said)
        if key == self._shown:
            return
        self._shown = key
        self._clear()
        for text, tone, some in said:
            self._column.addWidget(self._line(text, tone))
            for offer in some:
                self._column.addWidget(self._button(offer), 0, Qt.AlignmentFlag.AlignLeft)
        self.setVisible(bool(said))

    def _clear(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()

    def _line(self, text: str, tone: str) -> QWidget:
        line = QWidget(self)
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        sign = QLabel(line)
        colour = current().failed if tone == "error" else current().warning
        sign.setPixmap(icon(ICONS[tone], colour).pixmap(14, 14))
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        said = wrapped(text, line, "error" if tone == "error" else "warning")
        said.setAccessibleName(f"{'Problem' if tone == 'error' else 'Warning'}: {text}")
        row.addWidget(said, 1, Qt.AlignmentFlag.AlignTop)
        return line

    def _button(self, offer: Offer) -> QWidget:
        button = QPushButton(icon("mdi6.auto-fix", current().accent), offer.title, self)
        button.setProperty("link", True)
        button.setToolTip("Fix it so")
        button.clicked.connect(lambda: offer.do())
        return button
