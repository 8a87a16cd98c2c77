"""What there is to see of a schema, a page each: definition, differences, validation, types."""

from collections.abc import Sequence
from html import escape
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app.controls import small_button
from app.presenters.schemas import (
    PLATFORMS,
    Found,
    Version,
    broken,
    faults_of,
    lines_between,
    value_of,
)
from app.results.text_views import ChangesView
from app.schemas.texts import Code, muted

COMPATIBLE = "Each version reads what the other wrote."
ONE_VERSION = "There is one version so far; differences are shown once there is another."
VALID = "The value is as the schema says."
LANGUAGES = {"frontend": "TypeScript", "roblox": "Luau"}
"""By platform: the language in which its types are declared."""


class Definition(Code):
    """What a version says."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "Definition")
        self.setReadOnly(True)

    def show_version(self, version: Version) -> None:
        """Show a version."""
        self.show_code(version.text, version.language)


class Differences(QWidget):
    """Two versions side by side; `wanted` asks which places of them are incompatible."""

    wanted = Signal(str, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._versions: Sequence[Version] = ()
        self.old, self.new = _versions("Older version", self), _versions("Newer version", self)
        self.changes = ChangesView(self)
        self.found = _rich("Incompatible places", self)
        self._none = muted(ONE_VERSION, self)
        self._lay_out()
        for box in (self.old, self.new):
            box.activated.connect(lambda _: self.show_difference())

    def show_versions(self, versions: Sequence[Version]) -> None:
        """Offer these, the newest first, and compare the last two."""
        if [one.version for one in versions] != [one.version for one in self._versions]:
            for box, at in ((self.old, 1), (self.new, 0)):
                box.clear()
                box.addItems([one.version for one in versions])
                box.setCurrentIndex(min(at, len(versions) - 1))
        self._versions = versions
        several = len(versions) > 1
        self._none.setVisible(not several)
        for part in (self.old, self.new, self._to, self.changes, self._places):
            part.setVisible(several)

    def show_difference(self) -> None:
        """Show what is different, and ask what that breaks."""
        old, new = self.old.currentIndex(), self.new.currentIndex()
        if len(self._versions) < 2 or min(old, new) < 0:
            return
        self.changes.show_lines(lines_between(self._versions[old], self._versions[new]))
        self.found.clear()
        if old != new:
            self.wanted.emit(self.old.currentText(), self.new.currentText())

    def show_broken(self, told: Any, old: str, new: str) -> None:
        """Show which places are incompatible, if these two are still looked at."""
        if (old, new) == (self.old.currentText(), self.new.currentText()):
            _put(self.found, broken(told, old, new), COMPATIBLE)

    def _lay_out(self) -> None:
        self._to = muted("→", self)
        bar = _bar(self._none, self.old, self._to, self.new)
        bar.addStretch(1)
        self._places = QScrollArea(self)
        self._places.setWidgetResizable(True)
        self._places.setFrameShape(QScrollArea.Shape.NoFrame)
        self._places.setWidget(self.found)
        both = QSplitter(Qt.Orientation.Horizontal, self)
        both.addWidget(self.changes)
        both.addWidget(self._places)
        both.setSizes([320, 260])
        both.setChildrenCollapsible(False)
        _column(self, bar, both)


class Validation(QWidget):
    """Holds a value that is pasted against a version; `wanted` asks for that.

    Its button `validate` stands where whoever shows the page has room for it.
    """

    wanted = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.value = Code(self, "Value as JSON", "json")
        self.value.setPlaceholderText("Paste a value here, as JSON.")
        self.found = _rich("Where it isn't what the schema says", self)
        self.validate = small_button(
            self, "Validate", "Look whether the value is what the version says", self._validate
        )
        self._lay_out()

    def show_faults(self, told: Any) -> None:
        """Show where the value isn't as the schema says."""
        self._say(faults_of(told))

    def clear(self) -> None:
        """Another schema, or another version, may say something else."""
        self.found.clear()

    def _validate(self) -> None:
        try:
            value = value_of(self.value.toPlainText())
        except ValueError as error:
            self._say([Found("", str(error))])
        else:
            self.wanted.emit(value)

    def _say(self, found: Sequence[Found]) -> None:
        self.found.setProperty("role", "success" if not found else "")
        self.found.style().polish(self.found)
        _put(self.found, found, VALID)

    def _lay_out(self) -> None:
        places = QScrollArea(self)
        places.setWidgetResizable(True)
        places.setFrameShape(QScrollArea.Shape.NoFrame)
        places.setWidget(self.found)
        both = QSplitter(Qt.Orientation.Horizontal, self)
        both.addWidget(self.value)
        both.addWidget(places)
        both.setSizes([320, 260])
        both.setChildrenCollapsible(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(both)


class Types(QWidget):
    """The types of a version, in the languages of the other platforms; `wanted` asks for them."""

    wanted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.code = Code(self, "Types")
        self.code.setReadOnly(True)
        self.lost = muted("", self)
        self.lost.setWordWrap(True)
        self.platforms = {name: self._choice(name) for name in LANGUAGES}
        self.platform = "frontend"
        self.platforms["frontend"].setChecked(True)
        self._lay_out()

    def show_types(self, told: Any) -> None:
        """Show types, and what their language has no word for."""
        self.code.show_code(str(told["code"]), "")
        lost = [f"{one['place']}: {one['message']}" for one in told["lost"]]
        self.lost.setText("Not said: " + " ".join(lost) if lost else "")
        self.lost.setVisible(bool(lost))

    def _choice(self, platform: str) -> QPushButton:
        button = QPushButton(LANGUAGES[platform], self)
        button.setCheckable(True)
        button.setAutoExclusive(True)
        button.setProperty("small", True)
        button.setToolTip(f"The types as {PLATFORMS[platform][0]} has them")
        button.clicked.connect(lambda: self._choose(platform))
        return button

    def _choose(self, platform: str) -> None:
        self.platform = platform
        self.wanted.emit(platform)

    def _lay_out(self) -> None:
        bar = _bar(*self.platforms.values())
        bar.addStretch(1)
        _column(self, bar, self.code, self.lost)


def _versions(name: str, parent: QWidget) -> QComboBox:
    box = QComboBox(parent)
    box.setAccessibleName(name)
    box.setMinimumWidth(84)
    return box


def _rich(name: str, parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignTop)
    label.setContentsMargins(10, 4, 8, 8)
    label.setAccessibleName(name)
    return label


def _put(label: QLabel, found: Sequence[Found], nothing: str) -> None:
    rows = "".join(
        f"<p style='margin: 0 0 8px 0'><b>{escape(one.place, quote=False)}</b>"
        f"{'<br>' if one.place else ''}{escape(one.said, quote=False)}</p>"
        for one in found
    )
    label.setText(rows or escape(nothing, quote=False))


def _bar(*parts: QWidget) -> QHBoxLayout:
    bar = QHBoxLayout()
    bar.setContentsMargins(10, 6, 10, 4)
    bar.setSpacing(6)
    for part in parts:
        bar.addWidget(part)
    return bar


def _column(page: QWidget, bar: QHBoxLayout, *parts: QWidget) -> None:
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addLayout(bar)
    column.addWidget(parts[0], 1)
    for part in parts[1:]:
        column.addWidget(part)
