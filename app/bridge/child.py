"""A `heddle` command in a process of its own, read line by line as it speaks."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, Signal

from app.bridge.process import PROGRAM, variables
from runtime.settings import Settings

PATIENCE = 3000
"""Milliseconds that a command is given to end by itself."""

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
        self._ending: list[QProcess] = []
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
        process.readyReadStandardOutput.connect(partial(self._read, process))
        process.finished.connect(partial(self._finished, process))
        process.errorOccurred.connect(partial(self._failed, process))
        process.start(sys.executable, [str(PROGRAM), *words])
        process.write(text.encode())
        process.closeWriteChannel()

    def end(self) -> None:
        """Have the command end, without a word to whoever listens."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.state() == QProcess.ProcessState.NotRunning:
            process.deleteLater()
            return
        # It is given a moment to put its things in order, which nobody waits for.
        self._ending.append(process)
        process.finished.connect(lambda *_: self._is_gone(process))
        process.terminate() if os.name == "posix" else process.kill()
        QTimer.singleShot(PATIENCE, process, process.kill)

    def close(self) -> None:
        """Come back when nothing is left."""
        self.end()
        for process in tuple(self._ending):
            if not process.waitForFinished(PATIENCE):
                process.kill()
                process.waitForFinished(PATIENCE)

    def _is_gone(self, process: QProcess) -> None:
        if process in self._ending:
            self._ending.remove(process)
        process.deleteLater()

    def _environment(self, further: Mapping[str, str]) -> QProcessEnvironment:
        made = QProcessEnvironment()
        own = variables(self._settings) | {"HEDDLE_HOME": str(self._settings.folder)}
        for name, value in {**os.environ, **own, **further}.items():
            made.insert(name, value)
        return made

    def _read(self, process: QProcess) -> None:
        if process is not self._process:
            return
        said = self._rest + bytes(process.readAllStandardOutput().data())
        *lines, self._rest = said.split(b"\n")
        for line in lines:
            told: Any = json.loads(line) if line.startswith(b"{") else None
            if isinstance(told, dict) and process is self._process:
                self.said.emit(told)  # upon which another command may be given

    def _finished(self, process: QProcess, code: int, status: QProcess.ExitStatus) -> None:
        self._read(process)
        if process is not self._process:
            return
        error = bytes(process.readAllStandardError().data()).decode(errors="replace").strip()
        self._process = None
        process.deleteLater()
        normal = status == QProcess.ExitStatus.NormalExit
        self.ended.emit(code if normal else CRASHED, error)

    def _failed(self, process: QProcess, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and process is self._process:
            self._process = None
            process.deleteLater()
            self.ended.emit(CRASHED, "Python could not be started.")
