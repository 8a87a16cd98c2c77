"""Limits: whatever a call does too much of, it is stopped, the limit is named, and life goes on."""

import asyncio

import msgspec
import pytest

from agents.code.errors import (
    CodeFailed,
    CodeOutOfMemory,
    CodeRefused,
    CodeTimedOut,
    OutputTooLarge,
    SandboxError,
)
from agents.code.sandbox import Limits, Sandbox

pytestmark = pytest.mark.alone

BRIEF = Limits(
    seconds=0.2, memory_bytes=32_000_000, output_bytes=10_000, value_bytes=100_000, recursion=300
)


PATIENT = msgspec.structs.replace(BRIEF, seconds=5.0)
"""For what is stopped by its size: writing that out takes time of its own."""


async def stopped(code: str, limits: Limits = BRIEF) -> SandboxError:
    """The error that stops the code; afterwards the sandbox must still work."""
    async with Sandbox(limits, workers=1) as sandbox:
        with pytest.raises(SandboxError) as caught:
            await sandbox.run(code, {})
        assert await sandbox.evaluate("1 + 1", {}) == 2
    return caught.value


ENDLESS = {
    "loop": "while True: pass",
    "loop that catches": (
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
    ),
    "loop in finally": "try:\n    1 / 0\nfinally:\n    while True: pass",
    "counting": "sum(range(10 ** 12))",
    "searching": "import itertools\n'x' in itertools.count()",
    "largest": "max(range(10 ** 12))",
    "factorial": "import math\nmath.factorial(10 ** 6) and math.factorial(10 ** 6)",
    "combinations": "import math\nmath.comb(10 ** 7, 5 * 10 ** 6)",
    "power": "pow(3, 10 ** 5000, 10 ** 5000 + 1)",
    "key stretching": "import hashlib\nhashlib.pbkdf2_hmac('sha512', b'a', b'b', 10 ** 9)",
    "sleeping": "import time\ntime.sleep(60)",
    "napping": "import time\nwhile True: time.sleep(0.01)",
    "sorting": "sorted(range(10 ** 5), key=lambda n: sum(range(10 ** 4)))",
    "comparing": "a, b = [], []\nfor _ in range(60): a, b = [a, a], [b, b]\na == b",
    "recursion without depth": "def f(n):\n    return 1 if n == 0 else f(n - 1) + f(n - 1)\nf(60)",
}


@pytest.mark.parametrize("code", ENDLESS.values(), ids=ENDLESS)
async def test_what_never_ends_is_ended(code: str) -> None:
    failure = await stopped(code)

    assert isinstance(failure, CodeTimedOut)
    assert "0.2 seconds" in failure.message


GREEDY = {
    "appending": "a = []\nwhile True: a.append('x' * 1000)",
    "appending and catching": (
        "a = []\nwhile True:\n    try: a.append('x' * 10 ** 6)\n    except BaseException: pass"
    ),
    "one text": "'x' * 10 ** 10",
    "one list": "[0] * 10 ** 10",
    "padding": "'x'.ljust(10 ** 10)",
    "formatting": "f'{3:1000000000}'",
    "formatting the old way": "'%1000000000d' % 3",
    "replacing": "('ab' * 10 ** 6).replace('a', 'b' * 10 ** 5)",
    "joining": "'x'.join(str(n) for n in range(10 ** 8))",
    "power": "9 ** 9 ** 9",
    "shifting": "1 << 10 ** 9",
    "range": "list(range(10 ** 9))",
    "endless list": "import itertools\nlist(itertools.count())",
    "endless generator": "(n for n in iter(int, 1))",
    "permutations": "import itertools\nset(itertools.permutations(range(12)))",
    "doubling text": "a = 'x'\nwhile True: a += a",
    "describing": "a = []\nfor _ in range(60): a = [a, a]\nlen(str(a))",
    "as JSON": "import json\na = []\nfor _ in range(60): a = [a, a]\nlen(json.dumps(a))",
    "given back": "a = []\nfor _ in range(60): a = [a, a]\na",
    "as an error": "raise ValueError('x' * 10 ** 9)",
}


@pytest.mark.parametrize("code", GREEDY.values(), ids=GREEDY)
async def test_what_takes_too_much_memory_is_stopped(code: str) -> None:
    failure = await stopped(code)

    # Where memory is taken slowly, time may run out first.
    assert isinstance(failure, CodeOutOfMemory | CodeTimedOut)


async def test_the_memory_limit_is_named() -> None:
    assert "more than 32 MB of memory" in (await stopped("[0] * 10 ** 10")).message


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("while True: print('x' * 1000)", "printed more than 10,000 bytes"),
        ("print('x' * 10 ** 6)", "printed more than 10,000 bytes"),
        ("for n in range(10 ** 5): print('ä', end='')", "printed more than 10,000 bytes"),
        ("'x' * 200_000", "gave back more than 0.1 MB"),
        ("b'x' * 200_000", "gave back more than 0.1 MB"),
        ("['x' * 1000] * 200", "gave back more than 0.1 MB"),
        ("[b'x' * 1000] * 200", "gave back more than 0.1 MB"),
        ("{'x' * 200_000: b''}", "gave back more than 0.1 MB"),
        ("a = []\nfor _ in range(16): a = [a, a]\na", "gave back more than 0.1 MB"),
        ("list(range(50_000))", "gave back more than 0.1 MB"),
    ],
)
async def test_a_flood_is_dammed(code: str, said: str) -> None:
    failure = await stopped(code, PATIENT)

    assert isinstance(failure, OutputTooLarge)
    assert said in failure.message


async def test_what_was_printed_before_the_flood_was_dammed_is_kept() -> None:
    failure = await stopped("print('first')\nwhile True: print('x' * 1000)")

    assert failure.printed.startswith("first\nxxx")
    assert len(failure.printed) <= 10_000


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("def f(): return f()\nf()", "RecursionError"),
        ("def f(n): return [f(m) for m in [n]]\nf(1)", "RecursionError"),
        ("f = lambda: f()\nf()", "RecursionError"),
        ("import json\njson.loads('[' * 10 ** 5)", "json.JSONDecodeError"),
        ("import re\nre.search(r'(?=(a+)+$)(a+)+\\1$', 'a' * 60 + 'b')", "re.PatternError"),
        ("import re\nre.compile('(' * 5000 + ')' * 5000)", "re.PatternError"),
        ("import re\nre.compile('(a{1000}){1000}{1000}')", "re.PatternError"),
        ("int('9' * 10 ** 5)", "ValueError"),
        ("str(3 ** 10 ** 5)", "ValueError"),
    ],
)
async def test_what_goes_too_deep_is_an_ordinary_error(code: str, kind: str) -> None:
    failure = await stopped(code)

    assert isinstance(failure, CodeFailed)
    assert failure.kind == kind


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|aa)+$", "(.*a){20}$", "([a-z]+)*#", "^(([a-z])+.)+[A-Z]$"]
)
async def test_no_search_takes_for_ever(pattern: str) -> None:
    async with Sandbox(BRIEF, workers=1) as sandbox:
        assert await sandbox.evaluate("re.search(p, 'a' * 50 + 'b') is None", {"p": pattern})


@pytest.mark.parametrize(
    "code",
    [
        "[" * 300 + "]" * 300,
        "-" * 10_000 + "1",
        "+".join(["1"] * 5000),
        "x = " + " and ".join(["1"] * 5000),
        "".join(f"{' ' * depth}if 1:\n" for depth in range(95)) + " " * 95 + "pass",
        "x = 1\n" * 40_000,
        "1 < " * 5000 + "1",
    ],
    ids=["brackets", "minus", "plus", "and", "indents", "long", "compared"],
)
async def test_hostile_code_is_refused_or_runs(code: str) -> None:
    async with Sandbox(BRIEF, workers=1) as sandbox:
        try:
            await sandbox.run(code, {})
        except SandboxError as error:
            assert isinstance(error, CodeRefused | CodeTimedOut)  # noqa: PT017  (either will do)
        assert await sandbox.evaluate("1 + 1", {}) == 2


async def test_values_too_large_to_go_in_are_refused() -> None:
    async with Sandbox(BRIEF, workers=1) as sandbox:
        with pytest.raises(CodeOutOfMemory):
            await sandbox.evaluate("len(x)", {"x": ["x" * 1_000_000] * 50})
        assert await sandbox.evaluate("1 + 1", {}) == 2


async def test_an_item_that_takes_too_long_is_named() -> None:
    async with Sandbox(BRIEF, workers=1) as sandbox:
        with pytest.raises(CodeTimedOut, match="at item 2") as caught:
            await sandbox.each("sum(range(item))", [1, 2, 10**12])

    assert caught.value.item == 2


async def test_waiting_for_a_turn_is_not_counted_against_a_call() -> None:
    async with Sandbox(BRIEF, workers=1) as sandbox:
        calls = [sandbox.run("for n in range(1_000_000): pass\nreturn n", {}) for _ in range(6)]
        ran = await asyncio.gather(*calls)

    assert [one.value for one in ran] == [999_999] * 6
