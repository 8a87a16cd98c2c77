"""Problems where a person can find them: the file, the line, the block, and the cure."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import click

from graph.errors import Problem
from graph.file_format import FILE_SUFFIX
from graph.file_format.places import Path as Steps
from graph.file_format.places import places
from graph.file_format.syntax import line_and_column
from graph.flow import Flow
from runtime.headless.sources import Source, text_of_file
from runtime.headless.words import clean, say


class Located(NamedTuple):
    """A problem, and the line of the file it is in: 0 when that is not known."""

    file: str
    line: int
    problem: Problem


def located(problems: Sequence[Problem], source: Source) -> list[Located]:
    """Each problem with its place in the file, or in the file that this one refers to."""
    return [_located(problem, problem.flow, source) for problem in problems]


def _located(problem: Problem, rest: str, source: Source) -> Located:
    flow, steps = source.flow, Steps()
    while rest:
        name = _leading(rest, flow)
        if not name:
            break
        flow, rest = flow.flows[name], rest[len(name) + 1 :]
        if name.endswith(FILE_SUFFIX):
            path = (source.path.parent if source.path else Path()) / name
            inner = Source(str(path), path, text_of_file(path), flow)
            return _located(problem, rest, inner)
        steps = (*steps, "flows", name)
    return Located(source.name, _line(source.text, list(_steps(problem, flow, steps))), problem)


def _leading(rest: str, flow: Flow) -> str:
    """The embedded flow with which a path of names begins; a file's name may hold slashes."""
    fitting = [name for name in flow.flows if rest == name or rest.startswith(f"{name}/")]
    return max(fitting, key=len, default="")


def _steps(problem: Problem, flow: Flow, steps: Steps) -> Iterator[Steps]:
    """Where it may stand in the file, the most telling place first."""
    block = (*steps, "blocks", problem.block)
    if problem.field:
        yield (*block, "fields", problem.field)
        yield (*block, "settings", problem.field)
    if problem.port or problem.code == "bad-link":
        ends = (problem.block, problem.port)
        for number, link in enumerate(flow.links.values()):
            if ends in (link.target, link.source) or (
                not problem.port and problem.block in (link.target.block, link.source.block)
            ):
                yield (*steps, "links", number)
    if problem.code == "unknown-kind":
        yield (*block, "kind")
    if problem.block:
        yield block
    if steps:
        yield steps


def _line(text: str, candidates: Sequence[Steps]) -> int:
    if not text or not candidates:
        return 0
    try:
        found = places(text, candidates)
    except (ValueError, IndexError, RecursionError):  # the file has changed since it was read
        return 0
    offsets = next((found[steps] for steps in candidates if found[steps]), None)
    return line_and_column(text, offsets[-1])[0] if offsets else 0


def say_problems(problems: Sequence[Problem], source: Source) -> None:
    """Print problems to whoever sits at the terminal."""
    for found in located(problems, source):
        for line in lines_about(found):
            say(line)


def lines_about(found: Located) -> Iterator[str]:
    """The problem as it is printed: where, what, and on a line of its own the cure."""
    file, line, problem = found
    severity = click.style("warning: ", fg="yellow") if problem.severity == "warning" else ""
    where = click.style(clean(f"{file}:{line}" if line else file), bold=True)
    place = f"{clean(problem.place)}: " if problem.place else ""
    yield f"{where}: {severity}{place}{clean(problem.message)}"
    if problem.cure:
        yield f"    {clean(problem.cure)}"
