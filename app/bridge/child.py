"""A `heddle` command in a process of its own, read line by line as it speaks."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal

from app.bridge.process import PROGRAM, variables
from runtime.settings import Settings

CRASHED = -1
"""The exit code of a child that could not be started, or was killed."""


class Child(QObject):
    """One command at a time; it is ended when another is given, and with the studio."""

    said = Signal(object)
    """One line of JSON: a dict."""
    ended = Signal(int, str)
    """The exit code, and what went to the standard error."""

    def __init__(self, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._settings = settings
        self._process: QProcess | None = None
        self._rest = b""

    @property
    def is_busy(self) -> bool:
        """Whether a command is under way."""
        return self._process is not None

    def do(
        self, words: Sequence[str], text: str = "", further: Mapping[str, str] | None = None
    ) -> None:
        """Give a command, with that text on its standard input and further variables."""
        self.end()
        self._rest = b""
        process = self._process = QProcess(self)
        process.setProcessEnvironment(self._environment(further or {}))
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._failed)
        process.start(sys.executable, [str(PROGRAM), *words])
        process.write(text.encode())
        process.closeWriteChannel()

    def end(self) -> None:
        """End the command, without a word to whoever listens."""
        process, self._process = self._process, None
        if process is None:
            return
        process.blockSignals(True)
        if process.state() != QProcess.ProcessState.NotRunning:
            process.kill()
            process.waitForFinished(2000)
        process.deleteLater()

    def _environment(self, further: Mapping[str, str]) -> QProcessEnvironment:
        made = QProcessEnvironment()
        own = variables(self._settings) | {"HEDDLE_HOME": str(self._settings.folder)}
        for name, value in {**os.environ, **own, **further}.items():
            made.insert(name, value)
        return made

    def _read(self) -> None:
        if self._process is None:
            return
        said = self._rest + bytes(self._process.readAllStandardOutput().data())
        *lines, self._rest = said.split(b"\n")
        for line in lines:
            told: Any = json.loads(line) if line.startswith(b"{") else None
            if isinstance(told, dict):
                self.said.emit(told)

    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        process = self._process
        if process is None:
            return
        self._read()
        error = bytes(process.readAllStandardError().data()).decode(errors="replace").strip()
        self._process = None
        process.deleteLater()
        normal = status == QProcess.ExitStatus.NormalExit
        self.ended.emit(code if normal else CRASHED, error)

    def _failed(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            self._process.deleteLater()
            self._process = None
            self.ended.emit(CRASHED, "Python could not be started.")
