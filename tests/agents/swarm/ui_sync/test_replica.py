"""What the JavaScript client knows: however messages come, everybody ends up with the same."""

import copy
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from agents.swarm.ui_sync.judging import judged
from agents.swarm.ui_sync.patches import applied
from agents.swarm.ui_sync.shapes import Declined, Missed, Mutation, Patch
from tests.agents.swarm.ui_sync.conftest import Node

NAMES = st.sampled_from(["a", "b", "list", "0", "__proto__", "x/y~z"])
LEAVES = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "tea"])
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
PLACES = st.sampled_from(
    ["", "/a", "/b", "/list", "/list/0", "/list/1", "/list/-", "/a/b", "/a/0", "/__proto__",
     "/x~1y~0z", "/list/01", "/list/9"]
)  # fmt: skip
OPERATIONS = st.lists(
    st.one_of(
        st.fixed_dictionaries({"op": st.sampled_from(["add", "replace", "test"]), "path": PLACES,
                               "value": VALUES}),
        st.fixed_dictionaries({"op": st.just("remove"), "path": PLACES}),
        st.fixed_dictionaries({"op": st.sampled_from(["move", "copy"]), "path": PLACES,
                               "from": PLACES}),
    ),
    min_size=1,
    max_size=3,
)  # fmt: skip

together = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(wish: dict[str, Any]) -> Patch:
    return msgspec.convert(wish, Patch)


@pytest.mark.parametrize(
    ("value", "patch", "wanted"),
    [
        ({"a": 1}, [{"op": "add", "path": "/__proto__", "value": {"b": 1}}], None),
        ({"list": [1, 2, 3]}, [{"op": "move", "from": "/list/0", "path": "/list/2"}],
         {"list": [2, 3, 1]}),
        ({"a": {"b": 1}}, [{"op": "copy", "from": "", "path": "/c"}],
         {"a": {"b": 1}, "c": {"a": {"b": 1}}}),
    ],
)  # fmt: skip
def test_a_patch_is_applied(node: Node, value: Any, patch: list[Any], wanted: Any) -> None:
    made = node.do("patched", value=value, patch=patch)["value"]

    assert made == (wanted or applied(value, read({"patch": patch}))[0])


@settings(together, max_examples=200)
@given(value=VALUES, patch=OPERATIONS)
def test_json_patches_do_the_same_on_both_sides(node: Node, value: Any, patch: list[Any]) -> None:
    # Python's library lets whole states be taken away; a state is never nothing here.
    assume(all(one != {"op": "remove", "path": ""} for one in patch))
    try:
        wanted, _ = applied(copy.deepcopy(value), read({"patch": patch}))
    except Declined:
        assert "misfit" in node.do("patched", value=value, patch=patch)
    else:
        assert node.do("patched", value=value, patch=patch) == {"value": wanted}


@settings(together, max_examples=200)
@given(value=VALUES, merge=VALUES)
def test_merge_patches_do_the_same_on_both_sides(node: Node, value: Any, merge: Any) -> None:
    wanted, _ = applied(copy.deepcopy(value), Patch(merge=merge))

    assert node.do("patched", value=value, merge=merge) == {"value": wanted}


class Server:
    """The server's part as values: the real judgement, on a list of what was done."""

    def __init__(self) -> None:
        self.states: list[Any] = [None]
        self.changes: list[dict[str, Any]] = []
        self.missed: list[Missed] = []
        self.done: dict[str, int] = {}

    @property
    def version(self) -> int:
        return len(self.changes)

    def answer(self, said: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any] | None]:
        """What the writer is told, and what everybody is."""
        mutation = msgspec.convert(said, Mutation)
        told = {"type": "acknowledged", "id": mutation.id}
        if mutation.id in self.done:
            return {**told, "version": self.done[mutation.id]}, None
        base = self.version if mutation.base is None else mutation.base
        try:
            value, touched = judged(
                self.version, copy.deepcopy(self.states[-1]), self.missed[base:], mutation
            )
        except Declined as error:
            return {"type": "rejected", "id": mutation.id, "code": error.code, "message": ""}, None
        self.states.append(value)
        self.missed.append(Missed(mutation.id, touched))
        self.done[mutation.id] = self.version + 1
        change = {"type": "change", "version": self.version + 1, "id": mutation.id}
        change |= {name: said[name] for name in ("patch", "merge") if name in said}
        self.changes.append(change)
        return {**told, "version": self.version}, change

    def state(self) -> dict[str, Any]:
        return {"type": "state", "version": self.version, "value": self.states[-1]}


class Sent(NamedTuple):
    """A message on its way: to the server, or from it."""

    who: str
    is_up: bool
    message: dict[str, Any]


class World:
    """A server and its clients, with all that is on its way between them."""

    def __init__(self, node: Node, clients: str) -> None:
        self.node = node
        self.server = Server()
        self.clients = clients
        self.under_way: list[Sent] = []
        self.known: dict[str, dict[str, Any]] = {}
        node.do("forget")
        for who in clients:
            self.tell(who, self.server.state())

    def tell(self, who: str, message: dict[str, Any]) -> None:
        """Tell a client something, and see that it forgets nothing and makes nothing up."""
        before = self.known.get(who, {"version": None})["version"]
        now = self.known[who] = self.node.do("told", who=who, message=message)
        assert now["version"] >= (before or 0)
        assert now["value"] == self.server.states[now["version"]]

    def mutate(self, who: str, wish: dict[str, Any]) -> None:
        now = self.known[who] = self.node.do("mutated", who=who, wish=wish)
        self.under_way.append(Sent(who, True, now["pending"][-1]["mutation"]))

    def deliver(self, at: int, *, keeps: bool) -> None:
        """Let a message come, whichever it is; one that `keeps` comes again later."""
        at %= len(self.under_way)
        sent = self.under_way[at] if keeps else self.under_way.pop(at)
        if not sent.is_up:
            self.tell(sent.who, sent.message)
            return
        if sent.message is SUBSCRIBE:
            self.under_way.append(Sent(sent.who, False, self.server.state()))
            return
        answer, change = self.server.answer(sent.message)
        self.under_way.append(Sent(sent.who, False, answer))
        if change is not None:
            self.under_way += [Sent(who, False, change) for who in self.clients]

    def cut(self, who: str) -> None:
        """A line is cut: what is on it is lost, and what is open is said again."""
        self.under_way = [sent for sent in self.under_way if sent.who != who]
        for one in self.known[who]["pending"]:
            self.under_way.append(Sent(who, True, one["mutation"]))
        self.under_way.append(Sent(who, True, SUBSCRIBE))


SUBSCRIBE: dict[str, Any] = {"type": "subscribe"}

DOINGS = st.lists(
    st.one_of(
        st.tuples(st.just("merge"), st.sampled_from("ABC"),
                  st.dictionaries(NAMES, LEAVES | st.lists(LEAVES, max_size=2), max_size=2)),
        st.tuples(st.just("patch"), st.sampled_from("ABC"), OPERATIONS),
        st.tuples(st.just("come"), st.integers(0, 99), st.booleans()),
        st.tuples(st.just("come"), st.integers(0, 99), st.just(False)),
        st.tuples(st.just("come"), st.integers(0, 99), st.just(False)),
        st.tuples(st.just("cut"), st.sampled_from("ABC"), st.none()),
    ),
    max_size=40,
)  # fmt: skip


@settings(together, max_examples=150)
@given(doings=DOINGS)
def test_all_end_up_with_the_server_s_state_however_late_anything_comes(
    node: Node, doings: list[tuple[str, Any, Any]]
) -> None:
    world = World(node, "ABC")
    for number, (what, which, more) in enumerate(doings):
        if what == "cut":
            world.cut(which)
        elif what == "come":
            if world.under_way:
                world.deliver(which, keeps=more)
        else:
            world.mutate(which, {"id": f"m{number}", what: more})
    while world.under_way:
        world.deliver(len(world.under_way) // 2, keeps=False)

    for who in world.clients:
        assert world.known[who]["pending"] == []
        assert not world.known[who]["hasGap"]
        assert world.known[who]["version"] == world.server.version
        assert world.known[who]["shown"] == world.server.states[-1]


@settings(together, max_examples=150)
@given(doings=DOINGS)
def test_on_a_line_that_keeps_the_order_nobody_s_own_change_is_shown_twice(
    node: Node, doings: list[tuple[str, Any, Any]]
) -> None:
    world = World(node, "A")
    counted = 0
    for what, which, _ in doings:
        if what == "come" and which % 2 and world.under_way:
            ups = [at for at, sent in enumerate(world.under_way) if sent.is_up]
            downs = [at for at, sent in enumerate(world.under_way) if not sent.is_up]
            world.deliver((downs or ups)[0] if which % 3 else (ups or downs)[0], keeps=False)
        elif what == "cut":
            world.cut("A")
        else:
            begin = [{"op": "add", "path": "", "value": []}] if not counted else []
            added = [*begin, {"op": "add", "path": "/-", "value": counted}]
            world.mutate("A", {"id": f"m{counted}", "patch": added})
            counted += 1
        shown = world.known["A"]["shown"] or []

        assert shown == list(range(counted))


def test_a_mutation_that_fails_is_taken_back_alone(node: Node) -> None:
    node.do("forget")
    node.do("told", who="A", message={"type": "state", "version": 1, "value": {"n": 0}})
    for name in ("first", "second", "third"):
        node.do("mutated", who="A", wish={"id": name, "merge": {name: 1}})

    now = node.do("told", who="A", message={"type": "rejected", "id": "second"})

    assert now["shown"] == {"n": 0, "first": 1, "third": 1}
    assert now["value"] == {"n": 0}


def test_a_state_that_comes_late_is_let_be_unless_versions_mean_nothing_any_more(
    node: Node,
) -> None:
    node.do("forget")
    for version in (7, 5):
        message = {"type": "state", "version": version, "value": version}
        late = node.do("told", who="A", message=message)
    anew = node.do("told", who="A", message={**message, "anew": True})

    assert (late["version"], late["value"]) == (7, 7)
    assert (anew["version"], anew["value"]) == (5, 5)
    assert not anew["hasGap"]


def test_a_change_that_comes_early_waits_for_those_before(node: Node) -> None:
    node.do("forget")
    node.do("told", who="A", message={"type": "state", "version": 1, "value": []})
    add = [{"op": "add", "path": "/-", "value": 3}]

    early = {"type": "change", "version": 3, "id": "c", "patch": add}
    gap = node.do("told", who="A", message=early)
    closed = node.do("told", who="A", message={**early, "version": 2, "id": "b"})

    assert (gap["value"], gap["hasGap"]) == ([], True)
    assert (closed["value"], closed["version"], closed["hasGap"]) == ([3, 3], 3, False)


def test_one_s_own_change_that_comes_before_its_answer_is_not_shown_twice(node: Node) -> None:
    node.do("forget")
    node.do("told", who="A", message={"type": "state", "version": 1, "value": []})
    wish = {"id": "mine", "patch": [{"op": "add", "path": "/-", "value": 1}]}
    node.do("mutated", who="A", wish=wish)

    now = node.do("told", who="A", message={"type": "change", "version": 2, **wish})

    assert (now["shown"], now["pending"]) == ([1], [])
