"""Packs: a good one is at hand, a broken one is reported and skipped, and the rest works."""

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from graph.errors import Problem
from runtime.plugins import installed, packs, source_of

GOOD = '''
from collections.abc import AsyncIterator, Iterator
from graph.block import block
from graph.context import Context

@block("shop.price", title="Price")
def price(amount: float, rate: float = 0.2) -> float:
    """With the tax on it."""
    return amount * (1 + rate)

@block("shop.parts", title="Parts")
def parts(text: str) -> Iterator[str]:
    """The parts of a text, one by one."""
    yield from text.split()

@block("shop.ask", title="Ask")
async def ask(question: str, context: Context) -> str:
    """An answer."""
    return f"{question}? In {context.run}."

@block("shop.watch", title="Watch")
async def watch(count: int) -> AsyncIterator[int]:
    """Numbers."""
    for number in range(count):
        yield number

@block("shop.order", title="Order", agent="shop", effect="write")
async def order(amount: float) -> str:
    """Done by an agent of its own."""
    return "done"
'''

Write = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Write:
    """`folder(name=source)` gives a folder of packs, one file each."""

    def write(**sources: str) -> Path:
        for name, source in sources.items():
            (tmp_path / f"{name}.py").write_text(source)
        return tmp_path

    return write


@pytest.fixture
def distribution(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """`distribution("name = module", module=source)` installs a pack, as an installer would."""
    before = set(sys.modules)

    def install(points: str, **modules: str) -> None:
        data = tmp_path / "site" / "a_pack-1.0.dist-info"
        data.mkdir(parents=True)
        (data / "METADATA").write_text("Metadata-Version: 2.1\nName: a-pack\nVersion: 1.0\n")
        (data / "entry_points.txt").write_text(f"[heddle.blocks]\n{points}\n")
        for name, source in modules.items():
            (data.parent / f"{name}.py").write_text(source)
        monkeypatch.syspath_prepend(data.parent)

    yield install
    for name in set(sys.modules) - before:
        del sys.modules[name]


def the_one(problems: tuple[Problem, ...]) -> Problem:
    (problem,) = problems
    return problem


def test_a_file_in_the_folder_is_a_pack(folder: Write) -> None:
    found = installed(folder(shop=GOOD))

    assert found.problems == ()
    assert "shop.price" in found.catalog
    assert "text.template" in found.catalog
    assert source_of(found.catalog.spec("shop.price")) == "shop.py"


def test_a_distribution_names_its_packs_as_entry_points(
    distribution: Callable[..., None],
) -> None:
    distribution("shop = my_shop", my_shop=GOOD)

    found = installed()

    assert found.problems == ()
    assert found.catalog.spec("shop.price").summary == "With the tax on it."
    assert source_of(found.catalog.spec("shop.price")) == "my_shop"


def test_what_could_hold_up_the_others_runs_apart(folder: Write) -> None:
    found = installed(folder(shop=GOOD)).catalog

    assert {kind: found.spec(kind).mode for kind in found.kinds if kind.startswith("shop.")} == {
        "shop.price": "process",
        "shop.parts": "process",
        "shop.ask": "async",
        "shop.watch": "stream",
        "shop.order": "async",
    }


def test_an_async_block_is_the_packs_agent_and_so_has_a_time_limit(folder: Write) -> None:
    found = installed(folder(shop=GOOD)).catalog

    assert found.spec("shop.ask").agent == "pack"
    assert found.spec("shop.order").agent == "shop"


BROKEN = {
    "raises": ("raise RuntimeError('no licence')", "RuntimeError: no licence"),
    "syntax": ("def (:", "line 1"),
    "null": ("\0", "null bytes"),
    "exits": ("import sys; sys.exit(3)", "asked for the whole program to end (code 3)"),
    "imports": ("import a_library_nobody_has", "a_library_nobody_has"),
    "surrogate": (r"raise ValueError('\udc80')", "ValueError: ?"),
    "speechless": (
        "class Mute(Exception):\n    def __str__(self): raise KeyError\nraise Mute",
        "Mute: what it says can't be told",
    ),
    "kind": (
        "from graph.block import block\n@block('no category', title='')\ndef f() -> int: ...",
        "'no category' is no kind",
    ),
    "unannotated": (
        "from graph.block import block\n@block('a.b', title='')\ndef f(x): ...",
        "a.b: 'x' needs an annotation",
    ),
    "variadic": (
        "from graph.block import block\n@block('a.b', title='')\ndef f(*x: int) -> int: ...",
        "a.b: 'x' must be a parameter with a name",
    ),
    "unknown type": (
        "from graph.block import block\n@block('a.b', title='')\ndef f(x: 'Nonsense') -> int: ...",
        "name 'Nonsense' is not defined",
    ),
    "trap": (
        "class Trap:\n    def __getattr__(self, name): raise RuntimeError('sprung')\ntrap = Trap()",
        "RuntimeError: sprung",
    ),
}


@pytest.mark.parametrize(("source", "said"), BROKEN.values(), ids=BROKEN)
def test_a_broken_pack_is_reported_and_the_rest_works(
    folder: Write, source: str, said: str
) -> None:
    found = installed(folder(bad=source, good=GOOD))

    problem = the_one(found.problems)
    assert problem.message.startswith("The pack 'bad.py' could not be loaded: ")
    assert said in problem.message
    assert problem.cure
    assert problem.severity == "warning"
    assert "shop.price" in found.catalog


@pytest.mark.parametrize(
    ("point", "said"),
    [
        ("shop = not_there", "No module named 'not_there'"),
        ("shop = my_shop:price", "'my_shop:price' is no module"),
        ("shop = my_shop:nothing", "nothing"),
        ("shop = !!!", "shop"),
    ],
)
def test_an_entry_point_that_leads_nowhere_is_reported(
    distribution: Callable[..., None], point: str, said: str
) -> None:
    distribution(point, my_shop=GOOD)

    assert said in the_one(installed().problems).message


def test_damaged_metadata_of_any_distribution_is_survived(
    distribution: Callable[..., None],
) -> None:
    distribution("no sign of what it means\n= nor here")

    found = installed()

    assert "text.template" in found.catalog
    assert all(problem.code == "broken-pack" for problem in found.problems)


def test_a_kind_that_is_taken_stays_with_who_had_it(folder: Write) -> None:
    ours = GOOD.replace("shop.price", "text.template")

    found = installed(folder(a_shop=GOOD, b_shop=ours))

    assert [problem.code for problem in found.problems] == ["same-kind"] * 5
    assert source_of(found.catalog.spec("shop.ask")) == "a_shop.py"
    assert source_of(found.catalog.spec("text.template")) == "graph.blocks.text"
    assert found.problems[-1].message == (
        "The block 'text.template' of b_shop.py was left out: Heddle has one already."
    )


def test_a_plain_function_that_asks_for_its_context_is_left_out(folder: Write) -> None:
    found = installed(folder(shop=GOOD.replace("async def ask", "def ask")))

    problem = the_one(found.problems)
    assert problem.code == "blocking-block"
    assert "'shop.ask'" in problem.message
    assert "async def" in problem.cure
    assert "shop.ask" not in found.catalog
    assert "shop.price" in found.catalog


def test_a_pack_without_blocks_says_so_and_a_hidden_file_is_none(folder: Write) -> None:
    found = installed(folder(nothing="x = 1", _shared="x = 1"))

    problem = the_one(found.problems)
    assert problem.code == "empty-pack"
    assert "'nothing.py'" in problem.message


def test_a_folder_that_is_not_there_holds_no_packs(tmp_path: Path) -> None:
    assert installed(tmp_path / "nowhere").problems == ()


def test_what_a_pack_prints_when_imported_stays_out_of_the_answers(
    folder: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, err = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)

    packs(folder(shop=f"print('welcome')\n{GOOD}"))

    assert (out.getvalue(), err.getvalue()) == ("", "welcome\n")
