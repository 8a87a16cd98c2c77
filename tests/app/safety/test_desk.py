"""Studios side by side leave each other's drafts alone, and take over those of the dead."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from app.document import Document
from app.safety.desk import Desk, Order
from app.safety.drafts import Draft, held, replayed
from app.safety.journal import Place, records_of
from graph.flow import Flow
from graph.spec import Needs

WRITER = """
import sys, time
from pathlib import Path
from app.document import Document
from app.safety.desk import Desk, Order
from app.safety.drafts import Draft, held
from app.safety.journal import Did, Place
from graph.edits import AddBlock
from graph.flow import Block, Flow
from graph.spec import Needs
desk = Desk(Path(sys.argv[1]))
document = Document(Flow(name="of the other"))
journal = desk.journal("other")
journal.begin(held(Draft(document, "", "", "", False, Needs(), Place())))
desk.arrange(Order(("other",), "other"))
journal.add(Did(AddBlock(Block("late", "text.template"))))
print("written", flush=True)
time.sleep(60)
"""


def start_other(drafts: Path) -> subprocess.Popen[str]:
    other = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(drafts)], stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "written\n"
    return other


def end(other: subprocess.Popen[str]) -> None:
    os.kill(other.pid, signal.SIGKILL)
    other.wait()
    assert other.stdout is not None
    other.stdout.close()


def draft(name: str) -> Draft:
    return Draft(Document(Flow(name=name)), "", "", "", False, Needs(), Place())


def test_a_living_studio_keeps_its_drafts_and_a_killed_one_leaves_them(tmp_path: Path) -> None:
    other = start_other(tmp_path)
    beside = Desk(tmp_path)
    assert beside.found.ids == ()
    end(other)

    after = Desk(tmp_path)

    assert (after.found.ids, after.found.front) == (("other",), "other")
    back = replayed(records_of(after.folder, "other"))
    assert back is not None
    assert back.document.flow.name == "of the other"
    assert list(back.document.flow.blocks) == ["late"]
    beside.close()
    after.close()


def test_drafts_come_back_in_the_order_of_their_tabs(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    for id in ("a", "b", "c"):
        journal = desk.journal(id)
        journal.begin(held(draft(id)))
        journal.close()
    desk.arrange(Order(("c", "a"), "a"))
    desk.close()

    again = Desk(tmp_path)

    assert (again.found.ids, again.found.front) == (("c", "a", "b"), "a")
    again.close()


def test_a_studio_with_nothing_open_leaves_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.arrange(Order())

    desk.close()

    assert [path for path in tmp_path.iterdir() if path.is_dir()] == []
