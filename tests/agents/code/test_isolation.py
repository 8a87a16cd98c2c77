"""Calls share interpreters and nothing else: what one leaves behind, no other finds."""

import asyncio

import pytest

from agents.code.errors import CodeFailed, CodeRefused
from agents.code.sandbox import Sandbox


@pytest.mark.parametrize(
    ("first", "name"),
    [
        ("secret = 1", "secret"),
        ("def secret(): return 1", "secret"),
        ("class secret: pass", "secret"),
        ("import json as secret", "secret"),
        ("for secret in [1]: pass", "secret"),
        ("[(secret := n) for n in [1]]", "secret"),
        ("given", "given"),
        ("given", "_"),
        ("given", "_f1"),
        ("given", "_at"),
        ("given", "_out"),
        ("given", "_next"),
    ],
)
async def test_names_of_one_call_are_unknown_to_the_next(
    single: Sandbox, first: str, name: str
) -> None:
    await single.run(first, {"given": 1})

    with pytest.raises(CodeRefused, match=f"There is no '{name}' here"):
        await single.run(name, {})


async def test_a_module_that_one_call_imported_another_must_import_itself(single: Sandbox) -> None:
    await single.run("import math\nmath.pi", {})

    with pytest.raises(CodeRefused, match="isn't imported"):
        await single.run("math.pi", {})


async def test_a_name_made_but_not_yet_set_is_not_taken_from_elsewhere(single: Sandbox) -> None:
    await single.run("secret = 1\nsecret", {"secret": 2})

    with pytest.raises(CodeFailed) as caught:
        await single.run("if False:\n    secret = 3\nsecret", {})

    assert caught.value.kind == "UnboundLocalError"


@pytest.mark.parametrize(
    "patch",
    [
        "import json\njson.dumps = 1",
        "import json\nsetattr(json, 'dumps', 1)",
        "import math\nmath.pi = 3",
        "import re\nsetattr(re.compile('a'), 'mark', 1)",
        "setattr(int, 'mark', 1)",
        "setattr(ValueError, 'mark', 1)",
        "setattr(len, 'mark', 1)",
        "def f(): pass\nf.mark = 1",
    ],
)
async def test_what_is_shared_cannot_be_changed(single: Sandbox, patch: str) -> None:
    with pytest.raises(CodeFailed) as caught:
        await single.run(patch, {})

    assert caught.value.kind == "AttributeError"
    assert await single.evaluate("json.dumps([math.pi > 3.1])", {}) == "[true]"


@pytest.mark.parametrize(
    ("leave", "look", "fresh"),
    [
        (
            "import random\nrandom.seed('secret')",
            "import random\nreturn random.getstate() == random.Random('secret').getstate()",
            False,
        ),
        (
            "import decimal\ndecimal.getcontext().prec = 3",
            "import decimal\ndecimal.getcontext().prec",
            28,
        ),
        (
            "import decimal\ndecimal.DefaultContext.prec = 3",
            "import decimal\ndecimal.DefaultContext.prec",
            28,
        ),
        (
            "import hashlib\nhashlib.algorithms_available.add('secret')",
            "import hashlib\n'secret' in hashlib.algorithms_available",
            False,
        ),
        (
            "import functools\n@functools.cache\ndef f(n): return [n]\nf(1).append('secret')",
            "import functools\n@functools.cache\ndef f(n): return [n]\nlen(f(1))",
            1,
        ),
        (
            "def f(kept=[]):\n    kept.append(1)\nf()",
            "def f(kept=[]):\n    return len(kept)\nf()",
            0,
        ),
    ],
)
async def test_modules_and_functions_remember_nothing(
    single: Sandbox, leave: str, look: str, fresh: object
) -> None:
    await single.run(leave, {})

    assert (await single.run(look, {})).value == fresh


async def test_code_that_runs_again_starts_from_scratch(single: Sandbox) -> None:
    code = "seen = []\nseen.append(n)\nlist.append(n)\nreturn [seen, list]"

    for n in range(3):
        assert (await single.run(code, {"n": n, "list": []})).value == [[n], [n]]


async def test_a_prelude_function_cannot_be_replaced(single: Sandbox) -> None:
    await single.run("def _out(value): return 'mine'\n_out(1)", {})
    await single.evaluate("[_at := 1, _each := 2, next := 3]", {})

    assert await single.evaluate("next(n for n in [4])", {}) == 4
    assert await single.each("item", [5]) == [5]


async def test_calls_side_by_side_keep_to_their_own_values(sandbox: Sandbox) -> None:
    code = "kept = []\nfor _ in range(200):\n    kept.append(mine)\nreturn list(set(kept))"

    ran = await asyncio.gather(*(sandbox.run(code, {"mine": n}) for n in range(50)))

    assert [one.value for one in ran] == [[n] for n in range(50)]
