"""Hypothesis strategies for flows: any that a file can hold, of few names so that they meet."""

from typing import Any

from hypothesis import strategies as st

from graph.flow import Block, End, Flow, Frame, Link, Retry, Settings, View

names = st.sampled_from(["a", "b", "c", "parse", "fill", "fill_2", "_x", "Z9"])
"""Few, so that two flows drawn apart have blocks in common."""

ports = st.sampled_from(["value", "text", "error", "on"])
kinds = st.sampled_from(["text.template", "flow.input", "logic.merge_any", "gone.unknown"])
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
coordinates = st.integers(-100_000, 100_000).map(lambda tenths: tenths / 10)

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-2, 2)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
"""Any JSON."""

seconds = st.floats(0, 1e6)
retries = st.builds(Retry, st.integers(1, 9), seconds, st.floats(1, 4), seconds, st.floats(0, 1))
settings = st.builds(
    Settings,
    retry=st.none() | st.just(Retry()) | retries,
    time_limit=st.none() | seconds,
    on_error=st.sampled_from(["stop", "continue", "port"]),
    each=st.just("") | ports,
    parallel=st.integers(1, 16),
    bypass=st.booleans(),
    pin=st.none() | st.dictionaries(ports, values, max_size=2),
    repeatable=st.none() | st.booleans(),
)
frames = st.builds(
    Frame, texts, coordinates, coordinates, coordinates, coordinates, st.just("") | texts
)
views = st.builds(
    View,
    positions=st.dictionaries(names, st.tuples(coordinates, coordinates), max_size=4),
    colours=st.dictionaries(names, texts.filter(bool), max_size=2),
    frames=st.dictionaries(texts, frames, max_size=2),
)


@st.composite
def blocks(draw: st.DrawFn) -> dict[str, Block]:
    """Blocks by their ids."""
    fields = st.dictionaries(ports | texts, values, max_size=3)
    titles, how = st.just("") | texts, st.just(Settings()) | settings
    return {
        id: Block(id, draw(kinds), draw(fields), draw(titles), draw(how))
        for id in draw(st.lists(names, unique=True, max_size=5))
    }


@st.composite
def links(draw: st.DrawFn) -> dict[End, Link]:
    """Links by their targets, some to blocks that may not be there."""
    ends = st.builds(End, names, ports)
    converts = st.sampled_from(["", "", "text", "number"])
    return {
        target: Link(draw(ends), target, draw(converts))
        for target in draw(st.lists(ends, unique=True, max_size=6))
    }


def flows(levels: int = 1) -> st.SearchStrategy[Flow]:
    """Flows with up to so many `levels` of flows embedded in them."""
    inner: st.SearchStrategy[dict[str, Flow]] = st.just({})
    if levels:
        inner = inner | st.dictionaries(names, flows(levels - 1), max_size=2)
    return st.builds(Flow, texts, texts, blocks(), links(), inner, st.just(View()) | views)


def mutated(text: bytes) -> st.SearchStrategy[bytes]:
    """The text cut short, or with some of it replaced, repeated or taken out."""
    spots = st.integers(0, len(text))
    pieces = st.binary(max_size=4) | st.sampled_from(
        [b"{", b"}", b"[", b"]", b",", b'"', b"null", b"NaN", b"1e999", b"-", b'"heddle": 1', b"\\"]
    )

    def change(first: int, second: int, piece: bytes) -> bytes:
        start, end = sorted((first, second))
        return text[:start] + piece + text[end:]

    def small(start: int, length: int, piece: bytes) -> bytes:
        return text[:start] + piece + text[start + length :]

    return (
        spots.map(lambda end: text[:end])
        | st.builds(change, spots, spots, pieces)
        | st.builds(small, spots, st.integers(0, 3), pieces)
    )


def same_kind_of_value(value: Any) -> st.SearchStrategy[Any]:
    """Values that Python calls equal to this one, and that are not the same to a flow."""
    return (
        st.sampled_from([value, float(value), bool(value)]) if value in (0, 1) else st.just(value)
    )
