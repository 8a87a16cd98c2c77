import msgspec
import pytest

from app.presenters.block_finder import BlockFinder
from graph.catalog import Catalog
from graph.values import INTEGER, LIST, TABLE, TEXT
from runtime.plugins import installed

CATALOG = installed().catalog


@pytest.fixture
def finder() -> BlockFinder:
    return BlockFinder(CATALOG)


def kinds(found: list) -> list[str]:
    return [match.spec.kind for match in found]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("tem", "text.template"),
        ("fil", "data.filter"),
        ("so", "data.sort"),
        ("http g", "http.get"),
        ("pc", "data.parse_csv"),  # initials
        ("read csv", "files.read_csv"),
        ("prompt", "text.template"),  # a search word
        ("vlookup", "data.join"),
        ("data.sort", "data.sort"),
        ("FLATTEN", "data.flatten"),
    ],
)
def test_a_few_letters_find_a_block(finder: BlockFinder, typed: str, first: str):
    assert first in kinds(finder.found(typed))[:3]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("tempalte", "text.template"), ("flter", "data.filter"), ("ducplicates", "data.deduplicate"),
     ("markdwon", "text.markdown"), ("agregate", "data.aggregate")],
)  # fmt: skip
def test_slips_of_the_fingers_are_forgiven(finder: BlockFinder, typed: str, meant: str):
    assert meant in kinds(finder.found(typed))[:3]


def test_what_nobody_could_mean_finds_nothing(finder: BlockFinder):
    assert finder.found("qqqqxyz") == []


def test_the_start_of_a_title_goes_before_a_word_in_it_and_that_before_scattered_letters(
    finder: BlockFinder,
):
    found = kinds(finder.found("fi"))

    assert found.index("data.filter") < found.index("files.read") < found.index("data.pick_fields")
    assert found.index("files.exists") < found.index("files.write")


def test_scattered_letters_are_highlighted_where_they_stand(finder: BlockFinder):
    match = next(m for m in finder.found("flte") if m.spec.kind == "data.filter")

    assert [match.spec.title[a:b] for a, b in match.spans] == ["F", "l", "t", "e"]


def test_a_type_finds_the_blocks_that_take_or_give_it(finder: BlockFinder):
    found = kinds(finder.found("table"))

    assert {"data.where", "files.read_csv", "sql.query"} <= set(found)
    assert "text.case" not in found


def test_among_equals_the_one_used_most_comes_first():
    finder = BlockFinder(CATALOG)
    before = kinds(finder.found("parse"))
    assert before[0] != "data.parse_time"

    finder.note_use("data.parse_time")

    assert kinds(finder.found("parse"))[0] == "data.parse_time"
    assert BlockFinder(CATALOG, finder.used).found("parse")[0].spec.kind == "data.parse_time"


def test_use_never_goes_before_a_better_match():
    finder = BlockFinder(CATALOG, ["files.exists"] * 9)

    assert kinds(finder.found("filt"))[0] == "data.filter"


def test_a_link_from_an_output_is_offered_only_inputs_that_take_it(finder: BlockFinder):
    found = {match.spec.kind: match for match in finder.found("", (TABLE, "out"))}

    assert found["data.where"].port == "items"
    assert found["files.write_csv"].port == "rows"
    assert found["data.join"].port == "left"
    assert not {"flow.input", "data.now", "flow.note"} & set(found)


def test_a_link_into_an_input_is_offered_only_outputs_that_suit(finder: BlockFinder):
    found = {match.spec.kind: match for match in finder.found("", (LIST, "in"))}

    assert found["data.filter"].port == "value"
    assert found["files.list"].port == "files"
    assert "files.exists" not in found


def test_what_surely_fits_comes_before_what_takes_anything(finder: BlockFinder):
    found = kinds(finder.found("", (TEXT, "out")))

    assert found.index("text.split") < found.index("flow.output")


def test_a_conversion_is_offered_after_what_fits_as_it_is(finder: BlockFinder):
    found = finder.found("", (INTEGER, "out"))
    converted = {m.spec.kind: m for m in found if m.convert}

    assert converted["text.split"].convert == "text"
    assert found.index(converted["text.split"]) > kinds(found).index("logic.wait")


def test_letters_and_a_link_together(finder: BlockFinder):
    found = finder.found("csv", (TABLE, "out"))

    assert [(m.spec.kind, m.port) for m in found[:2]] == [
        ("data.format_csv", "items"),
        ("files.write_csv", "rows"),
    ]


def test_hundreds_of_kinds_are_searched_all():
    many = Catalog(
        msgspec.structs.replace(spec, kind=f"{spec.kind}_{copy}", title=f"{spec.title} {copy}")
        for copy in range(4)
        for spec in CATALOG
    )

    assert next(m.spec.title for m in BlockFinder(many).found("sort 3")) == "Sort 3"
