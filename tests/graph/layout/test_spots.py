"""A new block finds a place near the wanted one, and covers no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.edits import Position
from graph.layout import Size, free_spot
from graph.layout.spots import GAP

SIZE = (200.0, 80.0)


def test_the_wanted_place_is_taken_when_it_is_free() -> None:
    assert free_spot((10.0, 20.0), SIZE, {"far": (900.0, 900.0)}, {"far": SIZE}) == (10.0, 20.0)


def test_a_block_goes_just_below_one_that_stands_there() -> None:
    spot = free_spot((0.0, 0.0), SIZE, {"a": (0.0, 0.0)}, {"a": SIZE})

    assert spot == (0.0, SIZE[1] + GAP)


def test_many_blocks_at_one_place_come_to_stand_around_it() -> None:
    places, sizes = dict[str, tuple[float, float]](), dict[str, tuple[float, float]]()
    for i in range(25):
        places[f"b{i}"] = free_spot((0.0, 0.0), SIZE, places, sizes)
        sizes[f"b{i}"] = SIZE

    assert len(set(places.values())) == 25
    assert max(abs(x) for x, _ in places.values()) < 1000
    assert max(abs(y) for _, y in places.values()) < 1000


coordinates = st.integers(-400, 400).map(float)
lengths = st.integers(1, 400).map(float)


@given(
    st.tuples(coordinates, coordinates),
    st.tuples(lengths, lengths),
    st.dictionaries(st.text(max_size=2), st.tuples(coordinates, coordinates), max_size=12),
    st.sampled_from([0.0, 24.0]),
)
def test_no_other_block_is_covered(
    wanted: Position, size: Size, places: dict[str, Position], gap: float
) -> None:
    sizes = dict.fromkeys(places, SIZE)

    x, y = free_spot(wanted, size, places, sizes, gap)

    for left, top in places.values():
        apart = (
            x + size[0] + gap <= left
            or left + SIZE[0] + gap <= x
            or y + size[1] + gap <= top
            or top + SIZE[1] + gap <= y
        )
        assert apart


@pytest.mark.parametrize("wanted", [(0.0, 0.0), (1e7, -1e7)])
def test_a_place_is_found_in_a_crowd(wanted: tuple[float, float]) -> None:
    places = {f"b{i}": (210.0 * (i % 70), 90.0 * (i // 70)) for i in range(4900)}

    spot = free_spot(wanted, SIZE, places, dict.fromkeys(places, SIZE))

    assert spot not in places.values()
