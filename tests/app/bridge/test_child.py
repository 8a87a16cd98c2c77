"""A command in a process of its own."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.bridge.child import Child
from runtime.settings import Settings

LONG = 30_000


def test_what_it_says_comes_line_by_line_and_then_its_end(
    qtbot: QtBot, home: Path, tmp_path: Path
) -> None:
    parent = QObject()
    child = Child(Settings(home=str(home)), parent)
    said: list[Any] = []
    child.said.connect(said.append)

    with qtbot.waitSignal(child.ended, timeout=LONG) as ended:
        child.do(["test", "--json", str(tmp_path / "none.flow.json")])
        assert child.is_busy

    assert not child.is_busy
    code, error = ended.args
    assert code == 2
    assert "There are no tests of" in error
    assert said == []


def test_another_command_ends_the_one_before_without_a_word(qtbot: QtBot, home: Path) -> None:
    parent = QObject()
    child = Child(Settings(home=str(home)), parent)
    ends: list[Any] = []
    child.ended.connect(lambda *end: ends.append(end))
    child.do(["doctor"])

    with qtbot.waitSignal(child.ended, timeout=LONG):
        child.do(["--version"])

    assert [code for code, _ in ends] == [0]
    child.do(["doctor"])
    child.close()
    assert len(ends) == 1
