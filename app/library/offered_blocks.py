"""Notices that other programs offer other blocks, as soon as the runtime has written it down."""

import contextlib

from PySide6.QtCore import QFileSystemWatcher, QTimer

from app.studio import Studio
from runtime.plugins import offered_in

QUIET = 150
"""Milliseconds without a further change before the kinds of blocks are read anew."""


def install(studio: Studio) -> None:
    """Watch once the window is there; nothing waits for it."""
    watcher = QFileSystemWatcher(studio)
    settled = QTimer(studio, singleShot=True, interval=QUIET)
    settled.timeout.connect(studio.renew_catalog)
    watcher.directoryChanged.connect(lambda _: settled.start())

    def begin() -> None:
        for folder in offered_in(studio.settings.agents_folder):
            with contextlib.suppress(OSError):  # a home that can't be written has no blocks to come
                folder.mkdir(parents=True, exist_ok=True)
                watcher.addPath(str(folder))

    studio.begun.connect(begin)
