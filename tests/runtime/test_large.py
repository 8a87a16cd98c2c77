import msgspec

from runtime.large import LARGE, Large, Place, page, shown, weight

PLACE = Place("r", "a", "outputs", "value")


def test_a_small_value_is_sent_as_it_is() -> None:
    value = {"a": [1, 2, "three"]}

    assert shown(value, PLACE) is value


def test_of_a_large_list_its_beginning_is_sent() -> None:
    found = shown([{"id": i} for i in range(100_000)], PLACE)

    assert isinstance(found, Large)
    assert (found.kind, found.size) == ("list", 100_000)
    assert found.head[:2] == [{"id": 0}, {"id": 1}]
    assert len(msgspec.json.encode(found)) < LARGE


def test_a_large_member_of_a_beginning_says_where_it_is() -> None:
    found = shown({"small": 1, "long": "x" * 1_000_000}, PLACE)

    assert isinstance(found, Large)
    assert found.head["small"] == 1
    assert found.head["long"].place == Place("r", "a", "outputs", "value", ("long",))
    assert found.head["long"].size == 1_000_000


def test_however_a_large_value_is_nested_its_beginning_is_small() -> None:
    value: object = "x" * 100_000
    for _ in range(100):
        value = [value, value]

    assert len(msgspec.json.encode(shown(value, PLACE))) < LARGE


def test_a_page_holds_the_members_that_were_asked_for() -> None:
    found = page(list(range(1000)), PLACE, 990, 20)

    assert (found.start, found.size, found.values) == (990, 1000, list(range(990, 1000)))


def test_a_page_of_a_record_names_its_fields() -> None:
    found = page({"a": 1, "b": 2, "c": 3}, PLACE, 1, 1)

    assert (found.names, found.values) == (["b"], [2])


def test_a_page_of_a_text_is_a_piece_of_it() -> None:
    assert page("abcdef", PLACE, 2, 3).values == ["cde"]


def test_weighing_a_large_value_stops_early() -> None:
    class Endless(list[object]):
        def __iter__(self):  # type: ignore[no-untyped-def]
            raise AssertionError("nobody needs to look at all of it")

    assert weight(Endless(range(100_000)), 1000) > 1000
