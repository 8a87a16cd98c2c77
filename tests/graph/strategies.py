"""Hypothesis strategies for flows: any that a file can hold, of few names so that they meet."""

import contextlib

from hypothesis import strategies as st

from graph.edits import (
    AddBlock,
    AddFlow,
    ChangeId,
    ChangeKind,
    ClearBookmark,
    ClearField,
    ClearFrame,
    Connect,
    Disconnect,
    Edit,
    Inside,
    Many,
    MoveBlocks,
    RemoveBlock,
    RemoveFlow,
    Rename,
    SetBookmark,
    SetColour,
    SetExposed,
    SetField,
    SetFlowText,
    SetFrame,
    SetRoute,
    SetSettings,
    apply,
)  # fmt: skip
from graph.errors import EditRefused
from graph.flow import ANYTHING, Block, Bound, Budget, End, Flow, Frame, Link, Retry, Settings, View

names = st.sampled_from(["a", "b", "c", "parse", "fill", "fill_2", "_x", "Z9"])
"""Few, so that two flows drawn apart have blocks in common."""

ports = st.sampled_from(["value", "text", "error", "on"])
kinds = st.sampled_from(["text.template", "flow.input", "logic.merge_any", "gone.unknown"])
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
coordinates = st.integers(-100_000, 100_000).map(lambda tenths: tenths / 10)

places = st.tuples(coordinates, coordinates)

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
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
ends = st.builds(End, names, ports)
routes = st.lists(places, min_size=1, max_size=3).map(tuple)
exposed = st.lists(ports | texts, min_size=1, max_size=2, unique=True).map(tuple)
bookmarks = st.tuples(coordinates, coordinates, st.sampled_from([0.125, 0.333, 1.0, 2.5]))
bookmark_names = st.sampled_from(["start", "end"])
views = st.builds(
    View,
    positions=st.dictionaries(names, places, max_size=4),
    colours=st.dictionaries(names, texts.filter(bool), max_size=2),
    frames=st.dictionaries(st.sampled_from(["f", "g"]) | texts, frames, max_size=2),
    routes=st.dictionaries(ends.map(str), routes, max_size=3),
    exposed=st.dictionaries(names, exposed, max_size=2),
    bookmarks=st.dictionaries(bookmark_names | texts, bookmarks, max_size=2),
)


@st.composite
def blocks(draw: st.DrawFn) -> dict[str, Block]:
    """Blocks by their ids."""
    fields = st.dictionaries(ports | texts, values, max_size=3)
    titles, how = st.just("") | texts, st.just(Settings()) | settings
    return {
        id: Block(id, draw(kinds), draw(fields), draw(titles), draw(how))
        for id in draw(st.lists(names, unique=True, max_size=4))
    }


@st.composite
def links(draw: st.DrawFn) -> dict[End, Link]:
    """Links by their targets, some to blocks that may not be there."""
    converts = st.sampled_from(["", "", "text", "number"])
    return {
        target: Link(draw(ends), target, draw(converts))
        for target in draw(st.lists(ends, unique=True, max_size=4))
    }


bounds = st.builds(
    Bound, st.none() | st.integers(0, 10**9), st.none() | st.floats(0, 1e9, allow_subnormal=False)
)
budgets = st.just(ANYTHING) | st.builds(Budget, bounds, bounds, bounds)


def flows(levels: int = 1) -> st.SearchStrategy[Flow]:
    """Flows with up to so many `levels` of flows embedded in them."""
    inner: st.SearchStrategy[dict[str, Flow]] = st.just({})
    if levels:
        inner = inner | st.dictionaries(names, flows(levels - 1), max_size=2)
    return st.builds(Flow, texts, texts, blocks(), links(), inner, st.just(View()) | views, budgets)


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


@st.composite
def edits_of(draw: st.DrawFn, flow: Flow, levels: int = 1) -> Edit:
    """An edit, mostly one that fits the flow."""
    kind = draw(st.sampled_from(_EDITS if levels else _PLAIN_EDITS))
    if kind is Many:
        return draw(several_edits_of(flow))
    if kind in (Inside, RemoveFlow):
        name = draw(st.sampled_from(sorted(flow.flows) or ["none"]))
        inner = edits_of(flow.flows.get(name, Flow()), levels - 1)
        return Inside(name, draw(inner)) if kind is Inside else RemoveFlow(name)
    if kind in (Connect, Disconnect):
        target = draw(st.sampled_from(sorted(flow.links)) | ends if flow.links else ends)
        link = Link(draw(ends), target)
        return Connect(link, flow.links.get(target)) if kind is Connect else Disconnect(target)
    if kind in _PARTS:
        return kind(*map(draw, _PARTS[kind]))
    id = draw(st.sampled_from(sorted(flow.blocks)) | names if flow.blocks else names)
    return kind(id, *map(draw, _PARTS_AFTER_ID[kind]))


_PARTS = {
    AddBlock: (st.builds(Block, names, kinds, st.dictionaries(ports, values, max_size=2)),),
    SetFlowText: (st.none() | texts, st.none() | texts),
    AddFlow: (names, flows(0)),
    MoveBlocks: (st.dictionaries(names, st.none() | places, max_size=3),),
    SetColour: (names, texts),
    SetRoute: (ends, routes | st.just(())),
    SetExposed: (names, exposed | st.just(())),
    SetBookmark: (bookmark_names, bookmarks),
    ClearBookmark: (bookmark_names,),
    SetFrame: (st.sampled_from(["f", "g"]), frames),
    ClearFrame: (st.sampled_from(["f", "g"]),),
}
_PARTS_AFTER_ID = {
    RemoveBlock: (),
    ChangeId: (names,),
    ChangeKind: (kinds,),
    Rename: (texts,),
    SetField: (ports, values),
    ClearField: (ports,),
    SetSettings: (settings,),
}
_PLAIN_EDITS = [*_PARTS, *_PARTS_AFTER_ID, Connect, Disconnect]
_EDITS = [*_PLAIN_EDITS, RemoveFlow, Inside, Many]


@st.composite
def several_edits_of(draw: st.DrawFn, flow: Flow) -> Edit:
    """Edits one after another, each drawn for the flow that the ones before have made."""
    done = list[Edit]()
    for _ in range(draw(st.integers(0, 4))):
        edit = draw(edits_of(flow, 0))
        with contextlib.suppress(EditRefused):
            flow = apply(flow, edit)
            done.append(edit)
    return Many(tuple(done))
