"""Code as the body of a function: the same code, with its value returned."""

import ast
from typing import Any

import pytest

from graph.bodies import body_of


def function_of(code: str, indent: int = 4) -> Any:
    """The function that Python makes of the body."""
    names: dict[str, Any] = {}
    exec(f"def made(a):\n{body_of(code, ast.parse(code), indent).text}", names)
    return names["made"]


@pytest.mark.parametrize("indent", [1, 4])
@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("a + 1", 3),
        ("return a + 1", 3),
        ("b = a; b + 1", 3),
        ("'ü'; [a,\n a]", [2, 2]),
        ("(\n  a\n)", 2),
        ("b = a", None),
        ("if a:\n    return 'yes'\n'no'", "yes"),
        ("if a:\n\n    'not the last statement'", None),
        ("def f():\n    return a\nf()", 2),
        ("f = lambda: a\nf()", 2),
        ("for b in [1]:\n    continue\nelse:\n    return b", 1),
        ('b = """one\n  two\n\nthree"""\nb', "one\n  two\n\nthree"),
        ('b = f"""one\n{a}"""; b', "one\n2"),
        ('b = "one\\\ntwo"\nb', "onetwo"),
        ("match a:\n    case 2:\n        return 'two'", "two"),
        ("try:\n    return a\nfinally:\n    pass", 2),
        ("", None),
        ("# nothing\n", None),
    ],
)
def test_the_function_gives_what_the_code_says(code: str, value: object, indent: int) -> None:
    assert function_of(code, indent)(2) == value


def test_places_can_be_led_back_to_the_code() -> None:
    code = 'b = """\n"""; a'

    body = body_of(code, ast.parse(code), indent=2)

    assert body.text == '  b = """\n"""; return a'
    assert (body.indents, body.value_at) == ((2, 0), (2, 6))
