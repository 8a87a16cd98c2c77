"""The program `heddle`: which commands there are, and what becomes of errors."""

import os
import platform
import time
import traceback
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from inspect import cleandoc
from pathlib import Path
from typing import NamedTuple

import click

from graph.errors import HeddleError
from graph.values import did_you_mean
from runtime.headless.exits import DONE, FAULT, MEANINGS, UNUSABLE
from runtime.headless.streams import drop_output, write_anything
from runtime.headless.words import told


class Row(NamedTuple):
    """A command: it stands in the module of its name under `runtime.headless.commands`."""

    name: str
    section: str
    summary: str


COMMANDS = (
    Row("run", "Runs", "Run a flow."),
    Row("resume", "Runs", "Go on with a run that was interrupted."),
    Row("replay", "Runs", "Run again from a block, reusing what was recorded before it."),
    Row("inbox", "Runs", "List what runs ask people."),
    Row("answer", "Runs", "Answer what a run asks."),
    Row("cancel", "Runs", "End a run."),
    Row("runs", "Runs", "List runs, newest first."),
    Row("show", "Runs", "Show what happened in a run."),
    Row("compare", "Runs", "Say how one run differs from another."),
    Row("bundle", "Runs", "Export a run as one file, or open such a file."),
    Row("prune", "Runs", "Forget old runs."),
    Row("new", "Flows", "Make a flow file from a template."),
    Row("plan", "Flows", "Make a flow file for a goal, with a model."),
    Row("validate", "Flows", "Find everything that is wrong with flow files."),
    Row("test", "Flows", "Run the tests of flows."),
    Row("diff", "Flows", "Say what changed between two flow files."),
    Row("blocks", "Flows", "List the kinds of blocks, or explain one."),
    Row("export", "Flows", "Write a flow as a Python program."),
    Row("connections", "Heddle", "Connect models, services and databases."),
    Row("secrets", "Heddle", "Keep secrets, and say where they are kept."),
    Row("serve", "Heddle", "Run flows for others, over HTTP."),
    Row("services", "Heddle", "List the services that run."),
    Row("users", "Heddle", "Let people in over HTTP."),
    Row("keys", "Heddle", "Let programs in over HTTP."),
    Row("tenants", "Heddle", "Let several parties share a server, and nothing else."),
    Row("audit", "Heddle", "Show who did what, and that nobody changed it afterwards."),
    Row("mcp", "Heddle", "Offer flows as tools to other programs."),
    Row("dap", "Heddle", "Let an editor debug flows."),
    Row("roblox", "Heddle", "Write the plugin for Roblox Studio, and let a Studio in."),
    Row("agents", "Heddle", "Show how the agents are that do the work of flows."),
    Row("doctor", "Heddle", "Check that everything works, and show the settings."),
    Row("completion", "Heddle", "Print the script that completes commands in a shell."),
)
"""Help, completion and the manual read the same rows. A command is imported when it is called."""


class Commands(click.Group):
    """The commands of the table."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        return [row.name for row in COMMANDS]

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's
        cmd_name: str,
    ) -> click.Command | None:
        row = next((row for row in COMMANDS if row.name == cmd_name), None)
        if row is None:
            return None
        command = import_module(f"runtime.headless.commands.{row.name}").command
        assert isinstance(command, click.Command)
        if not (command.help or "").startswith(row.summary):
            command.help = f"{row.summary}\n\n{cleandoc(command.help or '')}"
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        names = self.list_commands(ctx)
        if args and not args[0].startswith("-") and args[0] not in names:
            ctx.fail(f"There is no command {args[0]!r}. {did_you_mean(args[0], names)}".rstrip())
        return super().resolve_command(ctx, args)

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's
        formatter: click.HelpFormatter,
    ) -> None:
        for section in dict.fromkeys(row.section for row in COMMANDS):
            with formatter.section(section):
                formatter.write_dl([(r.name, r.summary) for r in COMMANDS if r.section == section])

    def format_epilog(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's
        formatter: click.HelpFormatter,
    ) -> None:
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code), meaning) for code, meaning in MEANINGS.items()])


def heddle_version() -> str:
    """The version that is installed; "" when it runs from a folder without being installed."""
    try:
        return version("heddle-studio")
    except PackageNotFoundError:
        return ""


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(heddle_version() or "(not installed)", "-V", "--version", prog_name="heddle")
def heddle() -> None:
    """Draw a flow, run it anywhere, and know what happened.

    `heddle studio` opens the window in which flows are drawn. Here, `heddle new` makes a flow to
    start from, `heddle run` runs it. Results go to the standard output, all else to the standard
    error.
    """


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command line says (the process's own when not given); gives the exit code."""
    write_anything()
    try:
        code = heddle.main(
            args=None if argv is None else list(argv), prog_name="heddle", standalone_mode=False
        )
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 130
    except HeddleError as error:
        click.echo(told(error), err=True)
        return UNUSABLE
    except BrokenPipeError:
        drop_output()  # whoever read it has seen enough
        return DONE
    except Exception as error:  # noqa: BLE001 - the last one who can say something sensible
        return _at_fault(error)
    return code if isinstance(code, int) else DONE


def _at_fault(error: Exception) -> int:
    """Tell of an error that nobody foresaw, and keep what is needed to find its cause."""
    report = "".join(traceback.format_exception(error))
    if os.environ.get("HEDDLE_DEBUG"):
        click.echo(report, err=True)
        return FAULT
    reason = f"{type(error).__name__}: {error}"
    click.echo(told(f"Heddle met something unexpected: {reason}", _kept(report)), err=True)
    return FAULT


def _kept(report: str) -> str:
    """Write a report down; gives the sentence that says where."""
    from runtime.settings import Settings  # noqa: PLC0415 - not needed as long as all is well

    again = "HEDDLE_DEBUG=1 shows it at once."
    folder = Settings(home=os.environ.get("HEDDLE_HOME", "")).folder / "reports"
    name = time.strftime("%Y-%m-%d_%H.%M.%S.txt")
    head = f"Heddle {heddle_version()}, Python {platform.python_version()}, {platform.platform()}\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        Path(folder, name).write_text(f"{head}\n{report}", encoding="utf-8")
    except OSError:
        return again
    return f"A report is in {folder / name}; {again}"
