"""Every kind of control on one page, to be looked at: `python -m tests.app.gallery FOLDER`."""

import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateTimeEdit,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QMainWindow,
    QMenu,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QSlider,
    QSpinBox,
    QTableWidget,
    QTabWidget,
    QTextEdit,
    QToolBar,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.icons import icon


def gallery() -> QMainWindow:
    """A window with every kind of control in most of its states."""
    window = QMainWindow()
    window.setWindowTitle("Gallery")
    body = QWidget(window)
    grid = QGridLayout(body)
    grid.setContentsMargins(16, 16, 16, 16)
    grid.setSpacing(16)
    for at, make in enumerate((_words, _buttons, _fields, _choices, _views, _tables, _texts)):
        grid.addWidget(make(), at // 3, at % 3)
    grid.addWidget(_tabs(), 2, 1)
    grid.addWidget(_surfaces(), 2, 2)
    window.setCentralWidget(body)
    bar = QToolBar(window)
    for name in ("mdi6.undo", "mdi6.redo", "mdi6.graph-outline", "mdi6.magnify"):
        bar.addAction(icon(name), name)
    window.addToolBar(bar)
    menu = window.menuBar().addMenu("&File")
    fill(menu)
    window.menuBar().addMenu("&Edit")
    window.statusBar().addWidget(QLabel("Runtime ready", window))
    window.resize(1240, 900)
    return window


def fill(menu: QMenu) -> None:
    """Put one of each kind of item into a menu."""
    menu.addAction(icon("mdi6.file-plus-outline"), "New flow", "Ctrl+N")
    menu.addAction("Save as…", "Ctrl+Shift+S")
    menu.addSeparator()
    dark = menu.addAction("Dark theme")
    dark.setCheckable(True)
    dark.setChecked(True)
    menu.addAction(icon("mdi6.content-paste"), "Paste").setEnabled(False)
    menu.addMenu("Docks").addAction("Problems")


def _group(title: str, *widgets: QWidget) -> QGroupBox:
    group = QGroupBox(title)
    layout = QVBoxLayout(group)
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch()
    return group


def _row(*widgets: QWidget) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch()
    return row


def _words() -> QWidget:
    labels = []
    for role in (
        "display", "title", "heading", "", "muted", "small", "error", "warning", "success",
        "mono", "tag",
    ):  # fmt: skip
        label = QLabel(f"{role or 'body'}: threads lifted in time")
        label.setProperty("role", role)
        labels.append(_row(label))
    return _group("Words", *labels)


def _button(title: str, kind: str = "", *, enabled: bool = True) -> QPushButton:
    button = QPushButton(title)
    if kind:
        button.setProperty(kind, True)
    button.setEnabled(enabled)
    return button


def _buttons() -> QWidget:
    tool, run, more = QToolButton(), QToolButton(), QToolButton()
    tool.setIcon(icon("mdi6.magnify"))
    run.setProperty("primary", True)
    run.setText("Run")
    more.setText("More")
    more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    menu = QMenu(more)
    fill(menu)
    more.setMenu(menu)
    ringed = _button("Focused")
    ringed.setProperty("ring", True)
    rows = [
        _row(_button("Run", kind), _button("Off", kind, enabled=False))
        for kind in ("", "primary", "danger", "plain", "link")
    ]
    box = QDialogButtonBox(
        QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
    )
    return _group("Buttons", *rows, _row(tool, run, more, ringed), box)


def _fields() -> QWidget:
    empty, wrong, off, combo, edit = QLineEdit(), QLineEdit("12x"), QLineEdit("off"), *_combos()
    empty.setPlaceholderText("What to look for")
    empty.setClearButtonEnabled(True)
    wrong.setProperty("invalid", True)
    off.setEnabled(False)
    number, when = QSpinBox(), QDateTimeEdit()
    when.setCalendarPopup(True)
    code = QLineEdit("item['topic']")
    code.setProperty("mono", True)
    return _group("Fields", empty, wrong, off, code, _row(number, when), combo, edit)


def _combos() -> tuple[QComboBox, QComboBox]:
    combo, edit = QComboBox(), QComboBox()
    combo.addItems(["text", "number", "list of records"])
    edit.setEditable(True)
    edit.addItems(["editable", "choices"])
    return combo, edit


def _choices() -> QWidget:
    rows: list[QWidget] = []
    for state in (Qt.CheckState.Unchecked, Qt.CheckState.PartiallyChecked, Qt.CheckState.Checked):
        on, off, switch = QCheckBox("On"), QCheckBox("Off"), QCheckBox("Switch")
        for box in (on, off, switch):
            box.setTristate(state == Qt.CheckState.PartiallyChecked)
            box.setCheckState(state)
        off.setEnabled(False)
        switch.setProperty("switch", True)
        rows.append(_row(on, off, switch))
    first, second = QRadioButton("First"), QRadioButton("Second")
    first.setChecked(True)
    slider, progress, busy = QSlider(Qt.Orientation.Horizontal), QProgressBar(), QProgressBar()
    slider.setValue(40)
    progress.setValue(60)
    busy.setRange(0, 0)
    return _group("Choices", *rows, _row(first, second), slider, progress, busy)


def _views() -> QWidget:
    tree, names = QTreeWidget(), QListWidget()
    tree.setHeaderLabels(["Block", "State"])
    top = QTreeWidgetItem(tree, ["For each", "3 of 8"])
    for at in range(3):
        QTreeWidgetItem(top, [f"Inner {at}", "done"])
    top.setExpanded(True)
    QTreeWidgetItem(QTreeWidgetItem(tree, ["Closed", ""]), ["x", "y"])
    tree.setCurrentItem(top)
    names.addItems([f"Row {at}" for at in range(12)])
    names.setCurrentRow(1)
    return _group("Views", tree, names)


def _tables() -> QWidget:
    table = QTableWidget(8, 4)
    table.setHorizontalHeaderLabels(["topic", "priority", "count", "share"])
    table.setAlternatingRowColors(True)
    for row in range(8):
        for column in range(4):
            table.setItem(row, column, table.itemPrototype())
            table.model().setData(table.model().index(row, column), f"{row} · {column}")
    table.selectRow(2)
    return _group("Tables", table)


def _texts() -> QWidget:
    code, words = (
        QPlainTextEdit("def triage(issue):\n    return issue['labels']"),
        QTextEdit("Words"),
    )
    code.setProperty("mono", True)
    return _group("Texts", code, words)


def _tabs() -> QWidget:
    tabs = QTabWidget()
    tabs.setTabsClosable(True)
    for name in ("Table", "JSON", "Markdown"):
        tabs.addTab(QLabel(f"{name} of the result"), name)
    return _group("Tabs", tabs)


def _surfaces() -> QWidget:
    frames: list[QWidget] = []
    for kind, value in (
        ("card", True), ("notice", "success"), ("notice", "error"), ("banner", "info"),
        ("banner", "warning"), ("banner", "error"),
    ):  # fmt: skip
        frame = QFrame()
        frame.setProperty(kind, value)
        QHBoxLayout(frame).addWidget(QLabel(f"{kind} {value}", frame))
        frames.append(frame)
    return _group("Surfaces", *frames)


def main(folder: Path) -> None:
    """Save pictures of the gallery in both themes."""
    from PySide6.QtWidgets import QApplication, QMessageBox

    from app.start import application
    from app.style_sheet import style_sheet
    from app.theme import Choice, Theme, current

    app = application()
    choices: tuple[Choice, ...] = ("dark", "light")
    for choice in choices:
        theme = Theme(choice, app)
        theme.apply()
        app.setStyleSheet(style_sheet(current()))
        window = gallery()
        window.show()
        QApplication.processEvents()
        window.grab().save(str(folder / f"gallery_{choice}.png"))
        menu = window.findChild(QMenu)
        assert menu is not None
        menu.popup(window.pos())
        QApplication.processEvents()
        menu.grab().save(str(folder / f"menu_{choice}.png"))
        menu.hide()
        box = QMessageBox(
            QMessageBox.Icon.Warning, "Changed", "The file was changed by someone else.",
            QMessageBox.StandardButton.Save | QMessageBox.StandardButton.Cancel, window,
        )  # fmt: skip
        box.open()
        QApplication.processEvents()
        box.grab().save(str(folder / f"message_{choice}.png"))
        box.close()
        combo = window.findChild(QComboBox)
        assert combo is not None
        combo.showPopup()
        QApplication.processEvents()
        combo.view().window().grab().save(str(folder / f"combo_{choice}.png"))
        combo.hidePopup()
        window.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
