"""How categories are called wherever blocks are listed."""

import pytest

from graph.categories import category_title
from graph.reference import pages
from tests.write_reference import own_blocks


@pytest.mark.parametrize(
    ("category", "title"),
    [("ui", "UI"), ("sync", "Database sync"), ("text", "Text"), ("my_pack", "My pack")],
)
def test_a_category_has_one_name(category: str, title: str) -> None:
    assert category_title(category) == title


def test_the_reference_calls_categories_as_the_studio_does() -> None:
    assert pages(own_blocks())["sync.md"].startswith("# Database sync blocks")
