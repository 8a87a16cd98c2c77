"""The window opens, and is there for everybody."""

import pytest

from tests.desktop.conftest import Start


@pytest.mark.slow
def test_the_window_opens_on_the_welcome_page(start: Start) -> None:
    studio = start()

    studio.tree.wait_for("page tab", "Welcome")
    assert studio.quit() == 0
