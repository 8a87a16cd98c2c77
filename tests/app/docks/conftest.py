"""Docks need no window around them."""

import pytest

from app.studio import Studio


@pytest.fixture
def studio(bare_studio: Studio) -> Studio:
    return bare_studio
