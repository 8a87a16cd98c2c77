"""The page of figures: what was measured, how, on what, with the command that makes it anew."""

import importlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby

from tests.benchmarks.figure import Figure, rounded, short
from tests.benchmarks.registry import BENCHMARKS
from tests.benchmarks.workloads import WORKLOADS

INTRODUCTION = """\
# Benchmarks

Made by `{command}` on {day}. `python -m tests.benchmarks NAME… --json` measures single figures,
`--list` names them all.

Every figure is measured side by side in one go: each contender has a process of its own, they
take laps in turn (A B B A …), and laps that warm up do not count. *Ours* and *reference* are the
medians of the laps, *ratio* is the median of the laps' ratios: ours divided by the reference of
the same round, so that noise on the machine hits both. Graphs are built, checked and compiled
before the clock starts, for every contender alike. The targets are reported, never asserted.
"""


def page(figures: Sequence[Figure], machine: Mapping[str, str], command: str) -> str:
    """The whole page as Markdown."""
    day = datetime.now(UTC).strftime("%Y-%m-%d")
    parts = [INTRODUCTION.format(command=command, day=day), table(["", ""], machine.items())]
    for section, group in groupby(figures, key=lambda figure: BENCHMARKS[figure.name].section):
        parts.append(chapter(section, list(group)))
    return "\n".join(parts)


def chapter(section: str, figures: Sequence[Figure]) -> str:
    """One module's figures under its docstring, whose first line is the heading."""
    docstring = importlib.import_module(section).__doc__ or section
    heading, _, text = docstring.strip().partition("\n")
    if "peer" in BENCHMARKS[figures[0].name].choices:
        body = by_peer(figures)
    else:
        body = one_per_row(figures)
    return "\n".join([f"## {heading.rstrip('.')}", "", *([text.strip(), ""] if text else []), body])


def one_per_row(figures: Iterable[Figure]) -> str:
    """A row a figure."""
    head = ["figure", "", "ours", "reference", "unit", "ratio", "target", ""]
    return table(head, map(row, figures))


def row(figure: Figure) -> list[str]:
    got = figure.measured
    named = [f"`{figure.name}`", BENCHMARKS[figure.name].title]
    target = str(figure.target) if figure.target else ""
    if got is None:
        return [*named, "–", "–", "", "–", target, f"not measured: {figure.missing}"]
    verdict = {True: "met", False: "**missed**", None: ""}[figure.met]
    numbers = [short(got.ours), short(got.reference), got.unit, f"{short(got.ratio)}×"]
    return [*named, *numbers, target, verdict]


def by_peer(figures: Sequence[Figure]) -> str:
    """A row a peer and a column a workload: µs a task, and how many times as long as ours."""
    cells: dict[str, dict[str, str]] = {}
    for figure in figures:
        entry = BENCHMARKS[figure.name]
        peer = entry.title.partition(": ")[0]
        cells.setdefault(peer, {})[entry.choices["workload"]] = cell(figure)
    head = ["µs/task (× ours)", *(work.title for work in WORKLOADS.values())]
    rows = ([peer, *(got.get(name, "–") for name in WORKLOADS)] for peer, got in cells.items())
    return table(head, rows)


def cell(figure: Figure) -> str:
    got = figure.measured
    if got is None:
        return f"not measured: {figure.missing}"
    mark = "**" if figure.met is False else ""
    return f"{mark}{short(got.reference)} ({short(rounded(1 / got.ratio))}×){mark}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    cells = ([cell.replace("|", "\\|") for cell in line] for line in lines)
    return "".join(f"| {' | '.join(line)} |\n" for line in cells)
