"""The themes: readable, complete, and drawn alike."""

from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QWidget
from pytestqt.qtbot import QtBot

from app.style_sheet import style_sheet
from app.theme import DARK, LIGHT, RESOURCES, TYPE_COLOURS, Tokens, contrast, mixed
from tests.write_icons import write

THEMES = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])

GROUNDS = ("window", "panel", "raised", "field", "card")
WORDS = ("text", "muted", "accent", "failed", "warning", "done", "running", "reused", "skipped")


@THEMES
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("words", WORDS)
def test_words_are_readable_on_every_ground(theme: Tokens, words: str, ground: str) -> None:
    assert contrast(getattr(theme, words), getattr(theme, ground)) >= 4.5


@THEMES
@pytest.mark.parametrize("ground", ["hover", "pressed", "selection"])
def test_words_stay_readable_under_the_mouse_and_when_chosen(theme: Tokens, ground: str) -> None:
    assert contrast(theme.text, getattr(theme, ground)) >= 4.5


@THEMES
def test_words_on_the_accent_are_readable(theme: Tokens) -> None:
    assert contrast(theme.on_accent, theme.accent) >= 4.5


@THEMES
@pytest.mark.parametrize("kind", TYPE_COLOURS)
def test_ports_of_every_kind_stand_out_from_card_and_canvas(theme: Tokens, kind: str) -> None:
    colour = TYPE_COLOURS[kind][theme is LIGHT]
    assert contrast(colour, theme.card) >= 3
    assert contrast(colour, theme.canvas) >= 3


def test_contrast_of_black_and_white_is_as_the_guideline_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_a_mix_lies_between_its_ends() -> None:
    assert mixed("#000000", "#ff8040", 0.5) == "#804020"


@THEMES
def test_every_drawing_of_the_style_sheet_is_there_and_can_be_read(
    theme: Tokens, qtbot: QtBot
) -> None:
    named = {
        part.split('"')[0] for part in style_sheet(theme).split('url("')[1:]
    }  # fmt: skip

    missing = [path for path in named if QImage(path).isNull()]

    assert named
    assert not missing


def test_drawings_are_those_of_the_script_in_the_colours_of_the_themes(tmp_path: Path) -> None:
    write(tmp_path)

    for made in tmp_path.rglob("*.svg"):
        kept = RESOURCES / "icons" / made.relative_to(tmp_path)
        assert kept.read_text("utf-8") == made.read_text("utf-8"), "python -m tests.write_icons"


@THEMES
def test_a_list_that_drops_down_has_an_edge(theme: Tokens, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.setStyleSheet(style_sheet(theme))
    box = QComboBox(window)
    box.addItems(["one", "two"])
    window.show()

    box.showPopup()
    drawn = box.view().grab().toImage()

    assert drawn.pixelColor(0, drawn.height() // 2).name() == theme.strong_line
    box.hidePopup()
