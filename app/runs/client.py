"""What this studio is called where several may steer the same run."""

import getpass
import platform
import tempfile
import weakref
from pathlib import Path

from runtime.locking import lock

MOST = 100
"""Studios of one person on one machine that are told apart."""


class Client:
    """`name` is "Ada on studio-2"; of two studios that she has there, the later is told apart.

    A studio that comes back after a crash has the name it had, and with it the wheel.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """The numbers of the studios are shared out in a folder of the machine's own."""
        user = _user()
        number = self._number(folder or Path(tempfile.gettempdir()) / f"heddle-{user}")
        self.name = f"{user} on {platform.node() or 'this machine'}"
        if number > 1:
            self.name += f" (studio {number})"

    def _number(self, folder: Path) -> int:
        for number in range(1, MOST):
            try:
                folder.mkdir(parents=True, exist_ok=True)
                file = (folder / f"studio-{number}.lock").open("ab")
            except OSError:
                break
            if lock(file, wait=False):
                weakref.finalize(self, file.close)  # as long as the studio lives
                return number
            file.close()
        return 1


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a user without a name
        return "Somebody"
