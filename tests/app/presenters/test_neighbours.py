"""Which block lies next in a direction."""

import pytest

from app.presenters.neighbours import Way, neighbour

PLACES = {
    "middle": (0.0, 0.0), "right": (300.0, 20.0), "far": (600.0, 0.0), "below": (10.0, 200.0),
    "aside": (250.0, 900.0),
}  # fmt: skip


@pytest.mark.parametrize(
    ("start", "way", "found"),
    [
        ("middle", (1, 0), "right"),
        ("middle", (0, 1), "below"),
        ("middle", (-1, 0), None),
        ("right", (1, 0), "far"),
        ("far", (-1, 0), "right"),
        ("below", (0, -1), "middle"),
    ],
)
def test_the_next_block_lies_ahead_and_hardly_aside(
    start: str, way: Way, found: str | None
) -> None:
    assert neighbour(PLACES, {}, start, way) == found


def test_with_none_selected_the_nearest_to_where_one_looks_is_taken() -> None:
    assert neighbour(PLACES, {}, None, (1, 0), (600, 100)) == "far"
    assert neighbour({}, {}, None, (1, 0), (0, 0)) is None
