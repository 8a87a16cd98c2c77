from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.results.timing_view import TimingView
from runtime.projections.task_data import Attempt, TaskData


def test_what_was_at_work_in_the_past_had_worked_until_then(qtbot: QtBot) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    view = TimingView(around)
    view.when = 107.5

    view.show_data(TaskData("a", began=100.0, attempts=[Attempt(1, 100.0)]))

    assert [(span.start, span.end) for span in view.spans] == [(0.0, 7.5)]
