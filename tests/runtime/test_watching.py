import pytest

from runtime.watching import read_watch

BLOCKS = ("parse", "sum")


def test_a_port_is_named_by_its_block() -> None:
    watch = read_watch("parse.items", BLOCKS)

    assert watch.ends == (("parse", "items"),)
    assert watch.code == "item['parse.items']"


@pytest.mark.parametrize(
    ("expression", "path"),
    [
        ("parse.items", ()),
        ("parse.items[0]['first name']", (0, "first name")),
        ("parse.items[-1]", (-1,)),
        ("len(parse.items)", None),
        ("parse.items[0] + 1", None),
        ("parse.items[sum.value]", None),
    ],
)
def test_what_only_leads_to_a_place_is_known_as_its_path(
    expression: str, path: tuple[object, ...] | None
) -> None:
    assert read_watch(expression, BLOCKS).path == path


def test_every_port_is_found_once() -> None:
    watch = read_watch("[x for x in parse.items if x > sum.value] + parse.items", BLOCKS)

    assert watch.ends == (("parse", "items"), ("sum", "value"))


def test_a_name_of_the_expression_s_own_is_no_block() -> None:
    assert read_watch("[parse for parse in sum.value]", BLOCKS).ends == (("sum", "value"),)


def test_a_block_alone_stands_for_all_it_gave() -> None:
    assert read_watch("parse['items']", BLOCKS).ends == (("parse", ""),)


@pytest.mark.parametrize("expression", ["", "1 +", "x = 2"])
def test_what_cannot_be_read_says_why(expression: str) -> None:
    assert read_watch(expression, BLOCKS).trouble
