"""Findings become problems with lines, and many problems one error."""

from collections.abc import Iterable, Iterator, Sequence

from graph.errors import FlowFileError, Problem
from graph.file_format.diagnosis import Finding
from graph.file_format.places import Path, places
from graph.file_format.syntax import line_and_column

MOST = 100
"""As many problems of one file are worked out."""

_SHOWN = 20


def problems_of(found: Iterable[Finding], source: str = "") -> list[Problem]:
    """The findings as problems, each with its block and, where there is a text, its line."""
    listed = list(found)
    offsets = places(source, {finding.path for finding in listed}) if source else {}
    problems = [_problem(finding, source, offsets.get(finding.path, [])) for finding in listed]
    return sorted(problems, key=lambda problem: (problem.line, problem.column))


def _problem(finding: Finding, source: str, offsets: list[int]) -> Problem:
    flow, block, field = _block_of(finding.path)
    line, column = line_and_column(source, offsets[-1]) if offsets else (0, 0)
    message = finding.message
    if finding.code == "twice" and len(offsets) > 1:
        first, _ = line_and_column(source, offsets[0])
        message = f"{message.removesuffix('.')}, first in line {first}."
    return Problem(
        finding.code,
        # What a file holds need not be printable, half characters for one.
        message.encode(errors="backslashreplace").decode(),
        finding.cure,
        flow=flow,
        block=block,
        field=field,
        line=line,
        column=column,
    )


def _block_of(path: Path) -> tuple[str, str, str]:
    """The embedded flow (`outer/inner`), the block and the field that a path leads into."""
    steps, flows = list(map(str, path)), list[str]()
    while len(steps) > 1 and steps[0] == "flows":
        flows.append(steps[1])
        steps = steps[2:]
    block = steps[1] if len(steps) > 1 and steps[0] == "blocks" else ""
    field = steps[3] if block and len(steps) > 3 and steps[2] == "fields" else ""
    return "/".join(flows), block, field


def refusal(what: str, problems: Sequence[Problem]) -> FlowFileError:
    """The error that says `what` went wrong and lists the problems."""
    if len(problems) == 1:
        (problem,) = problems
        return FlowFileError(f"{what}: {_line(problem)}", cure=problem.cure, problems=problems)
    count = f"{len(problems)} problems" + (" at least" if len(problems) == MOST else "")
    return FlowFileError("\n".join((f"{what}: {count}.", *_listing(problems))), problems=problems)


def _listing(problems: Sequence[Problem]) -> Iterator[str]:
    for problem in problems[:_SHOWN]:
        yield f"  {_line(problem)} {problem.cure}".rstrip()
    if len(problems) > _SHOWN:
        yield f"  … and {len(problems) - _SHOWN} more."


def _line(problem: Problem) -> str:
    place = f"line {problem.line}, column {problem.column}: " if problem.line else ""
    return f"{place}{problem.message}"
