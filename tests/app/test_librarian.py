"""Templates are begun, put in, kept, changed, put away, handed on and taken in."""

from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.dialogs.inputs import InputsSheet, ask_for_inputs
from app.docks.templates import Templates
from app.librarian import Librarian
from app.library.sheet import TemplateSheet
from app.notices import Notice
from app.presenters.templates import Card, card_of
from app.studio import Studio
from app.window.main_window import MainWindow
from app.workbench import Workbench
from graph.edits import AddBlock
from graph.file_format import read, write
from graph.flow import Block, Flow, View
from runtime.library.about import About
from runtime.library.packs import pack
from runtime.library.shelf import Shelf, Template

INPUT = Block("who", "flow.input", {"name": "who", "type": "text", "default": "you"})
GREET = Block("greet", "text.template", {"text": "Hi {who}"})
WRITE = Block("save", "files.write", {"path": "out.txt", "content": "x"})
PLACES = View({"who": (0.0, 0.0), "greet": (280.0, 60.0)})
GREETING = Flow.of([INPUT, GREET], [("who.value", "greet.who")], name="Greeting", view=PLACES)
WRITING = Flow.of([WRITE], name="Writing")


@pytest.fixture
def studio(window: MainWindow) -> Studio:
    return window.studio


@pytest.fixture
def librarian(studio: Studio) -> Librarian:
    found = studio.findChild(Librarian)
    assert found is not None
    return found


@pytest.fixture
def notices(studio: Studio) -> Iterator[list[Notice]]:
    heard = list[Notice]()
    studio.notices.told.connect(heard.append)
    yield heard
    studio.notices.told.disconnect(heard.append)


def sheet_of(studio: Studio) -> TemplateSheet:
    found = studio.window.findChildren(TemplateSheet)[-1]
    assert isinstance(found, TemplateSheet)
    return found


def own(studio: Studio) -> list[Template]:
    return [template for template in studio.shelf.templates() if template.own]


def card(template: Template) -> Card:
    made = card_of(template)
    assert made is not None
    return made


def pack_of(tmp_path: Path, studio: Studio, *flows: Flow) -> Path:
    """A pack somebody else has made."""
    elsewhere = Shelf(tmp_path / "elsewhere", tmp_path / "nothing")
    templates = [elsewhere.add(flow, About(category="Acme")) for flow in flows]
    made = tmp_path / "acme.templates.zip"
    made.write_bytes(pack(templates, studio.catalog))
    return made


def front(studio: Studio) -> Workbench:
    bench = studio.workspace.current
    assert bench is not None
    return bench


def test_a_flow_is_kept_with_what_is_said_of_it_and_looked_at_in_the_dock(
    studio: Studio, librarian: Librarian
) -> None:
    studio.flow_wanted.emit(GREETING)
    librarian.keep()
    sheet = sheet_of(studio)

    sheet.name.setText("Say hello")
    sheet.category.setCurrentText("Manners")
    sheet.description.setPlainText("Greets somebody.")
    sheet.use.setPlainText("Press Run.")
    sheet.press("Save")

    (template,) = own(studio)
    assert template.name == "say_hello"
    assert template.about == About("Manners", "", "Press Run.", {"who": "you"})
    assert read(template.path.read_bytes()).description == "Greets somebody."
    dock = studio.window.findChild(Templates)
    assert dock is not None
    looked_at = dock.gallery.card()
    assert looked_at is not None
    assert looked_at.template == template


def test_a_flow_without_a_name_cannot_be_kept(studio: Studio, librarian: Librarian) -> None:
    studio.flow_wanted.emit(GREETING)
    librarian.keep()
    sheet = sheet_of(studio)

    sheet.name.clear()
    sheet.press("Save")

    assert own(studio) == []
    sheet.press("Cancel")


def test_an_empty_flow_is_no_template(studio: Studio) -> None:
    studio.actions["file.new"].trigger()
    studio.actions.refresh()

    assert not studio.actions["file.save_template"].isEnabled()


def test_ones_own_template_opens_as_a_copy_that_may_run(
    studio: Studio, librarian: Librarian
) -> None:
    studio.flow_wanted.emit(WRITING)
    librarian.keep()
    sheet_of(studio).press("Save")

    studio.template_wanted.emit(own(studio)[0].path)

    assert front(studio).is_trusted
    assert front(studio).path is None
    assert front(studio).document.flow.blocks == WRITING.blocks


def test_a_copy_is_asked_for_the_inputs_of_the_sample(studio: Studio, librarian: Librarian) -> None:
    template = studio.shelf.add(GREETING, About(inputs={"who": "Ada"}))
    studio.template_wanted.emit(template.path)
    given = list[object]()

    bench = front(studio)
    sheet = ask_for_inputs(studio, bench, bench.document.flow, given.append)
    assert isinstance(sheet, InputsSheet)
    sheet.press("Run")

    assert given == [{"who": "Ada"}]


def test_details_are_changed_and_the_file_follows_the_name(
    studio: Studio, librarian: Librarian
) -> None:
    template = studio.shelf.add(GREETING, About(inputs={"who": "Ada"}))
    librarian.edit(card(template))
    sheet = sheet_of(studio)

    sheet.name.setText("Better")
    sheet.press("Save")

    (changed,) = own(studio)
    assert changed.name == "better"
    assert changed.about.inputs == {"who": "Ada"}


def test_a_deleted_template_comes_back_with_undo(
    studio: Studio, librarian: Librarian, notices: list[Notice]
) -> None:
    template = studio.shelf.add(GREETING, About("Manners"))

    librarian.remove(card(template))
    assert own(studio) == []
    notices[-1].offers[0].do()

    assert own(studio) == [template]


def test_looking_for_a_template_shows_the_dock_ready_to_be_searched(
    studio: Studio, qtbot: QtBot
) -> None:
    with qtbot.waitExposed(studio.window):
        studio.window.show()
    studio.actions["file.new"].trigger()
    studio.actions["insert.template"].trigger()

    dock = studio.window.findChild(Templates)
    assert dock is not None
    qtbot.waitUntil(dock.search.hasFocus)
    assert dock.isVisible()


# Putting in.


def test_a_template_is_put_in_below_what_is_there_in_one_step(
    studio: Studio, librarian: Librarian
) -> None:
    studio.flow_wanted.emit(GREETING)
    bench = front(studio)
    hello = next(t for t in studio.shelf.templates() if t.name == "hello")

    librarian.insert(hello.path)

    new = bench.selected
    assert len(new) == 3
    lowest = max(y for id, (_, y) in bench.flow.view.positions.items() if id not in new)
    assert all(bench.flow.view.positions[id][1] > lowest for id in new)
    assert bench.is_trusted
    bench.undo()
    assert set(bench.flow.blocks) == {"who", "greet"}


def test_a_template_is_put_in_where_it_is_dropped(studio: Studio, librarian: Librarian) -> None:
    studio.actions["file.new"].trigger()
    template = studio.shelf.add(GREETING, About())

    studio.insert_wanted.emit(template.path, (403.0, -199.0))

    places = front(studio).flow.view.positions.values()
    assert (min(x for x, _ in places), min(y for _, y in places)) == (408, -204)


def test_blocks_from_elsewhere_put_a_flow_into_quarantine(
    studio: Studio, librarian: Librarian, tmp_path: Path
) -> None:
    librarian.take_in([pack_of(tmp_path, studio, WRITING)])
    studio.flow_wanted.emit(GREETING)

    librarian.insert(own(studio)[0].path)

    bench = front(studio)
    assert "save" in bench.flow.blocks
    assert not bench.is_trusted


def test_blocks_of_ones_own_template_leave_a_flow_as_free_as_it_was(
    studio: Studio, librarian: Librarian
) -> None:
    studio.flow_wanted.emit(WRITING)
    librarian.keep()
    sheet_of(studio).press("Save")
    studio.flow_wanted.emit(GREETING)

    librarian.insert(own(studio)[0].path)

    assert "save" in front(studio).flow.blocks
    assert front(studio).is_trusted


def test_nothing_is_put_into_a_flow_that_is_only_looked_at(
    studio: Studio, librarian: Librarian
) -> None:
    studio.flow_wanted.emit(WRITING)
    front(studio).trust(False)
    hello = next(t for t in studio.shelf.templates() if t.name == "hello")

    librarian.insert(hello.path)

    assert front(studio).document.flow.blocks == WRITING.blocks


# Packs.


def test_what_comes_in_a_pack_opens_in_quarantine(
    studio: Studio, librarian: Librarian, tmp_path: Path, notices: list[Notice]
) -> None:
    librarian.take_in([pack_of(tmp_path, studio, WRITING)])
    (template,) = own(studio)
    assert template.about == About("Acme", origin="acme")
    assert notices[-1].text == "Added 1 template of acme.templates.zip."

    studio.template_wanted.emit(template.path)

    assert not front(studio).is_trusted


def test_changing_its_details_lets_no_template_from_elsewhere_run(
    studio: Studio, librarian: Librarian, tmp_path: Path
) -> None:
    librarian.take_in([pack_of(tmp_path, studio, WRITING)])
    librarian.edit(card(own(studio)[0]))
    sheet_of(studio).name.setText("Harmless")
    sheet_of(studio).press("Save")

    studio.template_wanted.emit(own(studio)[0].path)

    assert not front(studio).is_trusted


def test_a_hostile_pack_is_refused_with_the_reason(
    studio: Studio, librarian: Librarian, tmp_path: Path, notices: list[Notice]
) -> None:
    bad = tmp_path / "bad.templates.zip"
    with ZipFile(bad, "w") as archive:
        archive.writestr("../../start.flow.json", write(WRITING))

    librarian.take_in([bad])

    assert "wants to write outside the library" in notices[-1].text
    assert notices[-1].tone == "error"
    assert own(studio) == []


def test_ones_own_templates_are_written_into_a_pack_that_comes_in_again(
    studio: Studio, librarian: Librarian, tmp_path: Path, notices: list[Notice]
) -> None:
    template = studio.shelf.add(GREETING, About("Manners"))

    librarian.write_pack(tmp_path / "mine", own(studio))
    librarian.remove(card(template))
    librarian.take_in([tmp_path / "mine.templates.zip"])

    assert [t.about for t in own(studio)] == [About("Manners", origin="mine")]
    assert any("Wrote 1 template into mine.templates.zip." in n.text for n in notices)


def test_without_templates_of_ones_own_there_is_nothing_to_export(
    studio: Studio, notices: list[Notice]
) -> None:
    studio.actions["file.export_templates"].trigger()

    assert "no templates of your own yet" in notices[-1].text
    assert studio.window.findChildren(QFileDialog) == []


def test_a_pack_that_cannot_be_written_is_told_of(
    studio: Studio, librarian: Librarian, tmp_path: Path, notices: list[Notice]
) -> None:
    studio.shelf.add(GREETING, About())

    librarian.write_pack(tmp_path / "nowhere" / "mine.zip", own(studio))

    assert notices[-1].tone == "error"
    assert "can't be written" in notices[-1].text


def test_editing_a_copy_leaves_the_template_as_it_is(
    studio: Studio, librarian: Librarian, qtbot: QtBot
) -> None:
    template = studio.shelf.add(GREETING, About())
    before = template.path.read_bytes()
    studio.template_wanted.emit(template.path)

    front(studio).do(AddBlock(Block("more", "text.case")))

    assert template.path.read_bytes() == before
