"""Commands about flow files: validate, new, diff, export, blocks."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

from tests.runtime.headless.conftest import GREETING, LINKS, Heddle, flow_file

# validate


def test_a_flow_without_problems_is_fine(heddle: Heddle, greeting: Path) -> None:
    said = heddle("validate", greeting)

    assert (said.code, said.out) == (0, "")
    assert "fine, 4 blocks, 2 links" in said.err


def test_all_problems_of_all_files_are_told_at_once(heddle: Heddle, here: Path) -> None:
    flow_file(here / "a.flow.json", {"x": {"kind": "text.nothing"}, "y": {"kind": "text.case"}})
    (here / "b.flow.json").write_text('{"heddle": 1,\n "blocks": {"x y": 3},\n "links": ["a"]}')

    said = heddle("validate", "a.flow.json", "b.flow.json", "c.flow.json")

    assert said.code == 2
    assert "a.flow.json:6: x: No block of kind 'text.nothing' is installed." in said.out
    assert "a.flow.json:8: y.text: 'text' has no value." in said.out
    assert "b.flow.json:2: " in said.out
    assert "b.flow.json:3: " in said.out
    assert "c.flow.json: There is no file c.flow.json." in said.out


def test_a_cure_stands_under_its_problem(heddle: Heddle, here: Path) -> None:
    flow_file(here / "a.flow.json", {"x": {"kind": "text.templat", "fields": {"text": "x"}}})

    assert heddle("validate", "a.flow.json").out.splitlines()[1] == (
        "    Did you mean 'text.template'?"
    )


def test_fields_links_and_embedded_flows_have_their_lines(heddle: Heddle, here: Path) -> None:
    text = """{
  "heddle": 1,
  "blocks": {
    "each": {"kind": "logic.for_each", "fields": {
      "items": [1],
      "body": "body",
      "parallel": "many"
    }}
  },
  "links": [
    "each.nothing -> each.items"
  ],
  "flows": {
    "body": {"blocks": {
      "odd": {"kind": "text.case"}
    }}
  }
}"""
    (here / "a.flow.json").write_text(text)

    said = heddle("validate", "a.flow.json", "--json")

    lines = {(line["code"], line["line"]) for line in said.lines}
    assert ("wrong-type", 7) in lines
    assert ("no-port", 11) in lines
    assert ("missing", 15) in lines


def test_a_problem_in_a_file_beside_is_told_with_that_file(heddle: Heddle, here: Path) -> None:
    (here / "lib").mkdir()
    flow_file(here / "lib" / "inner.flow.json", {"odd": {"kind": "text.case"}})
    blocks = {"call": {"kind": "flow.call", "fields": {"flow": "lib/inner.flow.json"}}}
    flow_file(here / "outer.flow.json", blocks)

    said = heddle("validate", "outer.flow.json")

    assert said.code == 2
    assert f"{Path('lib/inner.flow.json')}:5: " in said.out


def test_a_broken_pack_is_told_of_and_does_not_matter(
    heddle: Heddle, greeting: Path, tmp_path: Path
) -> None:
    packs = tmp_path / "home" / "packs"
    packs.mkdir(parents=True)
    (packs / "broken.py").write_text("import no_such_module")

    said = heddle("validate", greeting)

    assert said.code == 0
    assert "'broken.py' could not be loaded" in said.err


# new


def test_templates_are_listed_with_what_they_show(heddle: Heddle) -> None:
    said = heddle("new")

    assert said.code == 0
    assert "hello" in said.out
    assert "The smallest flow" in said.out


def test_templates_are_listed_by_what_they_are_about(heddle: Heddle) -> None:
    lines = [line.rstrip() for line in heddle("new").out.splitlines()]

    heads = [line for line in lines if line and line[0].isupper()]
    assert heads[0] == "First steps"
    assert lines.index("First steps") < next(n for n, x in enumerate(lines) if "hello" in x)
    assert len(heads) == len(set(heads)) > 3


def test_a_new_flow_comes_with_a_sample_to_run_it_with(heddle: Heddle, here: Path) -> None:
    said = heddle("new", "for_each_with_a_limit", "loop.flow.json")

    command = re.search("`heddle (run .*)`", said.err)
    assert command is not None
    assert "1. WEFT?" in heddle(*shlex.split(command[1])).out


def test_a_template_becomes_a_file_of_its_name_or_another(heddle: Heddle, here: Path) -> None:
    assert heddle("new", "hello").code == 0
    assert heddle("new", "hello", "mine.flow.json").code == 0

    assert (here / "hello.flow.json").read_text() == (here / "mine.flow.json").read_text()
    assert heddle("run", "mine.flow.json").out == "Hello, world!\n"


def test_a_file_that_exists_is_never_overwritten(heddle: Heddle, here: Path) -> None:
    (here / "hello.flow.json").write_text("mine")

    said = heddle("new", "hello")

    assert said.code == 2
    assert "hello.flow.json exists already" in said.err
    assert (here / "hello.flow.json").read_text() == "mine"


def test_an_unknown_template_is_answered_with_the_closest(heddle: Heddle) -> None:
    said = heddle("new", "helo")

    assert said.code == 2
    assert "Did you mean 'hello'?" in said.err


def test_own_templates_stand_before_those_that_come_along(
    heddle: Heddle, here: Path, tmp_path: Path
) -> None:
    (tmp_path / "home" / "templates").mkdir(parents=True)
    own = tmp_path / "home" / "templates" / "hello.flow.json"
    flow_file(own, GREETING, *LINKS, description="My own.")

    assert "My own." in heddle("new").out
    heddle("new", "hello")
    assert heddle("run", "hello.flow.json", "-i", "who=me").out == "Hello, me!\n"


# diff


def test_flows_that_say_the_same_do_not_differ(heddle: Heddle, greeting: Path) -> None:
    other = flow_file(greeting.with_name("other.flow.json"), GREETING, *LINKS, name="greeting")

    said = heddle("diff", greeting, other)

    assert (said.code, said.out) == (0, "")


def test_a_change_is_told_in_a_sentence(heddle: Heddle, greeting: Path) -> None:
    changed = GREETING | {"greet": {"kind": "text.template", "fields": {"text": "Bye, {who}!"}}}
    other = flow_file(greeting.with_name("other.flow.json"), changed, *LINKS, name="greeting")

    said = heddle("diff", greeting, other)

    assert said.code == 1
    assert said.out == '~ greet: field `text` changed from "Hello, {who}!" to "Bye, {who}!".\n'


def test_what_is_only_drawn_differently_stands_apart(heddle: Heddle, greeting: Path) -> None:
    view = {"positions": {"greet": [10, 20]}}
    moved = flow_file(
        greeting.with_name("moved.flow.json"), GREETING, *LINKS, name="greeting", view=view
    )

    said = heddle("diff", greeting, moved)

    assert said.code == 1
    assert said.out.startswith("Drawn differently:\n")


def test_edits_can_be_had_as_json(heddle: Heddle, greeting: Path) -> None:
    fewer = {name: block for name, block in GREETING.items() if name != "times"}
    other = flow_file(greeting.with_name("other.flow.json"), fewer, *LINKS, name="greeting")

    assert heddle("diff", greeting, other, "--json").lines == [
        {"edit": "remove_block", "block": "times"}
    ]


def test_a_file_that_cannot_be_compared_exits_with_two(heddle: Heddle, greeting: Path) -> None:
    assert heddle("diff", greeting, "nothing.flow.json").code == 2
    assert heddle("diff", greeting).code == 2


def test_git_shows_differences_with_it(heddle: Heddle, greeting: Path, here: Path) -> None:
    root = Path(__file__).parents[3]

    def git(*words: str) -> str:
        identity = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
        done = subprocess.run(
            ["git", *identity, *words], cwd=here, capture_output=True, text=True, check=True
        )
        return done.stdout

    git("init", "-q")
    git("config", "diff.heddle.command", f'"{sys.executable}" "{root / "main.py"}" diff')
    (here / ".gitattributes").write_text("*.flow.json diff=heddle\n")
    git("add", ".")
    git("commit", "-q", "-m", "before")
    greeting.write_text(greeting.read_text().replace("Hello", "Bye"))
    flow_file(here / "fresh.flow.json", {"a": {"kind": "flow.note"}})
    git("add", ".")

    shown = git("diff", "--cached")

    assert "greeting.flow.json\n~ greet: field `text` changed" in shown
    assert "fresh.flow.json\n" in shown
    assert "+ a: added, a flow.note." in shown


# export


def test_an_exported_flow_is_a_program_that_gives_the_same(
    heddle: Heddle, greeting: Path, here: Path
) -> None:
    assert heddle("export", greeting, "--to", "python", "-o", "greeting.py").code == 0

    root = str(Path(__file__).parents[3])
    done = subprocess.run(
        [sys.executable, "greeting.py", "who=Ada"],
        cwd=here,
        env={"PYTHONPATH": root, "PATH": "", "HOME": str(here)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == {"greeting": "Hello, Ada!"}


def test_an_export_overwrites_nothing(heddle: Heddle, greeting: Path, here: Path) -> None:
    (here / "mine.py").write_text("mine")

    assert heddle("export", greeting, "-o", "mine.py").code == 2

    assert (here / "mine.py").read_text() == "mine"


def test_what_has_problems_is_not_exported(heddle: Heddle, here: Path) -> None:
    flow_file(here / "a.flow.json", {"x": {"kind": "text.nothing"}})

    said = heddle("export", "a.flow.json")

    assert (said.code, said.out) == (2, "")
    assert "a.flow.json:6: x:" in said.err


# blocks


def test_kinds_are_listed(heddle: Heddle) -> None:
    said = heddle("blocks")

    assert said.code == 0
    assert "text.template" in said.out
    assert "logic.for_each" in said.out


def test_kinds_are_found_by_a_word(heddle: Heddle) -> None:
    said = heddle("blocks", "csv", "--json")

    kinds = {block["kind"] for block in json.loads(said.out)}
    assert {"data.parse_csv", "files.read_csv"} <= kinds
    assert "logic.if" not in kinds


def test_a_kind_is_explained(heddle: Heddle) -> None:
    said = heddle("blocks", "text.template")

    assert "Fill template" in said.out
    assert "`missing`" in said.out
    assert json.loads(heddle("blocks", "text.template", "--json").out)["kind"] == "text.template"


def test_a_kind_that_is_not_there_is_answered_with_the_closest(heddle: Heddle) -> None:
    said = heddle("blocks", "text.templat_")

    assert said.code == 2
    assert "Did you mean 'text.template'?" in said.err
