"""Why a run failed, and what is offered beside it."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.presenters.cures import PLACE
from app.results.failure_banner import FailureBanner
from runtime.events import Failure


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def banner(qtbot: QtBot, said: list[str]) -> Iterator[FailureBanner]:
    around = QWidget()
    qtbot.addWidget(around)
    yield FailureBanner(around, said.append, lambda: said.append("allow"))
    around.close()


def test_what_was_not_allowed_can_be_allowed_from_the_banner(
    banner: FailureBanner, said: list[str]
) -> None:
    banner.show_failure(Failure("net", "It may not reach a.org.", f"Allow it in {PLACE}.", "get"))
    assert not banner.allow.isHidden()
    banner.allow.click()
    banner.button.click()

    assert said == ["allow", "get"]


def test_other_failures_offer_the_way_to_the_block_only(banner: FailureBanner) -> None:
    banner.show_failure(Failure("value", "It has no value.", "Fill it in.", "get"))

    assert banner.allow.isHidden()
    assert not banner.button.isHidden()
