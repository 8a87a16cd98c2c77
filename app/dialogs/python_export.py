"""A flow as a Python program: seen first, then copied or saved."""

from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from app.dialogs.code_text import CodeText
from app.dialogs.sheet import Sheet
from app.studio import Studio
from app.workbench import Workbench
from graph.compile.codegen import python_of
from graph.errors import FlowInvalid

KEY = "export"


def export_python(studio: Studio, bench: Workbench) -> None:
    """Show the flow as Python; says why not when it has problems."""
    try:
        program = python_of(bench.document.flow, studio.catalog)
    except FlowInvalid as error:
        bench.check_now()
        first, more = error.problems[0], len(error.problems) - 1
        others = f" There {'is one more' if more == 1 else f'are {more} more'}." if more else ""
        text = f"The flow can't be exported yet: {first.message} {first.cure}".rstrip() + others
        studio.notices.tell(text, "warning", key=KEY)
        return
    PythonSheet(studio, bench, program).open()


class PythonSheet(Sheet):
    """The program, with buttons to copy it and to save it."""

    def __init__(self, studio: Studio, bench: Workbench, program: str) -> None:
        super().__init__(
            studio.window, f"{bench.title} as Python",
            "The program uses the same blocks and gives the same outputs. It needs Heddle "
            "installed, keeps no record, and can't be resumed.", width=760,
        )  # fmt: skip
        self._studio = studio
        self._bench = bench
        self.program = program
        self.body.addWidget(CodeText(program, "The program", self, height=340), 1)
        self.button("Close")
        self.button("Copy", self._copy, closes=False)
        self.button("Save as…", self._choose, main=True, closes=False)

    def write(self, path: Path) -> None:
        """Save the program in a file that the person has chosen."""
        if path.suffix != ".py":
            path = path.with_name(f"{path.name}.py")
        try:
            path.write_text(self.program, encoding="utf-8")
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            text = f"{path} can't be written: {why}. Choose a place you may write to."
            self._studio.notices.tell(text, "error", key=KEY)
            return
        text = f"Wrote {path}. “python {path.name} name=value …” runs it."
        self._studio.notices.tell(text, "success", key=KEY)
        self.accept()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.program)
        self._studio.notices.tell("The program is copied.", "success", key=KEY)

    def _choose(self) -> None:
        stem = self._bench.path.name.partition(".")[0] if self._bench.path else "flow"
        folder = self._bench.path.parent if self._bench.path else Path.home()
        dialog = QFileDialog(self, "Save the program", str(folder), "Python (*.py)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(f"{stem}.py")
        dialog.fileSelected.connect(lambda name: self.write(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
