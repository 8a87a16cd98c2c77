"""Views that look as they did when somebody last looked at them, in both themes.

Kept is a small picture of each, one pixel for twelve by twelve, which other fonts hardly change.
To have one taken anew delete it, run the test, and look at it.
"""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from tests.desktop.conftest import Start
from tests.desktop.driver import Driver
from tests.desktop.machine import Picture, saved
from tests.desktop.waiting import until

KEPT = Path(__file__).parent / "pictures"
HELLO = KEPT.parents[2] / "resources" / "templates" / "hello.flow.json"

GRAIN = 12
APART = 10
"""Steps of 255 by which a colour may differ before a spot counts as another."""
MOST_APART = 0.06
"""The share of spots that may be others."""


def small(picture: Picture) -> Picture:
    """The mean colour of each spot."""
    rows, columns = (side // GRAIN for side in picture.shape[:2])
    spots = picture[: rows * GRAIN, : columns * GRAIN].reshape(rows, GRAIN, columns, GRAIN, 3)
    return spots.mean(axis=(1, 3)).astype(np.uint8)


def loaded(file: Path) -> Picture:
    image = QImage(str(file)).convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def share_apart(one: Picture, other: Picture) -> float:
    return float((np.abs(one.astype(int) - other).max(axis=2) > APART).mean())


def looks_as_kept(studio: Driver, name: str) -> None:
    file = KEPT / f"{name}.png"
    if not file.exists():
        saved(small(studio.picture()), file)
        pytest.fail(f"{file.name} was taken anew: look at it, and run the test again.")
    kept = loaded(file)
    until(
        lambda: share_apart(small(studio.picture()), kept) < MOST_APART,
        f"the view looking like {file.name}",
    )


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_welcome_page_and_a_small_flow(start: Start, tmp_path: Path, theme: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "studio.ini").write_text(f"[General]\ntheme={theme}\n")
    studio = start()
    studio.tree.wait_for("push button", "Template Hello")
    studio.tree.wait_for("push button", "Runtime is ready")
    looks_as_kept(studio, f"welcome_{theme}")

    studio.tree.wait_for("push button", "Template Hello").do("Press")
    studio.tree.wait_for("filler", "Canvas")
    looks_as_kept(studio, f"hello_{theme}")


def test_another_picture_is_told_apart() -> None:
    names = ("welcome_dark", "welcome_light", "hello_dark", "hello_light")
    kept = [loaded(KEPT / f"{name}.png") for name in names]

    apart = [share_apart(one, other) for one in kept for other in kept if one is not other]

    assert min(apart) > 2 * MOST_APART
