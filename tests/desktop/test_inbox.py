"""A run waits for a person: told of in the window, there again after a restart, and answered."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.desktop.accessible import Thing
from tests.desktop.conftest import Start
from tests.desktop.driver import Driver
from tests.desktop.test_debugging import heard, opened
from tests.desktop.test_held_runs import fill, gone, over, press, see
from tests.desktop.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

BUDGET = {
    "type": "object",
    "properties": {
        "amount": {"type": "integer", "title": "Amount", "maximum": 10},
        "why": {"type": "string", "title": "Reason"},
    },
    "required": ["amount", "why"],
}


def flow(path: Path, name: str, blocks: dict[str, Any], links: list[str]) -> Path:
    """A file with blocks that stand in a row."""
    positions = {id: [280 * place, 0] for place, id in enumerate(blocks)}
    made = path / f"{name.lower()}.flow.json"
    said = {"heddle": 1, "name": name, "blocks": blocks, "links": links,
            "view": {"positions": positions}}  # fmt: skip
    made.write_text(json.dumps(said))
    return made


def told(studio: Driver, words: str) -> None:
    """See a notice that begins like that, and follow it to the inbox."""
    studio.tree.wait_for("label", lambda said: said.startswith(words))
    press(studio, "Answer")


def listed(studio: Driver, *words: str) -> None:
    """See a row of the inbox that says all of this."""
    rows = studio.tree.wait_for("list", "Questions of runs")
    until(
        lambda: any(all(word in name for word in words) for name in rows.names()),
        f"a row that says {words}",
    )


def came_out(studio: Driver, canvas: Thing, title: str, line: str) -> None:
    """See what the last block of the row was given."""
    over(studio)
    canvas.focus()
    studio.keys(*["ctrl+Left"] * 4, *["ctrl+Right"] * 4)
    heard(canvas, f"selected: {title}")
    studio.click_on(studio.tree.wait_for("page tab", "Data"))
    see(studio, line)


def test_a_question_outlives_the_studio_and_the_run_goes_on_with_the_answer(
    start: Start, tmp_path: Path
) -> None:
    file = flow(
        tmp_path, "Campaign",
        {
            "ask": {"kind": "approval.ask", "title": "May it begin?",
                    "fields": {"title": "Begin the campaign?", "people": ["Ann"]}},
            "who": {"kind": "data.pick", "title": "By whom", "fields": {"path": "by"}},
            "out": {"kind": "flow.output", "title": "Begun"},
        },
        ["ask.approved -> who.value", "who.value -> out.value"],
    )  # fmt: skip
    studio = start([file])
    opened(studio)
    studio.keys("F5")
    told(studio, "Campaign asks: Begin the campaign?")
    studio.tree.wait_for("page tab", "Inbox (1)")
    assert studio.quit() == 0

    studio = start()
    canvas = opened(studio)
    told(studio, "Campaign still asks: Begin the campaign?")
    listed(studio, "Begin the campaign?", "for Ann")
    press(studio, "Go to the block")
    heard(canvas, "selected: May it begin?")
    fill(studio, "Your name, kept with the answer", "Ann")
    press(studio, "Approve: Begin the campaign?")

    listed(studio, "Begin the campaign?", "Approved by Ann")
    came_out(studio, canvas, "Begun", "value, text, Ann")


def test_what_is_filled_in_is_data_on_the_link_and_a_bad_entry_is_told_at_its_field(
    start: Start, tmp_path: Path
) -> None:
    file = flow(
        tmp_path, "Budget",
        {
            "form": {"kind": "approval.form", "title": "How much",
                     "fields": {"title": "What may it cost?", "fields": BUDGET}},
            "out": {"kind": "flow.output", "title": "Granted"},
        },
        ["form.values -> out.value"],
    )  # fmt: skip
    studio = start([file])
    canvas = opened(studio)
    studio.keys("F5")
    told(studio, "Budget asks: What may it cost?")
    send = studio.tree.wait_for("push button", "Send answer: What may it cost?")
    fill(studio, "Amount", "11")
    fill(studio, "Reason", "It is spring")
    send.do("Press")
    studio.tree.wait_for("label", lambda said: "11" in said and "10" in said)
    until(lambda: studio.tree.wait_for("text", "Amount").is_("focused"), "the field being shown")
    fill(studio, "Amount", "7")
    send.do("Press")

    came_out(studio, canvas, "Granted", 'value, record, {"amount":7,"why":"It is spring"}')


def test_a_question_outlives_its_runtime_and_one_that_is_refused_takes_the_other_way(
    start: Start, tmp_path: Path
) -> None:
    file = flow(
        tmp_path, "Refund",
        {
            "ask": {"kind": "approval.ask", "title": "May it be paid?",
                    "fields": {"title": "Pay it back?", "people": ["Ann"]}},
            "paid": {"kind": "flow.output", "title": "Paid", "fields": {"name": "paid"}},
            "who": {"kind": "data.pick", "title": "By whom", "fields": {"path": "by"}},
            "kept": {"kind": "flow.output", "title": "Kept", "fields": {"name": "kept"}},
        },
        ["ask.approved -> paid.value", "ask.refused -> who.value", "who.value -> kept.value"],
    )  # fmt: skip
    studio = start([file])
    canvas = opened(studio)
    studio.keys("F5")
    told(studio, "Refund asks: Pay it back?")
    fill(studio, "Your name, kept with the answer", "Bob")
    (runtime,) = [child for child in studio.children() if "serve" in child.cmdline()]
    runtime.kill()
    press(studio, "Restart")
    studio.tree.wait_for("push button", "Runtime is ready")
    studio.tree.wait_for("label", lambda said: said.startswith("State of the run: Waits"))
    press(studio, "Refuse: Pay it back?")

    listed(studio, "Pay it back?", "Refused by Bob")
    came_out(studio, canvas, "Kept", "value, text, Bob")


def test_a_question_is_passed_on_and_one_whose_time_is_over_takes_its_default_in_view(
    start: Start, tmp_path: Path
) -> None:
    short = {"within": "1 s", "on_deadline": "approve"}
    file = flow(
        tmp_path, "Refund",
        {
            "ask": {"kind": "approval.ask", "title": "May it be paid?",
                    "fields": {"title": "Pay it back?", "people": ["Ann"],
                               "escalate_after": "1 s", "escalate_to": ["Bob"]}},
            "now": {"kind": "approval.ask", "title": "At once?",
                    "fields": {"title": "Today?", **short}},
            "how": {"kind": "data.pick", "title": "By which way", "fields": {"path": "through"}},
            "out": {"kind": "flow.output", "title": "Paid"},
        },
        ["ask.approved -> now.shows", "now.approved -> how.value", "how.value -> out.value"],
    )  # fmt: skip
    studio = start([file])
    canvas = opened(studio)
    studio.keys("F5")
    told(studio, "Refund asks: Pay it back?")
    listed(studio, "Pay it back?", "for Ann, Bob")
    studio.tree.wait_for("label", lambda said: "passed on" in said)
    press(studio, "Approve: Pay it back?")

    listed(studio, "Today?", "Approved as nobody answered in time")
    gone(studio, "push button", "Answer")
    came_out(studio, canvas, "Paid", "value, text, deadline")
