"""Texts on the canvas are laid out once, in one line, and cut to the room there is."""

import pytest
from PySide6.QtWidgets import QApplication

from app.editor.canvas.texts import Texts, Voice


@pytest.fixture
def texts(qapp: QApplication) -> Texts:
    return Texts()


def test_a_text_is_cut_to_its_room(texts: Texts) -> None:
    laid = texts.of("A title that is far too long for its card", Voice.TITLE, 100)

    assert laid.width <= 100
    assert laid.text.text().endswith("…")


def test_a_text_of_many_lines_becomes_one(texts: Texts) -> None:
    one, many = texts.of("a b c", Voice.SMALL), texts.of("a\nb\n\n  c", Voice.SMALL)

    assert many.text.text() == "a b c"
    assert many.height == one.height


def test_a_huge_text_is_only_looked_at_as_far_as_it_could_show(texts: Texts) -> None:
    assert len(texts.of("word " * 1_000_000, Voice.SMALL).text.text()) < 400


def test_the_same_text_is_laid_out_once(texts: Texts) -> None:
    assert texts.of("Sort", Voice.TITLE, 80) is texts.of("Sort", Voice.TITLE, 80)


@pytest.mark.parametrize(
    ("text", "lines"),
    [("Sort", ["Sort"]), ("Write the report", ["Write the", "report"])],
)
def test_a_title_takes_two_lines_where_one_is_too_short(
    texts: Texts, text: str, lines: list[str]
) -> None:
    room = texts.of("Write the r", Voice.FAR).width

    laid = texts.in_two(text, Voice.FAR, room)

    assert [line.text.text() for line in laid] == lines


def test_an_icon_that_no_font_has_becomes_a_cube(texts: Texts) -> None:
    assert texts.icon("mdi6.no-such-icon") is texts.icon("mdi6.cube-outline")
    assert texts.icon("other.thing") is texts.icon("mdi6.cube-outline")
