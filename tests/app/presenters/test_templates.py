"""Templates as cards."""

from pathlib import Path

from app.presenters.templates import cards, shape_of
from graph.file_format import write
from graph.flow import Block, Flow
from runtime.compose import RESOURCES
from runtime.library.shelf import Shelf

OWN = RESOURCES / "templates"


def _put(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.flow.json").write_text(text, "utf-8")


def test_the_smallest_template_comes_first_and_says_what_it_is() -> None:
    hello = next(iter(cards(Shelf(OWN / "none", OWN).templates())))

    assert hello.title == "Hello"
    assert hello.tags == ["Text"]
    assert len(hello.shape.dots) == 3
    assert len(hello.shape.links) == 2


def test_a_persons_own_template_takes_the_place_of_one_of_the_same_name(tmp_path: Path) -> None:
    _put(tmp_path, "hello", '{"heddle": 1, "name": "Mine", "blocks": {}, "links": []}')

    titles = [card.title for card in cards(Shelf(tmp_path, OWN).templates())]

    assert titles[0] == "Mine"
    assert "Hello" not in titles


def test_a_file_that_is_no_flow_is_left_out(tmp_path: Path) -> None:
    _put(tmp_path, "broken", "{")

    assert list(cards(Shelf(tmp_path, tmp_path / "nowhere").templates())) == []


def test_blocks_without_a_place_stand_in_columns_in_the_order_of_their_links() -> None:
    blocks = [Block("a", "text.join"), Block("b", "text.join"), Block("c", "text.join")]
    flow = Flow.of(blocks, [("a.text", "b.text"), ("b.text", "c.text")])

    first, second, third = shape_of(flow).dots

    assert first.x < second.x < third.x


def test_a_circle_of_links_is_drawn_all_the_same() -> None:
    blocks = [Block("a", "text.join"), Block("b", "text.join")]
    flow = Flow.of(blocks, [("a.text", "b.text"), ("b.text", "a.text")])

    assert len(shape_of(flow).dots) == 2


def test_a_note_is_no_part_of_the_shape() -> None:
    flow = Flow.of([Block("a", "text.join"), Block("n", "flow.note")])

    assert len(shape_of(flow).dots) == 1


def test_a_template_of_any_size_has_a_small_card(tmp_path: Path) -> None:
    blocks = [Block(f"b{n}", "text.join") for n in range(3000)]
    links = [(f"b{n}.value", f"b{n + 1}.items") for n in range(2999)]
    huge = Flow.of(blocks, links, name="n" * 10_000, description="d" * 100_000)
    _put(tmp_path, "huge", write(huge))

    (card,) = cards(Shelf(tmp_path, tmp_path / "none").templates())

    assert len(card.shape.dots) <= 400
    assert all(max(link) < len(card.shape.dots) for link in card.shape.links)
    assert len(card.title) + len(card.description) < 2000
