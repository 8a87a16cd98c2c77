"""The reference pages are drawn from the blocks, and those in docs/blocks are current."""

from pathlib import Path
from typing import Annotated, NamedTuple

import pytest

from graph.block import Route, block, spec_of
from graph.catalog import Catalog
from graph.reference import pages, section
from graph.spec import Example
from tests.write_reference import FOLDER, TEMPLATES, own_blocks, templates_page, write


class Halves(NamedTuple):
    """Two outputs."""

    left: Annotated[str, "The first half."]
    right: str


@block(
    "text.halve",
    title="Cut in halves",
    examples=[Example({"text": "abcd"}, Halves("ab", "cd"), "Evenly")],
)
def halve(
    text: Annotated[str, "Either | or."], at: Annotated[int | None, "Where."] = None
) -> Halves:
    """Cut a text in two.

    In the middle, if nothing else is said.
    """
    half = len(text) // 2 if at is None else at
    return Halves(text[:half], text[half:])


@block("text.way", title="Way", routes=("up", "down"), examples=[Example({"a": 1}, Route("up", 1))])
def way(**inputs: int) -> Route:
    """Go one way."""
    return Route("up", inputs)


def test_a_section_tells_all_there_is_to_know() -> None:
    text = section(spec_of(halve))

    assert text.startswith("## Cut in halves\n\n`text.halve`: Cut a text in two.\n\nIn the middle")
    assert "| `text` | text | required | Either \\| or. |" in text
    assert "| `at` | integer or null | `null` | Where. |" in text
    assert "| `left` | text | The first half. |" in text
    assert '**Evenly**\n\n```json\n{"text": "abcd"}\n```\n\ngives' in text
    assert '{"left": "ab", "right": "cd"}' in text


def test_routes_and_open_inputs_are_noted() -> None:
    text = section(spec_of(way))

    assert "- Takes further inputs, under any name." in text
    assert "- Only one output gets a value" in text
    assert '{"up": 1}' in text


def test_there_is_a_page_for_each_category_and_an_index() -> None:
    made = pages(Catalog([spec_of(halve)]))

    assert set(made) == {"README.md", "text.md"}
    assert "[Cut in halves](text.md#cut-in-halves)" in made["README.md"]
    assert "[Cut in halves](#cut-in-halves)" in made["text.md"]


def test_writing_removes_pages_of_categories_that_are_gone(tmp_path: Path) -> None:
    (tmp_path / "gone.md").write_text("old")

    write(tmp_path)

    assert not (tmp_path / "gone.md").exists()
    assert (tmp_path / "text.md").exists()


@pytest.mark.parametrize(
    ("name", "text"), pages(own_blocks()).items(), ids=lambda value: value[:20]
)
def test_the_pages_in_docs_are_current(name: str, text: str) -> None:
    written = FOLDER / name

    assert written.exists(), "run: python -m tests.write_reference"
    assert written.read_text(encoding="utf-8") == text, "run: python -m tests.write_reference"


def test_docs_have_no_page_too_many() -> None:
    assert {path.name for path in FOLDER.glob("*.md")} == set(pages(own_blocks()))


def test_the_page_of_templates_is_current() -> None:
    written = TEMPLATES.read_text(encoding="utf-8")

    assert written == templates_page(), "run: python -m tests.write_reference"
