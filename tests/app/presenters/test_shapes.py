import base64
from typing import Any

import pytest

from app.presenters.shapes import picture_in, shapes_of

PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)


@pytest.mark.parametrize(
    ("value", "best"),
    [
        ([{"a": 1}, {"a": 2}], "table"),
        ([1, 2, 3], "table"),
        ([], "tree"),
        ({"a": {"b": 1}}, "tree"),
        ({"a": 1, "b": "x"}, "table"),
        ("a line", "text"),
        ("# Title\n\n- one\n- two", "markdown"),
        ("see [this](https://example.org)", "markdown"),
        (PNG, "image"),
        (b"\x00\x01", "text"),
        (base64.b64encode(PNG).decode(), "image"),
        (f"data:image/png;base64,{base64.b64encode(PNG).decode()}", "image"),
        ("charts/sales.png", "image"),
        (3.5, "text"),
        (None, "text"),
    ],
)
def test_the_view_follows_from_the_value(value: Any, best: str) -> None:
    assert shapes_of(value)[0] == best


def test_a_picture_is_taken_out_of_its_text() -> None:
    assert picture_in(base64.b64encode(PNG).decode()) == PNG
    assert picture_in("just some words that are long enough to be looked at") is None
