"""The page of figures: what was measured, how, on what, with the command that makes it anew."""

import importlib
import os
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
MEASURED_ALONE = """\
Measured on its own by `{command}` on {day}, at a load of {load:.1f} on average{priority}, of which
ours is about 1: compare within a line only."""
NEWLINE = "\n"
BEFORE_CHAPTER = "\n## "


def page(figures: Sequence[Figure], machine: Mapping[str, str], command: str) -> str:
    """The whole page as Markdown."""
    day = datetime.now(UTC).strftime("%Y-%m-%d")
    parts = [INTRODUCTION.format(command=command, day=day), table(["", ""], machine.items())]
    for section, group in groupby(figures, key=lambda figure: BENCHMARKS[figure.name].section):
        parts.append(chapter(section, list(group)))
    return "\n".join(parts)


def renewed(page: str, figures: Sequence[Figure], command: str) -> str:
    """A page on which the chapters of these figures are new, and all others as they were."""
    head, *chapters = page.split(BEFORE_CHAPTER)
    kept = {f"## {text.partition(NEWLINE)[0]}": text for text in chapters}
    day = datetime.now(UTC).strftime("%Y-%m-%d")
    priority = " that it had priority over" if os.nice(0) < 0 else ""
    load = os.getloadavg()[1]
    note = MEASURED_ALONE.format(command=command, day=day, load=load, priority=priority)
    for section, group in groupby(figures, key=lambda figure: BENCHMARKS[figure.name].section):
        kept[heading_of(section)] = chapter(section, list(group), note).removeprefix("## ")
    order = [heading_of(section) for section in sections()]
    places = sorted(kept, key=lambda heading: order.index(heading) if heading in order else -1)
    texts = (kept[heading].strip() + NEWLINE for heading in places)
    return BEFORE_CHAPTER.join([head.rstrip() + NEWLINE, *texts])


def sections() -> list[str]:
    """The modules that know how to measure, in the order of the page."""
    return list(dict.fromkeys(entry.section for entry in BENCHMARKS.values()))


def heading_of(section: str) -> str:
    """The heading of a module's chapter: the first line of its docstring."""
    docstring = importlib.import_module(section).__doc__ or section
    return f"## {docstring.strip().partition(NEWLINE)[0].rstrip('.')}"


def chapter(section: str, figures: Sequence[Figure], note: str = "") -> str:
    """One module's figures under its docstring, whose first line is the heading."""
    docstring = importlib.import_module(section).__doc__ or section
    text = "\n\n".join(filter(None, [docstring.strip().partition(NEWLINE)[2].strip(), note]))
    if "peer" in BENCHMARKS[figures[0].name].choices:
        body = by_peer(figures)
    else:
        body = one_per_row(figures)
    return "\n".join([heading_of(section), "", *([text, ""] if text else []), body])


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
