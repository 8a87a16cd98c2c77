"""The schema that is selected, in the version that is chosen."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from app.controls import paragraph, small_button
from app.presenters.schemas import SchemaRow, Version
from app.results.elided_label import ElidedLabel
from app.schemas.pages import Definition, Differences, Types, Validation

ABOUT_HEADLINE = (
    "The format, the platform whose schema it is, what the next version may not break, and when"
    " this one was kept"
)


class Details(QWidget):
    """What a page needs of the runtime, it asks for by a signal of its own."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("About the schema")
        self._row: SchemaRow | None = None
        self._all: Sequence[Version] = ()
        self.title = ElidedLabel(self)
        self.title.setProperty("role", "title")
        self.headline = paragraph(self, "muted")
        self.headline.setToolTip(ABOUT_HEADLINE)
        self.versions = QComboBox(self)
        self.versions.setAccessibleName("Version")
        self.versions.setMinimumWidth(84)
        self.definition, self.differences = Definition(self), Differences(self)
        self.validation, self.types = Validation(self), Types(self)
        self.tabs = QTabWidget(self)
        self.copy = small_button(self, "Copy", "Copy what is shown", self._copy)
        self._lay_out()
        self.versions.activated.connect(lambda _: self._show_version())
        self.tabs.currentChanged.connect(lambda _: self._ask())

    @property
    def version(self) -> str:
        """The version that is chosen."""
        return self.versions.currentText()

    def show_schema(self, row: SchemaRow, versions: Sequence[Version]) -> None:
        """Show a schema, in the version that was chosen before if it is the same schema."""
        same = self._row is not None and self._row.key == row.key
        chosen = self.version if same else ""
        self._row, self._all = row, versions
        self.title.show_text(row.name)
        names = [one.version for one in versions]
        self.versions.clear()
        self.versions.addItems(names)
        self.versions.setCurrentIndex(names.index(chosen) if chosen in names else 0)
        self.differences.show_versions(versions)
        self._show_version()

    def restyle(self) -> None:
        """Use the colours of the theme."""
        for code in (self.definition, self.validation.value, self.types.code):
            code.restyle()
        self.differences.changes.restyle()

    def _show_version(self) -> None:
        version = self._all[self.versions.currentIndex()]
        self.headline.setText(version.headline)
        self.definition.show_version(version)
        self.validation.clear()
        self._ask()

    def _copy(self) -> None:
        shown = {self.definition: self.definition, self.types: self.types.code}
        code = shown.get(self.tabs.currentWidget(), self.differences.changes)
        QGuiApplication.clipboard().setText(code.toPlainText())

    def _ask(self) -> None:
        validates = self.tabs.currentWidget() is self.validation
        self.copy.setVisible(not validates)
        self.validation.validate.setVisible(validates)
        if self._row is None:
            return
        if self.tabs.currentWidget() is self.differences:
            self.differences.show_difference()
        elif self.tabs.currentWidget() is self.types:
            self.types.wanted.emit(self.types.platform)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(14, 8, 10, 0)
        head.setSpacing(8)
        head.addWidget(self.title, 1)
        head.addWidget(self.versions)
        told = QHBoxLayout()
        told.setContentsMargins(14, 4, 10, 4)
        told.addWidget(self.headline, 1)
        for button in (self.copy, self.validation.validate):
            told.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setProperty("tight", True)
        for named in (self.tabs, self.tabs.tabBar()):
            named.setAccessibleName("What there is to see of the schema")
        self.tabs.addTab(self.definition, "Definition")
        self.tabs.addTab(self.differences, "Differences")
        self.tabs.addTab(self.validation, "Validate")
        self.tabs.addTab(self.types, "Types")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(told)
        column.addWidget(self.tabs, 1)
