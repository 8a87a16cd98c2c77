"""The sandbox: expressions and code give values; what is wrong is said, with its place."""

import datetime
import math
from collections import OrderedDict
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.code.errors import CodeFailed, CodeRefused, SandboxError, ValueRefused
from agents.code.sandbox import Ran, Sandbox
from graph.available import BUILTINS, MODULES
from tests.agents.code.conftest import LIMITS

UTC = datetime.UTC
NOON = datetime.datetime(2026, 5, 3, 12, tzinfo=UTC)


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox() -> AsyncIterator[Sandbox]:
    """One for all of this page: no test may notice that others were there before it."""
    async with Sandbox(LIMITS, workers=1) as made:
        yield made


def placed(failure: CodeFailed) -> tuple[int, int, int]:
    return (failure.line, failure.column, failure.end_column)


# Expressions


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("price * count", 42),
        ("f'{name.title()}: {price:.2f}'", "Ada: 21.00"),
        ("[tag for tag in tags if tag != 'bug']", ["ui"]),
        ("sorted(tags, key=lambda tag: -len(tag))[0]", "bug"),
        ("next((tag for tag in tags if tag > 'c'), None)", "ui"),
        ("re.findall('[a-z]', name) and json.loads('[1]')", [1]),
        ("(double := price * 2) + double", 84),
        ("price\n  + count", 23),
        ("  price", 21),
        ("price # what it costs", 21),
    ],
)
async def test_an_expression_gives_its_value(
    sandbox: Sandbox, expression: str, value: object
) -> None:
    names = {"price": 21, "count": 2, "name": "ada", "tags": ["bug", "ui"]}

    assert await sandbox.evaluate(expression, names) == value


async def test_only_the_names_an_expression_uses_go_in(sandbox: Sandbox) -> None:
    names = {"a": 1, "unfit": object(), "no name": object(), "for": object()}

    assert await sandbox.evaluate("a", names) == 1


async def test_a_given_name_hides_a_builtin_or_a_module(sandbox: Sandbox) -> None:
    assert await sandbox.evaluate("[id, json, len]", {"id": 1, "json": 2, "len": 3}) == [1, 2, 3]


async def test_one_expression_serves_now_with_and_now_without_a_name(sandbox: Sandbox) -> None:
    assert await sandbox.evaluate("json and 1", {"json": 1}) == 1
    assert await sandbox.evaluate("json and 1", {"text": 1}) == 1


async def test_what_an_expression_prints_is_dropped(
    sandbox: Sandbox, capfd: pytest.CaptureFixture[str]
) -> None:
    assert await sandbox.evaluate("print('hi') or 3", {}) == 3
    assert capfd.readouterr() == ("", "")


# Each item


async def test_an_expression_goes_through_items_with_their_index(sandbox: Sandbox) -> None:
    assert await sandbox.each("item * 10 + index", [5, 6, 7]) == [50, 61, 72]


async def test_items_have_a_name_and_company(sandbox: Sandbox) -> None:
    values = await sandbox.each("row['n'] * by", [{"n": 1}, {"n": 2}], name="row", names={"by": 3})

    assert values == [3, 6]


async def test_the_item_and_index_win_over_names_given(sandbox: Sandbox) -> None:
    assert await sandbox.each("[item, index]", ["a"], names={"item": 1, "index": 2}) == [["a", 0]]


async def test_no_items_give_no_values_but_the_expression_is_checked(sandbox: Sandbox) -> None:
    assert await sandbox.each("item", []) == []
    with pytest.raises(CodeRefused):
        await sandbox.each("itm", [])


async def test_what_one_item_makes_the_next_does_not_see(sandbox: Sandbox) -> None:
    with pytest.raises(CodeFailed, match="item 1") as caught:
        await sandbox.each("(made := 1) if index == 0 else made", ["a", "b"])

    assert caught.value.kind == "UnboundLocalError"


async def test_an_error_says_which_item(sandbox: Sandbox) -> None:
    with pytest.raises(CodeFailed) as caught:
        await sandbox.each("10 / item", [5, 2, 0, 1])

    assert caught.value.item == 2
    assert str(caught.value) == (
        "ZeroDivisionError: division by zero in `10 / item` (line 1, column 1, at item 2)."
    )


async def test_an_item_of_an_earlier_call_is_not_blamed(sandbox: Sandbox) -> None:
    with pytest.raises(CodeFailed):
        await sandbox.each("1 / item", [1, 0])
    with pytest.raises(CodeFailed) as caught:
        await sandbox.evaluate("1 / x", {"x": 0})

    assert caught.value.item is None


async def test_many_items_go_in_batches_and_nobody_can_tell(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agents.code.sandbox.BATCH", 3)

    assert await sandbox.each("item * index", list(range(10))) == [n * n for n in range(10)]
    with pytest.raises(CodeFailed) as caught:
        await sandbox.each("1 / (item - 7)", range(10))
    assert caught.value.item == 7

    drawn = await sandbox.each("random.random()", range(9), seed=1)
    assert len(set(drawn)) == 9
    assert drawn == await sandbox.each("random.random()", range(9), seed=1)


@pytest.mark.parametrize("name", ["no name", "for", "", "1"])
async def test_an_item_needs_a_name_that_can_be_written(sandbox: Sandbox, name: str) -> None:
    with pytest.raises(ValueError, match="can't be the name"):
        await sandbox.each("index", [1], name=name)


# Code


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("return a + 1", 3),
        ("a + 1", 3),
        ("b = a\nb += 1\nb", 3),
        ("if a > 1:\n    return 'more'\nreturn 'less'", "more"),
        ("if a > 1:\n    'not the last statement'", None),
        ("x = 1; x + a", 3),
        ("(\n  a\n  + 1\n)", 3),
        ("[n\n for n in range(a)]", [0, 1]),
        ("def double(n):\n    return n * 2\ndouble(a)", 4),
        ("import re\nfrom math import floor as f\nf(2.5) + len(re.split(',', 'a,b'))", 4),
        ("class Pair:\n    def __init__(self, n): self.n = n\nPair(a).n", 2),
        ("total = 0\nfor n in range(4):\n    total += n\ntotal", 6),
        ("a += 1\na", 3),
        ("try:\n    return 1 / 0\nexcept ZeroDivisionError:\n    return 'none'", "none"),
        ("match a:\n    case 2: r = 'two'\n    case _: r = '?'\nr", "two"),
        ("if a:\n\treturn 'tab'", "tab"),
        ('"""over\n  lines"""', "over\n  lines"),
        ('if a:\n    b = """x\n y\n"""\n    return b', "x\n y\n"),
        ('b = f"""{a}\n  {a}"""\nb', "2\n  2"),
        ('b = """\n"""; b + "c"', "\nc"),
        ("a\r\na + 1\r\n", 3),
        ("a + \\\n  1", 3),
        ("", None),
        ("# nothing", None),
        ("pass", None),
    ],
)
async def test_code_gives_its_return_or_its_last_expression(
    sandbox: Sandbox, code: str, value: object
) -> None:
    assert await sandbox.run(code, {"a": 2}) == Ran(value, "")


async def test_what_code_prints_comes_with_its_value(sandbox: Sandbox) -> None:
    ran = await sandbox.run("print('a', 1, sep='-')\nprint('ü', end='')\nreturn 2", {})

    assert ran == Ran(2, "a-1\nü")


async def test_what_code_printed_before_it_failed_is_kept(sandbox: Sandbox) -> None:
    with pytest.raises(CodeFailed) as caught:
        await sandbox.run("print('so far')\n1 / 0", {})

    assert caught.value.printed == "so far\n"


# Values


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        -(2**63),
        2**64 - 1,
        1.5,
        math.inf,
        "",
        "äöü😀\0\n",
        b"\x00\xff",
        datetime.date(2026, 5, 3),
        datetime.datetime(2026, 5, 3, 12, 30, 15, 123456),  # noqa: DTZ001  (naive on purpose)
        NOON,
        datetime.datetime(2026, 5, 3, tzinfo=datetime.timezone(datetime.timedelta(hours=2))),
        [],
        {},
        [[1, [2, {"a": [b"x", NOON, None]}]]],
        {"a": {"b": [1.5, "x"]}, "": 1},
    ],
)
async def test_a_value_goes_in_and_comes_out_the_same(sandbox: Sandbox, value: Any) -> None:
    came = await sandbox.evaluate("value", {"value": value})

    assert came == value
    assert type(came) is type(value)


async def test_not_a_number_comes_out_as_itself(sandbox: Sandbox) -> None:
    assert math.isnan(await sandbox.evaluate("[value][0]", {"value": math.nan}))


async def test_tuples_and_other_mappings_become_lists_and_records(sandbox: Sandbox) -> None:
    names = {"a": (1, (2,)), "b": Point(1, 2), "c": [OrderedDict(d=bytearray(b"x"))]}

    assert await sandbox.evaluate("[a, b, c, (3, [4])]", names) == [
        [1, [2]],
        [1, 2],
        [{"d": b"x"}],
        [3, [4]],
    ]


class Point(NamedTuple):
    x: int
    y: int


async def test_what_is_given_is_not_changed(sandbox: Sandbox) -> None:
    given = {"list": [1], "record": {"a": (1,)}}

    await sandbox.run("list.append(2)\nrecord.clear()", given)

    assert given == {"list": [1], "record": {"a": (1,)}}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (object(), "x is of type object"),
        ({"a": [1, {2, 3}]}, "x['a'][1] is of type set"),
        ([1j], "x[0] is of type complex"),
        ({1: 2}, "x[1] is a record with a key that is no text"),
        ([2**64], "x[0] is a whole number of more than 64 bits"),
        (range(3), "x is of type range"),
        (datetime.timedelta(1), "x is of type timedelta"),
        (print, "x is of type builtin_function_or_method"),
        ("\ud800", "half of a surrogate pair"),
    ],
)
async def test_a_value_that_cannot_go_in_is_named(
    sandbox: Sandbox, value: object, said: str
) -> None:
    with pytest.raises(ValueRefused) as caught:
        await sandbox.evaluate("x", {"x": value})

    assert said in caught.value.message
    assert caught.value.cure


async def test_a_value_that_holds_itself_is_refused(sandbox: Sandbox) -> None:
    endless: list[Any] = []
    endless.append(endless)

    with pytest.raises(ValueRefused, match="nested more than 100 deep"):
        await sandbox.evaluate("len(x)", {"x": endless})


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("{1, 2}", "value is of type set"),
        ("[1, {'a': {2}}]", "value[1]['a'] is of type set"),
        ("len", "value is of type builtin_function_or_method"),
        ("lambda: 1", "value is of type function"),
        ("def f(): pass\nf", "value is of type function"),
        ("[b'', (1, lambda: 1)]", "value[1][1] is of type function"),
        ("range(3)", "value is of type range"),
        ("{'a': 1}.keys()", "value is of type dict_keys"),
        ("{1: 2}", "value[1] is a record with a key that is no text"),
        ("{1: 2, 'a': b''}", "value[1] is a record with a key that is no text"),
        ("3j", "value is of type complex"),
        ("...", "value is of type ellipsis"),
        ("ValueError('x')", "value is of type ValueError"),
        ("import re\nre", "value is of type module"),
        ("import re\n[re.match('a', 'a')]", "value[0] is of type Match"),
        ("import decimal\ndecimal.Decimal('1.5')", "value is of type Decimal"),
        ("import datetime\ndatetime.timedelta(1)", "value is of type timedelta"),
        ("class A: pass\nA()", "value is of type A"),
        ("class A: pass\nA", "value is of type type"),
        ("from collections import namedtuple\n[namedtuple('P', 'x')(1)]", "value[0] is of type P"),
        ("2 ** 64", "value is a whole number of more than 64 bits"),
        ("[-2 ** 63 - 1]", "value[0] is a whole number of more than 64 bits"),
        ("10 ** 5000", "value is a whole number of more than 64 bits"),
        ("[10 ** 5000]", "value[0] is a whole number of more than 64 bits"),
        ("a = []\na.append(a)\na", "value is nested more than 100 deep"),
        ("a = []\nfor _ in range(300):\n    a = [a]\na", "nested more than 100 deep"),
        ("a = b''\nfor _ in range(300):\n    a = [a]\na", "nested more than 100 deep"),
    ],
)
async def test_a_value_that_cannot_come_out_is_named(
    sandbox: Sandbox, code: str, said: str
) -> None:
    with pytest.raises(ValueRefused) as caught:
        await sandbox.run(code, {})

    assert said in caught.value.message
    assert caught.value.cure


async def test_counters_and_other_records_come_out_as_records(sandbox: Sandbox) -> None:
    code = (
        "from collections import Counter, defaultdict\n[Counter('aab'), defaultdict(list, b=[1])]"
    )

    assert (await sandbox.run(code, {})).value == [{"a": 2, "b": 1}, {"b": [1]}]


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.dates()
    | st.datetimes(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(given=st.lists(values, min_size=1, max_size=30))
@settings(max_examples=50)
async def test_any_plain_value_survives_the_way_in_and_out(
    sandbox: Sandbox, given: list[Any]
) -> None:
    assert await sandbox.evaluate("given", {"given": given}) == given
    assert await sandbox.each("item", given) == given


# Errors and their places


@pytest.mark.parametrize(
    ("expression", "place"),
    [
        ("item['titel']", (1, 1, 14)),
        ("1 + item['titel']", (1, 5, 18)),
        ("  item['titel']", (1, 3, 16)),
        ("'äöü😀' + item['titel']", (1, 10, 23)),
        ("[\n  1,\n  item['titel'],\n]", (3, 3, 16)),
        ("1\n  + item['titel']", (2, 5, 18)),
        ("[n for n in [1] if item['titel']]", (1, 20, 33)),
        ("(lambda: item['titel'])()", (1, 10, 23)),
        ("f'{1} {item[\"titel\"]}'", (1, 8, 21)),
        ("math.floor(1) + item['titel']", (1, 17, 30)),
        ("next(n for n in [1] if item['titel'])", (1, 24, 37)),
    ],
)
async def test_an_error_in_an_expression_is_placed_where_it_was_written(
    sandbox: Sandbox, expression: str, place: tuple[int, int, int]
) -> None:
    with pytest.raises(CodeFailed) as caught:
        await sandbox.evaluate(expression, {"item": {}})

    assert placed(caught.value) == place
    assert (caught.value.kind, caught.value.detail) == ("KeyError", "titel")


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("1 / 0", (1, 1, 6)),
        ("return 1 / 0", (1, 8, 13)),
        ("a = 1\n\nb = 1 / 0\nb", (3, 5, 10)),
        ("a = 1; a / 0", (1, 8, 13)),
        ("a = 1; return a / 0", (1, 15, 20)),
        ("é = 'ü'; [é, 1 / 0]", (1, 14, 19)),
        ("if True:\n    for i in [1]:\n        i / 0", (3, 9, 14)),
        ("if True:\n\treturn 1 / 0", (2, 9, 14)),
        ("def f(n):\n    return n / 0\n\nf(1)", (2, 12, 17)),
        ("class A:\n    def m(self):\n        return 1 / 0\nA().m()", (3, 16, 21)),
        ('a = """x\ny""" + str(1 / 0)\na', (2, 12, 17)),
        ('a = """x\ny"""; a + str(1 / 0)', (2, 15, 20)),
        ('a = f"""x\n{1 / 0}"""\na', (2, 2, 7)),
        ("(\n  1 / 0\n)", (2, 3, 8)),
        ("a = 1\r\nb = a / 0\r\nb", (2, 5, 10)),
        ("import math\nmath.floor(1 / 0)", (2, 12, 17)),
        ("x = [\n    1 / (\n        0)\n]", (2, 5, 10)),
    ],
)
async def test_an_error_in_code_is_placed_where_it_was_written(
    sandbox: Sandbox, code: str, place: tuple[int, int, int]
) -> None:
    with pytest.raises(CodeFailed) as caught:
        await sandbox.run(code, {})

    assert placed(caught.value) == place
    assert caught.value.kind == "ZeroDivisionError"


async def test_an_error_quotes_the_code(sandbox: Sandbox) -> None:
    with pytest.raises(CodeFailed) as caught:
        await sandbox.run("a = [1]\nreturn a[5]", {})

    assert str(caught.value) == "IndexError: list index out of range in `a[5]` (line 2, column 8)."


async def test_an_error_of_the_author_has_their_words(sandbox: Sandbox) -> None:
    with pytest.raises(CodeFailed) as caught:
        await sandbox.run("raise ValueError('first\\nsecond: third')", {})

    assert (caught.value.kind, caught.value.detail) == ("ValueError", "first\nsecond: third")


@pytest.mark.parametrize("code", ["raise ValueError", "raise ValueError()", "raise ValueError('')"])
async def test_an_error_without_words_is_its_type(sandbox: Sandbox, code: str) -> None:
    with pytest.raises(CodeFailed) as caught:
        await sandbox.run(code, {})

    assert (caught.value.kind, caught.value.detail) == ("ValueError", "")


async def test_an_exception_of_anything_but_one_text_gets_a_cure(sandbox: Sandbox) -> None:
    with pytest.raises(CodeFailed) as caught:
        await sandbox.run("raise ValueError(3)", {})

    assert "takes one text" in caught.value.detail
    assert caught.value.cure


@pytest.mark.parametrize("error", ["TimeoutError", "MemoryError", "RecursionError"])
async def test_an_error_raised_by_hand_is_no_limit_reached(sandbox: Sandbox, error: str) -> None:
    with pytest.raises(CodeFailed) as caught:
        await sandbox.run(f"raise {error}('mine')", {})

    assert caught.value.kind == error


async def test_code_with_problems_is_not_run_and_all_are_told(sandbox: Sandbox) -> None:
    with pytest.raises(CodeRefused) as caught:
        await sandbox.run("print('ran')\nimport os\nreturn unknown + eval('1')", {})

    places = [(problem.line, problem.column) for problem in caught.value.problems]
    assert places == [(2, 8), (3, 8), (3, 18)]
    assert caught.value.printed == ""
    assert str(caught.value).startswith("Line 2, column 8: The sandbox has no module 'os'.")
    assert str(caught.value).endswith("(2 more)")


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("for i in a:\n    pass\nbreak", (3, 1)),
        ("a = 1\ndef f():\n    nonlocal b\nf()", (3, 5)),
        ("def f(n, n):\n    return n\nf(1, 2)", (1, 5)),
    ],
)
async def test_what_only_the_interpreter_refuses_is_placed_too(
    sandbox: Sandbox, code: str, place: tuple[int, int]
) -> None:
    with pytest.raises(CodeRefused) as caught:
        await sandbox.run(code, {"a": []})

    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == place
    assert await sandbox.evaluate("1", {}) == 1


# Clock and chance


async def test_the_clock_stands_still_where_it_is_put(sandbox: Sandbox) -> None:
    now = "datetime.datetime.now(datetime.timezone.utc)"

    assert await sandbox.evaluate(now, {}, now=NOON) == NOON
    assert await sandbox.evaluate("time.time()", {}, now=NOON) == NOON.timestamp()
    assert await sandbox.evaluate(now, {}) > NOON


async def test_a_seed_makes_chance_repeatable(sandbox: Sandbox) -> None:
    draw = "[random.random() for _ in range(3)]"

    first, again, other = [await sandbox.evaluate(draw, {}, seed=seed) for seed in (1, 1, 2)]

    assert first == again != other


# What is said to be available is there


async def test_every_builtin_named_is_there(sandbox: Sandbox) -> None:
    for name in sorted(BUILTINS):
        assert await sandbox.evaluate(f"{name} is None", {}) is False


async def test_every_module_named_is_there(sandbox: Sandbox) -> None:
    for name in sorted(MODULES):
        assert await sandbox.evaluate(f"{name} is None", {}) is False
        assert await sandbox.run(f"import {name}\n{name} is None", {}) == Ran(False, "")


# How it is


async def test_a_sandbox_does_its_sums_until_it_is_closed() -> None:
    sandbox = Sandbox(workers=1)
    await sandbox.connect()

    assert (await sandbox.health(deep=True)).state == "ok"
    await sandbox.close()
    await sandbox.close()

    assert (await sandbox.health(deep=True)).state == "down"
    with pytest.raises(SandboxError, match="closed"):
        await sandbox.evaluate("1", {})
