"""Docstrings as they are shown: what stands in backquotes is code."""

import html
import re

_CODE = re.compile(r"`([^`]+)`")


def rich(text: str) -> str:
    """The text as HTML in which nothing else has a meaning."""
    return _CODE.sub(r"<code>\1</code>", html.escape(text, quote=False)).replace("\n", "<br>")
