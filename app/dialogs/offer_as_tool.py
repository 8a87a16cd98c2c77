"""What another program needs to call the flow as an MCP tool: a command, and where it goes."""

import shlex
import subprocess
import sys

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel

from app.dialogs.code_text import CodeText
from app.dialogs.sheet import Sheet
from app.studio import Studio
from app.workbench import Workbench
from runtime.clients import client_config, offering, program

KEY = "offer"


def offer_as_tool(studio: Studio, bench: Workbench) -> None:
    """Show it; a flow that no file holds can't be found by others, and must be saved first."""
    if bench.path is None:
        text = "Save the flow first: other programs find it by its file."
        studio.notices.tell(text, "warning", key=KEY)
        return
    OfferSheet(studio, bench).open()


class OfferSheet(Sheet):
    """The configuration for clients, and the command alone, each with a button that copies it."""

    def __init__(self, studio: Studio, bench: Workbench) -> None:
        assert bench.path is not None, "asked before it is shown"
        super().__init__(
            studio.window, f"Offer {bench.title} as an MCP tool",
            "Put this into the configuration of a program that uses MCP tools, such as Claude "
            "Desktop or Claude Code. It then calls the flow as it was saved last, with its inputs "
            "as arguments; each call is a run like any other.", width=680,
        )  # fmt: skip
        self._studio = studio
        self.config = client_config([bench.path], program())
        self.command = _joined(offering([bench.path], program()))
        self.body.addWidget(CodeText(self.config, "Configuration", self, height=190), 1)
        self.body.addWidget(self._hint())
        self.button("Close")
        self.button("Copy command", self._copy_command, closes=False)
        self.button("Copy configuration", self._copy_config, main=True, closes=False)

    def _hint(self) -> QLabel:
        hint = QLabel(
            "The flow may touch its own folder and any host; options such as --allow-host and "
            "--folder in “args” say it more closely.", self,
        )  # fmt: skip
        hint.setProperty("role", "small")
        hint.setWordWrap(True)
        return hint

    def _copy_command(self) -> None:
        QGuiApplication.clipboard().setText(self.command)
        self._studio.notices.tell("The command is copied.", "success", key=KEY)

    def _copy_config(self) -> None:
        QGuiApplication.clipboard().setText(self.config)
        self._studio.notices.tell("The configuration is copied.", "success", key=KEY)


def _joined(words: list[str]) -> str:
    """The words as one line for the shell of this system."""
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)
