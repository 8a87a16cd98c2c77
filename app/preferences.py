"""What the studio remembers of its user: theme, recent flows, layout of the window."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QObject, QSettings, Signal

MOST_RECENT = 12


class Preferences(QObject):
    """Kept in `studio.ini` of Heddle's own folder."""

    recent_changed = Signal()

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        folder.mkdir(parents=True, exist_ok=True)
        self._settings = QSettings(str(folder / "studio.ini"), QSettings.Format.IniFormat)

    def text(self, key: str, default: str = "") -> str:
        return str(self._settings.value(key, default))

    def flag(self, key: str, default: bool = False) -> bool:
        return self.text(key, "yes" if default else "no") == "yes"

    def layout(self, key: str) -> QByteArray | None:
        """A remembered geometry or state, None when there is none."""
        value: Any = self._settings.value(key)
        return value if isinstance(value, QByteArray) else None

    def remember(self, key: str, value: str | bool | QByteArray) -> None:
        """Keep a value for the next start."""
        if isinstance(value, bool):
            value = "yes" if value else "no"
        self._settings.setValue(key, value)

    def recent(self) -> list[Path]:
        """The flows opened lately that are still there, newest first."""
        kept = self.text("recent").split("\n")
        return [path for text in kept if text and (path := Path(text)).exists()]

    def opened(self, path: Path) -> None:
        """A flow was opened or saved: it is the newest of the recent ones."""
        rows = [path.resolve(), *(p for p in self.recent() if p != path.resolve())]
        self._settings.setValue("recent", "\n".join(map(str, rows[:MOST_RECENT])))
        self.recent_changed.emit()

    def forget(self, path: Path) -> None:
        """Take a flow out of the recent ones."""
        self._settings.setValue("recent", "\n".join(str(p) for p in self.recent() if p != path))
        self.recent_changed.emit()

    def sync(self) -> None:
        self._settings.sync()
