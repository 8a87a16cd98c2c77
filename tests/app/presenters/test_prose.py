"""Docstrings as they are shown."""

from app.presenters.prose import rich


def test_what_stands_in_backquotes_is_code() -> None:
    assert rich("Its inputs `item` and `index`.") == (
        "Its inputs <code>item</code> and <code>index</code>."
    )


def test_nothing_else_has_a_meaning() -> None:
    assert rich("a < b & <b>c</b>") == "a &lt; b &amp; &lt;b&gt;c&lt;/b&gt;"
    assert rich("a lone ` stays") == "a lone ` stays"
