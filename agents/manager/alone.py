"""What an agent is given to work with that is made by hand, and that nobody looks after."""

import tempfile
from pathlib import Path

from agents.contract import Means
from agents.resilience.guards import Guards


def alone(folder: Path | None = None) -> Means:
    """Guards that no other agent knows, and a folder: one for passing things by default."""
    return Means(Guards(), folder or Path(tempfile.gettempdir()) / "heddle")
