"""The program itself: help, unknown words, faults, completion."""

import re
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from runtime.headless.app import COMMANDS
from runtime.headless.app import heddle as program
from tests.runtime.headless.conftest import Heddle


def test_help_lists_every_command_with_what_it_is_for(heddle: Heddle) -> None:
    said = heddle("--help")

    assert said.code == 0
    for row in COMMANDS:
        assert row.name in said.out
        assert row.summary[:40] in said.out


def test_help_says_what_the_exit_codes_mean(heddle: Heddle) -> None:
    said = heddle("--help")

    assert "Exit codes:" in said.out
    assert "`heddle resume` or" in said.out


@pytest.mark.parametrize("row", COMMANDS, ids=lambda row: row.name)
def test_every_command_explains_itself(heddle: Heddle, row: tuple[str, str, str]) -> None:
    said = heddle(row[0], "--help")

    assert said.code == 0
    assert said.out.startswith(f"Usage: heddle {row[0]}")
    about = said.out.partition("Options:")[0]
    assert f"\n  {row[2]}\n" in about
    assert not re.search(r"\S    +\S.*[a-z]\.", about), "the text of a docstring, dedented"


def test_a_mistyped_command_is_answered_with_the_closest(heddle: Heddle) -> None:
    said = heddle("valdate")

    assert said.code == 2
    assert "Did you mean 'validate'?" in said.err


def test_an_unknown_option_exits_with_two(heddle: Heddle) -> None:
    assert heddle("runs", "--colour").code == 2


def test_a_fault_of_ours_is_reported_in_a_file_and_not_on_the_screen(
    heddle: Heddle, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("runtime.headless.commands.new.templates", _broken)

    said = heddle("new")

    (report,) = (tmp_path / "home" / "reports").iterdir()
    assert said.code == 70
    assert str(report) in said.err
    assert "Traceback" not in said.err
    assert "ZeroDivisionError" in report.read_text()


def test_a_fault_of_ours_is_shown_to_whoever_wants_to_see_it(
    heddle: Heddle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.headless.commands.new.templates", _broken)
    monkeypatch.setenv("HEDDLE_DEBUG", "1")

    assert "Traceback" in heddle("new").err


def _broken(*_: object) -> None:
    raise ZeroDivisionError


def test_a_setting_that_can_not_be_is_named(
    heddle: Heddle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEDDLE_PARALLEL", "many")

    said = heddle("runs")

    assert said.code == 2
    assert "HEDDLE_PARALLEL can't be 'many'" in said.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(heddle: Heddle, shell: str) -> None:
    said = heddle("completion", shell)

    assert said.code == 0
    assert "_HEDDLE_COMPLETE" in said.out


def offered(*words: str, last: str = "") -> list[str]:
    """What a shell would offer after these words."""
    line = " ".join(("heddle", *words, last))
    env = {
        "_HEDDLE_COMPLETE": "bash_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) + 1),
    }
    done = CliRunner().invoke(program, env=env, prog_name="heddle", args=[])
    return [item.partition(",")[2] for item in done.output.split()]


def test_commands_and_options_are_completed() -> None:
    assert offered(last="re") == ["resume", "replay"]
    assert "--dry-run" in offered("run", last="--d")


def test_templates_are_completed(heddle: Heddle) -> None:
    assert offered("new", last="triage_g") == ["triage_github_issues"]


def test_kinds_of_blocks_are_completed(heddle: Heddle) -> None:
    assert "text.template" in offered("blocks", last="text.te")


def test_inputs_of_the_flow_are_completed(heddle: Heddle, greeting: Path) -> None:
    assert offered("run", str(greeting), "--input") == ["who=", "times="]


def test_runs_are_completed(heddle: Heddle, greeting: Path) -> None:
    assert offered("show") == []
    run = heddle("run", greeting, "-i", "who=Ada", "--json").lines[0]["run"]

    assert offered("show", last=run[:4]) == [run]


def test_looking_for_completions_makes_no_journal(heddle: Heddle, tmp_path: Path) -> None:
    offered("show")

    assert not (tmp_path / "home").exists()


def test_help_imports_nothing_heavy(heddle: Heddle) -> None:
    import subprocess

    code = "import sys; from runtime.headless import main; main(['--help']); print(*sys.modules)"
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )

    loaded = set(done.stdout.splitlines()[-1].split())
    assert not loaded & {"asyncio", "rich", "httpx", "sqlalchemy", "litestar", "pydantic_monty"}
