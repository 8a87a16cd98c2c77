"""The pictures of the README."""

import pytest
from PySide6.QtGui import QColor, QImage

from tests.screenshots import FOLDER, HEIGHT, THEMES, WIDTH, _in_few_colours


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", ["welcome", "studio", "inspector", "palette", "library"])
def test_every_picture_is_there_in_both_themes(name: str, theme: str) -> None:
    picture = QImage(str(FOLDER / f"{name}_{theme}.png"))

    assert (picture.width(), picture.height()) == (WIDTH, HEIGHT)


def test_a_rare_shade_is_kept_among_many_greys() -> None:
    picture = QImage(512, 512, QImage.Format.Format_RGB32)
    for y in range(512):
        for x in range(512):
            grey = (x + y) % 256
            picture.setPixel(x, y, QColor(grey, grey, (x * 7) % 256).rgb())
    picture.setPixel(100, 100, QColor(255, 0, 200).rgb())

    few = _in_few_colours(picture)

    assert few.colorCount() <= 256
    assert few.pixelColor(100, 100) == QColor(255, 0, 200)
