"""Expressions and code read without running: the names they use, and all that is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.available import BUILTINS, MODULES
from graph.expressions import CodeProblem, Form, free_names, names_used, problems_in, read


def only_problem(code: str, form: Form = "expression") -> CodeProblem:
    (problem,) = problems_in(code, known=("item", "x"), form=form)
    return problem


def place(problem: CodeProblem) -> tuple[int, int, int]:
    return (problem.line, problem.column, problem.end_column)


# Names


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("price * count", {"price", "count"}),
        ("item['a'].b(c)[d]", {"item", "c", "d"}),
        ("[row for row in rows if row.ok]", {"rows"}),
        ("[cell for row in rows for cell in row + extra]", {"rows", "extra"}),
        ("{k: v for k, v in pairs}", {"pairs"}),
        ("[x for x in x]", {"x"}),
        ("lambda a, *b, c=d, **e: a + b + c + e + f", {"d", "f"}),
        ("(y := x) + y", {"x"}),
        ("[(last := n) for n in ns] and last", {"ns"}),
        ("f'{a} {b:{width}} {c!r}'", {"a", "b", "width", "c"}),
        ("len(max(items))", {"items"}),
        ("re.sub('a', 'b', text) + math.pi", {"text"}),
        ("no way", set()),
    ],
)
def test_an_expression_uses_the_names_it_does_not_make_itself(
    expression: str, names: set[str]
) -> None:
    assert names_used(expression) == names


def test_builtins_and_modules_are_among_the_free_names_as_they_may_be_hidden() -> None:
    assert free_names("len(id) + json.x") == {"len", "id", "json"}


@pytest.mark.parametrize(
    ("code", "free"),
    [
        ("a = b\nreturn a", {"b"}),
        ("for i in a:\n    j = i\nreturn j", {"a"}),
        ("def f(n, m=b):\n    return f(n - 1) + m + c\nreturn f(d)", {"b", "c", "d"}),
        ("import re\nfrom math import pi as p\nreturn re.x + p", set()),
        ("import os.path as paths\npaths", set()),
        ("with a as b:\n    b", {"a"}),
        ("try:\n    a\nexcept b as e:\n    e", {"a", "b"}),
        ("match a:\n    case {'x': b, **c}: b, c\n    case [d, *e] as f: d, e, f", {"a"}),
        ("def f():\n    n = 1\n    def g():\n        nonlocal n\n        n += 1\n    g", set()),
        ("class A:\n    x = y\n    def m(self): return x\nA", {"y", "x"}),
        ("a: Unknown = b\ndef f(c: Unknown) -> Unknown: return c", {"b"}),
    ],
)
def test_code_follows_the_scopes_of_python(code: str, free: set[str]) -> None:
    assert free_names(code, "code") == free


def test_code_asks_for_names_that_it_changes() -> None:
    assert read("total += 1\nreturn total", "code").asks == {"total"}


# Unknown names


def test_an_unknown_name_is_placed_and_the_nearest_known_one_offered() -> None:
    problem = only_problem("x + itm['a']")

    assert problem == CodeProblem("There is no 'itm' here. Did you mean 'item'?", 1, 5, 8)


def test_a_mistyped_builtin_is_recognised() -> None:
    assert "Did you mean 'sorted'?" in only_problem("sortd(x)").message


def test_columns_count_characters_not_bytes() -> None:
    assert place(only_problem("'äöü😀' + wörld + x")) == (1, 10, 15)


def test_a_name_inside_an_f_string_over_lines_is_found() -> None:
    assert only_problem("f'''{x}\n{nam}'''").line == 2


def test_every_unknown_name_is_told_once() -> None:
    problems = problems_in("a + b + a", known=(), form="expression")

    assert [(problem.message[:15], problem.column) for problem in problems] == [
        ("There is no 'a'", 1),
        ("There is no 'b'", 5),
    ]


def test_any_name_will_do_when_nobody_knows_which_are_given() -> None:
    assert problems_in("whatever + 1", known=None, form="expression") == []


def test_a_given_name_hides_what_is_missing_or_built_in() -> None:
    assert problems_in("input + id + os", known=("input", "id", "os"), form="expression") == []


def test_an_expression_names_modules_and_code_imports_them() -> None:
    assert problems_in("math.pi", known=(), form="expression") == []
    assert only_problem("math.pi", "code").message.endswith("Put `import math` at the top.")


# What the sandbox hasn't


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import os", "no module 'os'. There are no files here"),
        ("import re, socket", "no module 'socket'. There is no network"),
        ("from subprocess import run", "no module 'subprocess'"),
        ("import urllib.request", "no module 'urllib.request'"),
        ("import jsn", "Did you mean 'json'?"),
        ("from json import *", "Name what you need"),
        ("from . import json", "nothing to import from here"),
        ("open('x')", "There are no files here"),
        ("eval('1')", "Text is never run as code"),
        ("exec('1')", "Text is never run as code"),
        ("globals()", "only the names it is given"),
        ("__import__('os')", "isn't available"),
        ("x.__class__", "isn't available"),
        ("__all__ = []", "can't be a name of yours"),
        ("def f():\n    yield x", "Build a list instead"),
        ("await x", "Leave `await` out"),
        ("async def f(): return x", "Leave `async` out"),
        ("[i async for i in x]", "Leave `async` out"),
        ("del x", "Use `.pop(…)`"),
        ("global x", "Give it back with `return`"),
        ("class A(object): pass", "can't have parents"),
        ("class A:\n    @property\n    def x(self): return 1", "plain methods"),
        ("class A:\n    @x\n    def x(self): return 1", "plain methods"),
        ("try: pass\nexcept* ValueError: pass", "Use `except`"),
    ],
)
def test_what_the_sandbox_has_not_is_refused_with_what_to_do_instead(code: str, said: str) -> None:
    assert said in only_problem(code, "code").message


def test_an_import_is_placed_at_the_module() -> None:
    assert place(only_problem("import re, socket", "code")) == (1, 12, 18)


def test_the_name_of_a_type_is_the_one_dunder_that_may_be_read() -> None:
    assert problems_in("type(x).__name__", known=("x",), form="expression") == []


def test_all_problems_come_at_once_in_the_order_of_their_places() -> None:
    code = "import os\nreturn yy + eval(zz)\ndel yy"

    problems = problems_in(code, known=(), form="code")

    assert [problem.line for problem in problems] == [1, 2, 2, 3]


# What Python can't read


@pytest.mark.parametrize(
    ("expression", "said", "column"),
    [
        ("f(1", "'(' was never closed", 2),
        ("'abc", "unterminated string literal", 1),
        ("a..b", "invalid syntax", 3),
        ("1 +", "", 4),
        ("a) + (b", "unmatched ')'", 2),
        ("x = 1", "only an expression fits here", 3),
        ("return x", "only an expression fits here", 1),
        ("a\nb", "only an expression fits here", 1),
        ("9" * 5000, "too many digits", 5001),
        ("", "empty", 1),
        ("  \n ", "empty", 1),
        ("# nothing", "empty", 10),
        ("x for x in y", "", 3),
    ],
)
def test_a_broken_expression_says_what_and_where(expression: str, said: str, column: int) -> None:
    problem = only_problem(expression)

    assert said in problem.message
    assert problem.column == column


def test_a_broken_line_of_code_is_named() -> None:
    problem = only_problem("if x:\n    return 1\nelse\n    return 2", "code")

    assert problem == CodeProblem("Python can't read this: expected ':'.", 3, 5, 5)


@pytest.mark.parametrize("expression", ["item['a']\n  and item['b']", "  x", "\n x\n", "x # why"])
def test_an_expression_may_go_over_lines_and_be_indented(expression: str) -> None:
    assert problems_in(expression, known=("item", "x"), form="expression") == []


def test_places_in_an_expression_over_lines_are_those_of_the_text() -> None:
    assert place(only_problem("x\n  and itm")) == (2, 7, 10)


def test_a_doubtful_escape_is_no_problem() -> None:
    assert problems_in(r"'\d'", known=(), form="expression") == []


@pytest.mark.parametrize(
    "code",
    [
        "(" * 5000,
        "[" * 150 + "]" * 150 + "[0]" * 150,
        "-" * 50_000 + "1",
        "+".join(["1"] * 20_000),
        "not " * 20_000 + "1",
        "x" + ".a" * 10_000,
        "x" + "[0]" * 500,
        "lambda: " * 5000 + "1",
        "'" + "a" * 200_000 + "'",
        "\0",
        "x\0",
        "\ud800",
        "'\ud800'",
        "f'{" * 100,
        "\x0c\x1a",
    ],
    ids=lambda code: repr(code[:12]),
)
@pytest.mark.parametrize("form", ["expression", "code"])
def test_hostile_text_is_a_problem_and_never_an_exception(code: str, form: Form) -> None:
    problems = problems_in(code, known=("x",), form=form)

    assert len(problems) == 1
    assert names_used(code) == set()


PIECES = ["a", "(", ")", "[", "]", "{", "}", "'", '"', "f'", "\n", " ", ":", "=", "+", "\\", "#"]
PIECES += ["lambda ", "if ", "else ", "for ", "in ", "def ", "return ", "é", "1", ",", ".", "\t"]


heaps = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@given(st.text() | heaps, st.sampled_from(["expression", "code"]))
def test_every_problem_of_any_text_has_a_place_in_it(text: str, form: Form) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")

    for problem in problems_in(text, known=(), form=form):
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= problem.end_column <= len(lines[problem.line - 1]) + 1


def test_long_but_flat_code_is_read() -> None:
    code = "\n".join(f"x{n} = {n}" for n in range(5000))

    assert problems_in(code, known=(), form="code") == []


def test_builtins_and_modules_are_told_apart() -> None:
    assert not BUILTINS & MODULES
    assert not BUILTINS & {"eval", "exec", "open", "__import__", "globals", "locals", "compile"}
