"""Templates are found, kept, changed and put away."""

from pathlib import Path

import pytest

from graph.file_format import read
from graph.flow import Block, Flow
from runtime.compose import RESOURCES
from runtime.library.about import About, about_file, read_about, write_about
from runtime.library.shelf import NotKept, Shelf, file_name, in_categories

SHIPPED = RESOURCES / "templates"


def flow_called(name: str) -> Flow:
    return Flow.of([Block("a", "flow.constant", {"value": name})], name=name)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "templates", SHIPPED)


def test_a_kept_flow_is_found_with_all_that_was_said_of_it(shelf: Shelf) -> None:
    about = About("Mail", "mdi6.email-outline", "Change the address.", {"to": "Ada", "n": [1]})

    kept = shelf.add(flow_called("Ask Ada's friends!"), about)

    first = shelf.templates()[0]
    assert first == kept
    assert first.name == "ask_adas_friends"
    assert first.about == about
    assert read(first.path.read_bytes()).name == "Ask Ada's friends!"


def test_a_template_that_says_nothing_is_one_all_the_same(shelf: Shelf) -> None:
    kept = shelf.add(flow_called("Plain"), About())
    about_file(kept.path).unlink()

    assert [t.category for t in shelf.templates() if t.own] == ["My templates"]


@pytest.mark.parametrize(
    "broken", [b"", b"{", b"[]", b'{"template": "x"}', b"\xff", b" " * 300_000]
)
def test_what_a_template_says_of_itself_may_be_broken(shelf: Shelf, broken: bytes) -> None:
    kept = shelf.add(flow_called("Plain"), About(category="Mail"))
    about_file(kept.path).write_bytes(broken)

    (found,) = (t for t in shelf.templates() if t.own)
    assert found.about == About()


def test_what_a_later_heddle_says_of_a_template_is_passed_over() -> None:
    later = b'{"template": 2, "category": "Mail", "stars": 5}'

    assert read_about(later, "it") == About(category="Mail")


FIRST_FORMAT = b"""{
  "template": 1,
  "category": "Mail",
  "icon": "mdi6.email-outline",
  "use": "Change the address.",
  "inputs": {"to": "Ada"},
  "origin": "acme"
}"""


def test_what_the_first_format_said_is_understood_for_ever() -> None:
    said = About("Mail", "mdi6.email-outline", "Change the address.", {"to": "Ada"}, "acme")

    assert read_about(FIRST_FORMAT, "it") == said


def test_what_is_said_of_a_template_comes_back_as_it_was() -> None:
    about = About("Mail", "mdi6.email-outline", "Press *Run*.", {"to": None, "n": [1.5]}, "Pack")

    assert read_about(write_about(about), "it") == about


def test_no_two_templates_have_one_name_not_even_with_those_that_come_along(shelf: Shelf) -> None:
    names = [shelf.add(flow_called("Hello"), About()).name for _ in range(2)]

    assert names == ["hello_2", "hello_3"]
    assert {t.name for t in shelf.templates()} >= {"hello", "hello_2", "hello_3"}


def test_a_changed_template_moves_along_with_its_name(shelf: Shelf) -> None:
    kept = shelf.add(flow_called("Old name"), About())

    changed = shelf.change(kept, flow_called("New name"), About(category="Mail"))

    assert [t for t in shelf.templates() if t.own] == [changed]
    assert changed.name == "new_name"
    assert sorted(path.name for path in shelf.own.iterdir()) == [
        "new_name.flow.json", "new_name.template.json",
    ]  # fmt: skip


def test_a_changed_template_of_the_same_name_stays_where_it_is(shelf: Shelf) -> None:
    shelf.add(flow_called("Twin"), About())
    second = shelf.add(flow_called("Twin"), About())

    assert shelf.change(second, flow_called("Twin"), About("Mail")).path == second.path


def test_a_name_that_ends_in_a_number_stays_as_it_is(shelf: Shelf) -> None:
    kept = shelf.add(flow_called("Report 2026"), About())

    assert shelf.change(kept, flow_called("Report 2026"), About("Mail")).name == "report_2026"


def test_what_was_taken_out_can_be_put_back(shelf: Shelf) -> None:
    kept = shelf.add(flow_called("Mine"), About("Mail"))

    taken = shelf.take_out(kept)
    assert not any(t.own for t in shelf.templates())
    shelf.put_back(taken)

    assert [t for t in shelf.templates() if t.own] == [kept]


def test_putting_back_overwrites_nothing(shelf: Shelf) -> None:
    taken = shelf.take_out(shelf.add(flow_called("Mine"), About("Mail")))
    newer = shelf.add(flow_called("Mine"), About("Other"))

    with pytest.raises(NotKept):
        shelf.put_back(taken)

    assert [t for t in shelf.templates() if t.own] == [newer]


def test_categories_come_in_an_order_that_begins_with_the_persons_own(shelf: Shelf) -> None:
    shelf.add(flow_called("Mine"), About())

    groups = list(in_categories(shelf.templates()))

    assert groups[:2] == ["My templates", "First steps"]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Call a JSON API", "call_a_json_api"), ("../../etc/passwd", "etc_passwd"),
        ("Größe & Maß", "grosse_mass"), ("流程", "template"), ("", "template"),
        ("x" * 99, "x" * 60),
    ],
)  # fmt: skip
def test_a_title_becomes_a_plain_file_name(title: str, name: str) -> None:
    assert file_name(title) == name
