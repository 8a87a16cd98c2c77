"""A field that is edited while its block is held is offered to the run that stands there."""

import pytest
from pytestqt.qtbot import QtBot

from app.debugging.using import NOTICE, Using
from app.document import Document
from app.notices import Notice
from app.studio import Studio
from app.workbench import Workbench
from graph.edits import SetField
from graph.flow import Block, Flow
from runtime.commands import AnyCommand, ChangeInputs
from tests.app.standing import Happening

FLOW = Flow.of([Block("fill", "text.template", {"text": "Hello"}), Block("b", "data.sort")])


@pytest.fixture
def using(bare_studio: Studio) -> Using:
    return Using(bare_studio)


@pytest.fixture
def bench(bare_studio: Studio, using: Using) -> Workbench:
    made = Workbench(Document(FLOW), bare_studio.catalog)
    bare_studio.workspace.add(made)
    return made


@pytest.fixture
def offers(bare_studio: Studio) -> list[Notice]:
    """What is offered now."""
    shown = list[Notice]()

    def tell(notice: Notice) -> None:
        shown[:] = [notice]

    bare_studio.notices.told.connect(tell)
    bare_studio.notices.withdrawn.connect(lambda key: shown.clear() if key == NOTICE else None)
    return shown


@pytest.fixture
def sent(bare_studio: Studio, monkeypatch: pytest.MonkeyPatch) -> list[AnyCommand]:
    commands = list[AnyCommand]()

    def ask(command: AnyCommand, then: object = None, _: object = None) -> None:
        commands.append(command)
        if callable(then):
            then(None)

    monkeypatch.setattr(bare_studio.bridge, "ask", ask)
    return commands


def edit(bench: Workbench, using: Using, block: str, name: str, value: object) -> None:
    bench.do(SetField(block, name, value))
    using.look()


def test_an_edited_field_is_offered_and_given_to_the_held_task(
    bare_studio: Studio, bench: Workbench, using: Using, offers: list[Notice],
    sent: list[AnyCommand],
) -> None:  # fmt: skip
    Happening(bare_studio, bench).stands("fill")
    assert offers == []

    edit(bench, using, "fill", "text", "Bye")
    assert offers[0].text == "“text” of Fill template has changed, and the run stands there."
    offers[0].offers[0].do()

    (command,) = sent
    assert isinstance(command, ChangeInputs)
    assert (command.task, command.values) == ("fill", {"text": "Bye"})
    assert offers == []


def test_a_second_edit_is_offered_with_the_first_kept(
    bare_studio: Studio, bench: Workbench, using: Using, offers: list[Notice],
    sent: list[AnyCommand],
) -> None:  # fmt: skip
    Happening(bare_studio, bench).stands("fill")
    edit(bench, using, "fill", "text", "Bye")
    offers[0].offers[0].do()

    edit(bench, using, "fill", "missing", "blank")
    offers[0].offers[0].do()

    assert getattr(sent[-1], "values", None) == {"text": "Bye", "missing": "blank"}


def test_nothing_is_offered_for_other_blocks_or_for_what_only_a_run_knows(
    bare_studio: Studio, bench: Workbench, using: Using, offers: list[Notice]
) -> None:
    Happening(bare_studio, bench).stands("fill")

    edit(bench, using, "b", "field", "name")
    edit(bench, using, "fill", "text", {"$expr": "1 + 1"})

    assert offers == []


def test_undoing_the_edit_takes_the_offer_back(
    bare_studio: Studio, bench: Workbench, using: Using, offers: list[Notice], qtbot: QtBot
) -> None:
    Happening(bare_studio, bench).stands("fill")
    edit(bench, using, "fill", "text", "Bye")
    assert offers

    bench.undo()

    qtbot.waitUntil(lambda: not offers)


def test_who_only_watches_is_offered_nothing(
    bare_studio: Studio, bench: Workbench, using: Using, offers: list[Notice]
) -> None:
    happening = Happening(bare_studio, bench)
    happening.steered_by("Ada on studio-2")
    happening.stands("fill")

    edit(bench, using, "fill", "text", "Bye")

    assert offers == []
